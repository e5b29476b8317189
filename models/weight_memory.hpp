// Weight memory: what the body weighed, for the criterion of unintended weight loss and for trials of weight loss.
// An exponential average with time constant T lags a steady loss by exactly its amount in T.
#pragma once

#include <healthspan/core/module.hpp>

namespace healthspan::models {

struct WeightMemory {
  static constexpr auto name = "weight_memory";
  static constexpr auto summary = "What the body weighed, for the criterion of unintended weight loss";

  // clang-format off
  static constexpr auto W12    = state    <"weight_12_months_ago">    (       "kg", "Body weight a year ago, as remembered");
  static constexpr auto W6     = state    <"weight_6_months_ago">     (       "kg", "Body weight half a year ago, as remembered");
  static constexpr auto BW     = input    <"body_weight">             (       "kg", "Body weight");
  static constexpr auto BW0    = input    <"weight_at_start">         (       "kg", "Body weight at the start");
  static constexpr auto T12    = parameter<"year_of_memory">          (365.25,  "d", fixed, cited("Fried2001", "weight loss in the past year"), "Length of a year");
  static constexpr auto T6     = parameter<"half_year_of_memory">     (182.625, "d", fixed, cited("Satake2020", "weight loss in six months"),    "Length of half a year");
  static constexpr auto dW12   = output   <"weight_change_12_months"> (       "kg", "Change of body weight over a year");
  static constexpr auto dW6    = output   <"weight_change_6_months">  (       "kg", "Change of body weight over half a year");
  static constexpr auto rel    = output   <"relative_weight_change">  (       "1",  "Change of body weight since the start, as a share of it");
  // clang-format on
  static constexpr auto table = std::tuple{W12, W6, BW, BW0, T12, T6, dW12, dW6, rel};

  template <class R>
  static void outputs(const Values<WeightMemory, R>& x, const Outputs<WeightMemory, R>& y) {
    y[dW12] = x[BW] - x[W12];
    y[dW6] = x[BW] - x[W6];
    y[rel] = x[BW] / x[BW0] - 1.0;
  }

  template <class R>
  static void rates(const Values<WeightMemory, R>& x, const Rates<WeightMemory, R>& d) {
    d[W12] = x[dW12] / x[T12];
    d[W6] = x[dW6] / x[T6];
  }

  template <class R>
  static void relaxation(const Values<WeightMemory, R>& x, const States<WeightMemory, R>& k) {
    k[W12] = 1.0 / x[T12];
    k[W6] = 1.0 / x[T6];
  }

  template <class R>
  static void settle(const Values<WeightMemory, R>& x, const States<WeightMemory, R>& s) {
    s[W12] = x[BW];
    s[W6] = x[BW];
  }

  template <class R>
  static void personalise(const Values<WeightMemory, R>& x, const Start<WeightMemory, R>& s) {
    s[W12] = x[BW0];
    s[W6] = x[BW0];
  }
};

}  // namespace healthspan::models
