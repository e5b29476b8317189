#include <healthspan/models/scores/ckd_epi.hpp>
#include <healthspan/scenarios/interventions.hpp>
#include <healthspan/scenarios/measured.hpp>
#include <healthspan/scenarios/policies.hpp>
#include <healthspan/scenarios/system.hpp>

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>

namespace healthspan::scenarios {

namespace {

constexpr int most_starts = 1000;  // that are looked at for an eligible one
// The same for each of 16 members before a run. Together they look at 2,800 candidates beyond the first of each, so
// that where one in 500 is eligible, nobody is found once in 260 times.
constexpr int most_starts_of_check = 200;

// Whether an intervention of this type does anything in the scenario.
bool is_done(InterventionType type, const Scenario& scenario) {
  const auto in = [&](const std::vector<Intervention>& list) {
    return std::any_of(list.begin(), list.end(),
                       [&](const Intervention& i) { return i.type == type && has_effect(i); });
  };
  return in(scenario.all_arms) ||
         std::any_of(scenario.arms.begin(), scenario.arms.end(),
                     [&](const Arm& arm) { return in(arm.interventions); }) ||
         std::any_of(scenario.programmes.begin(), scenario.programmes.end(),
                     [&](const auto& programme) { return in(programme.second); });
}

// Modules that answer to an intervention and join the others where it is done; some only beside another module.
struct Answer {
  InterventionType type;
  const char* module;
  const char* beside = nullptr;
};
constexpr std::array answering{Answer{InterventionType::glp1_agonist, "glp1"},
                               Answer{InterventionType::glp1_agonist, "glucose_drugs", "glucose"},
                               Answer{InterventionType::glp1_agonist, "glucose_drugs", "glucose_topp"},
                               Answer{InterventionType::metformin, "glucose_drugs"},
                               Answer{InterventionType::sulfonylurea, "glucose_drugs"},
                               Answer{InterventionType::sulfonylurea, "hypoglycaemia"},
                               Answer{InterventionType::sglt2_inhibitor, "glucose_drugs", "glucose"},
                               Answer{InterventionType::sglt2_inhibitor, "glucose_drugs", "glucose_topp"},
                               Answer{InterventionType::insulin, "glucose_drugs"},
                               Answer{InterventionType::insulin, "hypoglycaemia"},
                               Answer{InterventionType::antihypertensive, "blood_pressure"},
                               Answer{InterventionType::statin, "lipids"},
                               Answer{InterventionType::smoking_cessation, "smoking"},
                               Answer{InterventionType::salt_reduction, "blood_pressure"}};

// The modules that a name stands for.
std::vector<std::string> modules_named(const std::string& name) {
  const auto group = models::module_groups().find(name);
  return group == models::module_groups().end() ? std::vector{name} : group->second;
}

std::vector<std::string> module_names(const Scenario& scenario) {
  std::vector<std::string> names = scenario.modules;
  if (names.empty()) names = models::patient_modules(country_of(scenario) == Country::japan ? "japan" : "usa");
  for (const std::string& added : scenario.added_modules)
    for (const std::string& module : modules_named(added)) names.push_back(module);
  const auto there = [&](const char* module) { return std::find(names.begin(), names.end(), module) != names.end(); };
  for (const Answer& answer : answering)
    if (is_done(answer.type, scenario) && !there(answer.module) && (!answer.beside || there(answer.beside)))
      names.push_back(answer.module);
  return names;
}

Composition composed(const Scenario& scenario) {
  for (std::size_t k = 0; k < scenario.added_modules.size(); ++k) try {
      for (const std::string& module : modules_named(scenario.added_modules[k])) models::module_named(module);
    } catch (const Error& error) {
      throw Error(error.code(), fmt::format("/added_modules/{}: {}", k, error.what()));
    }
  const std::vector<std::string> names = module_names(scenario);
  const auto there = [&](const char* module) { return std::find(names.begin(), names.end(), module) != names.end(); };
  if (there("cardiovascular_events") && there("mortality_japan"))
    throw Error(ErrorCode::unknown_name,
                "/added_modules: \"cardiovascular_events\" goes with the life table of the usa alone, found that of "
                "japan; no rates and shares of deaths are known for it yet");
  try {
    return models::compose(names, models::attribute_names());
  } catch (const Error& error) {
    throw Error(error.code(), std::string("/modules: ") + error.what());
  }
}

// The input that a module starts from, and what is known of it.
using Lab = std::pair<const char*, std::optional<double>>;
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

// Where no module follows HbA1c it stays as it was measured, for those that read it.
std::string input_of(const Lab& lab, const Composition& composition) {
  const std::string input = lab.first;
  return input == "hba1c_at_start" && !composition.find(input) ? "hba1c" : input;
}

// What the patient does, takes or has had at the start: the field that says so, the input that it sets, how much.
struct Given {
  const char *field, *input;
  double value;
};
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

// There are too many quantities to list them in a message.
std::string hint_of_many(const std::string& name, const std::vector<std::string>& candidates) {
  if (nearest_name(name, candidates).empty()) return "; \"healthspan describe MODULE\" lists the names";
  return name_hint(name, candidates);
}

}  // namespace

void System::check_outputs(const Scenario& scenario) const {
  std::vector<std::string> names;
  for (const SlotInfo& slot : composition_.slots()) names.push_back(slot.name);
  for (std::size_t k = 0; k < outputs_.size(); ++k)
    if (!composition_.find(outputs_[k]))
      throw Error(ErrorCode::unknown_name, fmt::format("/outputs/{}: there is no quantity \"{}\" in this system{}", k,
                                                       outputs_[k], hint_of_many(outputs_[k], names)));
  if (!scenario.numerics) return;
  for (const std::string& output : outputs_)
    if (!scenario.numerics->ranges.count(output))
      throw Error(ErrorCode::missing_value, "/numerics/ranges/" + output + ": is missing");
  for (const auto* pairs : {&scenario.numerics->ranges, &scenario.numerics->step_errors})
    for (const auto& [name, pair] : *pairs)
      if (std::find(outputs_.begin(), outputs_.end(), name) == outputs_.end())
        throw Error(ErrorCode::unknown_name,
                    fmt::format("/numerics/{}/{}: is not among the outputs{}",
                                pairs == &scenario.numerics->ranges ? "ranges" : "step_errors", name,
                                name_hint(name, outputs_)));
}

System::System(const Scenario& scenario, const LayerSeeds& seeds)
    : composition_(composed(scenario)),
      outputs_(scenario.outputs),
      wanted_branch_(scenario.patient.start == StartBranch::active ? models::Branch::active
                                                                   : models::Branch::inactive),
      branch_(wanted_branch_),
      seed_(seeds.event),
      weigh_deaths_(scenario.deaths == Deaths::weighed) {
  if (outputs_.empty())
    outputs_ = {"activity",    "strength",         "gait_speed",    "body_weight",
                "muscle_mass", "aerobic_capacity", "deficit_burden"};
  check_outputs(scenario);

  if (scenario.cohort) {
    people_.emplace(*scenario.cohort, seeds.individual);
    check_measured(*scenario.cohort);
    middle_ = patient_of(people_->middle());
    middle_.country = people_->country();
  } else {
    middle_ = scenario.patient;
  }
  const auto activity_state = composition_.find("activity");
  places_ = middle_.measurements && activity_state && composition_.slots()[*activity_state].kind == Kind::state;
  check_measurements(scenario);

  const Patient& p = middle_;
  medians_ = composition_.medians(p.sex == Sex::male);
  give(medians_, p);
  if (people_) medians_by_sex_ = {composition_.medians(false), composition_.medians(true)};

  std::vector<std::string> parameter_names;
  for (const SlotInfo& slot : composition_.slots())
    if (slot.kind == Kind::parameter) parameter_names.push_back(slot.name);
  for (const auto& [name, change] : scenario.parameters) {
    const auto slot = composition_.find(name);
    if (!slot || composition_.slots()[*slot].kind != Kind::parameter)
      throw Error(ErrorCode::unknown_name, "/parameters/" + name + ": no module has a parameter of this name" +
                                               hint_of_many(name, parameter_names));
    if (!change.value) continue;
    medians_[*slot] = *change.value;
    if (people_) medians_by_sex_[0][*slot] = medians_by_sex_[1][*slot] = *change.value;
  }
  if (const auto level = composition_.find("physical_activity_level"); level && !p.physical_activity_level) {
    // What is not measured follows from the way of life: about 1.2 without walking, 0.2 more per 5,000 steps/d. That
    // way of life depends a little on the level, through protein; three rounds settle it.
    const auto activity = composition_.find("activity");
    for (int round = 0; activity && round < 3; ++round) {
      const double steady = median_life()[*activity];
      if (std::isfinite(steady)) medians_[*level] = models::activity_level_of(steady);
    }
  }
  if (places_) keep_latents();
  vary(scenario, seeds);
  if (scenario.cohort && scenario.cohort->eligibility_at_start) {
    eligible_at_start(*scenario.cohort, seeds.individual);
    check_starts();
  }

  const PlanSpec common = declared_events(scenario);
  for (std::size_t a = 0; a < scenario.arms.size(); ++a) {
    PlanSpec plan = common;
    plan_arm(scenario, a, composition_, plan);
    try {
      arms_.emplace_back(composition_, plan, scenario.horizon_d);
    } catch (const Error& error) {
      throw Error(error.code(), fmt::format("/arms/{}/interventions: {}", a, error.what()));
    }
  }
  inquiry_ = Inquiry(scenario, composition_, arms_, [&] { return median_life(); });
  for (int k = 0; k * month_d < scenario.horizon_d - 1e-6; ++k) reports_d_.push_back(k * month_d);
  reports_d_.push_back(scenario.horizon_d);
  // A histogram of each is kept by every thread: 2 KiB.
  constexpr std::size_t most_cells = 1000000;
  if (const std::size_t cells = arms_.size() * reports_d_.size() * outputs_.size(); cells > most_cells)
    throw Error(
        ErrorCode::out_of_range,
        fmt::format("/outputs: {} outputs at {} report times in {} arms are {} distributions to keep, expected "
                    "at most {}",
                    outputs_.size(), reports_d_.size(), arms_.size(), cells, most_cells));
}

// Which parameters differ between members, by the person or by the draw of an uncertain median.
void System::vary(const Scenario& scenario, const LayerSeeds& seeds) {
  std::vector<std::string> purposes;
  for (std::size_t s = 0; s < composition_.slots().size(); ++s) {
    const SlotInfo& slot = composition_.slots()[s];
    if (slot.kind != Kind::parameter) continue;
    double log_sd = slot.spread.log_sd, uncertainty = 0;
    if (const auto change = scenario.parameters.find(slot.name); change != scenario.parameters.end()) {
      log_sd = change->second.log_sd.value_or(log_sd);
      uncertainty = change->second.uncertainty.value_or(0);
    }
    if ((log_sd > 0 || uncertainty > 0) && !(medians_[s] > 0))
      throw Error(ErrorCode::out_of_range, fmt::format("/parameters/{}: found {:g}, expected more than 0 because the "
                                                       "parameter varies log-normally between members",
                                                       slot.name, medians_[s]));
    const auto add = [&](double sd, std::uint64_t seed, const std::string& purpose) {
      if (sd <= 0) return;
      varying_.push_back({static_cast<Slot>(s), sd, Stream(seed, purpose)});
      purposes.push_back(purpose);
    };
    add(log_sd, seeds.individual, "parameter:" + slot.name);
    add(uncertainty, seeds.draw, "draw:" + slot.name);
  }
  if (scenario.draws == Draws::sobol) points_.emplace(seeds.individual, purposes);
}

// The events of the scenario, the same in every arm.
PlanSpec System::declared_events(const Scenario& scenario) const {
  std::vector<std::string> names;
  for (const SlotInfo& slot : composition_.slots()) names.push_back(slot.name);
  const auto known = [&](const std::string& at, const std::string& quantity) {
    if (!composition_.find(quantity))
      throw Error(ErrorCode::unknown_name, fmt::format("{}/quantity: there is no quantity \"{}\" in this system{}",
                                                       at, quantity, hint_of_many(quantity, names)));
  };
  const auto direction = [](Side side) { return side == Side::above ? Direction::rising : Direction::falling; };
  PlanSpec plan;
  for (std::size_t k = 0; k < scenario.events.size(); ++k) {
    const Event& e = scenario.events[k];
    const std::string at = fmt::format("/events/{}", k);
    if (e.every_d != 0 && e.every_d < 1)
      throw Error(ErrorCode::out_of_range,
                  fmt::format("{}/every: found {:g} d, expected at least 1 d, or 0 for once", at, e.every_d));
    PlanSpec one;
    switch (e.type) {
      case EventType::scheduled: one.scheduled.push_back({e.name, e.start_d, e.every_d}); break;
      case EventType::trigger:
        known(at, e.quantity);
        one.triggers.push_back({e.name, e.quantity, direction(e.side), e.level, e.hysteresis, e.at_start});
        break;
      case EventType::visit: {
        Visit visit{e.name, e.start_d, e.every_d, e.measurements, {}};
        for (std::size_t m = 0; m < e.measurements.size(); ++m)
          known(fmt::format("{}/measurements/{}", at, m), e.measurements[m].quantity);
        for (std::size_t f = 0; f < e.findings.size(); ++f) {
          const VisitFinding& found = e.findings[f];
          std::vector<std::string> measured;
          for (const Measurement& m : e.measurements) measured.push_back(m.quantity);
          if (std::find(measured.begin(), measured.end(), found.quantity) == measured.end())
            throw Error(ErrorCode::unknown_name,
                        fmt::format("{}/findings/{}/quantity: finds \"{}\" by \"{}\", which it does not measure{}",
                                    at, f, found.name, found.quantity, name_hint(found.quantity, measured)));
          visit.findings.push_back({found.name, found.quantity, direction(found.side), found.level, found.delay_d});
        }
        one.visits.push_back(std::move(visit));
        break;
      }
    }
    try {  // so that what this event gets wrong is said of it
      Plan(composition_, one, scenario.horizon_d);
    } catch (const Error& error) {
      throw Error(error.code(), at + ": " + error.what());
    }
    plan.scheduled.insert(plan.scheduled.end(), one.scheduled.begin(), one.scheduled.end());
    plan.triggers.insert(plan.triggers.end(), one.triggers.begin(), one.triggers.end());
    plan.visits.insert(plan.visits.end(), one.visits.begin(), one.visits.end());
  }
  return plan;
}

void System::give(std::vector<double>& frame, const Patient& p) const {
  const auto set = [&](const char* name, double value) {
    if (const auto slot = composition_.find(name)) frame[*slot] = value;
  };
  set("age_at_start", p.age_y);
  set("male", p.sex == Sex::male ? 1.0 : 0.0);
  set("height", p.height_m);
  set("weight_at_start", p.weight_kg);
  set("fat_mass_measured", p.fat_mass_kg.value_or(0.0));
  if (p.physical_activity_level) set("physical_activity_level", *p.physical_activity_level);
  set("deficit_burden_at_start", p.deficit_burden);
  for (const Lab& lab : labs_of(p))
    if (lab.second) set(input_of(lab, composition_).c_str(), *lab.second);
  for (const Given& given : given_of(p)) set(given.input, given.value);
}

void System::draw_parameters(std::vector<double>& frame, std::uint64_t member, std::uint64_t number) const {
  for (std::size_t k = 0; k < varying_.size(); ++k) {
    const Varying& v = varying_[k];
    frame[v.slot] *=
        exp(v.log_sd * (points_ && number == 0 ? points_->normal(member, k) : v.stream.normal(member, number)));
  }
}

System::Candidate System::candidate(std::uint64_t member, std::uint64_t from) const {
  Candidate c;
  if (people_) {
    c.eligible = people_->eligible(member, from);
    const Patient person = patient_of(c.eligible.person);
    c.frame = medians_by_sex_[person.sex == Sex::male];
    if (const auto level = composition_.find("physical_activity_level")) c.frame[*level] = medians_[*level];
    give(c.frame, person);
    c.measured = measured_of(person);
    c.level_follows = !person.physical_activity_level;
  } else {
    c.eligible.candidate = from;
    c.frame = medians_;
    c.measured = measured_of(middle_);
  }
  return c;
}

std::vector<double> System::member(std::uint64_t number) const {
  std::vector<double> frame = people_ ? candidate(number, 0).frame : medians_;
  draw_parameters(frame, number, 0);
  return frame;
}

std::vector<double> System::median_life() const {
  std::vector<double> frame = medians_;
  if (places_)
    models::start_as_measured(composition_, frame, measured_of(middle_), wanted_branch_, false);
  else
    models::personalise(composition_, frame, branch_);
  return frame;
}

void System::check_measurements(const Scenario& scenario) const {
  if (!scenario.cohort)
    for (const Lab& lab : labs_of(middle_))
      if (lab.second && !composition_.find(input_of(lab, composition_))) {
        const std::string_view name(lab.first);
        throw Error(ErrorCode::unknown_name,
                    fmt::format("/patient/labs/{}: none of the modules starts from it",
                                name.substr(0, name.size() - std::string_view("_at_start").size())));
      }
  if (!scenario.cohort) {
    const Labs labs = middle_.labs.value_or(Labs{});
    if (labs.egfr && labs.creatinine_mg_per_dl)
      throw Error(ErrorCode::unknown_name,
                  "/patient/labs: \"egfr\" and \"creatinine\" say the same, expected one of the two");
    if (labs.systolic_mmhg && labs.diastolic_mmhg && *labs.systolic_mmhg <= *labs.diastolic_mmhg)
      throw Error(ErrorCode::out_of_range,
                  fmt::format("/patient/labs/diastolic_pressure: found {:g} mmHg, expected less than the systolic "
                              "pressure of {:g} mmHg",
                              *labs.diastolic_mmhg, *labs.systolic_mmhg));
    if (const History had = middle_.history.value_or(History{});
        !scenario.cohort && had.diabetes_y.value_or(0) > middle_.age_y)
      throw Error(ErrorCode::out_of_range,
                  fmt::format("/patient/history/diabetes: found {:g} y, expected at most the "
                              "age of {:g} y",
                              *had.diabetes_y, middle_.age_y));
    for (const Given& given : given_of(middle_))
      if (given.value > 0 && !composition_.find(given.input))
        throw Error(ErrorCode::unknown_name,
                    fmt::format("/patient/{}: none of the modules answers to it", given.field));
  }
  if (!scenario.patient.measurements || scenario.cohort) return;
  const models::Measurements<double> measured = measured_of(middle_);
  for (std::size_t k = 0; k < measured.size(); ++k)
    if (const char* name = models::measured_quantities[k].quantity;
        !std::isnan(measured[k]) && !composition_.find(name))
      throw Error(ErrorCode::unknown_name,
                  fmt::format("/patient/measurements/{}: none of the modules has this quantity", name));
  if (!places_)
    throw Error(ErrorCode::unknown_name, "/patient/measurements: the modules have no activity to start from");
}

// The life at the medians keeps the latent parameters that its measurements ask for, and the branch that it is on.
void System::keep_latents() {
  std::vector<double> life = medians_;
  const models::Measurements<double> measured = measured_of(middle_);
  const auto start = models::start_as_measured(composition_, life, measured, wanted_branch_, false);
  if (!(start.placed > 0.5)) {
    if (!people_) throw Error(ErrorCode::no_equilibrium, conflict_in_words(composition_, medians_, middle_, branch_));
    return;  // nobody needs to be like the middle
  }
  for (const models::MeasuredQuantity& m : models::measured_quantities)
    if (const auto latent = composition_.find(m.latent)) medians_[*latent] = life[*latent];
  const Slot activity = composition_.slot("activity");
  std::vector<double> again = medians_;
  models::personalise(composition_, again, branch_);
  constexpr double another_way_of_life = 1e-6;  // roots are closed to about 1e-15
  if (std::fabs(again[activity] - life[activity]) > another_way_of_life)
    branch_ = branch_ == models::Branch::active ? models::Branch::inactive : models::Branch::active;
}

void System::check_measured(const Cohort& cohort) const {
  for (std::size_t k = 0; k < cohort.measured.size(); ++k) {
    const CohortMeasurement& m = cohort.measured[k];
    const std::string &name = m.quantity, called = m.as.value_or(m.quantity);
    const std::string at = fmt::format("/cohort/measured/{}", k);
    for (std::size_t j = 0; j < k; ++j)
      if (cohort.measured[j].as.value_or(cohort.measured[j].quantity) == called)
        throw Error(ErrorCode::unknown_name, fmt::format("{}: there is a test \"{}\" already, expected another name "
                                                         "in \"as\"",
                                                         at, called));
    if (m.as && (place_of_quantity(*m.as) != no_quantity || composition_.find(*m.as)))
      throw Error(ErrorCode::unknown_name,
                  fmt::format("{}/as: \"{}\" is a quantity, expected a name of its own", at, *m.as));
    if (m.relative && m.sd >= 1)
      throw Error(ErrorCode::out_of_range,
                  fmt::format("{}/error: found {:g}, expected less than 1 of a share of the value", at, m.sd));
    if (cohort.people)
      throw Error(ErrorCode::wrong_type,
                  at + ": how much of a value is error can be told from a population, not from a table of people");
    const auto among = [&](const std::vector<std::size_t>& quantities) {
      return std::find(quantities.begin(), quantities.end(), place_of_quantity(name)) != quantities.end();
    };
    const std::vector<std::size_t>& sampled = Population::of(*cohort.population).sampled();
    if (among(people_->quantities()) && !among(sampled))
      throw Error(
          ErrorCode::unknown_name,
          fmt::format("{}/quantity: \"{}\" of these people follows from others, expected one of those", at, name));
    if ((among(sampled) && !cohort.measured[k].as) || composition_.find(name)) continue;
    std::vector<std::string> names;
    for (const std::size_t q : sampled) names.push_back(person_quantities()[q].name);
    for (const SlotInfo& slot : composition_.slots()) names.push_back(slot.name);
    throw Error(ErrorCode::unknown_name,
                fmt::format("{}/quantity: neither these people nor this system have a quantity \"{}\"{}", at, name,
                            hint_of_many(name, names)));
  }
}

void System::eligible_at_start(const Cohort& cohort, std::uint64_t seed) {
  const std::string& text = *cohort.eligibility_at_start;
  std::vector<std::string> names;
  for (const SlotInfo& slot : composition_.slots()) names.push_back(slot.name);
  if (!places_)
    throw Error(ErrorCode::unknown_name, "/cohort/eligibility_at_start: the modules have no activity to start from");
  if (people_->rows() > 0)
    throw Error(
        ErrorCode::wrong_type,
        "/cohort/eligibility_at_start: people of a table cannot be replaced by others, expected a population");
  try {
    start_condition_ = Condition(text);
    for (const std::string& name : start_condition_.names()) {
      const auto m = std::find_if(cohort.measured.begin(), cohort.measured.end(), [&](const CohortMeasurement& with) {
        return with.as.value_or(with.quantity) == name;
      });
      const bool erring = m != cohort.measured.end();
      const auto slot = composition_.find(erring ? m->quantity : name);
      if (!slot)
        throw Error(ErrorCode::unknown_name,
                    "there is no quantity \"" + name + "\" in this system" + hint_of_many(name, names));
      start_seen_.push_back(
          {*slot, erring ? m->sd : 0.0, erring && m->relative, Stream(seed, "measured at start:" + name)});
    }
    start_condition_.settle_units([&](const std::string& name) {
      const auto& names_of = start_condition_.names();
      const auto k = std::find(names_of.begin(), names_of.end(), name) - names_of.begin();
      return composition_.slots()[start_seen_[static_cast<std::size_t>(k)].slot].unit;
    });
  } catch (const Error& error) {
    throw Error(error.code(), std::string("/cohort/eligibility_at_start: ") + error.what());
  }
}

// Whether there is anybody at all, before anything is run.
void System::check_starts() const {
  std::vector<PlacedMember> first(Pack<16>::width);
  std::vector<Pack<16>> frame;
  place(0, frame, first.data(), most_starts_of_check);
  std::uint64_t tested = 0;
  for (const PlacedMember& member : first) {
    if (member.placed) return;
    tested += member.tested;
  }
  throw Error(ErrorCode::out_of_range,
              fmt::format("/cohort/eligibility_at_start: \"{}\": of {} candidates for the first members none was "
                          "eligible, expected at least one in a few hundred",
                          start_condition_.text(), tested));
}

int System::most_attempts() const { return start_condition_.empty() ? 80 : most_starts; }

template <class R>
void System::place(std::uint64_t first, std::vector<R>& frame, PlacedMember* found, int limit) const {
  // Whom no start shows as measured gets other hidden parameters first, then another person takes his place, and at
  // once where the start is not an eligible one.
  constexpr int lanes = lanes_of<R>, draws_per_person = 8;
  std::array<std::uint64_t, lanes> next{}, now{};
  std::array<int, lanes> draws{};  // of the present person
  std::array<bool, lanes> waits;
  waits.fill(true);
  frame.assign(composition_.size(), R(std::numeric_limits<double>::quiet_NaN()));
  std::vector<R> trial(composition_.size(), R(0.0));
  models::Measurements<R> measured;
  for (int attempt = 0; attempt < limit; ++attempt) {
    bool level_follows = false, anybody = false;
    for (int i = 0; i < lanes; ++i) {
      const auto l = static_cast<std::size_t>(i);
      if (!waits[l]) continue;
      anybody = true;
      const bool newcomer = draws[l] == 0;
      const std::uint64_t member = first + static_cast<std::uint64_t>(i);
      Candidate c = candidate(member, newcomer ? next[l] : now[l]);
      now[l] = c.eligible.candidate;
      next[l] = now[l] + 1;
      draws[l] = (draws[l] + 1) % draws_per_person;
      draw_parameters(c.frame, member, static_cast<std::uint64_t>(attempt));
      level_follows = c.level_follows;
      for (std::size_t s = 0; s < trial.size(); ++s) set_lane(trial[s], i, c.frame[s]);
      for (std::size_t k = 0; k < measured.size(); ++k) set_lane(measured[k], i, c.measured[k]);
      if (!found || !newcomer) continue;
      found[i].tested += c.eligible.tested;
      ++found[i].eligible;
      found[i].person = std::move(c.eligible.person);
    }
    if (!anybody) return;
    std::vector<R> started = trial;
    const auto start = models::start_as_measured(composition_, started, measured, wanted_branch_, level_follows);
    if (!start_condition_.empty()) composition_.outputs(started.data());
    for (int i = 0; i < lanes; ++i) {
      const auto l = static_cast<std::size_t>(i);
      if (!waits[l] || !(lane(start.placed, i) > 0.5)) continue;
      std::vector<double> shown;
      for (const Seen& seen : start_seen_) {
        const double own = lane(started[seen.slot], i);
        const double error = seen.relative ? seen.error * own : seen.error;
        shown.push_back(own + error * seen.stream.normal(first + l, static_cast<std::uint64_t>(attempt)));
      }
      if (!start_condition_.holds(shown)) {
        draws[l] = 0;
        if (found) --found[i].eligible;
        continue;
      }
      waits[l] = false;
      for (std::size_t s = 0; s < frame.size(); ++s) set_lane(frame[s], i, lane(started[s], i));
      if (!found) continue;
      found[i].placed = true;
      found[i].other_branch = lane(start.placed, i) > 1.5;
    }
  }
}

template void System::place(std::uint64_t, std::vector<double>&, PlacedMember*, int) const;
template void System::place(std::uint64_t, std::vector<Pack<4>>&, PlacedMember*, int) const;
template void System::place(std::uint64_t, std::vector<Pack<8>>&, PlacedMember*, int) const;
template void System::place(std::uint64_t, std::vector<Pack<16>>&, PlacedMember*, int) const;

std::vector<PlacedMember> System::placed(std::uint64_t first, std::uint64_t count) const {
  using Lanes = Pack<16>;
  const std::uint64_t packs = (count + Lanes::width - 1) / Lanes::width;
  std::vector<PlacedMember> members(packs * Lanes::width);
  tbb::parallel_for(std::uint64_t{0}, packs, [&](std::uint64_t pack) {
    std::vector<Lanes> frame;
    PlacedMember* const found = &members[pack * Lanes::width];
    if (places_) return place(first + pack * Lanes::width, frame, found, most_attempts());
    for (std::uint64_t i = 0; i < Lanes::width; ++i) {
      CohortPeople::Eligible e = people_->eligible(first + pack * Lanes::width + i, 0);
      found[i] = {std::move(e.person), e.tested, 1, true, false};
    }
  });
  members.resize(count);
  return members;
}

EnsembleSpec System::spec(int substeps_per_month) const {
  EnsembleSpec spec;
  spec.composition = &composition_;
  spec.arms = arms_;
  spec.reports_d = reports_d_;
  for (const std::string& output : outputs_) spec.columns.push_back(composition_.slot(output));
  if (const auto criteria = composition_.find("jchs_criteria")) {
    spec.class_slot = *criteria;
    spec.class_cuts = {1.0, 3.0};  // robust below 1, prefrail below 3, frail from 3 criteria on
  }
  spec.base_step_d = month_d / substeps_per_month;
  spec.seed = seed_;
  spec.weigh_deaths = weigh_deaths_;
  inquiry_.put_into(spec);
  return spec;
}

}  // namespace healthspan::scenarios
