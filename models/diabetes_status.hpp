// Diabetes as a diagnosis: from the start, when it is found, or once glycated haemoglobin reaches the diagnostic
// level. American Diabetes Association, Diabetes Care 47:S20 (2024): HbA1c of 6.5 % or more. It stays a diagnosis
// when treatment brings HbA1c down again, because the equations that read its duration count from the diagnosis on.
#pragma once

#include <healthspan/core/module.hpp>

namespace healthspan::models {

struct DiabetesStatus {
  static constexpr auto name = "diabetes_status";
  static constexpr auto summary = "Whether diabetes is known, and for how long";

  // clang-format off
  static constexpr auto T      = state    <"diabetes_duration">         (       "y",   "Time since diabetes became known");

  static constexpr auto D_0    = input    <"diabetes_at_start">         (0.0,   "1",   "Has diabetes at the start: 1 = yes");
  static constexpr auto T_0    = input    <"diabetes_duration_at_start">(0.0,   "y",   "Time since diabetes became known, at the start");
  static constexpr auto found  = input    <"diabetes_known">            (0.0,   "1",   "Diabetes has been found: 1 = yes");
  static constexpr auto A1c    = input    <"hba1c">                     (5.4,   "%",   "Glycated haemoglobin");
  static constexpr auto year   = input    <"days_per_year">             (       "d/y", "Length of a year");

  static constexpr auto A_diag = parameter<"diabetes_hba1c">            (6.5,   "%",   fixed, cited("ADA2024", "table 2.2: diagnosis"), "Glycated haemoglobin from which on there is diabetes");

  static constexpr auto D      = output   <"diabetes">                  (       "1",   "Has diabetes: 1 = yes");
  // clang-format on
  static constexpr auto table = std::tuple{T, D_0, T_0, found, A1c, year, A_diag, D};

  template <class R>
  static void outputs(const Values<DiabetesStatus, R>& x, const Outputs<DiabetesStatus, R>& y) {
    const R no = 0.0 * x[D_0], yes = no + 1.0, half = no + 0.5;
    const auto known = (x[D_0] > half) | (x[found] > half) | (x[T] > R(0.0 * x[T]));
    y[D] = select(x[A1c] < x[A_diag], select(known, yes, no), yes);
  }

  template <class R>
  static void rates(const Values<DiabetesStatus, R>& x, const Rates<DiabetesStatus, R>& d) {
    d[T] = x[D] / x[year];
  }

  template <class R>
  static void personalise(const Values<DiabetesStatus, R>& x, const Start<DiabetesStatus, R>& s) {
    s[T] = x[T_0] * x[D_0];
  }
};

}  // namespace healthspan::models
