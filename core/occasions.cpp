#include <healthspan/core/occasions.hpp>

#include <algorithm>
#include <bit>
#include <cmath>

namespace healthspan {

namespace {

constexpr double never = std::numeric_limits<double>::infinity();

// Events that bring each other about without end at one instant would stop time.
constexpr int most_at_once = 1000;

// Nor may one event come about ever faster, or so often that a life never gets on: this many times a day on average.
constexpr double most_a_day = 100;

}  // namespace

Occasions::Occasions(const Course& course) : course_(course) {
  for (std::size_t a = 0; a < course.arms.size(); ++a) {
    const std::uint64_t seed = course.event_seeds.empty() ? course.seed : course.event_seeds[a];
    thresholds_.emplace_back();
    for (const Slot slot : course.composition->hazards())
      thresholds_.back().emplace_back(seed, course.composition->slots()[slot].name);
    const std::vector<Slot>& touched = course.arms[a].touched();
    untouched_.emplace_back();
    for (const Slot slot : course.composition->outside()) {
      bool ours = std::find(touched.begin(), touched.end(), slot) == touched.end();
      for (const Plan::Event& e : course.arms[a].events())
        for (const auto& driven : {e.now, e.count, e.since}) ours = ours && driven != slot;
      if (ours) untouched_.back().push_back(slot);
    }
    errors_.emplace_back();
    for (const Plan::BoundVisit& visit : course.arms[a].visits()) {
      errors_.back().emplace_back();
      for (const Plan::BoundMeasurement& m : visit.measurements) errors_.back().back().emplace_back(seed, m.purpose);
    }
    attendance_.emplace_back();
    for (const std::string& visit : course.arms[a].names().visits)
      attendance_.back().emplace_back(seed, "attendance:" + visit);
    adherence_.emplace_back();
    for (const Plan::BoundReaction& r : course.arms[a].reactions())
      adherence_.back().emplace_back(seed, r.adherence ? "adherence:" + r.adherence->purpose : "");
  }
}

void Occasions::begin(Life& life, const std::vector<double>& frame) const {
  const Plan& plan = course_.arms[life.arm];
  const Composition& composition = *course_.composition;
  life.calm_since_d = -course_.base_step_d;  // a calm start needs no small steps
  life.occurrences.assign(plan.events().size(), 0);
  life.last_d.assign(plan.events().size(), 0.0);
  life.armed.clear();
  for (const Plan::BoundTrigger& t : plan.triggers())
    life.armed.push_back(t.at_start || t.excess(frame[t.quantity]) < 0);
  life.scheduled_done.assign(plan.scheduled().size(), 0);
  life.visits_done.assign(plan.visits().size(), 0);
  life.found_in_a_row.assign(plan.findings(), 0);
  life.reactions_begun.assign(plan.reactions().size(), 0);
  for (std::size_t r = 0; r < plan.reactions().size(); ++r)
    if (const auto& at_d = plan.reactions()[r].at_d)
      life.pending.push_back({Pending::What::reaction, static_cast<std::uint32_t>(r), *at_d});
  life.thresholds.assign(composition.hazards().size(), 0.0);
  draw_anew(life, frame);
}

void Occasions::draw_anew(Life& life, const std::vector<double>& frame) const {
  const Composition& composition = *course_.composition;
  for (std::size_t k = 0; k < life.thresholds.size(); ++k) {
    const Slot slot = composition.hazards()[k];
    const Recurrence recurrence = composition.slots()[slot].recurrence;
    const bool over = (recurrence == Recurrence::ends_life && course_.weigh_deaths) ||
                      (recurrence == Recurrence::once && life.occurrences[k] > 0);
    life.thresholds[k] =
        over ? never : frame[slot] + thresholds_[life.arm][k].exponential(life.member, life.occurrences[k]);
  }
}

void Occasions::adopt(Life& life, const Plan::Names& before, const std::vector<double>& base,
                      const std::vector<double>& frame) const {
  const Plan& plan = course_.arms[life.arm];
  const Plan::Names names = plan.names();
  // New values where `remembered` knows the name, else what `fresh(index)` says.
  const auto map = [](auto& values, const std::vector<std::string>& from, const std::vector<std::string>& to,
                      const auto& fresh) {
    std::decay_t<decltype(values)> mapped;
    for (std::size_t i = 0; i < to.size(); ++i) {
      const auto at = std::find(from.begin(), from.end(), to[i]);
      mapped.push_back(at == from.end() ? fresh(i) : values[static_cast<std::size_t>(at - from.begin())]);
    }
    values = std::move(mapped);
  };
  const auto place = [](const std::vector<std::string>& from, const std::vector<std::string>& to, std::size_t index) {
    return static_cast<std::size_t>(std::find(to.begin(), to.end(), from[index]) - to.begin());
  };
  const auto already = [&](const Plan::Timed& timed) {
    std::uint32_t done = 0;
    while (timed.time(done) < life.now_d) ++done;
    return done;
  };
  map(life.occurrences, before.events, names.events, [](std::size_t) { return std::uint32_t{0}; });
  map(life.last_d, before.events, names.events, [](std::size_t) { return 0.0; });
  map(life.scheduled_done, before.scheduled, names.scheduled,
      [&](std::size_t i) { return already(plan.scheduled()[i]); });
  map(life.visits_done, before.visits, names.visits, [&](std::size_t i) { return already(plan.visits()[i].timed); });
  map(life.found_in_a_row, before.findings, names.findings, [](std::size_t) { return std::uint32_t{0}; });
  map(life.armed, before.triggers, names.triggers, [&](std::size_t j) {
    const Plan::BoundTrigger& t = plan.triggers()[j];
    return static_cast<std::uint8_t>(t.at_start || t.excess(frame[t.quantity]) < 0);
  });
  map(life.reactions_begun, before.reactions, names.reactions, [](std::size_t) { return std::uint32_t{0}; });
  std::vector<Started> started;
  for (const Started& s : life.started)
    if (const std::size_t at = place(before.reactions, names.reactions, s.reaction); at < names.reactions.size())
      started.push_back({static_cast<std::uint32_t>(at), s.begin_d, s.given_up_d, s.share});
  life.started = std::move(started);
  std::vector<Pending> pending;
  for (const Pending& p : life.pending) {
    const auto of = [&](const Plan::Names& all) -> const std::vector<std::string>& {
      return p.what == Pending::What::reaction ? all.reactions
             : p.what == Pending::What::event  ? all.events
                                               : all.visits;
    };
    const auto &from = of(before), &to = of(names);
    if (const std::size_t at = place(from, to, p.index); at < to.size())
      pending.push_back({p.what, static_cast<std::uint32_t>(at), p.at_d});
  }
  life.pending = std::move(pending);
  for (std::size_t r = 0; r < plan.reactions().size(); ++r) {  // as new ones that are on by now in the schedule
    const Plan::BoundReaction& reaction = plan.reactions()[r];
    const bool fresh =
        std::find(before.reactions.begin(), before.reactions.end(), names.reactions[r]) == before.reactions.end();
    if (fresh && reaction.at_d && life.now_d < *reaction.at_d + reaction.reach_d)
      life.pending.push_back(
          {Pending::What::reaction, static_cast<std::uint32_t>(r), std::max(*reaction.at_d, life.now_d)});
  }

  // Inputs as this plan would have left them: if the life comes with others, they change now.
  std::vector<double> expected = frame;
  set_inputs(life, std::nextafter(life.now_d, -never), base, expected);
  // Bits, because an input that nobody needed and nobody gave is not a number.
  for (const Slot slot : course_.composition->outside())
    life.inputs_stale = life.inputs_stale ||
                        std::bit_cast<std::uint64_t>(expected[slot]) != std::bit_cast<std::uint64_t>(frame[slot]);
}

double Occasions::next_change_d(const Life& life) const {
  if (life.inputs_stale) return life.now_d;
  const Plan& plan = course_.arms[life.arm];
  const std::vector<double>& switches = plan.schedule().switches();
  const auto at = std::upper_bound(switches.begin(), switches.end(), life.inputs_until_d);
  double next = at == switches.end() ? never : *at;
  for (const Started& s : life.started) {
    if (s.given_up_d > life.inputs_until_d) next = std::min(next, s.given_up_d);
    for (const BoundModifier& m : plan.reactions()[s.reaction].modifiers)
      for (const double edge : {s.begin_d + m.begin_d, s.begin_d + m.end_d})  // as in_force() has them
        if (edge > life.inputs_until_d && edge < s.given_up_d) next = std::min(next, edge);
  }
  return next;
}

double Occasions::next_known_d(const Life& life) const {
  const Plan& plan = course_.arms[life.arm];
  double next = next_change_d(life);
  for (std::size_t i = 0; i < plan.scheduled().size(); ++i)
    next = std::min(next, plan.scheduled()[i].time(life.scheduled_done[i]));
  for (std::size_t i = 0; i < plan.visits().size(); ++i)
    next = std::min(next, plan.visits()[i].timed.time(life.visits_done[i]));
  for (const Pending& p : life.pending) next = std::min(next, p.at_d);
  return next;
}

double Occasions::next_stop_d(const Life& life) const {
  return std::min(next_known_d(life), course_.reports_d[life.next_report]);
}

void Occasions::set_inputs(const Life& life, double at_d, const std::vector<double>& base,
                           std::vector<double>& frame) const {
  const Plan& plan = course_.arms[life.arm];
  for (const Slot slot : untouched_[life.arm]) frame[slot] = base[slot];
  for (const Slot slot : plan.touched()) {
    Effect effect;
    for (const BoundModifier& m : plan.schedule().modifiers())
      if (m.slot == slot && m.in_force(at_d)) effect.take(m);
    for (const Started& s : life.started)  // of two that replace, the one that has begun last holds
      for (const BoundModifier& m : plan.reactions()[s.reaction].modifiers)
        if (m.slot == slot && m.in_force(at_d, s.begin_d) && at_d < s.given_up_d) effect.take(m, s.share);
    frame[slot] = effect.on(base[slot]);
  }
}

void Occasions::start(std::size_t reaction, Life& life, const std::vector<double>& frame,
                      const EventLogger& log) const {
  const Plan& plan = course_.arms[life.arm];
  const Plan::BoundReaction& r = plan.reactions()[reaction];
  const auto index = static_cast<std::uint32_t>(reaction);
  for (const Started& s : life.started)
    if (s.reaction == index && life.now_d < s.begin_d + r.length_d && life.now_d < s.given_up_d) return;
  if (life.reactions_begun[reaction] >= r.most_times) return;
  for (const std::size_t event : r.stopped_by)
    for (const Plan::BoundTrigger& t : plan.triggers())
      if (t.event == event && t.excess(frame[t.quantity]) >= 0) return;
  std::erase_if(life.started,
                [&](const Started& s) { return life.now_d >= s.begin_d + plan.reactions()[s.reaction].reach_d; });
  Started started{index, life.now_d};
  if (const auto& a = r.adherence) {
    // The same person takes the same share each time, but gives up anew.
    const Stream& chance = adherence_[life.arm][reaction];
    if (a->logit_sd > 0)
      started.share = 1.0 / (a->level + (1.0 - a->level) * exp(-a->logit_sd * chance.normal(life.member, 0)));
    if (a->drop_out_per_d > 0) {
      const double lasts_d = chance.exponential(life.member, 1 + life.reactions_begun[reaction]) / a->drop_out_per_d;
      if (lasts_d < r.length_d) started.given_up_d = life.now_d + lasts_d;
    }
  }
  life.started.push_back(started);
  ++life.reactions_begun[reaction];
  if (log) log({life.member, life.arm, EventKind::reaction, index, life.now_d, life.reactions_begun[reaction]});
}

// Ends what of a reaction runs or is still to come; its inputs are changed by whoever asks for it.
void Occasions::stop(std::size_t reaction, Life& life, const EventLogger& log) const {
  const Plan::BoundReaction& r = course_.arms[life.arm].reactions()[reaction];
  const auto index = static_cast<std::uint32_t>(reaction);
  const bool runs = std::any_of(life.started.begin(), life.started.end(), [&](const Started& s) {
    return s.reaction == index && life.now_d < s.begin_d + r.length_d && life.now_d < s.given_up_d;
  });
  std::erase_if(life.started, [&](const Started& s) { return s.reaction == index; });
  std::erase_if(life.pending,
                [&](const Pending& p) { return p.what == Pending::What::reaction && p.index == index; });
  if (runs && log)
    log({life.member, life.arm, EventKind::stopped, index, life.now_d, life.reactions_begun[reaction]});
}

// Whether something in the plan waits for the event.
bool Occasions::followed(std::size_t event, const Plan& plan) const {
  return std::any_of(plan.reactions().begin(), plan.reactions().end(),
                     [&](const Plan::BoundReaction& r) {
                       return r.event == event ||
                              std::find(r.stopped_by.begin(), r.stopped_by.end(), event) != r.stopped_by.end();
                     }) ||
         std::any_of(plan.visits().begin(), plan.visits().end(),
                     [&](const Plan::BoundVisit& v) { return v.on == event; });
}

void Occasions::strike(std::size_t event, EventKind kind, Life& life, const std::vector<double>& base,
                       std::vector<double>& frame, const EventLogger& log) const {
  ++life.occurrences[event];
  if (life.occurrences[event] > most_a_day * (1 + life.now_d)) life.failed = true;
  life.last_d[event] = life.now_d;
  if (log) log({life.member, life.arm, kind, static_cast<std::uint32_t>(event), life.now_d, life.occurrences[event]});
  const Composition& composition = *course_.composition;
  if (event < life.thresholds.size() &&
      composition.slots()[composition.hazards()[event]].recurrence == Recurrence::once)
    life.thresholds[event] = never;  // whatever raised it
  follow_up(event, life, base, frame, log);
}

// What an event stops and starts, and what modules make of it.
void Occasions::follow_up(std::size_t event, Life& life, const std::vector<double>& base, std::vector<double>& frame,
                          const EventLogger& log) const {
  const Plan& plan = course_.arms[life.arm];
  const Plan::Event& e = plan.events()[event];
  for (std::size_t r = 0; r < plan.reactions().size(); ++r)
    for (const std::size_t end : plan.reactions()[r].stopped_by)
      if (end == event) stop(r, life, log);
  for (std::size_t v = 0; v < plan.visits().size(); ++v)
    if (plan.visits()[v].on == event)
      life.pending.push_back(
          {Pending::What::visit, static_cast<std::uint32_t>(v), life.now_d + plan.visits()[v].delay_d});
  for (std::size_t r = 0; r < plan.reactions().size(); ++r) {
    if (plan.reactions()[r].event != event) continue;
    if (plan.reactions()[r].delay_d > 0)
      life.pending.push_back(
          {Pending::What::reaction, static_cast<std::uint32_t>(r), life.now_d + plan.reactions()[r].delay_d});
    else
      start(r, life, frame, log);
  }
  const std::vector<double> before = frame;
  set_inputs(life, life.now_d, base, frame);
  life.inputs_until_d = life.now_d;
  if (e.now) frame[*e.now] = 1.0;
  if (e.count) frame[*e.count] = base[*e.count] + life.occurrences[event];
  if (e.since) frame[*e.since] = 0.0;
  course_.composition->at_switch(before.data(), frame.data());
  if (e.now) {
    frame[*e.now] = 0.0;
    course_.composition->outputs(frame.data());
  }
  life.calm_since_d = life.now_d;
}

void Occasions::visit(std::size_t which, Life& life, const std::vector<double>& base, std::vector<double>& frame,
                      const EventLogger& log) const {
  const Plan& plan = course_.arms[life.arm];
  const Plan::BoundVisit& v = plan.visits()[which];
  const std::uint32_t done = life.visits_done[which]++;
  if (v.missed > 0 && attendance_[life.arm][which].uniform(life.member, done) < v.missed) {
    if (log)
      log({life.member, life.arm, EventKind::missed, static_cast<std::uint32_t>(v.timed.event), life.now_d,
           done + 1});
    return;
  }
  const std::uint32_t number = life.occurrences[v.timed.event]++;  // those of one name share the stream of errors
  life.last_d[v.timed.event] = life.now_d;
  std::vector<double> measured;
  for (std::size_t m = 0; m < v.measurements.size(); ++m) {
    const double truth = frame[v.measurements[m].quantity];
    const double sd = v.measurements[m].sd * (v.measurements[m].relative ? std::fabs(truth) : 1.0);
    measured.push_back(truth + sd * errors_[life.arm][which][m].normal(life.member, number));
    if (log)
      log({life.member, life.arm, EventKind::visit, static_cast<std::uint32_t>(v.timed.event), life.now_d, number + 1,
           v.measurements[m].quantity, measured.back()});
  }
  for (const Plan::BoundFinding& f : v.findings) {
    const bool holds = std::any_of(f.alternatives.begin(), f.alternatives.end(), [&](const auto& limits) {
      return std::all_of(limits.begin(), limits.end(),
                         [&](const Plan::BoundLimit& l) { return l.holds(measured[l.measurement]); });
    });
    std::uint32_t& in_a_row = life.found_in_a_row[f.number];
    in_a_row = holds ? in_a_row + 1 : 0;
    if (in_a_row >= f.in_a_row)
      life.pending.push_back({Pending::What::event, static_cast<std::uint32_t>(f.event), life.now_d + f.delay_d});
  }
  // Where nothing follows from the visit itself the steps stay as they are.
  const Plan::Event& e = plan.events()[v.timed.event];
  if (followed(v.timed.event, plan) || e.now || e.count || e.since) follow_up(v.timed.event, life, base, frame, log);
}

bool Occasions::pass_one(Life& life, const std::vector<double>& base, std::vector<double>& frame,
                         const EventLogger& log) const {
  const Plan& plan = course_.arms[life.arm];
  if (next_change_d(life) <= life.now_d) {
    const std::vector<double> before = frame;
    set_inputs(life, life.now_d, base, frame);
    life.inputs_until_d = life.now_d;
    life.inputs_stale = false;
    course_.composition->at_switch(before.data(), frame.data());
    life.calm_since_d = life.now_d;
    for (const Started& s : life.started)
      if (log && s.given_up_d <= life.now_d)
        log({life.member, life.arm, EventKind::given_up, s.reaction, life.now_d, life.reactions_begun[s.reaction]});
    std::erase_if(life.started, [&](const Started& s) { return s.given_up_d <= life.now_d; });
    return true;
  }
  for (std::size_t i = 0; i < plan.scheduled().size(); ++i)
    if (plan.scheduled()[i].time(life.scheduled_done[i]) <= life.now_d) {
      ++life.scheduled_done[i];
      strike(plan.scheduled()[i].event, EventKind::scheduled, life, base, frame, log);
      return true;
    }
  for (std::size_t i = 0; i < plan.visits().size(); ++i)
    if (plan.visits()[i].timed.time(life.visits_done[i]) <= life.now_d) {
      visit(i, life, base, frame, log);
      return true;
    }
  for (std::size_t i = 0; i < life.pending.size(); ++i) {
    const Pending p = life.pending[i];
    if (p.at_d > life.now_d) continue;
    life.pending.erase(life.pending.begin() + static_cast<std::ptrdiff_t>(i));
    if (p.what == Pending::What::reaction) {
      start(p.index, life, frame, log);
      life.inputs_until_d = std::nextafter(life.now_d, -never);  // so that what it changes now is due
    } else if (p.what == Pending::What::visit) {
      visit(p.index, life, base, frame, log);
    } else {
      strike(p.index, EventKind::found, life, base, frame, log);
    }
    return true;
  }
  for (std::size_t j = 0; j < plan.triggers().size(); ++j) {
    const Plan::BoundTrigger& t = plan.triggers()[j];
    if (!life.armed[j] || !(t.excess(frame[t.quantity]) >= 0)) continue;
    life.armed[j] = 0;
    strike(t.event, EventKind::triggered, life, base, frame, log);
    return true;
  }
  const Composition& composition = *course_.composition;
  for (std::size_t k = 0; k < life.thresholds.size(); ++k) {
    const Slot slot = composition.hazards()[k];
    if (!(frame[slot] >= life.thresholds[k])) continue;
    const Recurrence recurrence = composition.slots()[slot].recurrence;
    life.thresholds[k] = recurrence == Recurrence::recurrent ? frame[slot] + thresholds_[life.arm][k].exponential(
                                                                                 life.member, life.occurrences[k] + 1)
                                                             : never;
    if (recurrence == Recurrence::ends_life) {
      ++life.occurrences[k];
      life.last_d[k] = life.end_d = life.now_d;
      life.end_event = static_cast<std::uint32_t>(k);
      if (log) log({life.member, life.arm, EventKind::random, static_cast<std::uint32_t>(k), life.now_d, 1});
      return false;
    }
    strike(k, EventKind::random, life, base, frame, log);
    return true;
  }
  return false;
}

void Occasions::pass(Life& life, const std::vector<double>& base, std::vector<double>& frame,
                     const EventLogger& log) const {
  for (int i = 0; i < most_at_once; ++i)
    if (!pass_one(life, base, frame, log)) {
      rearm(life, [&](Slot slot) { return frame[slot]; });
      return;
    }
  life.failed = true;
}

}  // namespace healthspan
