#include <healthspan/scenarios/interventions.hpp>
#include <healthspan/scenarios/run.hpp>

#include <fmt/format.h>
#include <tbb/global_control.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cmath>
#include <utility>

namespace healthspan::scenarios {

namespace {

class Clock {
 public:
  double lap() {
    const auto now = std::chrono::steady_clock::now();
    return std::chrono::duration<double>(now - std::exchange(start_, now)).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

void list_outcomes(RunResult& result, const Composition& composition) {
  const Summary& s = *result.summary;
  if (result.spec.class_slot) {
    result.outcomes.push_back({"healthy_life_years", "Years lived without frailty", "y", s.days_outcome(1), 365.25});
    result.outcomes.push_back({"life_years", "Years lived", "y", s.days_outcome(2), 365.25});
    result.outcomes.push_back({"alive", "Alive at the end", "share", s.alive_outcome()});
    result.outcomes.push_back({"frail", "Frail at the end", "share of the living", s.class_outcome(2)});
  } else {
    result.outcomes.push_back({"alive", "Alive at the end", "share", s.alive_outcome()});
  }
  for (std::size_t c = 0; c < result.spec.columns.size(); ++c) {
    const SlotInfo& slot = composition.slots()[result.spec.columns[c]];
    result.net_outcomes.push_back(result.outcomes.size());
    result.outcomes.push_back({slot.name, label_of(slot.name) + " at the end", slot.unit, s.column_outcome(c)});
  }
}

std::vector<std::string> warnings_of(const Scenario& scenario, const RunResult& result) {
  std::vector<std::string> warnings;
  const Patient& p = scenario.patient;
  const double last_age = p.age_y + scenario.horizon_d / 365.25;
  const double bmi = p.weight_kg / (p.height_m * p.height_m);
  if (p.age_y < 60 || last_age > 100)
    warnings.push_back(fmt::format(
        "Ages {:.0f} to {:.0f} leave the range in which the model was checked (60 to 100).", p.age_y, last_age));
  if (bmi < 17 || bmi > 40)
    warnings.push_back(
        fmt::format("A body mass index of {:.1f} kg/m2 is outside the checked range (17 to 40).", bmi));
  const Summary& s = *result.summary;
  if (!s.failed().empty())
    warnings.push_back(fmt::format("{} of {} lives failed numerically and are left out; rerun one with --member.",
                                   s.failed().size(), result.members));
  double values = 0;
  for (std::size_t a = 0; a < result.spec.arms.size(); ++a)
    for (std::size_t t = 0; t < result.spec.reports_d.size(); ++t)
      values += static_cast<double>(s.living(a, t)) * static_cast<double>(result.spec.columns.size());
  if (static_cast<double>(s.outside()) > 1e-3 * values)
    warnings.push_back(
        fmt::format("{:.2g} % of all values lie outside the histograms' ranges; outer quantiles are cut.",
                    100.0 * static_cast<double>(s.outside()) / values));
  if (result.spec.class_slot && s.members() > 0) {
    const double frail = 100.0 * static_cast<double>(s.in_class(0, 0, 2)) / static_cast<double>(s.members());
    if (frail >= 1.0 && scenario.patient.start == StartBranch::active)
      warnings.push_back(
          fmt::format("{:.0f} % of the lives are frail from the start: what is drawn for them leaves "
                      "no more active way of life.",
                      frail));
  }
  if (result.pilot.sensitive > 0)
    warnings.push_back(
        fmt::format("{} of {} pilot members pass close to a separatrix, where a small error decides on "
                    "the way of life; read their number as uncertain.",
                    result.pilot.sensitive, result.pilot.members));
  return warnings;
}

}  // namespace

std::string label_of(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  if (!name.empty()) name[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(name[0])));
  return name;
}

std::string rule_of(const Summary& summary, const Outcome& outcome) {
  const bool of_all = outcome.index == summary.alive_outcome() ||
                      (outcome.index >= summary.days_outcome(0) && outcome.index < summary.column_outcome(0));
  return of_all ? "all members" : "pairs alive in both";
}

RunResult run(const System& system, const Scenario& scenario, const RunOptions& options) {
  std::optional<tbb::global_control> limit;
  if (options.threads > 0)
    limit.emplace(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(options.threads));
  Clock clock;
  RunResult result;
  result.resolved = scenario;
  const auto drop_idle = [](std::vector<Intervention>& list) {
    std::erase_if(list, [](auto& i) { return !has_effect(i); });
  };
  drop_idle(result.resolved.all_arms);
  for (Arm& arm : result.resolved.arms) drop_idle(arm.interventions);
  result.resolved.outputs = system.outputs();
  if (const auto level = system.composition().find("physical_activity_level"))
    result.resolved.patient.physical_activity_level = system.medians()[*level];
  result.resolved.modules.clear();
  for (const ModuleType* module : system.composition().modules()) result.resolved.modules.push_back(module->name);
  for (const Arm& arm : std::as_const(result.resolved.arms)) {
    result.arm_names.push_back(arm.name);
    std::vector<std::string> words;
    for (const auto* list : {&std::as_const(result.resolved).all_arms, &arm.interventions})
      for (const Intervention& i : *list) words.push_back(in_words(i, scenario.horizon_d));
    result.arm_words.push_back(words);
  }

  SummarySpec sums;
  sums.arms = system.arms().size();
  sums.reports = system.reports_d().size();
  if (scenario.numerics) {
    result.pilot.substeps_per_month = scenario.numerics->substeps_per_month;
    result.pilot.members = scenario.numerics->pilot_members;
    result.pilot.sensitive = scenario.numerics->near_separatrix;
    for (const std::string& output : system.outputs()) {
      const auto& [low, high] = scenario.numerics->ranges.at(output);
      sums.columns.push_back(ColumnRange::exactly(low, high));
      const auto error = scenario.numerics->step_errors.find(output);
      if (error != scenario.numerics->step_errors.end())
        result.pilot.errors.push_back({output, error->second.first, error->second.second});
    }
  } else {
    const PilotRun pilot = run_pilot(system, options.stop);
    result.pilot = pilot.pilot;
    sums.columns = pilot.ranges;
    Numerics numerics;
    numerics.substeps_per_month = pilot.pilot.substeps_per_month;
    for (std::size_t c = 0; c < sums.columns.size(); ++c)
      numerics.ranges[system.outputs()[c]] = {sums.columns[c].low, sums.columns[c].high};
    numerics.pilot_members = pilot.pilot.members;
    numerics.near_separatrix = pilot.pilot.sensitive;
    for (const StepError& error : pilot.pilot.errors) numerics.step_errors[error.output] = {error.median, error.p99};
    result.resolved.numerics = numerics;
  }
  result.seconds["pilot"] = clock.lap();

  result.spec = system.spec(result.pilot.substeps_per_month);
  sums.classes = result.spec.classes();
  result.first_member = options.member.value_or(0);
  result.members = options.member ? 1 : scenario.members;
  const EnsembleControl control{options.threads, options.stop, options.progress};
  result.summary = run_ensemble<Lanes>(result.spec, sums, system, result.first_member, result.members, control);
  result.seconds["ensemble"] = clock.lap();
  const std::uint64_t failed = result.summary->failed().size();
  if (failed == result.members || failed * 100 > result.members)
    throw Error(ErrorCode::too_many_failed_lives,
                fmt::format("{} of {} lives failed numerically, the first is member {}; the scenario leaves "
                            "what the model can follow",
                            failed, result.members, result.summary->failed().front()));
  list_outcomes(result, system.composition());

  if (system.composition().find("appetite") && system.composition().find("strength")) {
    const std::vector<double> median = system.median_life();
    result.portrait = draw_portrait(system, median, result.pilot.substeps_per_month);
    result.spiral = classify(system, median, result.members);
    result.portrait->equilibria = result.spiral->median.equilibria;
    result.stay_map = draw_stay_map(system, result.resolved, result.pilot.substeps_per_month);
  }
  obey(options.stop);
  result.seconds["pictures"] = clock.lap();
  result.warnings = warnings_of(scenario, result);
  return result;
}

}  // namespace healthspan::scenarios
