// Framingham general cardiovascular disease: the risk of a first event within 10 years, from 30 to 74.
// D'Agostino et al., Circulation 117:743 (2008): with lipids, and for the office with body mass index in their place.
// Coefficients: framingham.csv.
#pragma once

#include <healthspan/core/elementary.hpp>

namespace healthspan::models {

#include "framingham.inc"

// Bare numbers in the units of the paper; each model reads either lipids or body mass index.
template <class R>
struct FraminghamPerson {
  R male, age;                                     // y
  R total_cholesterol{1.0}, hdl_cholesterol{1.0};  // mg/dl
  R body_mass_index{1.0};                          // kg/m2
  R systolic_pressure;                             // mmHg
  R antihypertensive_use, smoking, diabetes;       // 0 or 1
};

// The risk within 10 years, 0 to 1.
template <class R>
R framingham_risk(const Framingham& women, const Framingham& men, const FraminghamPerson<R>& x) {
  const auto is_male = x.male > R(0.5);
  const auto b = [&](double Framingham::*term) { return select(is_male, R(men.*term), R(women.*term)); };
  using F = Framingham;
  const R per_log_pressure =
      b(&F::untreated_systolic) + x.antihypertensive_use * (b(&F::treated_systolic) - b(&F::untreated_systolic));
  const R predictor = b(&F::age) * log(x.age) + b(&F::total_cholesterol) * log(x.total_cholesterol) +
                      b(&F::hdl) * log(x.hdl_cholesterol) + b(&F::bmi) * log(x.body_mass_index) +
                      per_log_pressure * log(x.systolic_pressure) + b(&F::smoking) * x.smoking +
                      b(&F::diabetes) * x.diabetes;
  return 1.0 - pow(b(&F::baseline_survival), R(exp(R(predictor - b(&F::mean_predictor)))));
}

}  // namespace healthspan::models
