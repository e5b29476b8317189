#include <healthspan/models/scores/ckd_epi.hpp>
#include <healthspan/scenarios/given.hpp>

#include <fmt/format.h>

namespace healthspan::scenarios {

std::array<Lab, 10> labs_of(const Patient& patient) {
  const Labs labs = patient.labs.value_or(Labs{});
  std::optional<double> egfr = labs.egfr;
  if (!egfr && labs.creatinine_mg_per_dl)
    egfr =
        models::ckd_epi_creatinine(patient.sex == Sex::male ? 1.0 : 0.0, patient.age_y, *labs.creatinine_mg_per_dl);
  return {{{"fasting_glucose_at_start", labs.fasting_glucose_mg_per_dl},
           {"fasting_insulin_at_start", labs.fasting_insulin_uu_per_ml},
           {"hba1c_at_start", labs.hba1c_percent},
           {"systolic_pressure_at_start", labs.systolic_mmhg},
           {"diastolic_pressure_at_start", labs.diastolic_mmhg},
           {"ldl_cholesterol_at_start", labs.ldl_mg_per_dl},
           {"hdl_cholesterol_at_start", labs.hdl_mg_per_dl},
           {"triglycerides_at_start", labs.triglycerides_mg_per_dl},
           {"egfr_at_start", egfr},
           {"albuminuria_at_start", labs.albuminuria_mg_per_g}}};
}

std::string input_of(const Lab& lab, const Composition& composition) {
  const std::string input = lab.first;
  return input == "hba1c_at_start" && !composition.find(input) ? "hba1c" : input;
}

std::array<Given, 13> given_of(const Patient& p) {
  const History had = p.history.value_or(History{});
  return {{{"smoker", "smoker", p.smoker ? 1.0 : 0.0},
           {"antihypertensive_drugs", "antihypertensive_dose", p.antihypertensive_drugs.value_or(0)},
           {"statin_dose", "statin_dose", p.statin_dose.value_or(0)},
           {"history/diabetes", "diabetes_at_start", had.diabetes_y ? 1.0 : 0.0},
           {"history/diabetes", "diabetes_duration_at_start", had.diabetes_y.value_or(0)},
           {"history/myocardial_infarction", "mi_history_at_start", had.infarction ? 1.0 : 0.0},
           {"history/stroke", "stroke_history_at_start", had.stroke ? 1.0 : 0.0},
           {"history/heart_failure", "heart_failure_history_at_start", had.heart_failure ? 1.0 : 0.0},
           {"history/angina", "ihd_history_at_start", had.angina ? 1.0 : 0.0},
           {"history/foot_ulcer", "ulcer_history_at_start", had.foot_ulcer ? 1.0 : 0.0},
           {"history/amputation", "amputation_history_at_start", had.amputation ? 1.0 : 0.0},
           {"history/blindness", "blindness_history_at_start", had.blindness ? 1.0 : 0.0},
           {"history/renal_failure", "renal_failure_history_at_start", had.renal_failure ? 1.0 : 0.0}}};
}

void check_given(const Patient& patient, const Composition& composition) {
  for (const Lab& lab : labs_of(patient))
    if (lab.second && !composition.find(input_of(lab, composition))) {
      const std::string_view name(lab.first);
      throw Error(ErrorCode::unknown_name,
                  fmt::format("/patient/labs/{}: none of the modules starts from it",
                              name.substr(0, name.size() - std::string_view("_at_start").size())));
    }
  const Labs labs = patient.labs.value_or(Labs{});
  if (labs.egfr && labs.creatinine_mg_per_dl)
    throw Error(ErrorCode::unknown_name,
                "/patient/labs: \"egfr\" and \"creatinine\" say the same, expected one of the two");
  if (labs.systolic_mmhg && labs.diastolic_mmhg && *labs.systolic_mmhg <= *labs.diastolic_mmhg)
    throw Error(ErrorCode::out_of_range,
                fmt::format("/patient/labs/diastolic_pressure: found {:g} mmHg, expected less than the systolic "
                            "pressure of {:g} mmHg",
                            *labs.diastolic_mmhg, *labs.systolic_mmhg));
  if (const History had = patient.history.value_or(History{}); had.diabetes_y.value_or(0) > patient.age_y)
    throw Error(ErrorCode::out_of_range,
                fmt::format("/patient/history/diabetes: found {:g} y, expected at most the age of {:g} y",
                            *had.diabetes_y, patient.age_y));
  for (const Given& given : given_of(patient))
    if (given.value > 0 && !composition.find(given.input))
      throw Error(ErrorCode::unknown_name,
                  fmt::format("/patient/{}: none of the modules answers to it", given.field));
}

}  // namespace healthspan::scenarios
