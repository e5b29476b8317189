// Mobility: how hard walking is, and how fast one walks.
// Effort after Malatesta et al. (2004) and Richardson et al. (2015); the curved relation of strength and gait after
// Buchner et al., Age Ageing 25:386 (1996). Own formulation.
#pragma once

#include <healthspan/core/module.hpp>
#include <healthspan/core/smooth.hpp>

namespace healthspan::models {

struct Mobility {
  static constexpr auto name = "mobility";
  static constexpr auto summary = "How hard walking is, and how fast one walks";

  // clang-format off
  static constexpr auto S     = input    <"strength">              (       "1",         "Strength relative to age 30");
  static constexpr auto VO2   = input    <"aerobic_capacity">      (       "ml/kg/min", "Peak oxygen uptake");

  static constexpr auto c_w   = parameter<"walking_oxygen">        (BySex(10.5, 8.75), "ml/kg/min", fixed, calibrated("Richardson2015", "59 % of VO2peak in slow, 42 % in fast walkers; women by their level of independence"), "Oxygen cost of usual walking");
  static constexpr auto s_eff = parameter<"efficient_strength">    (0.55,  "1",         fixed, assumed("weakness makes gait costly"), "Strength below which walking costs more");
  static constexpr auto c_s   = parameter<"weakness_cost">         (0.25,  "1",         fixed, assumed("same"),                       "Extra cost per unit of missing strength");
  static constexpr auto s_thr = parameter<"strength_threshold">    (BySex(0.40, 0.42), "1", lognormal(0.05), calibrated("Kojima2017", "prevalence of frailty by age in Japan"), "Strength at which daily activity is half limited");
  static constexpr auto G_max = parameter<"gait_speed_limit">      (BySex(1.35, 1.32), "m/s", lognormal(0.08), calibrated("Seino2014", "usual gait 1.29 / 1.25 m/s at 74 years"), "Usual gait speed of the strong and fit");
  static constexpr auto k_g   = parameter<"gait_strength_scale">   (0.35,  "1",         fixed, calibrated("Buchner1996", "flat in the strong, steep in the weak"), "Cube of relative strength at which gait is halved");
  static constexpr auto V_g   = parameter<"gait_oxygen_threshold"> (BySex(20.0, 16.7), "ml/kg/min", fixed, calibrated("Paterson1999", "independence ends near 18 (men) and 15 (women) ml/kg/min"), "Peak oxygen uptake below which gait slows");
  static constexpr auto n_g   = parameter<"gait_oxygen_power">     (0.35,  "1",         fixed, assumed("mild slowing"),               "Power of peak oxygen uptake in gait speed");

  static constexpr auto s_G   = parameter<"relative_gait">         (1.0,   "1",         fixed, assumed("the average, unless gait was measured"), "Gait speed relative to others of the same strength and fitness");

  static constexpr auto e     = output   <"walking_effort">        (       "1",         "Share of aerobic capacity that walking takes");
  static constexpr auto gait  = output   <"gait_speed">            (       "m/s",       "Usual gait speed");
  // clang-format on
  static constexpr auto table = std::tuple{S, VO2, c_w, s_eff, c_s, s_thr, G_max, k_g, V_g, n_g, s_G, e, gait};

  template <class R>
  static void outputs(const Values<Mobility, R>& x, const Outputs<Mobility, R>& y) {
    y[e] = x[c_w] * (1.0 + x[c_s] * ramp(R(x[s_eff] - x[S]))) / x[VO2];
    const R s = x[S] / x[s_thr];
    const R cube = s * s * s;
    y[gait] = x[G_max] * cube / (cube + x[k_g]) * at_most_one(power(R(x[VO2] / x[V_g]), x[n_g])) * x[s_G];
  }
};

}  // namespace healthspan::models
