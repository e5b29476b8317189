#include <healthspan/scenarios/policies.hpp>
#include <healthspan/scenarios/system.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace healthspan::scenarios {

namespace {

std::vector<std::string> module_names(const Scenario& scenario) {
  std::vector<std::string> names = scenario.modules;
  if (names.empty()) names = models::patient_modules(scenario.patient.country == Country::japan ? "japan" : "usa");
  names.insert(names.end(), scenario.added_modules.begin(), scenario.added_modules.end());
  return names;
}

Composition composed(const Scenario& scenario) {
  for (std::size_t k = 0; k < scenario.added_modules.size(); ++k) try {
      models::module_named(scenario.added_modules[k]);
    } catch (const Error& error) {
      throw Error(error.code(), fmt::format("/added_modules/{}: {}", k, error.what()));
    }
  try {
    return models::compose(module_names(scenario), models::attribute_names());
  } catch (const Error& error) {
    throw Error(error.code(), std::string("/modules: ") + error.what());
  }
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
      branch_(scenario.patient.start == StartBranch::active ? models::Branch::active : models::Branch::inactive),
      seed_(seeds.event),
      weigh_deaths_(scenario.deaths == Deaths::weighed) {
  if (outputs_.empty())
    outputs_ = {"activity",    "strength",         "gait_speed",    "body_weight",
                "muscle_mass", "aerobic_capacity", "deficit_burden"};
  check_outputs(scenario);

  const Patient& p = scenario.patient;
  medians_ = composition_.medians(p.sex == Sex::male);
  const auto give = [&](const char* name, double value) {
    if (const auto slot = composition_.find(name)) medians_[*slot] = value;
  };
  give("age_at_start", p.age_y);
  give("male", p.sex == Sex::male ? 1.0 : 0.0);
  give("height", p.height_m);
  give("weight_at_start", p.weight_kg);
  give("fat_mass_measured", p.fat_mass_kg.value_or(0.0));
  if (p.physical_activity_level) give("physical_activity_level", *p.physical_activity_level);
  give("deficit_burden_at_start", p.deficit_burden);

  std::vector<std::string> parameter_names;
  for (const SlotInfo& slot : composition_.slots())
    if (slot.kind == Kind::parameter) parameter_names.push_back(slot.name);
  for (const auto& [name, change] : scenario.parameters) {
    const auto slot = composition_.find(name);
    if (!slot || composition_.slots()[*slot].kind != Kind::parameter)
      throw Error(ErrorCode::unknown_name, "/parameters/" + name + ": no module has a parameter of this name" +
                                               hint_of_many(name, parameter_names));
    if (change.value) medians_[*slot] = *change.value;
  }
  if (const auto level = composition_.find("physical_activity_level"); level && !p.physical_activity_level) {
    // What is not measured follows from the way of life: about 1.2 without walking, 0.2 more per 5,000 steps/d. That
    // way of life depends a little on the level, through protein; three rounds settle it.
    const auto activity = composition_.find("activity");
    for (int round = 0; activity && round < 3; ++round) {
      const double steady = median_life()[*activity];
      if (std::isfinite(steady)) medians_[*level] = 1.2 + 0.2 * steady;
    }
  }
  vary(scenario, seeds);

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
        Visit visit{e.name, e.start_d, e.every_d, {}, {}};
        for (std::size_t m = 0; m < e.measurements.size(); ++m) {
          known(fmt::format("{}/measurements/{}", at, m), e.measurements[m].quantity);
          visit.measurements.push_back(
              {e.measurements[m].quantity, e.measurements[m].error, e.measurements[m].relative});
        }
        for (std::size_t f = 0; f < e.findings.size(); ++f) {
          const VisitFinding& found = e.findings[f];
          std::vector<std::string> measured;
          for (const VisitMeasurement& m : e.measurements) measured.push_back(m.quantity);
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

std::vector<double> System::member(std::uint64_t number) const {
  std::vector<double> frame = medians_;
  for (std::size_t k = 0; k < varying_.size(); ++k) {
    const Varying& v = varying_[k];
    frame[v.slot] *= exp(v.log_sd * (points_ ? points_->normal(number, k) : v.stream.normal(number, 0)));
  }
  return frame;
}

std::vector<double> System::median_life() const {
  std::vector<double> frame = medians_;
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
