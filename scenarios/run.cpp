#include <healthspan/models/hospital_stay.hpp>
#include <healthspan/scenarios/interventions.hpp>
#include <healthspan/scenarios/run.hpp>

#include <fmt/format.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace healthspan::scenarios {

namespace {

using Lanes = Pack<16>;  // a frame of 16 lanes still fits the first-level cache; the bits are those of any width
constexpr std::uint64_t pilot_members = 256;
constexpr std::uint64_t classified_members = 512;

class Clock {
 public:
  double lap() {
    const auto now = std::chrono::steady_clock::now();
    return std::chrono::duration<double>(now - std::exchange(start_, now)).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

void obey(const std::stop_token& stop) {
  if (stop.stop_requested()) throw Error(ErrorCode::interrupted, "the run was interrupted");
}

struct PilotRun {
  Pilot pilot;
  std::vector<ColumnRange> ranges;
};

// Members 0..255 at a step and at its half. The step is halved while the 99th percentile of the error exceeds 1 % of
// an output's range.
PilotRun run_pilot(const System& system, const std::stop_token& stop) {
  const std::size_t columns = system.outputs().size();
  const auto errors_at = [&](int substeps, std::vector<std::vector<double>>& errors, std::vector<double>& low,
                             std::vector<double>& high) {
    const EnsembleSpec coarse = system.spec(substeps), fine = system.spec(2 * substeps);
    errors.assign(columns, std::vector<double>(pilot_members, 0.0));
    const std::size_t packs = pilot_members / Lanes::width;
    std::vector<std::vector<double>> lows(packs, std::vector<double>(columns, HUGE_VAL));
    std::vector<std::vector<double>> highs(packs, std::vector<double>(columns, -HUGE_VAL));
    tbb::parallel_for(std::size_t{0}, packs, [&](std::size_t p) {
      if (stop.stop_requested()) return;
      PackRunner<Lanes, System> one(coarse, system, LanePath<Lanes>(system.composition()));
      PackRunner<Lanes, System> two(fine, system, LanePath<Lanes>(system.composition()));
      const PackResult<Lanes>& a = one.run(p * Lanes::width);
      const PackResult<Lanes>& b = two.run(p * Lanes::width);
      for (int i = 0; i < Lanes::width; ++i) {
        if (a.failed[static_cast<std::size_t>(i)] || b.failed[static_cast<std::size_t>(i)]) continue;
        for (std::size_t arm = 0; arm < coarse.arms.size(); ++arm)
          for (std::size_t t = 0; t < coarse.reports_d.size(); ++t) {
            if (!a.alive(arm, i, coarse.reports_d[t]) || !b.alive(arm, i, coarse.reports_d[t])) break;
            for (std::size_t c = 0; c < columns; ++c) {
              const double x = a.arms[arm].values[t * columns + c][i], y = b.arms[arm].values[t * columns + c][i];
              double& error = errors[c][p * Lanes::width + static_cast<std::size_t>(i)];
              error = std::max(error, std::fabs(x - y));
              lows[p][c] = std::min(lows[p][c], x);
              highs[p][c] = std::max(highs[p][c], x);
            }
          }
      }
    });
    obey(stop);
    low.assign(columns, HUGE_VAL);
    high.assign(columns, -HUGE_VAL);
    for (std::size_t p = 0; p < packs; ++p)
      for (std::size_t c = 0; c < columns; ++c) {
        low[c] = std::min(low[c], lows[p][c]);
        high[c] = std::max(high[c], highs[p][c]);
      }
  };

  PilotRun result;
  result.pilot.members = pilot_members;
  std::vector<std::vector<double>> errors;
  std::vector<double> low, high;
  for (int substeps = 2;; substeps *= 2) {
    errors_at(substeps, errors, low, high);
    result.pilot.substeps_per_month = substeps;
    result.pilot.errors.clear();
    bool good = true;
    std::vector<bool> sensitive(pilot_members, false);
    for (std::size_t c = 0; c < columns; ++c) {
      if (!(low[c] <= high[c]))
        throw Error(ErrorCode::no_equilibrium,
                    "no member of the pilot can be followed; see the patient's values, the "
                    "parameters, and what is done from the start on");
      const double range = std::max(high[c] - low[c], 1e-9 * std::fabs(high[c]));
      for (std::size_t m = 0; m < pilot_members; ++m)
        if (errors[c][m] > 0.05 * range) sensitive[m] = true;
      std::sort(errors[c].begin(), errors[c].end());
      const StepError error{system.outputs()[c], errors[c][pilot_members / 2], errors[c][pilot_members * 99 / 100]};
      good = good && error.p99 <= 0.01 * range;
      result.pilot.errors.push_back(error);
    }
    result.pilot.sensitive = static_cast<std::uint64_t>(std::count(sensitive.begin(), sensitive.end(), true));
    if (good || substeps == 8) break;
  }
  for (std::size_t c = 0; c < columns; ++c) result.ranges.push_back(ColumnRange::around(low[c], high[c]));
  return result;
}

Portrait draw_portrait(const System& system, const std::vector<double>& start, int substeps) {
  const Composition& c = system.composition();
  const Slot activity = c.slot("activity"), strength = c.slot("strength");
  const std::vector<double> never(c.hazards().size(), HUGE_VAL);
  Portrait portrait;
  for (const Schedule& arm : system.arms()) {
    Portrait::Path path;
    const auto note = [&](std::size_t at, const std::vector<double>& frame) {
      path.time_y.push_back(system.reports_d()[at] / 365.25);
      path.activity.push_back(frame[activity]);
      path.strength.push_back(frame[strength]);
    };
    std::vector<double> life = start;
    note(0, life);
    LanePath<double> way(c);
    follow(c, arm, lay_legs(arm.switches(), system.reports_d(), month_d / substeps), way, life, never, note,
           [](std::size_t, int, double) { return false; });
    portrait.arms.push_back(std::move(path));
  }
  return portrait;
}

// The stay of the reference arm, its length and the deficits varied, at median parameters.
std::optional<StayMap> draw_stay_map(const System& system, const Scenario& scenario, int substeps) {
  const Intervention* stay = nullptr;
  std::vector<const Intervention*> others;
  for (const auto* list : {&scenario.all_arms, &scenario.arms[0].interventions})
    for (const Intervention& i : *list) {
      if (i.type != InterventionType::hospital_stay)
        others.push_back(&i);
      else if (stay)
        return std::nullopt;  // with two stays there is no one length to vary
      else
        stay = &i;
    }
  StayMap map;
  if (!stay || stay->start_d + map.months * month_d > scenario.horizon_d) return std::nullopt;
  const double discharge = stay->start_d + *stay->duration_d;
  map.patient_deficit = scenario.patient.deficit_burden;
  map.patient_length_d = *stay->duration_d;
  for (int length = 0; length <= 28; ++length) map.lengths_d.push_back(length);
  constexpr std::size_t rows = 32;
  constexpr double rows_per_unit = 200.0;  // steps of 0.005
  const double low = std::max(8.0, std::round(map.patient_deficit * rows_per_unit) - 10);
  for (std::size_t k = 0; k < rows; ++k) map.deficits.push_back((low + static_cast<double>(k)) / rows_per_unit);

  const Composition& c = system.composition();
  const Slot burden = c.slot("deficit_burden_at_start"), activity = c.slot("activity");
  const double end = stay->start_d + map.months * month_d;
  const std::vector<double> never(c.hazards().size(), HUGE_VAL);
  // Activity at the end for the life that starts as `start` and stays `length` days.
  const auto after = [&](const std::vector<double>& start, double length) {
    std::vector<Modifier> modifiers;
    for (const Intervention* other : others) {
      Intervention moved = *other;  // what starts at discharge goes on doing so
      if (moved.start_d == discharge) moved.start_d = stay->start_d + length;
      for (const Modifier& m : modifiers_of(moved, scenario.horizon_d)) modifiers.push_back(m);
    }
    if (length > 0) {
      models::HospitalStay varied{stay->start_d, length};
      varied.mobilised = stay->mobilised;
      for (const Modifier& m : varied.modifiers()) modifiers.push_back(m);
    }
    const Schedule schedule(c, modifiers, end);
    std::vector<double> life = start;
    LanePath<double> way(c);
    double result = NAN;
    follow(
        c, schedule, lay_legs(schedule.switches(), {end}, month_d / substeps), way, life, never,
        [&](std::size_t, const std::vector<double>& frame) { result = frame[activity]; },
        [](std::size_t, int, double) { return false; });
    return result;
  };
  map.activity.resize(rows);
  map.critical_d.resize(rows);
  tbb::parallel_for(std::size_t{0}, rows, [&](std::size_t k) {
    std::vector<double> start = system.medians();
    start[burden] = map.deficits[k];
    models::personalise(c, start, system.branch());
    std::vector<double>& row = map.activity[k];
    for (const double length : map.lengths_d) row.push_back(after(start, length));
    for (std::size_t l = 1; l < row.size() && !map.critical_d[k]; ++l) {
      if (!(row[l - 1] >= map.threshold && row[l] < map.threshold)) continue;
      double shorter = map.lengths_d[l - 1], longer = map.lengths_d[l];
      while (longer - shorter > 0.02) {
        const double middle = 0.5 * (shorter + longer);
        (after(start, middle) >= map.threshold ? shorter : longer) = middle;
      }
      map.critical_d[k] = 0.5 * (shorter + longer);
    }
  });
  return map;
}

SpiralFindings classify(const System& system, const std::vector<double>& median, std::uint64_t members) {
  SpiralFindings findings;
  findings.median = models::analyse_spiral(system.composition(), median);
  findings.recovery_d = models::recovery_time_d(system.composition(), median);
  // Who needs over a year to recover from the standard stay is as good as at the fold.
  if (findings.median.kind == models::SpiralClass::monostable &&
      !(findings.recovery_d && *findings.recovery_d <= 365.25))
    findings.median.kind = models::SpiralClass::near_fold;
  findings.members = std::min(members, classified_members);
  std::vector<models::SpiralClass> classes(findings.members);
  tbb::parallel_for(std::uint64_t{0}, findings.members, [&](std::uint64_t m) {
    std::vector<double> frame;
    system(m, frame);
    classes[m] = models::analyse_spiral(system.composition(), frame).kind;
  });
  const auto share = [&](models::SpiralClass kind) {
    return static_cast<double>(std::count(classes.begin(), classes.end(), kind)) /
           static_cast<double>(findings.members);
  };
  findings.monostable = share(models::SpiralClass::monostable);
  findings.near_fold = share(models::SpiralClass::near_fold);
  findings.bistable = share(models::SpiralClass::bistable);
  return findings;
}

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
