#include <healthspan/core/events.hpp>

#include <algorithm>
#include <cmath>
#include <set>

namespace healthspan {

namespace {

constexpr double never = std::numeric_limits<double>::infinity();
constexpr std::string_view time_since = "time_since_";

double sign_of(Direction direction) { return direction == Direction::rising ? 1.0 : -1.0; }

// Events that repeat without end in no time would stop time.
void check_interval(const std::string& name, double every_d) {
  if (every_d != 0 && !(every_d >= 1))
    throw Error(ErrorCode::out_of_range, "\"" + name + "\" repeats every " + std::to_string(every_d) +
                                             " d, expected at least 1 d, or 0 for once");
}

}  // namespace

std::string_view to_string(EventKind kind) {
  switch (kind) {
    case EventKind::scheduled: return "scheduled";
    case EventKind::visit: return "visit";
    case EventKind::found: return "found";
    case EventKind::triggered: return "triggered";
    case EventKind::random: return "random";
    case EventKind::reaction: return "reaction";
    case EventKind::stopped: return "stopped";
    case EventKind::given_up: return "given up";
    case EventKind::missed: return "missed";
  }
  return "";
}

double Plan::Timed::time(std::uint32_t done) const {
  if (every_d == 0) return done == 0 ? at_d : never;
  return at_d + done * every_d;
}

std::size_t Plan::event(const Composition& composition, const std::string& name) {
  for (std::size_t e = 0; e < events_.size(); ++e)
    if (events_[e].name == name) return e;
  const auto driven = [&](const std::string& input) {
    auto slot = composition.find(input);
    if (slot && !composition.slots()[*slot].module.empty()) slot.reset();
    return slot;
  };
  events_.push_back({name, driven(name + "_now"), driven(name + "_count"), driven(std::string(time_since) + name)});
  return events_.size() - 1;
}

std::size_t Plan::raised(const Composition& composition, const std::string& name) {
  const std::size_t e = event(composition, name);
  const std::vector<Slot>& hazards = composition.hazards();
  if (e < hazards.size() && composition.slots()[hazards[e]].recurrence == Recurrence::ends_life)
    throw Error(ErrorCode::composition,
                "\"" + name + "\" ends life and comes by its hazard alone; nothing else can raise it");
  return e;
}

std::size_t Plan::followed(const Composition& composition, const std::string& name) const {
  std::size_t e = 0;
  while (e < events_.size() && events_[e].name != name) ++e;
  if (e == events_.size()) {
    std::vector<std::string> names;
    for (const Event& event : events_) names.push_back(event.name);
    throw Error(ErrorCode::unknown_name, "there is no event \"" + name + "\"" + name_hint(name, names));
  }
  const std::vector<Slot>& hazards = composition.hazards();
  if (e < hazards.size() && composition.slots()[hazards[e]].recurrence == Recurrence::ends_life)
    throw Error(ErrorCode::composition, "nothing can follow \"" + name + "\", which ends life");
  return e;
}

Plan::Plan(const Composition& composition, const PlanSpec& spec, double horizon_d)
    : schedule_(composition, spec.modifiers, horizon_d) {
  for (const Slot hazard : composition.hazards()) event(composition, composition.slots()[hazard].name);
  for (const ScheduledEvent& s : spec.scheduled) {
    check_interval(s.name, s.every_d);
    scheduled_.push_back({raised(composition, s.name), s.at_d, s.every_d});
  }
  for (const Visit& v : spec.visits) {
    check_interval(v.name, v.every_d);
    if (!(v.missed >= 0 && v.missed <= 1))
      throw Error(ErrorCode::out_of_range, "the share of \"" + v.name + "\" that is missed is " +
                                               std::to_string(v.missed) + ", expected 0 to 1");
    const Timed timed{raised(composition, v.name), v.on.empty() ? v.first_d : never, v.on.empty() ? v.every_d : 0.0};
    BoundVisit visit{timed, {}, {}, v.missed, no_event, v.delay_d};
    for (const Measurement& m : v.measurements)
      visit.measurements.push_back(
          {composition.slot(m.quantity), m.sd, m.relative, "measurement:" + v.name + ":" + m.quantity});
    const auto measured = [&](const Finding& f, const std::string& quantity) {
      std::size_t which = 0;
      while (which < v.measurements.size() && v.measurements[which].quantity != quantity) ++which;
      if (which == v.measurements.size())
        throw Error(ErrorCode::unknown_name, "the visit \"" + v.name + "\" finds \"" + f.name + "\" by \"" +
                                                 quantity + "\", which it does not measure");
      return which;
    };
    for (const Finding& f : v.findings) {
      BoundFinding finding{raised(composition, f.name), {}, f.delay_d, std::max(f.in_a_row, 1u), findings_++};
      for (const std::vector<Limit>& alternative : f.alternatives) {
        finding.alternatives.emplace_back();
        for (const Limit& l : alternative)
          finding.alternatives.back().push_back({measured(f, l.quantity), sign_of(l.direction), l.level, l.strict});
      }
      visit.findings.push_back(std::move(finding));
    }
    visits_.push_back(std::move(visit));
  }
  for (const Trigger& t : spec.triggers) {
    if (!(t.hysteresis >= 0))  // armed again where it strikes, it would strike without end
      throw Error(ErrorCode::out_of_range, "the hysteresis of \"" + t.name + "\" is " + std::to_string(t.hysteresis) +
                                               ", expected at least 0");
    triggers_.push_back({raised(composition, t.name), composition.slot(t.quantity), sign_of(t.direction), t.level,
                         t.hysteresis, t.at_start});
  }
  for (std::size_t v = 0; v < visits_.size(); ++v)
    if (const std::string& on = spec.visits[v].on; !on.empty()) visits_[v].on = followed(composition, on);
  std::set<Slot> touched;
  for (const BoundModifier& m : schedule_.modifiers()) touched.insert(m.slot);
  for (const Reaction& r : spec.reactions) {
    BoundReaction reaction{no_event, r.name, r.delay_d, 0, 0, {}, r.most_times, r.at_d, {}, r.adherence};
    if (!r.at_d) reaction.event = followed(composition, r.event);
    for (const std::string& event : r.stopped_by) reaction.stopped_by.push_back(followed(composition, event));
    if (const auto& a = r.adherence; a && !(a->level > 0 && a->level <= 1 && a->logit_sd >= 0 &&
                                            (a->logit_sd == 0 || a->level < 1) && a->drop_out_per_d >= 0))
      throw Error(ErrorCode::out_of_range, "the adherence to \"" + r.name +
                                               "\" is expected above 0 and at most 1, and below 1 where it differs "
                                               "between persons");
    for (const Modifier& m : r.modifiers) {
      reaction.modifiers.push_back(bound(composition, m));
      reaction.modifiers.back().begin_d = std::max(0.0, m.begin_d);  // an edge before the beginning would be missed
      reaction.reach_d = std::max(reaction.reach_d, m.end_d);
      touched.insert(reaction.modifiers.back().slot);
    }
    reaction.length_d = r.length_d.value_or(reaction.reach_d);
    reactions_.push_back(std::move(reaction));
  }
  touched_.assign(touched.begin(), touched.end());
  // The time since an event runs in every arm alike, also where nothing raises it.
  for (const SlotInfo& info : composition.slots())
    if (info.module.empty() && info.name.starts_with(time_since))
      event(composition, info.name.substr(time_since.size()));
  for (const Event& e : events_)
    for (const auto& slot : {e.now, e.count, e.since})
      if (slot && touched.count(*slot))
        throw Error(ErrorCode::composition, "\"" + composition.slots()[*slot].name + "\" tells of the event \"" +
                                                e.name + "\" and cannot be changed from outside");
}

Plan::Names Plan::names() const {
  Names names;
  const auto add = [](std::vector<std::string>& list, const std::string& name) {
    std::string unique = name;
    for (int k = 2; std::find(list.begin(), list.end(), unique) != list.end(); ++k)
      unique = name + "#" + std::to_string(k);
    list.push_back(unique);
  };
  for (const Event& e : events_) add(names.events, e.name);
  for (const Timed& t : scheduled_) add(names.scheduled, events_[t.event].name);
  for (const BoundVisit& v : visits_) add(names.visits, events_[v.timed.event].name);
  for (const BoundTrigger& t : triggers_) add(names.triggers, events_[t.event].name);
  for (const BoundReaction& r : reactions_) add(names.reactions, r.name);
  for (const BoundVisit& v : visits_)
    for (const BoundFinding& f : v.findings) add(names.findings, events_[f.event].name);
  return names;
}

}  // namespace healthspan
