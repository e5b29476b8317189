// Severe hypoglycaemia: needs the help of others. Only on drugs that bring insulin whatever glucose is, more often in
// the old, the frail and the tightly controlled. What it brings with it is for the scenario to say (a hospital stay)
// and for the modules that answer it (deficits). Rates: UK Prospective Diabetes Study Group, Lancet 352:837 (1998);
// age: Shorr et al., Arch Intern Med 157:1681 (1997).
#pragma once

#include <healthspan/core/module.hpp>

namespace healthspan::models {

struct Hypoglycaemia {
  static constexpr auto name = "hypoglycaemia";
  static constexpr auto summary =
      "Severe hypoglycaemia on sulfonylureas and insulin, more often in the old and frail";

  // clang-format off
  static constexpr auto H     = hazard   <"hypoglycaemia">                (Recurrence::recurrent, "Integrated hazard of severe hypoglycaemia");
  static constexpr auto su    = input    <"sulfonylurea_dose">            (0.0,    "1",           "Sulfonylurea, 1 = a full dose");
  static constexpr auto ins   = input    <"insulin_treatment">            (0.0,    "1",           "Treated with basal insulin");
  static constexpr auto A1c   = input    <"hba1c">                        (        "%",           "Glycated haemoglobin");
  static constexpr auto age   = input    <"age">                          (        "y",           "Age");
  static constexpr auto D     = input    <"deficit_burden">               (        "1",           "Deficit burden");
  static constexpr auto year  = input    <"days_per_year">                (        "d/y",         "Length of a year");
  static constexpr auto r_su  = parameter<"sulfonylurea_hypoglycaemia">   (0.014,  "1/y",  fixed, cited("UKPDS33", "major episodes, glibenclamide: 1.4 % a year"), "Episodes a year on a full dose of a sulfonylurea at the reference age, burden and HbA1c");
  static constexpr auto r_ins = parameter<"insulin_hypoglycaemia">        (0.018,  "1/y",  fixed, cited("UKPDS33", "major episodes, insulin: 1.8 % a year"),       "The same on insulin");
  static constexpr auto b_a   = parameter<"hypoglycaemia_age_slope">      (0.04,   "1/y",  fixed, calibrated("Shorr1997", "relative risk 1.8 at 80 and over against 65 to 70"), "Log rate per year of age");
  static constexpr auto a_ref = parameter<"hypoglycaemia_reference_age">  (58.0,   "y",    fixed, cited("UKPDS33", "53 at entry, median of ten years followed"), "Age of these rates");
  static constexpr auto b_D   = parameter<"hypoglycaemia_deficit_slope">  (3.0,    "1",    fixed, assumed("as that of admissions; polypharmacy and recent discharge raise it in Shorr 1997"), "Log rate per unit of deficit burden");
  static constexpr auto D_ref = parameter<"hypoglycaemia_reference_burden">(0.12,  "1",    fixed, assumed("mean burden at that age"), "Deficit burden of these rates");
  static constexpr auto b_A   = parameter<"hypoglycaemia_control_slope">  (0.30,   "1/%",  fixed, assumed("direction: tighter control, more episodes"), "Log rate per per cent of HbA1c below the reference");
  static constexpr auto A_ref = parameter<"hypoglycaemia_reference_hba1c">(7.0,    "%",    fixed, cited("UKPDS33", "median HbA1c of the intensive arm, 7.0 % over ten years"), "HbA1c of these rates");
  static constexpr auto rate  = output   <"hypoglycaemia_rate">           (        "1/y",         "Episodes of severe hypoglycaemia per year");
  // clang-format on
  static constexpr auto table =
      std::tuple{H, su, ins, A1c, age, D, year, r_su, r_ins, b_a, a_ref, b_D, D_ref, b_A, A_ref, rate};

  template <class R>
  static void outputs(const Values<Hypoglycaemia, R>& x, const Outputs<Hypoglycaemia, R>& y) {
    y[rate] = (x[r_su] * x[su] + x[r_ins] * x[ins]) *
              exp(R(x[b_a] * (x[age] - x[a_ref]) + x[b_D] * (x[D] - x[D_ref]) + x[b_A] * (x[A_ref] - x[A1c])));
  }

  template <class R>
  static void rates(const Values<Hypoglycaemia, R>& x, const Rates<Hypoglycaemia, R>& d) {
    d[H] = x[rate] / x[year];
  }
};

}  // namespace healthspan::models
