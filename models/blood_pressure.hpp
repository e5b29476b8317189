// Blood pressure: the person's own level, moved by age, weight, salt, late deficits and drugs.
// Weight: Neter et al., Hypertension 42:878 (2003). Drugs: Law et al., BMJ 326:1427 (2003); several add up, and each
// takes off more where pressure is high. Age: the level stays in proportion to that of others who take no drugs.
#pragma once

#include <healthspan/core/module.hpp>
#include <healthspan/core/smooth.hpp>

namespace healthspan::models {

struct BloodPressure {
  static constexpr auto name = "blood_pressure";
  static constexpr auto summary = "Age, weight, salt, late deficits and drugs move blood pressure";

  // clang-format off
  static constexpr auto S     = state    <"systolic_pressure">           (       "mmHg",   "Systolic blood pressure");
  static constexpr auto P     = state    <"diastolic_pressure">          (       "mmHg",   "Diastolic blood pressure");

  static constexpr auto S_m   = input    <"systolic_pressure_at_start">  (0.0,   "mmHg",   "Systolic blood pressure at the start, on the drugs taken then; 0 where not measured");
  static constexpr auto P_m   = input    <"diastolic_pressure_at_start"> (0.0,   "mmHg",   "The same, diastolic");
  static constexpr auto age   = input    <"age">                         (       "y",      "Age");
  static constexpr auto age0  = input    <"age_at_start">                (       "y",      "Age at the start");
  static constexpr auto BW    = input    <"body_weight">                 (       "kg",     "Body weight");
  static constexpr auto BW0   = input    <"weight_at_start">             (       "kg",     "Body weight at the start");
  static constexpr auto D     = input    <"deficit_burden">              (       "1",      "Deficit burden");
  static constexpr auto D0    = input    <"deficit_burden_at_start">     (       "1",      "Deficit burden at the start");
  static constexpr auto Na    = input    <"sodium_intake_change">        (0.0,   "mg/d",   "Change of sodium intake");
  static constexpr auto N     = input    <"antihypertensive_dose">       (0.0,   "1",      "Drugs for blood pressure, each at its standard dose; one at half of it counts 0.78");
  static constexpr auto glif  = input    <"sglt2_inhibitor_dose">        (0.0,   "1",      "SGLT2 inhibitor, 1 = a full dose such as 300 mg of canagliflozin a day");

  static constexpr auto s_P   = parameter<"relative_pressure">           (1.0,   "1",      lognormal(0.11), calibrated("NHANES", "SD of 17 mmHg at 60, less 9 mmHg from visit to visit"), "Pressure relative to others of the same age and sex, where it was not measured");
  static constexpr auto S_0   = parameter<"systolic_youth">              (BySex(115.9, 104.8), "mmHg", fixed, calibrated("NHANES", "medians at 20 to 90, 2007 to 2016, with what drugs take off put back"), "Systolic pressure of the young");
  static constexpr auto S_1   = parameter<"systolic_rise">               (BySex(26.6, 55.9),   "mmHg", fixed, calibrated("NHANES", "same"), "What a life adds to it");
  static constexpr auto a_S   = parameter<"systolic_rise_age">           (BySex(58.2, 64.1),   "y",    fixed, calibrated("NHANES", "same; it levels off late, and women catch up with men at 65"), "Age at which half of it is added");
  static constexpr auto w_S   = parameter<"systolic_rise_width">         (BySex(11.3, 14.9),   "y",    fixed, calibrated("NHANES", "same"), "Years over which it is added");
  static constexpr auto P_0   = parameter<"diastolic_peak">              (BySex(77.4, 73.7),   "mmHg", fixed, calibrated("NHANES", "same"), "Highest diastolic pressure of a life");
  static constexpr auto a_P   = parameter<"diastolic_peak_age">          (BySex(51.1, 53.6),   "y",    fixed, calibrated("NHANES", "same"), "Age of the highest diastolic pressure");
  static constexpr auto w_P   = parameter<"diastolic_peak_width">        (BySex(52.0, 60.4),   "y",    fixed, calibrated("NHANES", "same"), "Years from there over which it falls off");
  static constexpr auto p_a   = parameter<"pressure_ageing">             (1.0,   "1",      lognormal(0.4), assumed("measured pressures of one person still agree, but less, after ten years"), "Own course with age relative to that of others, as a power");
  static constexpr auto b_S   = parameter<"systolic_per_weight">         (1.05,  "mmHg/kg", fixed, cited("Neter2003", "abstract: 0.66 to 1.43"),  "Systolic pressure per kg of body weight");
  static constexpr auto b_P   = parameter<"diastolic_per_weight">        (0.92,  "mmHg/kg", fixed, cited("Neter2003", "abstract: 0.55 to 1.28"),  "Diastolic pressure per kg of body weight");
  static constexpr auto c_S   = parameter<"systolic_per_sodium">         (2.18e-3, "mmHg/(mg/d)", fixed, calibrated("He2013", "-5.8 mmHg for 100 mmol a day less, of which 0.8 come with the water that is lost"), "Systolic pressure per mg of sodium eaten a day");
  static constexpr auto c_P   = parameter<"diastolic_per_sodium">        (0.89e-3, "mmHg/(mg/d)", fixed, calibrated("He2013", "-2.06 mmHg for 75 mmol a day less, of which 0.5 come with the water that is lost"), "Diastolic pressure per mg of sodium eaten a day");
  static constexpr auto D_f   = parameter<"pressure_deficit_threshold">  (0.20,  "1",      fixed, assumed("below this burden the course with age holds"), "Deficit burden from which on pressure falls");
  static constexpr auto k_S   = parameter<"systolic_fall_of_deficits">   (80.0,  "mmHg",   fixed, calibrated("Delgado2018", "8 to 22 mmHg in the last 14 to 18 years of life, some of it with weight"), "Fall of systolic pressure per unit of burden above it");
  static constexpr auto k_P   = parameter<"diastolic_fall_of_deficits">  (20.0,  "mmHg",   fixed, assumed("less than systolic, whose course with age does not fall"), "The same, diastolic");
  static constexpr auto e_S   = parameter<"systolic_drug_effect">        (9.1,   "mmHg",   fixed, cited("Law2003b", "abstract: standard dose"), "What one drug at its standard dose takes off a systolic pressure of the trials");
  static constexpr auto e_P   = parameter<"diastolic_drug_effect">       (5.5,   "mmHg",   fixed, cited("Law2003b", "abstract: standard dose"), "The same, diastolic");
  static constexpr auto S_t   = parameter<"systolic_of_drug_trials">     (154.0, "mmHg",   fixed, cited("Law2003b", "mean before treatment"), "Systolic pressure in the trials");
  static constexpr auto P_t   = parameter<"diastolic_of_drug_trials">    (97.0,  "mmHg",   fixed, cited("Law2003b", "mean before treatment"), "Diastolic pressure in the trials");
  static constexpr auto m_S   = parameter<"systolic_drug_slope">         (0.10,  "1",      fixed, cited("Law2003b", "abstract: 1.0 mmHg more for 10 mmHg"), "How much more a drug takes off per mmHg above that");
  static constexpr auto m_P   = parameter<"diastolic_drug_slope">        (0.11,  "1",      fixed, cited("Law2003b", "abstract: 1.1 mmHg more for 10 mmHg"), "The same, diastolic");
  static constexpr auto g_S   = parameter<"systolic_sglt2_effect">       (2.0,   "mmHg",   fixed, calibrated("Baker2014", "-4.0 mmHg in all, about half of it by the 2 kg that are lost"), "What a full dose of an SGLT2 inhibitor takes off at equal weight");
  static constexpr auto g_P   = parameter<"diastolic_sglt2_effect">      (0.5,   "mmHg",   fixed, calibrated("Baker2014", "-1.6 mmHg in all, most of it by the 2 kg that are lost"), "The same, diastolic");
  static constexpr auto tau   = parameter<"pressure_time">               (9.2,   "d",      fixed, cited("Lasserson2011", "abstract: half of the effect in 0.91 weeks"), "Time constant of pressure");
  static constexpr auto f_o   = parameter<"orthostatic_fall_excess">     (0.40,  "1",      fixed, cited("Tinetti2014", "abstract: hazard ratio 1.40, 1.03 to 1.90"), "Serious falls added by drugs for blood pressure at the reference burden");
  static constexpr auto D_o   = parameter<"orthostatic_reference_burden">(0.20,  "1",      fixed, assumed("people over 70 with hypertension; after an earlier injury the hazard ratio is 2.17"), "Deficit burden of these people");

  static constexpr auto S_u   = constant <"untreated_systolic_at_start"> (       "mmHg",   "Systolic pressure at the start, had no drugs been taken");
  static constexpr auto P_u   = constant <"untreated_diastolic_at_start">(       "mmHg",   "The same, diastolic");

  static constexpr auto use   = output   <"antihypertensive_use">        (       "1",      "Takes drugs for blood pressure: 1 = yes");
  static constexpr auto fall  = output   <"drug_systolic_fall">          (       "mmHg",   "What drugs for blood pressure take off systolic pressure");
  static constexpr auto ortho = output   <"orthostatic_fall_factor">     (       "1",      "Hazard of a fall relative to that without drugs for blood pressure");
  // clang-format on
  static constexpr auto table =
      std::tuple{S,   P,   S_m, P_m, age, age0, BW,  BW0, D,   D0,  Na,  N,   glif, s_P,  S_0,
                 S_1, a_S, w_S, P_0, a_P, w_P,  p_a, b_S, b_P, c_S, c_P, D_f, k_S,  k_P,  e_S,
                 e_P, S_t, P_t, m_S, m_P, g_S,  g_P, tau, f_o, D_o, S_u, P_u, use,  fall, ortho};

  // Of the median person without drugs at some age.
  template <class R>
  static R systolic_of_others(const Values<BloodPressure, R>& x, const R& a) {
    return x[S_0] + x[S_1] / (1.0 + exp(R((x[a_S] - a) / x[w_S])));
  }
  template <class R>
  static R diastolic_of_others(const Values<BloodPressure, R>& x, const R& a) {
    const R far = (a - x[a_P]) / x[w_P];
    return x[P_0] * exp(R(-0.5 * far * far));
  }

  // What one drug takes off an untreated pressure; nothing off a very low one.
  template <class R>
  static R systolic_drug(const Values<BloodPressure, R>& x, const R& untreated) {
    return max(R(0.0 * x[e_S]), R(x[e_S] + x[m_S] * (untreated - x[S_t])));
  }
  template <class R>
  static R diastolic_drug(const Values<BloodPressure, R>& x, const R& untreated) {
    return max(R(0.0 * x[e_P]), R(x[e_P] + x[m_P] * (untreated - x[P_t])));
  }

  // What drugs take off, by the pressure that is left.
  template <class R>
  static R systolic_taken_off(const Values<BloodPressure, R>& x, const R& treated) {
    return x[N] * systolic_drug(x, treated) / (1.0 - x[m_S] * x[N]);
  }

  // Changes are shares of the own level, so that no loss of weight leaves a pressure below zero.
  template <class R>
  static R systolic_target(const Values<BloodPressure, R>& x) {
    const R frail = ramp(R(x[D] - x[D_f])) - ramp(R(x[D0] - x[D_f]));
    const R aged = x[p_a] * log(R(systolic_of_others(x, x[age]) / systolic_of_others(x, x[age0])));
    const R change = x[b_S] * (x[BW] - x[BW0]) + x[c_S] * x[Na] - x[k_S] * frail - x[g_S] * x[glif];
    const R untreated = x[S_u] * exp(R(aged + change / x[S_u]));
    return untreated - x[N] * systolic_drug(x, untreated);
  }
  template <class R>
  static R diastolic_target(const Values<BloodPressure, R>& x) {
    const R frail = ramp(R(x[D] - x[D_f])) - ramp(R(x[D0] - x[D_f]));
    const R aged = x[p_a] * log(R(diastolic_of_others(x, x[age]) / diastolic_of_others(x, x[age0])));
    const R change = x[b_P] * (x[BW] - x[BW0]) + x[c_P] * x[Na] - x[k_P] * frail - x[g_P] * x[glif];
    const R untreated = x[P_u] * exp(R(aged + change / x[P_u]));
    return untreated - x[N] * diastolic_drug(x, untreated);
  }

  template <class R>
  static void outputs(const Values<BloodPressure, R>& x, const Outputs<BloodPressure, R>& y) {
    y[use] = min(R(1.0), x[N]);
    y[fall] = systolic_taken_off(x, R(x[S]));
    y[ortho] = 1.0 + x[f_o] * y[use] * x[D] / x[D_o];
  }

  template <class R>
  static void rates(const Values<BloodPressure, R>& x, const Rates<BloodPressure, R>& d) {
    d[S] = (systolic_target(x) - x[S]) / x[tau];
    d[P] = (diastolic_target(x) - x[P]) / x[tau];
  }

  template <class R>
  static void relaxation(const Values<BloodPressure, R>& x, const States<BloodPressure, R>& k) {
    k[S] = 1.0 / x[tau];
    k[P] = 1.0 / x[tau];
  }

  template <class R>
  static void personalise(const Values<BloodPressure, R>& x, const Start<BloodPressure, R>& s) {
    const R S_own = x[s_P] * systolic_of_others(x, x[age0]), P_own = x[s_P] * diastolic_of_others(x, x[age0]);
    s[S] = select(x[S_m] > R(0.0 * x[S_m]), x[S_m], R(S_own - x[N] * systolic_drug(x, S_own)));
    s[P] = select(x[P_m] > R(0.0 * x[P_m]), x[P_m], R(P_own - x[N] * diastolic_drug(x, P_own)));
    s[S_u] = s[S] + systolic_taken_off(x, R(s[S]));
    s[P_u] = s[P] + x[N] * diastolic_drug(x, s[P]) / (1.0 - x[m_P] * x[N]);
  }
};

}  // namespace healthspan::models
