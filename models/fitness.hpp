// Fitness: peak oxygen uptake follows activity, training, age and disease.
// Own formulation; ageing after Fleg et al., Circulation 112:674 (2005), of which 55 % is taken as direct because
// the rest comes back through activity, muscle and deficits.
#pragma once

#include <healthspan/core/module.hpp>
#include <healthspan/core/smooth.hpp>
#include <healthspan/models/response.hpp>

namespace healthspan::models {

struct Fitness {
  static constexpr auto name = "fitness";
  static constexpr auto summary = "Peak oxygen uptake follows activity, training, age and disease";

  // clang-format off
  static constexpr auto V      = state    <"oxygen_uptake_at_start_size">(       "ml/kg/min", "Peak oxygen uptake at the body size of the start");

  static constexpr auto A      = input    <"activity">              (       "1",         "Habitual activity");
  static constexpr auto R_aer  = input    <"aerobic_dose">          (0.0,   "1",         "Aerobic training, 1 = full trial programme");
  static constexpr auto J      = input    <"inflammation">          (       "1",         "Inflammation");
  static constexpr auto D      = input    <"deficit_burden">        (       "1",         "Deficit burden");
  static constexpr auto l      = input    <"lean_frame">            (       "kg",        "Lean frame");
  static constexpr auto L0     = input    <"lean_frame_at_start">   (       "kg",        "Lean frame at the start");
  static constexpr auto BW     = input    <"body_weight">           (       "kg",        "Body weight");
  static constexpr auto BW0    = input    <"weight_at_start">       (       "kg",        "Body weight at the start");
  static constexpr auto age    = input    <"age">                   (       "y",         "Age");

  static constexpr auto t_V    = parameter<"relative_fitness">      (1.0,   "1",         lognormal(0.16), calibrated("Kaminsky2015", "SD 4-8 ml/kg/min at 60-79, less measurement error"), "Peak oxygen uptake relative to the average of the same age and sex");
  static constexpr auto V30    = parameter<"oxygen_uptake_at_30">   (BySex(38.0, 26.5), "ml/kg/min", fixed, calibrated("Kaminsky2015", "24-26 (men) and 18-20 (women) ml/kg/min at 70-79"), "Peak oxygen uptake of a 30-year-old with 5,000 steps/d");
  static constexpr auto r_V    = parameter<"fitness_ageing_rate">   (BySex(0.018, 0.013), "1/y", fixed, calibrated("Fleg2005", "55 % of the observed loss"), "Direct yearly loss of fitness in old age");
  static constexpr auto a_V    = parameter<"fitness_ageing_age">    (55.0,  "y",         fixed,          calibrated("Fleg2005", "same"), "Age at which half of that rate is reached");
  static constexpr auto w_V    = parameter<"fitness_ageing_width">  (14.0,  "y",         fixed,          calibrated("Fleg2005", "same"), "Width in age");
  static constexpr auto a_ref  = parameter<"fitness_reference_age"> (30.0,  "y",         fixed,          cited("Fleg2005", "youngest decade with loss"), "Age of the reference");
  static constexpr auto v_0    = parameter<"fitness_at_rest">       (0.57,  "1",         lognormal(0.08), calibrated("Kortebein2008", "10 days of bed rest: VO2peak -12 %"), "Fitness in bed rest");
  static constexpr auto K_v    = parameter<"fitness_half_activity"> (0.40,  "1",         fixed,          assumed("shape; refitted with the trials, which do not pin it down"), "Activity scale of fitness");
  static constexpr auto v_aer  = parameter<"aerobic_response">      (0.18,  "1",         lognormal(0.5), calibrated("Huang2005", "16 weeks after 60: VO2peak +16 %"), "Fitness gained by the full aerobic programme");
  static constexpr auto c_VD   = parameter<"deficit_breathlessness">(0.5,   "1",         fixed,          assumed("deficits lower fitness; FI predicts the Fried items"), "Loss of fitness per unit of deficit burden");
  static constexpr auto D_v    = parameter<"deficit_threshold_fitness">(0.10, "1",       fixed,          assumed("no effect at the burden of healthy 70-year-olds"), "Deficit burden above which fitness suffers");
  static constexpr auto c_VJ   = parameter<"inflammatory_fatigue">  (0.03,  "1",         fixed,          assumed("small against deconditioning"), "Loss of fitness per unit of inflammation");
  static constexpr auto tau_V  = parameter<"fitness_time">          (25.0,  "d",         fixed,          calibrated("Kortebein2008", "same"), "Time constant of fitness");

  static constexpr auto VO2    = output   <"aerobic_capacity">      (       "ml/kg/min", "Peak oxygen uptake");
  // clang-format on
  static constexpr auto table = std::tuple{V,   A,   R_aer, J,     l,   L0,  BW,    BW0,  D,   age,  t_V,   V30,
                                           r_V, a_V, w_V,   a_ref, v_0, K_v, v_aer, c_VD, D_v, c_VJ, tau_V, VO2};

  template <class R>
  static R target(const Values<Fitness, R>& x) {
    // Integral of the logistic loss rate between the reference age and now.
    const R now = log(R(1.0 + exp(R((x[age] - x[a_V]) / x[w_V]))));
    const R then = log(R(1.0 + exp(R((x[a_ref] - x[a_V]) / x[w_V]))));
    const R youth = exp(R(-x[r_V] * x[w_V] * (now - then)));
    const R load = activity_effect(x[A], x[v_0], x[K_v]) + x[v_aer] * x[R_aer];
    const R health = (1.0 - x[c_VD] * ramp(R(x[D] - x[D_v]))) / (1.0 + x[c_VJ] * x[J]);
    return x[V30] * x[t_V] * youth * load * health;
  }

  template <class R>
  static void outputs(const Values<Fitness, R>& x, const Outputs<Fitness, R>& y) {
    // Litres per minute follow the lean frame; per kg of weight the value rises when fat is lost.
    y[VO2] = x[V] * (x[l] / x[L0]) * (x[BW0] / x[BW]);
  }

  template <class R>
  static void rates(const Values<Fitness, R>& x, const Rates<Fitness, R>& d) {
    d[V] = (target(x) - x[V]) / x[tau_V];
  }

  template <class R>
  static void relaxation(const Values<Fitness, R>& x, const States<Fitness, R>& k) {
    k[V] = 1.0 / x[tau_V];
  }

  // A first guess, as in muscle.
  template <class R>
  static void personalise(const Values<Fitness, R>& x, const Start<Fitness, R>& s) {
    s[V] = x[V30];
  }

  template <class R>
  static void settle(const Values<Fitness, R>& x, const States<Fitness, R>& s) {
    s[V] = target(x);
  }
};

}  // namespace healthspan::models
