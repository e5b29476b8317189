#include <healthspan/models/hospital_stay.hpp>
#include <healthspan/scenarios/interventions.hpp>
#include <healthspan/scenarios/pictures.hpp>

#include <algorithm>
#include <cmath>

namespace healthspan::scenarios {

namespace {

constexpr std::uint64_t classified_members = 512;

// What is known beforehand of what acts in an arm, and of what begins at a time and nobody stops, as the median
// person takes it who does not give it up.
Schedule foreseen(const Plan& plan, const Composition& c, double horizon_d) {
  std::vector<Modifier> modifiers;
  const auto take = [&](const BoundModifier& m, double origin_d) {
    modifiers.push_back({c.slots()[m.slot].name, m.operation, m.value, origin_d + m.begin_d, origin_d + m.end_d});
  };
  for (const BoundModifier& m : plan.schedule().modifiers()) take(m, 0);
  for (const Plan::BoundReaction& r : plan.reactions())
    if (r.at_d && r.stopped_by.empty())
      for (const BoundModifier& m : r.modifiers) take(m, *r.at_d);
  return Schedule(c, modifiers, horizon_d);
}

}  // namespace

Portrait draw_portrait(const System& system, const std::vector<double>& start, int substeps) {
  const Composition& c = system.composition();
  const Slot activity = c.slot("activity"), strength = c.slot("strength");
  Portrait portrait;
  for (const Plan& plan : system.arms()) {
    const Schedule arm = foreseen(plan, c, system.reports_d().back());
    Portrait::Path path;
    const auto note = [&](std::size_t at, const std::vector<double>& frame) {
      path.time_y.push_back(system.reports_d()[at] / 365.25);
      path.activity.push_back(frame[activity]);
      path.strength.push_back(frame[strength]);
    };
    std::vector<double> life = start;
    note(0, life);
    LanePath<double> way(c);
    follow(c, arm, lay_legs(arm.switches(), system.reports_d(), month_d / substeps), way, life, note);
    portrait.arms.push_back(std::move(path));
  }
  return portrait;
}

std::optional<StayMap> draw_stay_map(const System& system, const Scenario& scenario, int substeps) {
  const Intervention* stay = nullptr;
  std::vector<const Intervention*> others;
  for (const auto* list : {&scenario.all_arms, &scenario.arms[0].interventions})
    for (const Intervention& i : *list) {
      if (i.type != InterventionType::hospital_stay)
        others.push_back(&i);
      else if (stay || i.repeat)
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
  // Activity at the end for the life that starts as `start` and stays `length` days.
  const auto after = [&](const std::vector<double>& start, double length) {
    std::vector<Modifier> modifiers;
    for (const Intervention* other : others) {
      Intervention moved = *other;  // what starts at discharge goes on doing so
      if (moved.start_d == discharge) moved.start_d = stay->start_d + length;
      for (const Modifier& m : modifiers_of(moved, scenario.horizon_d))
        if (c.find(m.input)) modifiers.push_back(m);
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
    follow(c, schedule, lay_legs(schedule.switches(), {end}, month_d / substeps), way, life,
           [&](std::size_t, const std::vector<double>& frame) { result = frame[activity]; });
    return result;
  };
  map.activity.resize(rows);
  map.critical_d.resize(rows);
  for_each_index(rows, [&](std::size_t k) {
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
  for_each_index(findings.members, [&](std::uint64_t m) {
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

}  // namespace healthspan::scenarios
