// UKPDS Outcomes Model 2: first and second events of type 2 diabetes and death, year by year.
// Hayes et al., Diabetologia 56:1925 (2013), supplementary tables 4 to 6, in ukpds_om2.csv.
#pragma once

#include <healthspan/core/elementary.hpp>

namespace healthspan::models {

#include "ukpds_om2.inc"

// Bare numbers; codings such as tenths are made below. Indicators are 1 or 0.
template <class R>
struct Om2Person {
  R female, age_at_diagnosis, duration;  // y, of known diabetes
  R systolic_pressure;                   // mmHg
  R hdl_cholesterol, ldl_cholesterol;    // mmol/l
  R hba1c;                               // %
  R body_mass_index;                     // kg/m2
  R egfr;                                // ml/min/1.73m2
  R smoking{0.0}, albuminuria{0.0};      // the latter 1 from 50 mg of albumin per litre of urine on
  R heart_rate{72.0};                    // 1/min
  R white_cells{6.8};                    // 1e6/ml
  R haemoglobin{14.5};                   // g/dl
  R atrial_fibrillation{0.0}, peripheral_vascular_disease{0.0};
  R afro_caribbean{0.0}, asian_indian{0.0};
  R heart_failure_history{0.0}, ihd_history{0.0}, mi_history{0.0}, stroke_history{0.0};
  R blindness_history{0.0}, ulcer_history{0.0}, amputation_history{0.0}, renal_failure_history{0.0};
  // Events of the year at hand, read by the equations of death.
  R ihd_event{0.0}, mi_event{0.0}, stroke_event{0.0}, renal_failure_event{0.0};
  R amputation_event{0.0}, second_amputation_event{0.0};
};

namespace detail {

template <const Om2& E, double Om2::*Term, class R>
void add(R& sum, const R& coding) {
  if constexpr (E.*Term != 0.0) sum += E.*Term * coding;
}

}  // namespace detail

// Sum of coefficient * coding of one equation.
template <const Om2& E, class R>
R om2_predictor(const Om2Person<R>& x) {
  using detail::add;
  R z(E.constant);
  add<E, &Om2::afro_caribbean>(z, x.afro_caribbean);
  add<E, &Om2::asian_indian>(z, x.asian_indian);
  add<E, &Om2::female>(z, x.female);
  add<E, &Om2::age_at_diagnosis>(z, x.age_at_diagnosis);
  add<E, &Om2::age>(z, R(x.age_at_diagnosis + x.duration));
  add<E, &Om2::duration>(z, x.duration);
  add<E, &Om2::smoking>(z, x.smoking);
  add<E, &Om2::hba1c>(z, x.hba1c);
  add<E, &Om2::bmi>(z, x.body_mass_index);
  add<E, &Om2::bmi_below_18_5>(z, select(x.body_mass_index < R(18.5), R(1.0), R(0.0)));
  add<E, &Om2::bmi_from_25>(z, select(x.body_mass_index < R(25.0), R(0.0), R(1.0)));
  add<E, &Om2::egfr>(z, R(x.egfr / 10.0));
  add<E, &Om2::egfr_low>(z, R(min(x.egfr, R(60.0)) / 10.0));
  add<E, &Om2::egfr_high>(z, R((max(x.egfr, R(60.0)) - 60.0) / 10.0));
  add<E, &Om2::hdl>(z, R(10.0 * x.hdl_cholesterol));
  add<E, &Om2::ldl>(z, R(10.0 * x.ldl_cholesterol));
  add<E, &Om2::ldl_high>(z, R(max(R(10.0 * x.ldl_cholesterol), R(35.0)) - 35.0));
  add<E, &Om2::heart_rate>(z, R(x.heart_rate / 10.0));
  add<E, &Om2::albuminuria>(z, x.albuminuria);
  add<E, &Om2::systolic>(z, R(x.systolic_pressure / 10.0));
  add<E, &Om2::white_cells>(z, x.white_cells);
  add<E, &Om2::haemoglobin>(z, x.haemoglobin);
  add<E, &Om2::atrial_fibrillation>(z, x.atrial_fibrillation);
  add<E, &Om2::peripheral_vascular_disease>(z, x.peripheral_vascular_disease);
  add<E, &Om2::amputation_history>(z, x.amputation_history);
  add<E, &Om2::blindness_history>(z, x.blindness_history);
  add<E, &Om2::heart_failure_history>(z, x.heart_failure_history);
  add<E, &Om2::renal_failure_history>(z, x.renal_failure_history);
  add<E, &Om2::ihd_history>(z, x.ihd_history);
  add<E, &Om2::mi_history>(z, x.mi_history);
  add<E, &Om2::stroke_history>(z, x.stroke_history);
  add<E, &Om2::ulcer_history>(z, x.ulcer_history);
  add<E, &Om2::amputation_event>(z, x.amputation_event);
  add<E, &Om2::second_amputation_event>(z, x.second_amputation_event);
  add<E, &Om2::renal_failure_event>(z, x.renal_failure_event);
  add<E, &Om2::ihd_event>(z, x.ihd_event);
  add<E, &Om2::mi_event>(z, x.mi_event);
  add<E, &Om2::stroke_event>(z, x.stroke_event);
  return z;
}

// Weibull equations, H(t) = exp(predictor) t^shape: the logarithm of the rate per year at the person's duration, the
// rate itself, and the probability of an event in the year from there on, 1 - exp(H(t) - H(t + 1)).
template <const Om2& E, class R>
R om2_weibull_log_rate(const Om2Person<R>& x) {
  const R predictor = om2_predictor<E>(x);
  if constexpr (E.shape == 1.0) return predictor;
  return predictor + log(E.shape) + (E.shape - 1.0) * log(x.duration);
}
template <const Om2& E, class R>
R om2_weibull_rate(const Om2Person<R>& x) {
  return exp(om2_weibull_log_rate<E>(x));
}
template <const Om2& E, class R>
R om2_weibull_year(const Om2Person<R>& x) {
  const R shape(E.shape), from = pow(x.duration, shape), to = pow(R(x.duration + 1.0), shape);
  return 1.0 - exp(R(exp(om2_predictor<E>(x)) * (from - to)));
}

// Gompertz equations (death without an event in the year), by age.
template <const Om2& E, class R>
R om2_gompertz_log_rate(const Om2Person<R>& x) {
  return om2_predictor<E>(x) + E.shape * (x.age_at_diagnosis + x.duration);
}
template <const Om2& E, class R>
R om2_gompertz_year(const Om2Person<R>& x) {
  return 1.0 - exp(R(exp(om2_gompertz_log_rate<E>(x)) * (1.0 - exp(R(E.shape))) / E.shape));
}

// Logistic equations: ulcer, and death in the year of an event.
template <const Om2& E, class R>
R om2_logistic_year(const Om2Person<R>& x) {
  return 1.0 / (1.0 + exp(R(-om2_predictor<E>(x))));
}

// Myocardial infarction has equations of its own for men and women.
template <class R>
R om2_first_mi_log_rate(const Om2Person<R>& x) {
  return select(x.female > R(0.5), om2_weibull_log_rate<om2_first_mi_women>(x),
                om2_weibull_log_rate<om2_first_mi_men>(x));
}
template <class R>
R om2_first_mi_year(const Om2Person<R>& x) {
  return select(x.female > R(0.5), om2_weibull_year<om2_first_mi_women>(x), om2_weibull_year<om2_first_mi_men>(x));
}

}  // namespace healthspan::models
