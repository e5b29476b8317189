#include <healthspan/core/schedule.hpp>

#include <algorithm>
#include <cmath>
#include <set>

namespace healthspan {

Schedule::Schedule(const Composition& composition, const std::vector<Modifier>& modifiers, double horizon_d) {
  std::set<double> times;
  std::set<Slot> touched;
  for (const Modifier& m : modifiers) {
    const Slot slot = composition.slot(m.input);
    if (!composition.slots()[slot].module.empty())
      throw Error(ErrorCode::composition, "\"" + m.input + "\" is owned by " + composition.slots()[slot].module +
                                              " and cannot be changed from outside");
    if (slot == composition.time())
      throw Error(ErrorCode::composition, "\"time\" runs by itself and cannot be changed from outside");
    touched.insert(slot);
    if (m.end_d <= 0 || m.begin_d >= horizon_d || m.end_d <= m.begin_d) continue;
    times.insert(std::max(0.0, m.begin_d));
    if (m.end_d < horizon_d) times.insert(m.end_d);
  }
  switches_.assign(times.begin(), times.end());
  for (const double at : switches_) {
    std::vector<Change> changes;
    for (const Slot slot : touched) {
      Change change{slot, false, 0.0, 1.0, 0.0};
      for (const Modifier& m : modifiers) {
        if (composition.slot(m.input) != slot || at < m.begin_d || at >= m.end_d) continue;
        if (m.operation == Modifier::Operation::multiply) change.factor *= m.value;
        if (m.operation == Modifier::Operation::add) change.shift += m.value;
        if (m.operation == Modifier::Operation::replace) {
          if (change.replaces)
            throw Error(ErrorCode::composition, "two interventions set \"" + m.input +
                                                    "\" at the same time; let one end before the other starts");
          change.replaces = true;
          change.replacement = m.value;
        }
      }
      changes.push_back(change);
    }
    changes_.push_back(std::move(changes));
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
    const double most = std::min(base_step_d, std::max(first_step_d, now - grown_from));
    const double left = stop - now;
    // The last stretch before a stop is cut evenly, so that no sliver is left over.
    const double length = left <= most ? left : left < 2 * most ? 0.5 * left : most;
    const bool lands = left <= most;
    const bool reported = lands && stop == report;
    legs.push_back({now, length, switch_here, reported ? static_cast<int>(next_report) : -1});
    switch_here = -1;
    now = lands ? stop : now + length;
    if (reported) ++next_report;
  }
  return legs;
}

}  // namespace healthspan
