#include <healthspan/scenarios/measured.hpp>

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace healthspan::scenarios {

namespace {

constexpr double steps_per_activity = 5000.0;                     // as in the module activity
constexpr std::array units{"kg", "ml/kg/min", "m/s", "steps/d"};  // in which measurements are spoken of

// Activity is spoken of in steps.
double spoken(std::size_t quantity, double value) {
  return quantity == models::measured_activity ? std::round(steps_per_activity * value) : value;
}
std::string number_in_words(std::size_t quantity, double value) {
  return quantity == models::measured_activity ? fmt::format("{:.0f}", spoken(quantity, value))
                                               : fmt::format("{:.3g}", value);
}

// "a grip_strength of 24 kg and a gait_speed of 0.9 m/s", without one of them.
std::string others_in_words(const models::Measurements<double>& measured, std::size_t but) {
  std::string words;
  for (std::size_t k = 0; k < measured.size(); ++k)
    if (k != but && !std::isnan(measured[k]))
      words += fmt::format("{}{} {} {}", words.empty() ? "" : ", ",
                           k == models::measured_activity ? "steps" : models::measured_quantities[k].quantity,
                           number_in_words(k, measured[k]), units[k]);
  return words.empty() ? "this age, sex and body" : words;
}

}  // namespace

Patient patient_of(const Person& person) {
  static const std::size_t age = place_of_quantity("age"), male = place_of_quantity("male"),
                           height = place_of_quantity("height"), weight = place_of_quantity("weight"),
                           fat = place_of_quantity("fat_mass"), deficits = place_of_quantity("deficit_burden"),
                           level = place_of_quantity("physical_activity_level"),
                           grip = place_of_quantity("grip_strength"), gait = place_of_quantity("gait_speed"),
                           oxygen = place_of_quantity("aerobic_capacity"), activity = place_of_quantity("activity"),
                           glucose = place_of_quantity("fasting_glucose"),
                           insulin = place_of_quantity("fasting_insulin"), hba1c = place_of_quantity("hba1c"),
                           systolic = place_of_quantity("systolic_pressure"),
                           diastolic = place_of_quantity("diastolic_pressure"),
                           ldl = place_of_quantity("ldl_cholesterol"), hdl = place_of_quantity("hdl_cholesterol"),
                           triglycerides = place_of_quantity("triglycerides"), egfr = place_of_quantity("egfr"),
                           albuminuria = place_of_quantity("albuminuria"), smoker = place_of_quantity("smoking"),
                           drugs = place_of_quantity("antihypertensive_drugs"),
                           statin = place_of_quantity("statin_dose"), diabetes = place_of_quantity("diabetes"),
                           diabetes_duration = place_of_quantity("diabetes_duration"),
                           infarction = place_of_quantity("mi_history"), stroke = place_of_quantity("stroke_history"),
                           failure = place_of_quantity("heart_failure_history"),
                           angina = place_of_quantity("ihd_history"), ulcer = place_of_quantity("ulcer_history"),
                           amputation = place_of_quantity("amputation_history"),
                           blindness = place_of_quantity("blindness_history"),
                           renal_failure = place_of_quantity("renal_failure_history");
  const auto known = [&](std::size_t place) {
    return std::isnan(person[place]) ? std::nullopt : std::optional(person[place]);
  };
  Patient p;
  p.age_y = person[age];
  p.sex = person[male] > 0.5 ? Sex::male : Sex::female;
  p.height_m = person[height];
  p.weight_kg = person[weight];
  p.fat_mass_kg = known(fat);
  p.deficit_burden = person[deficits];
  p.physical_activity_level = known(level);
  p.measurements = Measurements{known(grip), known(gait), known(oxygen), std::nullopt, known(activity)};
  p.labs = Labs{known(glucose), known(insulin),       known(hba1c), known(systolic), known(diastolic),  known(ldl),
                known(hdl),     known(triglycerides), known(egfr),  std::nullopt,    known(albuminuria)};
  const auto has = [&](std::size_t place) { return known(place).value_or(0.0) > 0.5; };
  History had;
  if (has(diabetes) || known(diabetes_duration).value_or(0.0) > 0)
    had.diabetes_y = known(diabetes_duration).value_or(0.0);
  had.infarction = has(infarction);
  had.stroke = has(stroke);
  had.heart_failure = has(failure);
  had.angina = has(angina);
  had.foot_ulcer = has(ulcer);
  had.amputation = has(amputation);
  had.blindness = has(blindness);
  had.renal_failure = has(renal_failure);
  p.history = had;
  p.smoker = has(smoker);
  p.antihypertensive_drugs = known(drugs);
  p.statin_dose = known(statin);
  return p;
}

models::Measurements<double> measured_of(const Patient& patient) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const Measurements m = patient.measurements.value_or(Measurements{});
  const std::optional<double> activity = m.steps ? *m.steps / steps_per_activity : m.activity;
  return {m.grip_strength_kg.value_or(nan), m.aerobic_capacity.value_or(nan), m.gait_speed_m_per_s.value_or(nan),
          activity.value_or(nan)};
}

std::string conflict_in_words(const Composition& composition, const std::vector<double>& frame,
                              const Patient& patient, models::Branch branch) {
  using models::measured_activity;
  using models::measured_quantities;
  const models::Measurements<double> measured = measured_of(patient);
  std::vector<double> life = frame;
  const auto start = models::start_as_measured(composition, life, measured, branch, false);
  const double a = measured[measured_activity];
  const auto said = [&](std::size_t k, const std::string& rest) {
    const bool as_steps = k == measured_activity && patient.measurements->steps;
    return fmt::format("/patient/measurements/{}: {} {} {}", as_steps ? "steps" : measured_quantities[k].quantity,
                       number_in_words(k, measured[k]), units[k], rest);
  };
  const auto expected = [&](std::size_t k, double low, double high) {
    return fmt::format("does not go with {}, expected {} to {} {}", others_in_words(measured, k),
                       number_in_words(k, low), number_in_words(k, high), units[k]);
  };
  if (!std::isnan(a) && !(a > start.activity_at_rest))
    return said(measured_activity,
                fmt::format("is less than the {:.0f} {} that remain without any will to move",
                            spoken(measured_activity, start.activity_at_rest), units[measured_activity]));
  std::size_t worst = 0;
  for (std::size_t k = 0; k < measured.size(); ++k)
    if (std::fabs(start.deviations[k]) > std::fabs(start.deviations[worst])) worst = k;
  const double deviation = start.deviations[worst];
  if (std::fabs(deviation) > models::most_deviations) {
    // What is measured is in proportion to its latent parameter; of activity, what is above the rest is.
    const double base = worst == measured_activity ? start.activity_at_rest : 0.0;
    const auto at = [&](double limit) {
      return base + (measured[worst] - base) * std::exp((limit - deviation) * measured_quantities[worst].log_sd);
    };
    return said(worst, expected(worst, at(-models::most_deviations), at(models::most_deviations)));
  }
  if (start.slope >= 0) {
    std::string instead;
    for (const models::Branch other : {models::Branch::inactive, models::Branch::active}) {
      std::vector<double> steady = life;
      models::personalise(composition, steady, other);
      composition.outputs(steady.data());
      models::Measurements<double> there = measured;
      for (std::size_t k = 0; k < there.size(); ++k)
        if (!std::isnan(there[k])) there[k] = steady[composition.slot(measured_quantities[k].quantity)];
      instead += (instead.empty() ? "" : "; or to ") + others_in_words(there, there.size());
    }
    return fmt::format("/patient/measurements: {} would not last; the person would come to {}, expected one of these",
                       others_in_words(measured, measured.size()), instead);
  }
  return "/patient/measurements: no steady way of life goes with " + others_in_words(measured, measured.size());
}

}  // namespace healthspan::scenarios
