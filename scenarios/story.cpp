#include <healthspan/scenarios/interventions.hpp>
#include <healthspan/scenarios/policies.hpp>
#include <healthspan/scenarios/story.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace healthspan::scenarios {

namespace {

// What is said of a life at a moment: the quantities that the spiral turns on.
struct Told {
  const char* name;
  const char* words;
  const char* unit;
};
constexpr Told told[] = {{"activity", "activity", ""},
                         {"strength", "strength", ""},
                         {"gait_speed", "gait", " m/s"},
                         {"body_weight", "weight", " kg"}};

constexpr const char* class_names[] = {"robust", "prefrail", "frail"};

std::string state_in_words(const EnsembleSpec& spec, const Composition& composition, const LifeRow& life,
                           std::size_t report) {
  std::string words;
  for (std::size_t c = 0; c < spec.columns.size(); ++c)
    for (const Told& t : told)
      if (composition.slots()[spec.columns[c]].name == t.name)
        words += fmt::format("{}{} {:.2f}{}", words.empty() ? "" : ", ", t.words,
                             life.values[report * spec.columns.size() + c], t.unit);
  return words;
}

std::vector<StoryLine> interventions_in_words(const Scenario& scenario, std::size_t arm, double until_d) {
  std::vector<StoryLine> lines;
  for (const Planned& one : planned(scenario, arm)) {
    const Intervention& i = one.what;
    if (!one.by_the_calendar() || !has_effect(i)) continue;
    const bool stay = i.type == InterventionType::hospital_stay;
    const std::string what = name_of(i);
    for (int course = 0; course < (i.repeat ? i.repeat->times : 1); ++course) {
      const double begin = course > 0 ? i.start_d + course * i.repeat->every_d : i.start_d;
      if (begin > until_d) break;
      lines.push_back({begin, stay ? "to hospital" : what + " begins"});
      if (i.duration_d && begin + *i.duration_d <= until_d)
        lines.push_back({begin + *i.duration_d, stay ? "discharged" : what + " ends"});
    }
  }
  return lines;
}

std::vector<std::string> wrapped(const std::string& text, std::size_t width) {
  std::vector<std::string> lines(1);
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t end = text.find(' ', at);
    if (end == std::string::npos) end = text.size();
    const std::string word = text.substr(at, end - at);
    if (!lines.back().empty() && lines.back().size() + 1 + word.size() > width) lines.emplace_back();
    lines.back() += (lines.back().empty() ? "" : " ") + word;
    at = end + 1;
  }
  return lines;
}

bool is_of_reaction(EventKind kind) {
  return kind == EventKind::reaction || kind == EventKind::stopped || kind == EventKind::given_up;
}

}  // namespace

std::string name_of(const Plan& plan, const EventRecord& record) {
  return is_of_reaction(record.kind) ? plan.reactions()[record.event].name : plan.events()[record.event].name;
}

std::string cause_of(const System& system, const EventRecord& record) {
  const Plan& plan = system.arms()[record.arm];
  switch (record.kind) {
    case EventKind::scheduled: return "schedule";
    case EventKind::visit:
    case EventKind::missed:
      for (const Plan::BoundVisit& visit : plan.visits())
        if (visit.timed.event == record.event && visit.on != Plan::no_event) return plan.events()[visit.on].name;
      return "schedule";
    case EventKind::random:
    case EventKind::given_up: return "chance";
    case EventKind::reaction: {
      const std::size_t event = plan.reactions()[record.event].event;
      return event == Plan::no_event ? "schedule" : plan.events()[event].name;
    }
    case EventKind::stopped: {
      std::string causes;
      for (const std::size_t event : plan.reactions()[record.event].stopped_by)
        causes += (causes.empty() ? "" : " or ") + plan.events()[event].name;
      return causes;
    }
    case EventKind::found:
      for (const Plan::BoundVisit& visit : plan.visits())
        for (const Plan::BoundFinding& finding : visit.findings)
          if (finding.event == record.event) return plan.events()[visit.timed.event].name;
      break;
    case EventKind::triggered:
      for (const Plan::BoundTrigger& t : plan.triggers())
        if (t.event == record.event)
          return fmt::format("{} {} {:g}", system.composition().slots()[t.quantity].name, t.sign > 0 ? ">" : "<",
                             t.level);
      break;
  }
  return "";
}

std::vector<std::vector<StoryLine>> story_of(const System& system, const Scenario& scenario, std::uint64_t member) {
  EnsembleSpec spec = system.spec(scenario.numerics ? scenario.numerics->substeps_per_month : 2);
  const Composition& composition = system.composition();
  for (const char* name :
       {"activity", "strength", "gait_speed", "body_weight", "death_rate", "frailty_mortality_factor"})
    if (const auto slot = composition.find(name);
        slot && std::find(spec.columns.begin(), spec.columns.end(), *slot) == spec.columns.end())
      spec.columns.push_back(*slot);
  EventLog log;
  RunExtras extras;
  extras.log = &log;
  MemberRow row;
  MemberRunner<double, System> runner(spec, system, LanePath<double>(composition));
  runner.run(
      member, 1, [&](const MemberRow& home) { row = home; }, extras);
  if (row.failed())
    throw Error(ErrorCode::too_many_failed_lives,
                fmt::format("member {} cannot be followed: the solver reached nonsense", member));
  log.sort();

  std::vector<std::vector<StoryLine>> arms(spec.arms.size());
  const double horizon = spec.horizon_d();
  for (std::size_t a = 0; a < arms.size(); ++a) {
    const LifeRow& life = row.arms[a];
    std::vector<StoryLine>& lines = arms[a];
    const double end = std::min(horizon, life.end_d);
    std::size_t last = 0;
    while (last + 1 < spec.reports_d.size() && life.alive(spec.reports_d[last + 1])) ++last;
    const auto class_at = [&](std::size_t t) { return class_of(life.class_values[t], spec.class_cuts); };
    const std::string start = spec.class_slot ? std::string(class_names[class_at(0)]) + "; " : "";
    lines.push_back({0.0, "starts: " + start + state_in_words(spec, composition, life, 0)});
    for (StoryLine& line : interventions_in_words(scenario, a, end)) lines.push_back(std::move(line));
    for (std::size_t t = 1; spec.class_slot && t <= last; ++t)
      if (class_at(t) != class_at(t - 1))
        lines.push_back({spec.reports_d[t], fmt::format("{}{}; {}", class_names[class_at(t)],
                                                        class_at(t) < class_at(t - 1) ? " again" : "",
                                                        state_in_words(spec, composition, life, t))});
    for (std::size_t i = 0; i < log.size(); ++i) {
      const EventRecord e = log.at(i);
      if (e.arm != a) continue;
      const std::string name = name_of(system.arms()[a], e);
      const bool ends = e.kind == EventKind::random && e.time_d == life.end_d;
      if (ends) continue;  // told at the end
      if (e.kind == EventKind::visit) {
        const SlotInfo& slot = composition.slots()[e.quantity];
        lines.push_back({e.time_d, fmt::format("{} {}: {} measured as {:.3g}{}", name, e.occurrence, slot.name,
                                               e.value, slot.unit == "1" ? "" : " " + slot.unit)});
      } else if (e.kind == EventKind::reaction) {
        const std::string cause = cause_of(system, e);
        lines.push_back(
            {e.time_d, cause == "schedule" ? name + " begins" : fmt::format("{} begins, after \"{}\"", name, cause)});
        const double over_d = e.time_d + system.arms()[a].reactions()[e.event].length_d;
        bool ended_before = false;
        for (std::size_t k = i + 1; k < log.size() && !ended_before; ++k) {
          const EventRecord other = log.at(k);
          ended_before = other.arm == a && (other.kind == EventKind::stopped || other.kind == EventKind::given_up) &&
                         other.event == e.event && other.occurrence == e.occurrence;
        }
        if (over_d <= end && !ended_before) lines.push_back({over_d, name + " is over"});
      } else if (e.kind == EventKind::stopped) {
        lines.push_back({e.time_d, fmt::format("{} is stopped, after \"{}\"", name, cause_of(system, e))});
      } else if (e.kind == EventKind::given_up) {
        lines.push_back({e.time_d, name + " is given up"});
      } else if (e.kind == EventKind::missed) {
        lines.push_back({e.time_d, name + " is missed"});
      } else {
        lines.push_back(
            {e.time_d, fmt::format("{}{} ({})", name, e.occurrence > 1 ? fmt::format(" no. {}", e.occurrence) : "",
                                   cause_of(system, e))});
      }
    }
    std::string ending = !life.alive(horizon) ? ""
                         : spec.weigh_deaths  ? fmt::format("alive with probability {:.2f}", life.weights[last])
                                              : "alive";
    if (!life.alive(horizon)) {
      ending = "dies";
      const auto value_of = [&](const char* name) {
        const auto slot = composition.find(name);
        if (!slot) return std::numeric_limits<double>::quiet_NaN();
        const auto at = std::find(spec.columns.begin(), spec.columns.end(), *slot) - spec.columns.begin();
        return life.values[last * spec.columns.size() + static_cast<std::size_t>(at)];
      };
      if (const double rate = value_of("death_rate"); !std::isnan(rate))
        ending += fmt::format(" (hazard {:.2f} per year", rate) +
                  (std::isnan(value_of("frailty_mortality_factor"))
                       ? ")"
                       : fmt::format(", {:.1f} times that of the age)", value_of("frailty_mortality_factor")));
    }
    const std::string state = spec.class_slot ? std::string(class_names[class_at(last)]) + "; " : "";
    lines.push_back({end, ending + "; " + state + state_in_words(spec, composition, life, last)});
    std::stable_sort(lines.begin(), lines.end(),
                     [](const StoryLine& x, const StoryLine& y) { return x.time_d < y.time_d; });
  }
  return arms;
}

std::string side_by_side(const Scenario& scenario, const std::vector<std::vector<StoryLine>>& arms, int width) {
  // Lines of one hundredth of a year stand side by side; within one they keep their order.
  std::map<long, std::vector<std::vector<std::string>>> rows;
  for (std::size_t a = 0; a < arms.size(); ++a)
    for (const StoryLine& line : arms[a]) {
      auto& row = rows[std::lround(100.0 * line.time_d / 365.25)];
      row.resize(arms.size());
      row[a].push_back(line.text);
    }
  constexpr std::size_t dates = 16;
  const std::size_t column =
      std::max<std::size_t>(20, (static_cast<std::size_t>(std::max(width, 60)) - dates) / arms.size());
  const auto padded = [](std::string text, std::size_t to) {
    text.resize(std::max(text.size() + 1, to), ' ');
    return text;
  };
  const auto trimmed = [](std::string line) {
    line.erase(line.find_last_not_of(' ') + 1);
    return line + "\n";
  };
  std::string table = padded("Year    Age", dates);
  for (const Arm& arm : scenario.arms) table += padded(arm.name, column);
  table = trimmed(table);
  for (const auto& [hundredth, row] : rows) {
    std::vector<std::vector<std::string>> cells;
    std::size_t height = 0;
    for (const auto& texts : row) {
      cells.emplace_back();
      for (const std::string& text : texts)
        for (const std::string& line : wrapped(text, column - 2)) cells.back().push_back(line);
      height = std::max(height, cells.back().size());
    }
    const double years = static_cast<double>(hundredth) / 100.0;
    for (std::size_t k = 0; k < height; ++k) {
      std::string line =
          padded(k == 0 ? fmt::format("{:5.2f}   {:.1f}", years, scenario.patient.age_y + years) : "", dates);
      for (const auto& cell : cells) line += padded(k < cell.size() ? cell[k] : "", column);
      table += trimmed(line);
    }
  }
  return table;
}

}  // namespace healthspan::scenarios
