// Acute admissions to hospital: a random event that strikes again and again, more often in the old and the frail.
// What an admission brings with it (bed rest, illness) is for the scenario to say. After Fried et al., J Gerontol A
// 56:M146 (2001), first admissions of the Cardiovascular Health Study, and Kojima (2016), frail against robust.
#pragma once

#include <healthspan/core/module.hpp>

namespace healthspan::models {

struct Admission {
  static constexpr auto name = "admission";
  static constexpr auto summary = "Acute admissions to hospital, more often in the old and the frail";

  // clang-format off
  static constexpr auto H     = hazard   <"admission">             (Recurrence::recurrent,                                                                "Integrated hazard of admission");
  static constexpr auto age   = input    <"age">                   (        "y",                                                                          "Age");
  static constexpr auto D     = input    <"deficit_burden">        (        "1",                                                                          "Deficit burden");
  static constexpr auto year  = input    <"days_per_year">         (        "d/y",                                                                        "Length of a year");
  static constexpr auto mu    = parameter<"admission_base_rate">   (0.14,   "1/y",  fixed, assumed("first admissions in 3 years, 33 % of the robust and 59 % of the frail at 72"), "Admissions per year at the reference age and burden");
  static constexpr auto b_a   = parameter<"admission_age_slope">   (0.05,   "1/y",  fixed, assumed("doubles in 14 years"),                              "Log rate per year of age");
  static constexpr auto b_D   = parameter<"admission_deficit_slope">(3.0,   "1",    fixed, assumed("hazard ratio 1.35 per 0.1, near that of frail against robust"), "Log rate per unit of deficit burden");
  static constexpr auto a_ref = parameter<"admission_reference_age">(72.0,  "y",    fixed, assumed("mean age of the cohort"),                            "Age of the base rate");
  static constexpr auto D_ref = parameter<"admission_reference_burden">(0.17, "1",  fixed, assumed("mean burden of a cohort of that age"),               "Deficit burden of the base rate");
  static constexpr auto rate  = output   <"admission_rate">        (        "1/y",                                                                        "Admissions per year");
  // clang-format on
  static constexpr auto table = std::tuple{H, age, D, year, mu, b_a, b_D, a_ref, D_ref, rate};

  template <class R>
  static void outputs(const Values<Admission, R>& x, const Outputs<Admission, R>& y) {
    y[rate] = x[mu] * exp(R(x[b_a] * (x[age] - x[a_ref]) + x[b_D] * (x[D] - x[D_ref])));
  }

  template <class R>
  static void rates(const Values<Admission, R>& x, const Rates<Admission, R>& d) {
    d[H] = x[rate] / x[year];
  }
};

}  // namespace healthspan::models
