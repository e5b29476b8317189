// Lipids of the blood: the person's own level, moved by age, weight and statins, and the LDL cholesterol that
// arteries have got used to. Statins, and that their benefit takes years: Law et al., BMJ 326:1423 (2003). Weight:
// Dattilo & Kris-Etherton, Am J Clin Nutr 56:320 (1992).
#pragma once

#include <healthspan/core/module.hpp>

namespace healthspan::models {

struct Lipids {
  static constexpr auto name = "lipids";
  static constexpr auto summary = "Age, weight and statins move the lipids of the blood; arteries follow over years";

  // clang-format off
  static constexpr auto L     = state    <"ldl_cholesterol">          (       "mg/dl",    "LDL cholesterol");
  static constexpr auto H     = state    <"hdl_cholesterol">          (       "mg/dl",    "HDL cholesterol");
  static constexpr auto T     = state    <"triglycerides">            (       "mg/dl",    "Triglycerides");
  static constexpr auto E     = state    <"effective_ldl">            (       "mg/dl",    "LDL cholesterol that the risk of events has got used to");

  static constexpr auto L_m   = input    <"ldl_cholesterol_at_start"> (0.0,   "mg/dl",    "LDL cholesterol at the start, on the statin taken then; 0 where not measured");
  static constexpr auto H_m   = input    <"hdl_cholesterol_at_start"> (0.0,   "mg/dl",    "HDL cholesterol at the start; 0 where not measured");
  static constexpr auto T_m   = input    <"triglycerides_at_start">   (0.0,   "mg/dl",    "Triglycerides at the start; 0 where not measured");
  static constexpr auto age   = input    <"age">                      (       "y",        "Age");
  static constexpr auto age0  = input    <"age_at_start">             (       "y",        "Age at the start");
  static constexpr auto BW    = input    <"body_weight">              (       "kg",       "Body weight");
  static constexpr auto BW0   = input    <"weight_at_start">          (       "kg",       "Body weight at the start");
  static constexpr auto dW6   = input    <"weight_change_6_months">   (0.0,   "kg",       "Change of body weight over half a year");
  static constexpr auto dose  = input    <"statin_dose">              (0.0,   "1",        "Statin, 1 = 10 mg of atorvastatin a day");

  static constexpr auto s_L   = parameter<"relative_ldl">             (1.0,   "1",        lognormal(0.27), calibrated("NHANES", "SD of 33 mg/dl at 120 without drugs"), "LDL cholesterol relative to others, where it was not measured");
  static constexpr auto s_H   = parameter<"relative_hdl">             (1.0,   "1",        lognormal(0.28), calibrated("NHANES", "10th and 90th percentile of men 32 and 65 mg/dl"), "HDL cholesterol relative to others, where it was not measured");
  static constexpr auto s_T   = parameter<"relative_triglycerides">   (1.0,   "1",        lognormal(0.53), calibrated("NHANES", "10th and 90th percentile of men 60 and 230 mg/dl"), "Triglycerides relative to others, where they were not measured");
  static constexpr auto L_0   = parameter<"ldl_peak">                 (BySex(127.0, 130.0), "mg/dl", fixed, calibrated("NHANES", "medians at 20 to 90 without drugs, 2007 to 2016"), "Highest LDL cholesterol of a life");
  static constexpr auto a_L   = parameter<"ldl_peak_age">             (BySex(55.8, 68.8),   "y",     fixed, calibrated("NHANES", "same"), "Age of the highest LDL cholesterol");
  static constexpr auto w_L   = parameter<"ldl_peak_width">           (BySex(50.5, 53.9),   "y",     fixed, calibrated("NHANES", "same"), "Years from there over which it falls off");
  static constexpr auto H_0   = parameter<"usual_hdl">                (BySex(46.0, 57.0),   "mg/dl", fixed, calibrated("NHANES", "median at 20 to 90, 2007 to 2016"), "HDL cholesterol at any age");
  static constexpr auto T_0   = parameter<"usual_triglycerides">      (BySex(108.0, 100.0), "mg/dl", fixed, calibrated("NHANES", "median at 20 to 90, 2007 to 2016"), "Triglycerides at any age");
  static constexpr auto b_L   = parameter<"ldl_per_weight">           (0.77,  "mg/dl/kg", fixed, cited("Dattilo1992", "as in Bays et al. 2024, table 2"), "LDL cholesterol per kg of body weight");
  static constexpr auto b_T   = parameter<"triglycerides_per_weight"> (1.33,  "mg/dl/kg", fixed, cited("Dattilo1992", "as in Bays et al. 2024, table 2"), "Triglycerides per kg of body weight");
  static constexpr auto b_H   = parameter<"hdl_per_weight">           (0.35,  "mg/dl/kg", fixed, cited("Dattilo1992", "abstract: 0.009 mmol/l at a stable reduced weight"), "HDL cholesterol lost per kg of body weight that is kept");
  static constexpr auto b_6   = parameter<"hdl_while_losing">         (0.62,  "mg/dl/kg", fixed, cited("Dattilo1992", "abstract: 0.007 mmol/l less while losing, instead of 0.009 more"), "HDL cholesterol held back per kg while weight is being lost");
  static constexpr auto F     = parameter<"statin_most">              (0.581, "1",        fixed, calibrated("Law2003", "-40 % on 10 mg of atorvastatin, -55 % on 80 mg"), "Share of LDL cholesterol that no dose goes beyond");
  static constexpr auto K     = parameter<"statin_half_dose">         (0.453, "1",        fixed, calibrated("Law2003", "same"), "Dose of half of that");
  static constexpr auto tau   = parameter<"lipid_time">               (10.0,  "d",        fixed, assumed("nearly all of an effect is there after four weeks"), "Time constant of lipids");
  static constexpr auto tau_E = parameter<"ldl_lag">                  (548.0, "d",        fixed, calibrated("Law2003", "11, 24, 33 and 36 % fewer events in year 1, 2, 3 to 5 and after, per mmol/l"), "Time in which the risk of events follows LDL cholesterol");

  static constexpr auto L_u   = constant <"untreated_ldl_at_start">   (       "mg/dl",    "LDL cholesterol at the start, had no statin been taken");
  static constexpr auto H_u   = constant <"own_hdl_at_start">         (       "mg/dl",    "HDL cholesterol of the person at the start");
  static constexpr auto T_u   = constant <"own_triglycerides_at_start">(      "mg/dl",    "Triglycerides of the person at the start");

  static constexpr auto use   = output   <"statin_use">               (       "1",        "Takes a statin: 1 = yes");
  static constexpr auto fall  = output   <"statin_ldl_fall">          (       "mg/dl",    "What a statin takes off LDL cholesterol");
  // clang-format on
  static constexpr auto table =
      std::tuple{L,   H,   T,   E,   L_m, H_m, T_m, age, age0, BW, BW0, dW6,   dose, s_L, s_H, s_T, L_0,
                 a_L, w_L, H_0, T_0, b_L, b_T, b_H, b_6, F,    K,  tau, tau_E, L_u,  H_u, T_u, use, fall};

  template <class R>
  static R ldl_of_others(const Values<Lipids, R>& x, const R& a) {
    const R far = (a - x[a_L]) / x[w_L];
    return x[L_0] * exp(R(-0.5 * far * far));
  }
  // What a statin leaves of LDL cholesterol.
  template <class R>
  static R left(const Values<Lipids, R>& x) {
    return 1.0 - x[F] * x[dose] / (x[K] + x[dose]);
  }

  // Changes are shares of the own level, so that no loss of weight leaves less than nothing.
  template <class R>
  static R ldl_target(const Values<Lipids, R>& x) {
    const R aged = ldl_of_others(x, x[age]) / ldl_of_others(x, x[age0]);
    return x[L_u] * aged * exp(R(x[b_L] * (x[BW] - x[BW0]) / x[L_u])) * left(x);
  }
  template <class R>
  static R hdl_target(const Values<Lipids, R>& x) {
    return x[H_u] * exp(R((x[b_6] * x[dW6] - x[b_H] * (x[BW] - x[BW0])) / x[H_u]));
  }
  template <class R>
  static R triglycerides_target(const Values<Lipids, R>& x) {
    return x[T_u] * exp(R(x[b_T] * (x[BW] - x[BW0]) / x[T_u]));
  }

  template <class R>
  static void outputs(const Values<Lipids, R>& x, const Outputs<Lipids, R>& y) {
    y[use] = min(R(1.0), x[dose]);
    y[fall] = x[L] * (1.0 / left(x) - 1.0);
  }

  template <class R>
  static void rates(const Values<Lipids, R>& x, const Rates<Lipids, R>& d) {
    d[L] = (ldl_target(x) - x[L]) / x[tau];
    d[H] = (hdl_target(x) - x[H]) / x[tau];
    d[T] = (triglycerides_target(x) - x[T]) / x[tau];
    d[E] = (x[L] - x[E]) / x[tau_E];
  }

  template <class R>
  static void relaxation(const Values<Lipids, R>& x, const States<Lipids, R>& k) {
    k[L] = 1.0 / x[tau];
    k[H] = 1.0 / x[tau];
    k[T] = 1.0 / x[tau];
    k[E] = 1.0 / x[tau_E];
  }

  template <class R>
  static void personalise(const Values<Lipids, R>& x, const Start<Lipids, R>& s) {
    s[L] = select(x[L_m] > R(0.0 * x[L_m]), x[L_m], R(x[s_L] * ldl_of_others(x, x[age0]) * left(x)));
    s[H] = select(x[H_m] > R(0.0 * x[H_m]), x[H_m], R(x[s_H] * x[H_0]));
    s[T] = select(x[T_m] > R(0.0 * x[T_m]), x[T_m], R(x[s_T] * x[T_0]));
    s[E] = s[L];
    s[L_u] = s[L] / left(x);
    s[H_u] = s[H];
    s[T_u] = s[T];
  }
};

}  // namespace healthspan::models
