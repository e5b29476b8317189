// SCORE2, SCORE2-OP and SCORE2-Diabetes: the risk within 10 years of a first fatal or non-fatal cardiovascular event
// in four regions of Europe. Eur Heart J 42:2439 and 2455 (2021), 44:2544 (2023). Coefficients: score2.csv,
// score2_regions.csv.
#pragma once

#include <healthspan/core/elementary.hpp>

#include <array>
#include <string_view>

namespace healthspan::models {

#include "score2.inc"
#include "score2_regions.inc"

// Bare numbers in the units of the papers. What only SCORE2-Diabetes reads rests where its codings are zero.
template <class R>
struct Score2Person {
  R male, age;                           // y
  R smoking, diabetes;                   // 0 or 1
  R systolic_pressure;                   // mmHg
  R total_cholesterol, hdl_cholesterol;  // mmol/l
  R age_at_diagnosis{50.0};              // y
  R hba1c{31.0};                         // mmol/mol
  R egfr{90.017131300521814};            // ml/min/1.73m2; exp(4.5)
};

enum class Score2Europe { low, moderate, high, very_high };
inline constexpr std::array<std::string_view, 4> score2_region_names{"low", "moderate", "high", "very-high"};

// One of the three equations with its calibration for one region, both by sex.
struct Score2Model {
  Score2 women, men;
  Score2Region region_women, region_men;
};

// For ages below 70, and for SCORE2-Diabetes.
constexpr Score2Model score2_model(const Score2& women, const Score2& men, Score2Europe region) {
  switch (region) {
    case Score2Europe::low: return {women, men, score2_region_low_women, score2_region_low_men};
    case Score2Europe::moderate: return {women, men, score2_region_moderate_women, score2_region_moderate_men};
    case Score2Europe::high: return {women, men, score2_region_high_women, score2_region_high_men};
    case Score2Europe::very_high: break;
  }
  return {women, men, score2_region_very_high_women, score2_region_very_high_men};
}
constexpr Score2Model score2(Score2Europe region) {
  return score2_model(score2_under_70_women, score2_under_70_men, region);
}
constexpr Score2Model score2_diabetes(Score2Europe region) {
  return score2_model(score2_diabetes_women, score2_diabetes_men, region);
}
constexpr Score2Model score2_op(Score2Europe region) {
  const Score2 &women = score2_from_70_women, &men = score2_from_70_men;
  switch (region) {
    case Score2Europe::low: return {women, men, score2_region_low_from_70_women, score2_region_low_from_70_men};
    case Score2Europe::moderate:
      return {women, men, score2_region_moderate_from_70_women, score2_region_moderate_from_70_men};
    case Score2Europe::high: return {women, men, score2_region_high_from_70_women, score2_region_high_from_70_men};
    case Score2Europe::very_high: break;
  }
  return {women, men, score2_region_very_high_from_70_women, score2_region_very_high_from_70_men};
}

// The calibrated risk within 10 years, 0 to 1.
template <class R>
R score2_risk(const Score2Model& model, const Score2Person<R>& x) {
  const auto is_male = x.male > R(0.5);
  const auto b = [&](double Score2::*term) { return select(is_male, R(model.men.*term), R(model.women.*term)); };
  const auto scale = [&](double Score2Region::*term) {
    return select(is_male, R(model.region_men.*term), R(model.region_women.*term));
  };
  using S = Score2;
  const R age = (x.age - b(&S::age_centre)) / b(&S::age_unit);
  const R systolic = (x.systolic_pressure - b(&S::systolic_centre)) / b(&S::systolic_unit);
  const R total = x.total_cholesterol - b(&S::total_cholesterol_centre);
  const R hdl = (x.hdl_cholesterol - b(&S::hdl_centre)) / b(&S::hdl_unit);
  const R hba1c = (x.hba1c - 31.0) / 9.34, egfr = (log(x.egfr) - 4.5) / 0.15;
  const R predictor = b(&S::smoking) * x.smoking + b(&S::systolic) * systolic + b(&S::diabetes) * x.diabetes +
                      b(&S::total_cholesterol) * total + b(&S::hdl) * hdl +
                      age * (b(&S::age) + b(&S::age_smoking) * x.smoking + b(&S::age_systolic) * systolic +
                             b(&S::age_diabetes) * x.diabetes + b(&S::age_total_cholesterol) * total +
                             b(&S::age_hdl) * hdl + b(&S::age_hba1c) * hba1c + b(&S::age_egfr) * egfr) +
                      b(&S::age_at_diagnosis) * x.diabetes * (x.age_at_diagnosis - 50.0) / 5.0 +
                      b(&S::hba1c) * hba1c + egfr * (b(&S::egfr) + b(&S::egfr_squared) * egfr);
  // Before calibration the risk is 1 - S0^exp(predictor - mean), so ln(-ln(1 - risk)) = ln(-ln S0) + predictor -
  // mean.
  const R log_hazard = log(R(-log(b(&S::baseline_survival)))) + predictor - b(&S::mean_predictor);
  return 1.0 - exp(R(-exp(R(scale(&Score2Region::scale1) + scale(&Score2Region::scale2) * log_hazard))));
}

}  // namespace healthspan::models
