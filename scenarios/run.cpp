#include <healthspan/scenarios/interventions.hpp>
#include <healthspan/scenarios/language/language.hpp>
#include <healthspan/scenarios/run.hpp>

#include <fmt/format.h>
#include <tbb/global_control.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cmath>
#include <thread>
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
  for (const Outcome& asked : result.inquiry.outcomes(s)) result.outcomes.push_back(asked);
}

std::vector<std::string> warnings_of(const Scenario& scenario, const RunResult& result) {
  std::vector<std::string> warnings;
  const Patient& p = scenario.patient;
  const AgeRange ages = result.cohort ? result.cohort->ages : AgeRange{p.age_y, p.age_y};
  const double last_age = ages.to_y + scenario.horizon_d / 365.25;
  const double bmi = p.weight_kg / (p.height_m * p.height_m);
  if (ages.from_y < 60 || last_age > 100)
    warnings.push_back(fmt::format(
        "Ages {:.0f} to {:.0f} leave the range in which the model was checked (60 to 100).", ages.from_y, last_age));
  if (result.cohort)
    for (const std::string& warning : warnings_of(*result.cohort, scenario.members)) warnings.push_back(warning);
  else if (bmi < 17 || bmi > 40)
    warnings.push_back(
        fmt::format("A body mass index of {:.1f} kg/m2 is outside the checked range (17 to 40).", bmi));
  const Summary& s = *result.summary;
  if (!s.failed().empty())
    warnings.push_back(fmt::format("{} of {} lives failed numerically and are left out; rerun one with --member.",
                                   s.failed().size(), result.members));
  double values = 0;
  for (std::size_t a = 0; a < result.spec.arms.size(); ++a)
    for (std::size_t t = 0; t < result.spec.reports_d.size(); ++t)
      values += s.living(a, t) * static_cast<double>(result.spec.columns.size());
  if (static_cast<double>(s.outside()) > 1e-3 * values)
    warnings.push_back(
        fmt::format("{:.2g} % of all values lie outside the histograms' ranges; outer quantiles are cut.",
                    100.0 * static_cast<double>(s.outside()) / values));
  if (result.spec.class_slot && s.members() > 0) {
    const double frail = 100.0 * s.in_class(0, 0, 2) / static_cast<double>(s.members());
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

// The scenario with everything filled in that the system knows.
Scenario resolve(const System& system, const Scenario& scenario) {
  Scenario resolved = scenario;
  resolved.patient = system.middle();
  if (resolved.cohort && resolved.cohort->people) resolved.cohort->people = people_name;
  const auto drop_idle = [](std::vector<Intervention>& list) {
    std::erase_if(list, [](auto& i) { return !has_effect(i); });
  };
  drop_idle(resolved.all_arms);
  for (Arm& arm : resolved.arms) drop_idle(arm.interventions);
  for (auto& [name, interventions] : resolved.programmes) drop_idle(interventions);
  resolved.outputs = system.outputs();
  if (const auto level = system.composition().find("physical_activity_level"))
    resolved.patient.physical_activity_level = system.medians()[*level];
  resolved.modules.clear();
  resolved.added_modules.clear();
  for (const ModuleType* module : system.composition().modules()) resolved.modules.push_back(module->name);
  return resolved;
}

// What the pilot found, or an earlier one that the scenario remembers.
SummarySpec set_numerics(const System& system, RunResult& result, const RunOptions& options) {
  std::vector<ColumnRange> columns;
  if (result.resolved.numerics) {
    const Numerics& given = *result.resolved.numerics;
    result.pilot.substeps_per_month = given.substeps_per_month;
    result.pilot.members = given.pilot_members;
    result.pilot.sensitive = given.near_separatrix;
    for (const std::string& output : system.outputs()) {
      const auto& [low, high] = given.ranges.at(output);
      columns.push_back(ColumnRange::exactly(low, high));
      const auto error = given.step_errors.find(output);
      if (error != given.step_errors.end())
        result.pilot.errors.push_back({output, error->second.first, error->second.second});
    }
  } else {
    const PilotRun pilot = run_pilot(system, result.resolved.solver.value_or(Solver{}), options.stop);
    result.pilot = pilot.pilot;
    columns = pilot.ranges;
    Numerics numerics;
    numerics.substeps_per_month = pilot.pilot.substeps_per_month;
    for (std::size_t c = 0; c < columns.size(); ++c)
      numerics.ranges[system.outputs()[c]] = {columns[c].low, columns[c].high};
    numerics.pilot_members = pilot.pilot.members;
    numerics.near_separatrix = pilot.pilot.sensitive;
    for (const StepError& error : pilot.pilot.errors) numerics.step_errors[error.output] = {error.median, error.p99};
    result.resolved.numerics = numerics;
  }
  result.spec = system.spec(result.pilot.substeps_per_month);
  result.inquiry = system.inquiry();
  SummarySpec sums = result.inquiry.shape(result.spec);
  sums.columns = std::move(columns);
  return sums;
}

void put_in_words(const System& system, RunResult& result) {
  for (std::size_t a = 0; a < result.resolved.arms.size(); ++a) {
    result.arm_names.push_back(result.resolved.arms[a].name);
    result.arm_words.push_back(arm_in_words(result.resolved, a));
    result.composition.push_back(composition_of(result.resolved, a, system.composition()));
  }
}

// Everything that follows from the sums.
void finish(const System& system, RunResult& result, const RunOptions& options) {
  const std::uint64_t failed = result.summary->failed().size();
  if (failed == result.members || failed * 100 > result.members)
    throw Error(ErrorCode::too_many_failed_lives,
                fmt::format("{} of {} lives failed numerically, the first is member {}; the scenario leaves "
                            "what the model can follow",
                            failed, result.members, result.summary->failed().front()));
  list_outcomes(result, system.composition());
  if (options.pictures && system.composition().find("appetite") && system.composition().find("strength")) {
    const std::vector<double> median = system.median_life();
    result.portrait = draw_portrait(system, median, result.pilot.substeps_per_month);
    result.spiral = classify(system, median, result.members);
    result.portrait->equilibria = result.spiral->median.equilibria;
    result.stay_map = draw_stay_map(system, result.resolved, result.pilot.substeps_per_month);
  }
  obey(options.stop);
  if (system.people()) result.cohort = report_on_cohort(system, result.resolved.members);
  for (const std::string& warning : warnings_of(result.resolved, result)) result.warnings.push_back(warning);
}

// What a fork may not change: who the people are, and how they are followed.
std::string identity(Scenario scenario, bool with_seed) {
  scenario.title.clear();
  scenario.question.clear();
  scenario.arms.clear();
  scenario.all_arms.clear();
  scenario.programmes.clear();
  scenario.policies.clear();
  scenario.events.clear();
  scenario.horizon_d = 0;
  scenario.members = 0;
  scenario.numerics.reset();
  if (scenario.asked) scenario.asked->worth.reset();  // it needs nothing of lives that is not kept anyhow
  if (scenario.asked && scenario.asked->years.empty() && scenario.asked->onset.empty() &&
      scenario.asked->subgroups.empty())
    scenario.asked.reset();
  if (!with_seed) scenario.seed = 0;
  return write_scenario(scenario);
}

std::string what_is_done(const Scenario& scenario) {
  Scenario done;
  done.events = scenario.events;
  done.programmes = scenario.programmes;
  done.policies = scenario.policies;
  done.all_arms = scenario.all_arms;
  done.arms = scenario.arms;
  return write_scenario(done);
}

// Going on with what was put aside is the same run; a fork is another.
bool is_fork(const RunOptions& options, const Scenario& resolved) {
  return options.taken_up &&
         (options.new_chance || what_is_done(options.taken_up->resolved) != what_is_done(resolved));
}

std::vector<MemberLifelines> first_lifelines(const System& system, const RunResult& result) {
  constexpr std::uint64_t most = 6;
  return lifelines_of(system, result.resolved, result.first_member, std::min(most, result.members));
}

// The snapshot's lives for the arms of this run: each goes on from the arm of its own name, or from the only one.
Aside lives_for(const RunResult& result, const Snapshot& snapshot, const RunOptions& options) {
  if (identity(snapshot.resolved, !options.new_chance) != identity(result.resolved, !options.new_chance))
    throw Error(ErrorCode::usage,
                "the snapshot is of another run: a fork may change what is done, the events, the horizon and the "
                "number of members, but not the people, parameters, modules, outputs, solver or seed");
  const Aside& lives = snapshot.lives;
  const std::uint64_t there = lives.lives.size() / lives.names.size();
  if (result.first_member < lives.first || result.first_member + result.members > lives.first + there)
    throw Error(ErrorCode::usage,
                fmt::format("the snapshot holds members {} to {}, not {} to {}", lives.first, lives.first + there - 1,
                            result.first_member, result.first_member + result.members - 1));
  std::vector<std::size_t> from;
  for (const Arm& arm : result.resolved.arms) {
    const auto& arms = snapshot.resolved.arms;
    const auto same = std::find_if(arms.begin(), arms.end(), [&](const Arm& a) { return a.name == arm.name; });
    if (same == arms.end() && arms.size() > 1)
      throw Error(ErrorCode::usage,
                  fmt::format("the snapshot has no arm \"{}\" and more than one that it could go on "
                              "from",
                              arm.name));
    from.push_back(same == arms.end() ? 0 : static_cast<std::size_t>(same - arms.begin()));
  }
  Aside mapped{result.first_member, {}, {}, options.new_chance, lives.events};
  for (const std::size_t arm : from) mapped.names.push_back(lives.names[arm]);
  for (std::uint64_t m = 0; m < result.members; ++m)
    for (std::size_t a = 0; a < from.size(); ++a) {
      mapped.lives.push_back(lives.of(result.first_member + m, from[a]));
      mapped.lives.back().life.arm = static_cast<std::uint32_t>(a);
    }
  return mapped;
}

// Runs members [first, first + count) by the scenario's solver.
Summary run_members(const System& system, const RunResult& result, const SummarySpec& sums, MemberRange range,
                    const EnsembleControl& control) {
  const EnsembleSpec& spec = result.spec;
  const Solver solver = result.resolved.solver.value_or(Solver{});
  const Composition& composition = system.composition();
  if (solver.method == SolverMethod::lanes)
    return run_ensemble<Lanes>(spec, sums, system, range.first, range.count, control);
  return with_path_of(solver, composition, [&](const auto& make_path) {
    return run_ensemble<double>(spec, sums, system, range.first, range.count, control, make_path);
  });
}

// The largest standard error of the outcome over arms and paired differences.
double error_of(const RunResult& result, const Summary& summary, const std::string& name) {
  std::vector<std::string> names;
  for (const Outcome& o : result.outcomes) {
    names.push_back(o.name);
    if (o.name != name) continue;
    double error = 0;
    for (std::size_t a = 0; a < result.arm_names.size(); ++a)
      for (const Estimate& e : {summary.outcome(a, o.index), summary.paired(a, o.index)})
        error = std::isnan(e.error) ? HUGE_VAL : std::max(error, e.error / o.per_unit);
    return error;
  }
  throw Error(ErrorCode::usage, "there is no outcome \"" + name + "\"" + name_hint(name, names));
}

// Members in rounds until the target or the deadline is met. The rounds of a target depend on sums alone, so on no
// clock and no thread; those of a deadline are recorded by the number of members that they came to.
void run_in_rounds(const System& system, RunResult& result, const SummarySpec& sums, const RunOptions& options,
                   const EnsembleControl& given, double spent_before_s) {
  constexpr std::uint64_t round = 512;
  const std::uint64_t most = result.members;
  Clock clock;
  result.summary = Summary(sums);
  list_outcomes(result, system.composition());
  if (options.target) error_of(result, *result.summary, options.target->outcome);  // whether there is such an outcome
  std::uint64_t done = 0, next = std::min(most, round);
  double spent_s = 0;
  EnsembleControl control = given;
  if (given.progress) control.progress = [&](std::uint64_t now, std::uint64_t) { given.progress(done + now, most); };
  while (true) {
    result.summary->merge(run_members(system, result, sums, {result.first_member + done, next}, control));
    done += next;
    if (done == most) break;
    next = std::min(round, most - done);
    if (options.deadline_s) {
      spent_s += clock.lap();
      // A round more only if it will fit; rounds grow with the time that is left.
      const double per_member = spent_s / static_cast<double>(done),
                   left = *options.deadline_s - spent_before_s - spent_s;
      if (left < per_member * static_cast<double>(next)) break;
      next = std::min(most - done, std::max(round, static_cast<std::uint64_t>(0.5 * left / per_member)));
    }
    if (options.target) {
      const double ratio = error_of(result, *result.summary, options.target->outcome) / options.target->error;
      if (ratio <= 1) break;
      // A little more than the square root law asks for, but never more than four times what there is.
      const double wanted = std::min(4.0, 1.02 * ratio * ratio) * static_cast<double>(done);
      next = std::min(most - done, std::max(round, static_cast<std::uint64_t>(wanted) - done));
    }
  }
  if (options.target && error_of(result, *result.summary, options.target->outcome) > options.target->error)
    result.warnings.push_back(fmt::format("The error of {} is still above {:g} with all {} members.",
                                          options.target->outcome, options.target->error, done));
  result.outcomes.clear();
  result.net_outcomes.clear();
  result.members = result.resolved.members = done;
}

}  // namespace

RunResult run(const System& system, const Scenario& scenario, const RunOptions& options) {
  std::optional<tbb::global_control> limit;
  if (options.threads > 0)
    limit.emplace(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(options.threads));
  Clock clock;
  RunResult result;
  result.resolved = resolve(system, scenario);
  put_in_words(system, result);
  SummarySpec sums = set_numerics(system, result, options);
  result.seconds["pilot"] = clock.lap();

  const MemberRange range = options.range.value_or(MemberRange{0, scenario.members});
  result.first_member = range.first;
  result.members = range.count;
  EnsembleControl control;
  control.threads = options.threads;
  control.stop = options.stop;
  control.progress = options.progress;
  control.row = options.row;
  if (options.range && range.count == 1) control.row = [&](const MemberRow& row) { result.only_member = row; };
  if (options.log_events) control.log = &result.events.emplace();
  if (options.put_aside_at_d) {
    std::vector<double>& reports = result.spec.reports_d;
    while (reports.size() > 1 && reports[reports.size() - 2] >= *options.put_aside_at_d) reports.pop_back();
    sums.reports = reports.size();
    control.put_aside = &result.put_aside.emplace();
    result.command_options = fmt::format(" --until \"{:.10g} days\"", *options.put_aside_at_d);
  }
  std::optional<Aside> lives;
  if (options.taken_up) {
    lives = lives_for(result, *options.taken_up, options);
    if (!std::count(result.spec.reports_d.begin(), result.spec.reports_d.end(), options.taken_up->at_d))
      throw Error(ErrorCode::usage, fmt::format("the snapshot stands at day {:g}, which this run does not report on",
                                                options.taken_up->at_d));
    control.taken_up = &*lives;
    if (is_fork(options, result.resolved)) {
      result.command_options += options.new_chance ? " --from SNAPSHOT --new-chance" : " --from SNAPSHOT";
      result.warnings.push_back(fmt::format("A fork: up to {:.4g} years these are the lives of \"{}\", seed {}{}.",
                                            options.taken_up->at_d / 365.25, options.taken_up->resolved.title,
                                            options.taken_up->resolved.seed,
                                            options.new_chance ? ", from there on under this seed" : ""));
    }
  }
  if (options.target || options.deadline_s)
    run_in_rounds(system, result, sums, options, control, result.seconds["pilot"]);
  else
    result.summary = run_members(system, result, sums, range, control);
  result.seconds["ensemble"] = clock.lap();
  finish(system, result, options);
  if (!is_fork(options, result.resolved) && !options.put_aside_at_d)
    result.lifelines = first_lifelines(system, result);
  result.seconds["pictures"] = clock.lap();
  return result;
}

RunResult merge(const System& system, std::vector<Shard> shards, const RunOptions& options) {
  Clock clock;
  std::sort(shards.begin(), shards.end(), [](const Shard& a, const Shard& b) {
    return a.range.first != b.range.first ? a.range.first < b.range.first : a.range.count < b.range.count;
  });
  RunResult result;
  result.resolved = shards.front().resolved;
  if (result.resolved.cohort) result.resolved.patient = system.middle();
  if (!result.resolved.numerics) throw Error(ErrorCode::usage, "a shard without the findings of its pilot");
  put_in_words(system, result);
  const SummarySpec sums = set_numerics(system, result, options);
  const std::string scenario = write_scenario(result.resolved);
  std::uint64_t next = 0;
  const Shard* last = nullptr;
  result.summary = Summary(sums);
  for (const Shard& shard : shards) {
    if (write_scenario(shard.resolved) != scenario)
      throw Error(ErrorCode::usage, fmt::format("the shards {} ({}) and {} ({}) are of different scenarios",
                                                in_words(shards.front().range), shards.front().from,
                                                in_words(shard.range), shard.from));
    if (last && last->range == shard.range) {
      if (last->summary == shard.summary) continue;
      throw Error(ErrorCode::usage, fmt::format("the shard {} was given twice with different results: {} and {}",
                                                in_words(shard.range), last->from, shard.from));
    }
    if (shard.range.first < next)
      throw Error(ErrorCode::usage, fmt::format("the shards {} ({}) and {} ({}) overlap", in_words(last->range),
                                                last->from, in_words(shard.range), shard.from));
    if (shard.range.first > next)
      throw Error(ErrorCode::usage, "no shard has the members " + in_words({next, shard.range.first - next}));
    if (!(shard.summary.spec() == sums))
      throw Error(ErrorCode::usage,
                  "the shard " + in_words(shard.range) + " (" + shard.from + ") does not fit its scenario");
    result.summary->merge(shard.summary);
    next = shard.range.first + shard.range.count;
    last = &shard;
  }
  if (next != result.resolved.members)
    throw Error(ErrorCode::usage, next < result.resolved.members
                                      ? "no shard has the members " + in_words({next, result.resolved.members - next})
                                      : "the shards go beyond the scenario's members");
  result.members = next;
  result.seconds["merge"] = clock.lap();
  finish(system, result, options);
  result.lifelines = first_lifelines(system, result);
  result.seconds["pictures"] = clock.lap();
  return result;
}

std::string in_words(const MemberRange& range) {
  return fmt::format("{}:{}", range.first, range.first + range.count);
}

RunEstimate estimate(const System& system, const Scenario& scenario, const RunOptions& options) {
  RunEstimate e;
  const int substeps = scenario.numerics ? scenario.numerics->substeps_per_month : 2;
  const EnsembleSpec spec = system.spec(substeps);
  e.members = options.range ? options.range->count : scenario.members;
  const double lives = static_cast<double>(e.members * spec.arms.size());
  const double from_d = options.taken_up ? options.taken_up->at_d : 0.0;
  const double length_d = options.put_aside_at_d.value_or(spec.horizon_d()) - from_d;
  e.patient_years = lives * length_d / 365.25;
  e.steps = static_cast<std::uint64_t>(length_d / spec.base_step_d);
  SummarySpec sums = system.inquiry().shape(spec);
  sums.columns.resize(spec.columns.size());
  e.summary_bytes = Summary::bytes(sums);
  const std::size_t row =
      8 * spec.arms.size() * spec.reports_d.size() * (spec.columns.size() + spec.watched.size() + 2);
  constexpr std::size_t frames_in_flight = 12;  // of a pack: its frame, starts, steps and coefficients
  e.worker_bytes =
      e.summary_bytes + 2 * Lanes::width * row + frames_in_flight * sizeof(Lanes) * system.composition().size();
  if (options.log_events) e.event_bytes = static_cast<std::size_t>(e.patient_years) * EventLog::bytes_per_entry;
  if (options.put_aside_at_d) {
    const std::size_t life = 8 * (system.composition().states() + system.composition().outside().size() + 40);
    e.snapshot_bytes = static_cast<std::size_t>(lives) * (life + row / spec.arms.size());
  }
  constexpr std::uint64_t trial = 64;
  Clock clock;
  MemberRunner<Lanes, System> runner(spec, system, LanePath<Lanes>(system.composition()));
  runner.run(0, trial, [](const MemberRow&) {});
  const double threads = options.threads > 0 ? options.threads : std::thread::hardware_concurrency();
  e.seconds = clock.lap() * static_cast<double>(e.members) / trial / threads * length_d / spec.horizon_d();
  return e;
}

}  // namespace healthspan::scenarios
