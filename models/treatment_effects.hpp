// What drugs do to infarctions, strokes and heart failure beyond what risk factors tell: the effect of the trials
// over that of the path by pressure and cholesterol in the equations of risk. Those equations are of people who
// differ, in old age by little, and trials are of people who were changed. Blood pressure: Ettehad et al., Lancet
// 387:957 (2016). Statins: Cholesterol Treatment Trialists, Lancet 376:1670 (2010). SGLT2 inhibitors: McGuire et al.,
// JAMA Cardiol 6:148 (2021). GLP-1 agonists: Sattar et al., Lancet Diabetes Endocrinol 9:653 (2021).
#pragma once

#include <healthspan/core/module.hpp>

namespace healthspan::models {

struct TreatmentEffects {
  static constexpr auto name = "treatment_effects";
  static constexpr auto summary = "What drugs do to cardiovascular events beyond what risk factors tell";

  // clang-format off
  static constexpr auto E      = state    <"effective_statin_fall">     (        "mg/dl", "Fall of LDL cholesterol by a statin that the risk of events has got used to");

  static constexpr auto S      = input    <"drug_systolic_fall">        (0.0,    "mmHg",  "What drugs for blood pressure take off systolic pressure");
  static constexpr auto L      = input    <"statin_ldl_fall">           (0.0,    "mg/dl", "What a statin takes off LDL cholesterol");
  static constexpr auto tau    = input    <"ldl_lag">                   (548.0,  "d",     "Time in which the risk of events follows LDL cholesterol");
  static constexpr auto sglt2  = input    <"sglt2_inhibitor_dose">      (0.0,    "1",     "SGLT2 inhibitor, 1 = a full dose");
  static constexpr auto glp1   = input    <"glp1_dose">                 (0.0,    "1",     "GLP-1 receptor agonist, 1 = 2.4 mg of semaglutide a week");

  static constexpr auto p_mi   = parameter<"pressure_infarction_residual">(0.011, "1/mmHg", fixed, calibrated("Ettehad2016", "coronary disease: 0.83 per 10 mmHg"), "Fall of the log rate of infarctions per mmHg taken off by drugs, beyond that by pressure itself");
  static constexpr auto p_st   = parameter<"pressure_stroke_residual">  (0.022,  "1/mmHg", fixed, calibrated("Ettehad2016", "stroke: 0.73 per 10 mmHg"), "The same of strokes");
  static constexpr auto p_hf   = parameter<"pressure_failure_residual"> (0.031,  "1/mmHg", fixed, calibrated("Ettehad2016", "heart failure: 0.72 per 10 mmHg"), "The same of heart failure");
  static constexpr auto l_mi   = parameter<"statin_infarction_residual">(0.0033, "dl/mg",  fixed, calibrated("CTT2010", "major coronary events: 0.76 per mmol/l"), "Fall of the log rate of infarctions per mg/dl taken off by a statin, beyond that by cholesterol itself");
  static constexpr auto l_st   = parameter<"statin_stroke_residual">    (0.0038, "dl/mg",  fixed, calibrated("CTT2010", "stroke: 0.84 per mmol/l"), "The same of strokes");
  static constexpr auto s_hf   = parameter<"sglt2_failure_residual">    (0.33,   "1",      fixed, calibrated("McGuire2021", "hospital for heart failure: 0.68; pressure and weight tell little of it"), "Fall of the log rate of heart failure on a full dose of an SGLT2 inhibitor, beyond that by risk factors");
  static constexpr auto g_mi   = parameter<"glp1_infarction_residual">  (0.05,   "1",      fixed, assumed("0.90 in all in diabetes (Sattar 2021), half of it by weight, pressure and glucose"), "Fall of the log rate of infarctions on a full dose of a GLP-1 agonist, beyond that by risk factors");
  static constexpr auto g_st   = parameter<"glp1_stroke_residual">      (0.09,   "1",      fixed, assumed("0.83 in all in diabetes (Sattar 2021), half of it by weight, pressure and glucose"), "The same of strokes");

  static constexpr auto S_0    = constant <"drug_systolic_fall_at_start">(       "mmHg",  "What drugs took off at the start, which risk at the start knows");
  static constexpr auto L_0    = constant <"statin_ldl_fall_at_start">  (        "mg/dl", "The same of a statin");
  static constexpr auto sglt2_0 = constant<"sglt2_inhibitor_at_start">  (        "1",     "Dose of an SGLT2 inhibitor at the start");
  static constexpr auto glp1_0 = constant <"glp1_at_start">             (        "1",     "Dose of a GLP-1 agonist at the start");

  static constexpr auto f_mi   = output   <"mi_treatment_factor">       (        "1",     "Rate of infarctions relative to what risk factors tell");
  static constexpr auto f_st   = output   <"stroke_treatment_factor">   (        "1",     "Rate of strokes relative to what risk factors tell");
  static constexpr auto f_hf   = output   <"heart_failure_treatment_factor">(    "1",     "Rate of heart failure relative to what risk factors tell");
  // clang-format on
  static constexpr auto table = std::tuple{E,    S,    L,    tau, sglt2, glp1,    p_mi,   p_st, p_hf, l_mi, l_st,
                                           s_hf, g_mi, g_st, S_0, L_0,   sglt2_0, glp1_0, f_mi, f_st, f_hf};

  template <class R>
  static void outputs(const Values<TreatmentEffects, R>& x, const Outputs<TreatmentEffects, R>& y) {
    const R pressure = x[S] - x[S_0], cholesterol = x[E] - x[L_0];
    const R glif = x[sglt2] - x[sglt2_0], glut = x[glp1] - x[glp1_0];
    y[f_mi] = exp(R(-x[p_mi] * pressure - x[l_mi] * cholesterol - x[g_mi] * glut));
    y[f_st] = exp(R(-x[p_st] * pressure - x[l_st] * cholesterol - x[g_st] * glut));
    y[f_hf] = exp(R(-x[p_hf] * pressure - x[s_hf] * glif));
  }

  template <class R>
  static void rates(const Values<TreatmentEffects, R>& x, const Rates<TreatmentEffects, R>& d) {
    d[E] = (x[L] - x[E]) / x[tau];
  }

  template <class R>
  static void relaxation(const Values<TreatmentEffects, R>& x, const States<TreatmentEffects, R>& k) {
    k[E] = 1.0 / x[tau];
  }

  template <class R>
  static void anchor(const Values<TreatmentEffects, R>& x, const Start<TreatmentEffects, R>& s) {
    s[S_0] = x[S];
    s[L_0] = s[E] = x[L];
    s[sglt2_0] = x[sglt2];
    s[glp1_0] = x[glp1];
  }
};

}  // namespace healthspan::models
