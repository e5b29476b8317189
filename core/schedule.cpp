#include <healthspan/core/schedule.hpp>

#include <algorithm>
#include <cmath>
#include <set>

namespace healthspan {

BoundModifier bound(const Composition& composition, const Modifier& m) {
  const Slot slot = composition.slot(m.input);
  if (!composition.slots()[slot].module.empty())
    throw Error(ErrorCode::composition, "\"" + m.input + "\" is owned by " + composition.slots()[slot].module +
                                            " and cannot be changed from outside");
  if (slot == composition.time())
    throw Error(ErrorCode::composition, "\"time\" runs by itself and cannot be changed from outside");
  return {slot, m.operation, m.value, m.begin_d, m.end_d};
}

Schedule::Schedule(const Composition& composition, const std::vector<Modifier>& modifiers, double horizon_d) {
  std::set<double> times;
  std::set<Slot> touched;
  for (const Modifier& modifier : modifiers) {
    const BoundModifier m = bound(composition, modifier);
    touched.insert(m.slot);
    if (m.end_d <= 0 || m.begin_d >= horizon_d || m.end_d <= m.begin_d) continue;
    modifiers_.push_back(m);
    times.insert(std::max(0.0, m.begin_d));
    if (m.end_d < horizon_d) times.insert(m.end_d);
  }
  switches_.assign(times.begin(), times.end());
  for (const double at : switches_) {
    changes_.emplace_back();
    for (const Slot slot : touched) {
      Effect effect;
      for (const BoundModifier& m : modifiers_) {
        if (m.slot != slot || !m.in_force(at)) continue;
        if (effect.replaces && m.operation == Modifier::Operation::replace)
          throw Error(ErrorCode::composition, "two interventions set \"" + composition.slots()[slot].name +
                                                  "\" at the same time; let one end before the other starts");
        effect.take(m);
      }
      changes_.back().emplace_back(slot, effect);
    }
  }
}

std::vector<Leg> lay_legs(const std::vector<double>& switches, const std::vector<double>& reports, double base_step_d,
                          double first_step_d) {
  std::vector<Leg> legs;
  std::size_t next_switch = 0, next_report = 0;
  double now = 0;
  double grown_from = -base_step_d;  // a calm start needs no small steps
  int switch_here = -1;
  while (next_report < reports.size() && reports[next_report] <= 0) ++next_report;
  while (next_report < reports.size()) {
    if (next_switch < switches.size() && switches[next_switch] <= now) {
      switch_here = static_cast<int>(next_switch++);
      grown_from = now;
    }
    const double report = reports[next_report];
    const double stop = next_switch < switches.size() ? std::min(report, switches[next_switch]) : report;
    const double length = step_towards(stop, now, grown_from, base_step_d, first_step_d);
    const bool lands = length == stop - now;
    const bool reported = lands && stop == report;
    legs.push_back({now, length, switch_here, reported ? static_cast<int>(next_report) : -1});
    switch_here = -1;
    now = lands ? stop : now + length;
    if (reported) ++next_report;
  }
  return legs;
}

}  // namespace healthspan
