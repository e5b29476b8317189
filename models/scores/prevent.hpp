// PREVENT: the risk within 10 years of cardiovascular disease, of heart failure, and of their parts, from 30 to 79.
// Khan et al., Circulation 149:430 (2024), tables S12A (base model) and S12C (with HbA1c), in prevent.csv.
#pragma once

#include <healthspan/core/elementary.hpp>

namespace healthspan::models {

#include "prevent.inc"

// Bare numbers in the units of the paper. Indicators are 1 or 0; a share in between gives the odds in between.
template <class R>
struct PreventPerson {
  R male, age;                           // y
  R total_cholesterol, hdl_cholesterol;  // mmol/l
  R systolic_pressure;                   // mmHg
  R diabetes, smoking, antihypertensive_use, statin_use;
  R body_mass_index;  // kg/m2, read by heart failure only
  R egfr;             // ml/min/1.73m2
  R hba1c{5.3};       // %, not read by the base models
};

// The paper converts cholesterol so.
inline constexpr double prevent_mmol_per_mg_dl = 0.02586;

// Log odds of one outcome within 10 years, by the coefficients of either sex.
template <class R>
R prevent_log_odds(const Prevent& women, const Prevent& men, const PreventPerson<R>& x) {
  const auto is_male = x.male > R(0.5);
  const auto b = [&](double Prevent::*term) { return select(is_male, R(men.*term), R(women.*term)); };
  const R age = (x.age - 55.0) / 10.0;
  const R non_hdl = x.total_cholesterol - x.hdl_cholesterol - 3.5, hdl = (x.hdl_cholesterol - 1.3) / 0.3;
  const R systolic_low = (min(x.systolic_pressure, R(110.0)) - 110.0) / 20.0,
          systolic_high = (max(x.systolic_pressure, R(110.0)) - 130.0) / 20.0;
  const R bmi_low = (min(x.body_mass_index, R(30.0)) - 25.0) / 5.0,
          bmi_high = (max(x.body_mass_index, R(30.0)) - 30.0) / 5.0;
  const R egfr_low = (min(x.egfr, R(60.0)) - 60.0) / -15.0, egfr_high = (max(x.egfr, R(60.0)) - 90.0) / -15.0;
  const R hba1c = x.hba1c - 5.3;
  using P = Prevent;
  return b(&P::constant) + b(&P::non_hdl) * non_hdl + b(&P::hdl) * hdl + b(&P::systolic_low) * systolic_low +
         b(&P::systolic_high) * systolic_high + b(&P::diabetes) * x.diabetes + b(&P::smoking) * x.smoking +
         b(&P::bmi_low) * bmi_low + b(&P::bmi_high) * bmi_high + b(&P::egfr_low) * egfr_low +
         b(&P::egfr_high) * egfr_high +
         x.antihypertensive_use * (b(&P::antihypertensive) + b(&P::treated_systolic) * systolic_high) +
         x.statin_use * (b(&P::statin) + b(&P::treated_non_hdl) * non_hdl) +
         age * (b(&P::age) + b(&P::age_non_hdl) * non_hdl + b(&P::age_hdl) * hdl +
                b(&P::age_systolic) * systolic_high + b(&P::age_diabetes) * x.diabetes +
                b(&P::age_smoking) * x.smoking + b(&P::age_bmi) * bmi_high + b(&P::age_egfr) * egfr_low) +
         hba1c * (b(&P::hba1c_diabetes) * x.diabetes + b(&P::hba1c_no_diabetes) * (1.0 - x.diabetes));
}

// The risk itself, 0 to 1.
template <class R>
R prevent_risk(const Prevent& women, const Prevent& men, const PreventPerson<R>& x) {
  return 1.0 / (1.0 + exp(R(-prevent_log_odds(women, men, x))));
}

}  // namespace healthspan::models
