#include <healthspan/scenarios/interventions.hpp>
#include <healthspan/scenarios/lifelines.hpp>
#include <healthspan/scenarios/story.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace healthspan::scenarios {

namespace {

std::vector<Lifeline::State> states_of(const EnsembleSpec& spec, const LifeRow& life) {
  std::vector<Lifeline::State> states;
  if (!spec.class_slot) return states;
  for (std::size_t t = 0; t < spec.reports_d.size() && life.alive(spec.reports_d[t]); ++t)
    if (const std::size_t of = class_of(life.class_values[t], spec.class_cuts);
        states.empty() || states.back().of != of)
      states.push_back({spec.reports_d[t], of});
  return states;
}

// What starts at a date that is known beforehand; what an event starts is in the log.
std::vector<Lifeline::Done> planned(const Scenario& scenario, std::size_t arm, double end_d) {
  std::vector<Lifeline::Done> done;
  for (const auto* list : {&scenario.all_arms, &scenario.arms[arm].interventions})
    for (const Intervention& i : *list)
      if (!i.on && has_effect(i) && i.start_d < end_d)
        done.push_back({i.start_d, i.duration_d ? std::min(end_d, i.start_d + *i.duration_d) : end_d,
                        std::string(type_in_words(i.type))});
  return done;
}

}  // namespace

std::vector<MemberLifelines> lifelines_of(const System& system, const Scenario& resolved, std::uint64_t first,
                                          std::uint64_t count) {
  const EnsembleSpec spec = system.spec(resolved.numerics ? resolved.numerics->substeps_per_month : 2);
  const Composition& composition = system.composition();
  std::vector<MemberRow> rows;
  EventLog log;
  RunExtras extras;
  extras.log = &log;
  MemberRunner<double, System> runner(spec, system, LanePath<double>(composition));
  runner.run(
      first, count, [&](const MemberRow& row) { rows.push_back(row); }, extras);
  log.sort();
  std::erase_if(rows, [](const MemberRow& row) { return row.failed(); });
  std::sort(rows.begin(), rows.end(), [](const MemberRow& a, const MemberRow& b) { return a.member < b.member; });

  std::vector<MemberLifelines> members;
  for (const MemberRow& row : rows) {
    MemberLifelines& of = members.emplace_back(MemberLifelines{row.member, {}});
    for (std::size_t a = 0; a < row.arms.size(); ++a) {
      const LifeRow& life = row.arms[a];
      Lifeline& line = of.arms.emplace_back();
      line.end_d = std::min(spec.horizon_d(), life.end_d);
      line.dies = !life.alive(spec.horizon_d());
      line.states = states_of(spec, life);
      line.done = planned(resolved, a, line.end_d);
      for (std::size_t i = 0; i < log.size(); ++i) {
        const EventRecord e = log.at(i);
        if (e.member != row.member || e.arm != a) continue;
        if (e.kind == EventKind::random && e.time_d == life.end_d) continue;  // the death
        const Plan& plan = system.arms()[a];
        const std::string name = name_of(plan, e);
        if (e.kind == EventKind::reaction) {
          const double until_d = std::min(line.end_d, e.time_d + plan.reactions()[e.event].length_d);
          line.done.push_back({e.time_d, until_d, name});
          continue;
        }
        if (e.kind == EventKind::stopped || e.kind == EventKind::given_up)
          for (Lifeline::Done& done : line.done)
            if (done.what == name && done.from_d <= e.time_d) done.until_d = std::min(done.until_d, e.time_d);
        const bool of_itself = has_struck(e.kind) || e.kind == EventKind::visit;
        const std::string told = of_itself ? name : fmt::format("{}: {}", name, to_string(e.kind));
        Lifeline::Happening happening{e.time_d, e.kind, told, cause_of(system, e), "", "", std::nullopt};
        if (e.kind == EventKind::visit) {
          const SlotInfo& slot = composition.slots()[e.quantity];
          happening.quantity = slot.name;
          happening.unit = slot.unit;
          happening.value = e.value;
        }
        line.happenings.push_back(std::move(happening));
      }
    }
  }
  return members;
}

}  // namespace healthspan::scenarios
