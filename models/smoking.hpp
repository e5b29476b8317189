// Smoking: the excess risk of a smoker stays while he smokes and halves every few years once he has stopped.
// Lee, Fry & Hamling, Regul Toxicol Pharmacol 64:51 (2012), for ischaemic heart disease.
#pragma once

#include <healthspan/core/module.hpp>

namespace healthspan::models {

struct Smoking {
  static constexpr auto name = "smoking";
  static constexpr auto summary = "The excess risk of a smoker fades over years once he has stopped";

  // clang-format off
  static constexpr auto X      = state    <"smoking">            (       "1", "Excess risk that smoking has left, 1 = that of a smoker");
  static constexpr auto smoker = input    <"smoker">             (0.0,   "1", "Smokes at the start: 1 = yes");
  static constexpr auto quit   = input    <"smoking_cessation">  (0.0,   "1", "Has stopped smoking: 1 = yes");
  static constexpr auto tau    = parameter<"smoking_excess_time">(2319.0, "d", fixed, cited("Lee2012", "abstract: half-life of the excess 4.40 years, 3.26 to 5.95; the same time after a relapse is assumed"), "Time constant of the excess risk");
  // clang-format on
  static constexpr auto table = std::tuple{X, smoker, quit, tau};

  template <class R>
  static R target(const Values<Smoking, R>& x) {
    return x[smoker] * (1.0 - x[quit]);
  }

  template <class R>
  static void rates(const Values<Smoking, R>& x, const Rates<Smoking, R>& d) {
    d[X] = (target(x) - x[X]) / x[tau];
  }

  template <class R>
  static void relaxation(const Values<Smoking, R>& x, const States<Smoking, R>& k) {
    k[X] = 1.0 / x[tau];
  }

  template <class R>
  static void personalise(const Values<Smoking, R>& x, const Start<Smoking, R>& s) {
    s[X] = target(x);
  }
};

}  // namespace healthspan::models
