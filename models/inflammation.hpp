// Inflammation: deficits, inactivity and acute illness keep it up.
// Own formulation, in multiples of an IL-6-like baseline; see Soysal et al., Ageing Res Rev 31:1 (2016).
#pragma once

#include <healthspan/core/module.hpp>
#include <healthspan/core/smooth.hpp>

namespace healthspan::models {

struct Inflammation {
  static constexpr auto name = "inflammation";
  static constexpr auto summary = "Deficits, inactivity and acute illness keep inflammation up";

  // clang-format off
  static constexpr auto J     = state    <"inflammation">           (      "1", "Inflammation: excess over the healthy baseline, in multiples of it");
  static constexpr auto D     = input    <"deficit_burden">         (      "1", "Deficit burden");
  static constexpr auto A     = input    <"activity">               (      "1", "Habitual activity");
  static constexpr auto event = input    <"acute_illness">          (0.0,  "1", "Inflammation of an acute illness");
  static constexpr auto c_D   = parameter<"deficit_inflammation">   (4.0,  "1", lognormal(0.2), assumed("frail against robust IL-6 and CRP"),   "Inflammation per unit of deficit burden");
  static constexpr auto D_j   = parameter<"deficit_threshold_inflammation">(0.08, "1", fixed, assumed("none at the burden of healthy 65-year-olds"), "Deficit burden above which inflammation rises");
  static constexpr auto c_A   = parameter<"inactivity_inflammation">(0.4,  "1", lognormal(0.2), calibrated("Breen2013", "14 days of few steps: CRP +25 %"), "Inflammation of complete inactivity");
  static constexpr auto tau   = parameter<"inflammation_time">      (10.0, "d", fixed,          assumed("resolution within two weeks"),          "Time constant of inflammation");
  // clang-format on
  static constexpr auto table = std::tuple{J, D, A, event, c_D, D_j, c_A, tau};

  template <class R>
  static R target(const Values<Inflammation, R>& x) {
    return x[c_D] * ramp(R(x[D] - x[D_j])) + x[c_A] * ramp(R(1.0 - x[A])) + x[event];
  }

  template <class R>
  static void rates(const Values<Inflammation, R>& x, const Rates<Inflammation, R>& d) {
    d[J] = (target(x) - x[J]) / x[tau];
  }

  template <class R>
  static void relaxation(const Values<Inflammation, R>& x, const States<Inflammation, R>& k) {
    k[J] = 1.0 / x[tau];
  }

  template <class R>
  static void settle(const Values<Inflammation, R>& x, const States<Inflammation, R>& s) {
    s[J] = target(x);
  }
};

}  // namespace healthspan::models
