// CKD-EPI 2021: glomerular filtration rate from creatinine, or from creatinine and cystatin C, without race.
// Inker et al., N Engl J Med 385:1737 (2021). Coefficients: ckd_epi.csv.
#pragma once

#include <healthspan/core/elementary.hpp>

namespace healthspan::models {

#include "ckd_epi.inc"

// ml/min/1.73m2, from creatinine in mg/dl, cystatin C in mg/l (where the coefficients read it) and age in years.
template <class R>
R ckd_epi_egfr(const CkdEpi& women, const CkdEpi& men, const R& male, const R& age, const R& creatinine,
               const R& cystatin) {
  const auto is_male = male > R(0.5);
  const auto b = [&](double CkdEpi::*term) { return select(is_male, R(men.*term), R(women.*term)); };
  using C = CkdEpi;
  const R one(1.0), by_creatinine = creatinine / b(&C::creatinine_knot),
                    by_cystatin = cystatin / b(&C::cystatin_knot);
  return b(&C::at_reference) * pow(min(by_creatinine, one), b(&C::creatinine_below)) *
         pow(max(by_creatinine, one), b(&C::creatinine_above)) * pow(min(by_cystatin, one), b(&C::cystatin_below)) *
         pow(max(by_cystatin, one), b(&C::cystatin_above)) * pow(b(&C::per_year), age) * b(&C::sex);
}
template <class R>
R ckd_epi_creatinine(const R& male, const R& age, const R& creatinine) {
  return ckd_epi_egfr(ckd_epi_creatinine_women, ckd_epi_creatinine_men, male, age, creatinine, R(1.0));
}
template <class R>
R ckd_epi_creatinine_cystatin(const R& male, const R& age, const R& creatinine, const R& cystatin) {
  return ckd_epi_egfr(ckd_epi_creatinine_cystatin_women, ckd_epi_creatinine_cystatin_men, male, age, creatinine,
                      cystatin);
}

}  // namespace healthspan::models
