// Drugs that lower glucose: what each does to the liver, the beta cells, the kidney and appetite.
// Insulin is titrated as in practice: the dose grows while fasting glucose is above its target and shrinks below.
#pragma once

#include <healthspan/core/module.hpp>

namespace healthspan::models {

struct GlucoseDrugs {
  static constexpr auto name = "glucose_drugs";
  static constexpr auto summary =
      "What metformin, sulfonylureas, SGLT2 inhibitors, GLP-1 agonists and insulin act on";

  // clang-format off
  static constexpr auto V       = state    <"insulin_log_titration">   (        "1",       "Logarithm of the daily insulin relative to the first dose");

  static constexpr auto met     = input    <"metformin_dose">          (0.0,    "1",       "Metformin, 1 = 2,000 mg a day");
  static constexpr auto su      = input    <"sulfonylurea_dose">       (0.0,    "1",       "Sulfonylurea, 1 = a full dose such as 10 mg of glibenclamide a day");
  static constexpr auto sglt2   = input    <"sglt2_inhibitor_dose">    (0.0,    "1",       "SGLT2 inhibitor, 1 = a full dose such as 300 mg of canagliflozin a day");
  static constexpr auto glp1    = input    <"glp1_dose">               (0.0,    "1",       "Dose of a GLP-1 receptor agonist, 1 = 2.4 mg of semaglutide a week");
  static constexpr auto ins     = input    <"insulin_treatment">       (0.0,    "1",       "Treated with basal insulin, titrated: 1 = as it should be");
  static constexpr auto G       = input    <"fasting_glucose">         (        "mg/dl",   "Fasting plasma glucose");

  static constexpr auto e_met   = parameter<"metformin_hepatic">       (0.12,   "1",       lognormal(0.5), calibrated("Knowler2002", "7.8 instead of 11 per 100 person-years get diabetes"), "Logarithm by which a full dose of metformin lowers the glucose production of the liver");
  static constexpr auto a_met   = parameter<"metformin_appetite">      (330.0,  "kcal/d",  fixed,          calibrated("Knowler2002", "2.1 kg lost on metformin in 2.8 years, 0.1 kg on placebo"), "Energy that metformin takes off what is wanted");
  static constexpr auto e_su    = parameter<"sulfonylurea_shift">      (0.42,   "1",       lognormal(0.4), calibrated("UKPDS16", "HbA1c 0.9 % lower than on diet after 6 years"), "Rise of the beta cells' response to glucose by closed K-ATP channels");
  static constexpr auto a_su    = parameter<"sulfonylurea_appetite">   (230.0,  "kcal/d",  fixed,          calibrated("UKPDS33", "1.7 to 2.8 kg gained at about 115 kcal/d per kg, less what is no longer lost in urine"), "Energy that a sulfonylurea adds to what is wanted");
  static constexpr auto d_sglt2 = parameter<"sglt2_threshold_fall">    (110.0,  "mg/dl",   lognormal(0.2), assumed("60 to 100 g of glucose a day in urine in diabetes"), "Fall of the renal threshold of glucose under a full dose");
  static constexpr auto e_glp1  = parameter<"glp1_secretion">          (0.45,   "1",       lognormal(0.4), assumed("HbA1c 1 to 1.5 % lower in diabetes, weight apart"), "Gain of glucose-dependent secretion on a full dose of a GLP-1 agonist");
  static constexpr auto I_1     = parameter<"insulin_first_dose">      (1400.0, "uU/ml/d", fixed,          assumed("10 U a day in the 7,200 mL of the model"), "Insulin that the first dose brings into plasma");
  static constexpr auto G_goal  = parameter<"insulin_glucose_target">  (150.0,  "mg/dl",   fixed,          calibrated("UKPDS49", "HbA1c below 7 % in 28 % after 9 years; 108 mg/dl were aimed at"), "Fasting glucose that insulin is titrated to");
  static constexpr auto k_ins   = parameter<"insulin_titration_rate">  (0.05,   "1/d",     fixed,          assumed("doses are settled within three months"), "Growth of the dose per logarithm of glucose over target");
  static constexpr auto V_max   = parameter<"insulin_titration_range"> (3.0,    "1",       fixed,          assumed("from half a unit to 200 U a day"), "Logarithm of how far the dose is taken from the first one");
  static constexpr auto a_ins   = parameter<"insulin_appetite">        (300.0,  "kcal/d",  fixed,          calibrated("UKPDS33", "4 kg gained over 10 years at about 115 kcal/d per kg, less what is no longer lost in urine"), "Energy that insulin adds to what is wanted");

  static constexpr auto f_hep   = output   <"hepatic_drug_factor">     (        "1",       "Glucose production of the liver relative to that without drugs");
  static constexpr auto f_sec   = output   <"secretion_drug_factor">   (        "1",       "Glucose-dependent secretion relative to that without drugs");
  static constexpr auto shift   = output   <"secretion_shift">         (        "1",       "Rise of the beta cells' response to glucose by drugs");
  static constexpr auto U       = output   <"insulin_infusion">        (        "uU/ml/d", "Insulin from outside that gets into plasma");
  static constexpr auto renal   = output   <"renal_threshold_shift">   (        "mg/dl",   "Change of the renal threshold of glucose");
  static constexpr auto wanted  = output   <"treatment_appetite">      (        "kcal/d",  "Energy that drugs for glucose add to what is wanted");
  // clang-format on
  static constexpr auto table =
      std::tuple{V,      met, su,     sglt2, glp1,  ins,   G,     e_met, a_met, e_su, a_su,  d_sglt2,
                 e_glp1, I_1, G_goal, k_ins, V_max, a_ins, f_hep, f_sec, shift, U,    renal, wanted};

  template <class R>
  static void outputs(const Values<GlucoseDrugs, R>& x, const Outputs<GlucoseDrugs, R>& y) {
    y[f_hep] = exp(R(-x[e_met] * x[met]));
    y[f_sec] = 1.0 + x[e_glp1] * x[glp1];
    y[shift] = x[e_su] * x[su];
    y[U] = x[ins] * x[I_1] * exp(x[V]);
    y[renal] = -x[d_sglt2] * x[sglt2];
    y[wanted] = x[a_su] * x[su] + x[a_ins] * x[ins] - x[a_met] * x[met];
  }

  template <class R>
  static void rates(const Values<GlucoseDrugs, R>& x, const Rates<GlucoseDrugs, R>& d) {
    // A dose is taken no further than the range; who is not treated forgets his, so that a new start begins low.
    const R over = log(R(x[G] / x[G_goal])), far = x[V] / x[V_max], far2 = far * far, far4 = far2 * far2;
    const R none = 0.0 * far;
    const R room = select(over * x[V] > none, max(none, R(1.0 - far4 * far4)), R(1.0 + none));
    d[V] = x[k_ins] * (x[ins] * over * room - (1.0 - x[ins]) * x[V]);
  }

  template <class R>
  static void personalise(const Values<GlucoseDrugs, R>& x, const Start<GlucoseDrugs, R>& s) {
    s[V] = 0.0 * x[met];
  }
};

}  // namespace healthspan::models
