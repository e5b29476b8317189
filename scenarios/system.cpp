#include <healthspan/scenarios/given.hpp>
#include <healthspan/scenarios/interventions.hpp>
#include <healthspan/scenarios/measured.hpp>
#include <healthspan/scenarios/policies.hpp>
#include <healthspan/scenarios/system.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace healthspan::scenarios {

namespace {

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

}  // namespace

std::string hint_of_many(const std::string& name, const std::vector<std::string>& candidates) {
  if (nearest_name(name, candidates).empty()) return "; \"healthspan describe MODULE\" lists the names";
  return name_hint(name, candidates);
}

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
