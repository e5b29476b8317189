// Blindness, ulcers of the foot, amputations and renal failure in diabetes, by the UKPDS Outcomes Model 2: Hayes et
// al., Diabetologia 56:1925 (2013). Death in the year of these events is not modelled.
#pragma once

#include <healthspan/models/risk_factors.hpp>

namespace healthspan::models {

struct DiabetesComplications : RiskFactors<DiabetesComplications> {
  static constexpr auto name = "diabetes_complications";
  static constexpr auto summary = "Blindness, foot ulcers, amputations and renal failure in diabetes";

  // clang-format off
  static constexpr auto BL    = hazard   <"blindness">             (Recurrence::once,      "Integrated hazard of blindness");
  static constexpr auto UL    = hazard   <"foot_ulcer">            (Recurrence::once,      "Integrated hazard of a first ulcer of the foot");
  static constexpr auto AM    = hazard   <"amputation">            (Recurrence::recurrent, "Integrated hazard of amputation");
  static constexpr auto RF    = hazard   <"renal_failure">         (Recurrence::once,      "Integrated hazard of renal failure");
  static constexpr auto bl_h  = state    <"blindness_history">     (       "1",   "Blind in one eye: 1 = yes");
  static constexpr auto ul_h  = state    <"ulcer_history">         (       "1",   "Has had an ulcer of the foot: 1 = yes");
  static constexpr auto am_h  = state    <"amputation_history">    (       "1",   "Amputations so far");
  static constexpr auto rf_h  = state    <"renal_failure_history"> (       "1",   "Has renal failure: 1 = yes");

  static constexpr auto st_h  = input    <"stroke_history">        (0.0,   "1",   "Has had a stroke: 1 = yes");
  static constexpr auto hf_h  = input    <"heart_failure_history"> (0.0,   "1",   "Has heart failure: 1 = yes");
  static constexpr auto an_h  = input    <"ihd_history">           (0.0,   "1",   "Has angina: 1 = yes");
  static constexpr auto bl_0  = input    <"blindness_history_at_start">(0.0, "1", "The same at the start");
  static constexpr auto ul_0  = input    <"ulcer_history_at_start">(0.0,   "1",   "The same at the start");
  static constexpr auto am_0  = input    <"amputation_history_at_start">(0.0, "1","The same at the start");
  static constexpr auto rf_0  = input    <"renal_failure_history_at_start">(0.0, "1", "The same at the start");
  static constexpr auto bl_now= input    <"blindness_now">         (0.0,   "1",   "1 at the moment of blindness");
  static constexpr auto ul_now= input    <"foot_ulcer_now">        (0.0,   "1",   "1 at the moment of an ulcer");
  static constexpr auto am_now= input    <"amputation_now">        (0.0,   "1",   "1 at the moment of an amputation");
  static constexpr auto rf_now= input    <"renal_failure_now">     (0.0,   "1",   "1 at the moment of renal failure");

  static constexpr auto kappa = parameter<"complication_calibration">(1.0, "1",   fixed, assumed("the Outcomes Model is of Britain of 1977 to 2007: other countries and years need their own"), "Rates of these complications relative to the equations");

  static constexpr auto h_bl  = output   <"blindness_rate">        (       "1/y", "Rate of blindness");
  static constexpr auto h_ul  = output   <"foot_ulcer_rate">       (       "1/y", "Rate of a first ulcer of the foot");
  static constexpr auto h_am  = output   <"amputation_rate">       (       "1/y", "Rate of amputation; there are at most two");
  static constexpr auto h_rf  = output   <"renal_failure_rate">    (       "1/y", "Rate of renal failure");
  // clang-format on
  static constexpr auto table = std::tuple_cat(
      risk_factor_rows, std::tuple{BL,   UL,   AM,   RF,     bl_h,   ul_h,   am_h,   rf_h,  st_h, hf_h, an_h, bl_0,
                                   ul_0, am_0, rf_0, bl_now, ul_now, am_now, rf_now, kappa, h_bl, h_ul, h_am, h_rf});

  template <class R>
  static void outputs(const Values<DiabetesComplications, R>& x, const Outputs<DiabetesComplications, R>& y) {
    Om2Person<R> p = om2_person(x);
    p.stroke_history = x[st_h];
    p.heart_failure_history = x[hf_h];
    p.ihd_history = x[an_h];
    p.blindness_history = x[bl_h];
    p.ulcer_history = x[ul_h];
    p.amputation_history = min(x[am_h], R(1.0));
    p.renal_failure_history = x[rf_h];
    const R all = x[kappa] * x[D] / x[u_y];
    const R yearly_ulcer = log(R(1.0 + exp(om2_predictor<om2_ulcer>(p))));  // -ln(1 - p) of a logistic p
    const R first = select(x[ul_h] > R(0.5), om2_weibull_log_rate<om2_first_amputation_after_ulcer>(p),
                           om2_weibull_log_rate<om2_first_amputation>(p));
    const R amputation = exp(select(x[am_h] < R(0.5), first, om2_weibull_log_rate<om2_second_amputation>(p)));
    y[h_bl] = all * (1.0 - x[bl_h]) * om2_weibull_rate<om2_blindness>(p);
    y[h_ul] = all * (1.0 - x[ul_h]) * yearly_ulcer;
    y[h_am] = all * select(x[am_h] < R(1.5), amputation, R(0.0));
    y[h_rf] = all * (1.0 - x[rf_h]) * om2_weibull_rate<om2_renal_failure>(p);
  }

  template <class R>
  static void rates(const Values<DiabetesComplications, R>& x, const Rates<DiabetesComplications, R>& d) {
    d[BL] = x[h_bl] / x[year];
    d[UL] = x[h_ul] / x[year];
    d[AM] = x[h_am] / x[year];
    d[RF] = x[h_rf] / x[year];
    const R never = 0.0 * x[h_bl] / x[year];
    d[bl_h] = d[ul_h] = d[am_h] = d[rf_h] = never;
  }

  template <class R>
  static void at_switch(const Values<DiabetesComplications, R>& before, const Values<DiabetesComplications, R>& after,
                        const States<DiabetesComplications, R>& s) {
    s[bl_h] = max(before[bl_h], after[bl_now]);
    s[ul_h] = max(before[ul_h], after[ul_now]);
    s[am_h] = before[am_h] + after[am_now];
    s[rf_h] = max(before[rf_h], after[rf_now]);
  }

  template <class R>
  static void personalise(const Values<DiabetesComplications, R>& x, const Start<DiabetesComplications, R>& s) {
    s[bl_h] = x[bl_0];
    s[ul_h] = x[ul_0];
    s[am_h] = x[am_0];
    s[rf_h] = x[rf_0];
  }
};

}  // namespace healthspan::models
