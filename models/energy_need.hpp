// Energy need: the intake that would balance today's activity, age and muscle at the starting weight.
// It holds only what the weight feedback of appetite does not already contain.
#pragma once

#include <healthspan/core/module.hpp>

namespace healthspan::models {

struct EnergyNeed {
  static constexpr auto name = "energy_need";
  static constexpr auto summary = "Intake that would balance today's activity, age and muscle at the starting weight";

  // clang-format off
  static constexpr auto EI0    = input <"energy_intake_at_start"> (     "kcal/d",    "Intake that balances expenditure at the start");
  static constexpr auto k_age  = input <"resting_decline">        (     "kcal/d/y",  "Fall of resting expenditure per year of age");
  static constexpr auto b_TEF  = input <"thermic_effect">         (     "1",         "Share of a change of intake spent on its digestion");
  static constexpr auto gam_L  = input <"lean_burn_rate">         (     "kcal/kg/d", "Resting expenditure per kg of lean tissue");
  static constexpr auto d_walk = input <"walking_energy_used">    (     "kcal/kg/d", "Expenditure per unit of activity");
  static constexpr auto age    = input <"age">                    (     "y",         "Age");
  static constexpr auto age0   = input <"age_at_start">           (     "y",         "Age at the start");
  static constexpr auto A      = input <"activity">               (1.0, "1",         "Habitual activity");
  static constexpr auto A0     = input <"activity_at_start">      (1.0, "1",         "Habitual activity at the start");
  static constexpr auto BW     = input <"body_weight">            (     "kg",        "Body weight");
  static constexpr auto l      = input <"lean_frame">             (     "kg",        "Lean frame");
  static constexpr auto phi    = input <"muscle_share_of_lean">   (0.0, "1",         "Share of the lean frame that is muscle cells");
  static constexpr auto m      = input <"muscle_index">           (1.0, "1",         "Muscle index");
  static constexpr auto m0     = input <"muscle_index_at_start">  (1.0, "1",         "Muscle index at the start");
  static constexpr auto drift  = output<"energy_need_drift">      (     "kcal/d",    "Part of the change of need that ageing and muscle make");
  static constexpr auto need   = output<"energy_need">            (     "kcal/d",    "Energy need");
  // clang-format on
  static constexpr auto table =
      std::tuple{EI0, k_age, b_TEF, gam_L, d_walk, age, age0, A, A0, BW, l, phi, m, m0, drift, need};

  template <class R>
  static void outputs(const Values<EnergyNeed, R>& x, const Outputs<EnergyNeed, R>& y) {
    const R whole = 1.0 - x[b_TEF];
    y[drift] = (x[gam_L] * x[l] * x[phi] * (x[m] / x[m0] - 1.0) - x[k_age] * (x[age] - x[age0])) / whole;
    y[need] = x[EI0] + x[d_walk] * (x[A] - x[A0]) * x[BW] / whole + y[drift];
  }
};

}  // namespace healthspan::models
