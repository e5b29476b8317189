#include <healthspan/scenarios/interventions.hpp>
#include <healthspan/scenarios/system.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace healthspan::scenarios {

namespace {

std::vector<std::string> module_names(const Scenario& scenario) {
  if (!scenario.modules.empty()) return scenario.modules;
  return models::patient_modules(scenario.patient.country == Country::japan ? "japan" : "usa");
}

Composition composed(const Scenario& scenario) {
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

System::System(const Scenario& scenario)
    : composition_(composed(scenario)),
      outputs_(scenario.outputs),
      branch_(scenario.patient.start == StartBranch::active ? models::Branch::active : models::Branch::inactive),
      seed_(scenario.seed) {
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
  for (std::size_t s = 0; s < composition_.slots().size(); ++s) {
    const SlotInfo& slot = composition_.slots()[s];
    if (slot.kind != Kind::parameter) continue;
    double log_sd = slot.spread.log_sd;
    if (const auto change = scenario.parameters.find(slot.name); change != scenario.parameters.end())
      log_sd = change->second.log_sd.value_or(log_sd);
    if (log_sd <= 0) continue;
    if (!(medians_[s] > 0))
      throw Error(ErrorCode::out_of_range, fmt::format("/parameters/{}: found {:g}, expected more than 0 because the "
                                                       "parameter varies log-normally between members",
                                                       slot.name, medians_[s]));
    varying_.push_back({static_cast<Slot>(s), log_sd, Stream(seed_, "parameter:" + slot.name)});
  }

  for (std::size_t a = 0; a < scenario.arms.size(); ++a) {
    const Arm& arm = scenario.arms[a];
    std::vector<Modifier> modifiers;
    for (const auto* list : {&scenario.all_arms, &arm.interventions})
      for (const Intervention& intervention : *list)
        for (const Modifier& m : modifiers_of(intervention, scenario.horizon_d)) modifiers.push_back(m);
    try {
      arms_.emplace_back(composition_, modifiers, scenario.horizon_d);
    } catch (const Error& error) {
      throw Error(error.code(), fmt::format("/arms/{}/interventions: {}", a, error.what()));
    }
  }
  for (int k = 0; k * month_d < scenario.horizon_d - 1e-6; ++k) reports_d_.push_back(k * month_d);
  reports_d_.push_back(scenario.horizon_d);
}

std::vector<double> System::member(std::uint64_t number) const {
  std::vector<double> frame = medians_;
  for (const Varying& v : varying_) frame[v.slot] *= exp(v.log_sd * v.stream.normal(number, 0));
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
  return spec;
}

}  // namespace healthspan::scenarios
