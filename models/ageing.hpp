// Age runs with time.
#pragma once

#include <healthspan/core/module.hpp>

namespace healthspan::models {

struct Ageing {
  static constexpr auto name = "ageing";
  static constexpr auto summary = "Age runs with time";

  // clang-format off
  static constexpr auto t        = input    <"time">             (         "d",                                           "Time since the start");
  static constexpr auto age0     = input    <"age_at_start">     (         "y",                                           "Age at the start");
  static constexpr auto year     = parameter<"days_per_year">    (365.25,  "d/y", fixed, cited("Wilkins1989", "Julian year"), "Length of a year");
  static constexpr auto age      = output   <"age">              (         "y",                                           "Age");
  // clang-format on
  static constexpr auto table = std::tuple{t, age0, year, age};

  template <class R>
  static void outputs(const Values<Ageing, R>& x, const Outputs<Ageing, R>& y) {
    y[age] = x[age0] + x[t] / x[year];
  }
};

}  // namespace healthspan::models
