#include <healthspan/core/words.hpp>

namespace healthspan {

namespace {

[[noreturn]] void fail(const std::string& message) { throw Error(ErrorCode::syntax, message); }

// Numbers of events and the like in one life: more is nonsense, and less than what a counter holds.
constexpr std::uint64_t most_counted = 0xffff'ffffu;

void put(WordWriter& to, const Life& life) {
  to.put(life.member);
  to.put(std::uint64_t{life.arm});
  to.put(life.now_d);
  to.put(life.calm_since_d);
  to.put(life.inputs_until_d);
  to.put(std::uint64_t{life.inputs_stale});
  to.put(std::uint64_t{life.next_report});
  to.put(life.path_memory);
  to.put(life.thresholds);
  to.put(life.occurrences);
  to.put(life.last_d);
  to.put(life.armed);
  to.put(life.scheduled_done);
  to.put(life.visits_done);
  to.put(life.found_in_a_row);
  to.put(life.reactions_begun);
  to.put(static_cast<std::uint64_t>(life.started.size()));
  for (const Started& s : life.started) {
    to.put(std::uint64_t{s.reaction});
    to.put(s.begin_d);
    to.put(s.given_up_d);
    to.put(s.share);
  }
  to.put(static_cast<std::uint64_t>(life.pending.size()));
  for (const Pending& p : life.pending) {
    to.put(static_cast<std::uint64_t>(p.what));
    to.put(std::uint64_t{p.index});
    to.put(p.at_d);
  }
  to.put(life.end_d);
  to.put(std::uint64_t{life.end_event});
  to.put(std::uint64_t{life.failed});
}

Life life_from(WordReader& from, const Plan::Names& names, std::size_t hazards, std::size_t reports) {
  Life life;
  const std::size_t events = names.events.size(), reactions = names.reactions.size();
  life.member = from.word();
  life.arm = static_cast<std::uint32_t>(from.number(most_counted));
  life.now_d = from.real();
  life.calm_since_d = from.real();
  life.inputs_until_d = from.real();
  life.inputs_stale = from.number(1) != 0;
  life.next_report = static_cast<std::uint32_t>(from.number(reports));
  life.path_memory = from.real();
  // A life without a start has failed before it had any of these.
  const auto list = [&]<class T>(std::vector<T>& target, std::size_t size, std::uint64_t most) {
    const std::size_t given = from.count(1);
    if (given != 0 && given != size) fail("holds a list of " + std::to_string(given) + " entries");
    target.resize(given);
    for (T& entry : target)
      if constexpr (std::is_same_v<T, double>)
        entry = from.real();
      else
        entry = static_cast<T>(from.number(most));
  };
  list(life.thresholds, hazards, 0);
  list(life.occurrences, events, most_counted);
  list(life.last_d, events, 0);
  list(life.armed, names.triggers.size(), 1);
  list(life.scheduled_done, names.scheduled.size(), most_counted);
  list(life.visits_done, names.visits.size(), most_counted);
  list(life.found_in_a_row, names.findings.size(), most_counted);
  list(life.reactions_begun, reactions, most_counted);
  for (std::size_t n = from.count(4); n > 0; --n) {
    if (reactions == 0) fail("starts a reaction where there is none");
    Started s{static_cast<std::uint32_t>(from.number(reactions - 1)), from.real()};
    s.given_up_d = from.real();
    s.share = from.real();
    life.started.push_back(s);
  }
  for (std::size_t n = from.count(3); n > 0; --n) {
    Pending p{};
    p.what = static_cast<Pending::What>(from.number(2));
    const std::size_t known = p.what == Pending::What::event   ? events
                              : p.what == Pending::What::visit ? names.visits.size()
                                                               : reactions;
    if (known == 0) fail("waits for what there is none of");
    p.index = static_cast<std::uint32_t>(from.number(known - 1));
    p.at_d = from.real();
    life.pending.push_back(p);
  }
  life.end_d = from.real();
  life.end_event = static_cast<std::uint32_t>(from.number(events ? events - 1 : 0));
  life.failed = from.number(1) != 0;
  const bool goes_on = !life.failed && !life.ended();
  if (goes_on &&
      (life.thresholds.size() != hazards || life.occurrences.size() != events || life.last_d.size() != events ||
       life.armed.size() != names.triggers.size() || life.scheduled_done.size() != names.scheduled.size() ||
       life.visits_done.size() != names.visits.size() || life.found_in_a_row.size() != names.findings.size() ||
       life.reactions_begun.size() != reactions))
    fail("lacks a part of a life that goes on");
  return life;
}

}  // namespace

std::uint64_t WordReader::word() {
  if (at_ == words_.size()) fail("ends before its content does");
  return words_[at_++];
}

std::uint64_t WordReader::number(std::uint64_t most) {
  const std::uint64_t value = word();
  if (value > most) fail("holds " + std::to_string(value) + ", expected at most " + std::to_string(most));
  return value;
}

std::size_t WordReader::count(std::size_t words_each) {
  return static_cast<std::size_t>(number((words_.size() - at_) / words_each));
}

void WordReader::length(std::size_t expected) {
  const std::size_t found = count(1);
  if (found != expected)
    fail("holds a list of " + std::to_string(found) + " entries, expected " + std::to_string(expected));
}

void WordReader::end() const {
  if (at_ != words_.size()) fail("goes on after its content has ended");
}

std::vector<std::uint64_t> words_of(const Aside& aside) {
  WordWriter to;
  for (const LifeAside& a : aside.lives) {
    put(to, a.life);
    to.put(a.states);
    to.put(a.inputs);
    to.put(a.row.values);
    to.put(a.row.class_values);
    to.put(a.row.watched);
    to.put(static_cast<std::uint64_t>(a.row.happened.size()));
    for (const LifeRow::Happened& h : a.row.happened) {
      to.put(std::uint64_t{h.event});
      to.put(h.time_d);
    }
    to.put(a.row.weights);
    to.put(a.row.end_d);
    to.put(std::uint64_t{a.row.failed});
  }
  return to.take();
}

Aside aside_from(const EnsembleSpec& spec, std::uint64_t first, std::uint64_t count, std::vector<Plan::Names> names,
                 const std::vector<std::uint64_t>& words) {
  Aside aside{first, {}, std::move(names), false, {}};
  for (const TalliedEvent& event : spec.events) aside.events.push_back(event.name);
  WordReader from(words);
  const Composition& composition = *spec.composition;
  const std::size_t reports = spec.reports_d.size();
  if (count > words.size()) fail("is too short for " + std::to_string(count) + " members");
  for (std::uint64_t m = 0; m < count; ++m)
    for (std::size_t a = 0; a < aside.names.size(); ++a) {
      LifeAside one;
      one.life = life_from(from, aside.names[a], composition.hazards().size(), reports);
      if (one.life.member != first + m || one.life.arm != a) fail("holds its lives out of order");
      one.states = from.list<double>(composition.states());
      one.inputs = from.list<double>(composition.outside().size());
      one.row.values = from.list<double>(reports * spec.columns.size());
      one.row.class_values = from.list<double>(reports);
      one.row.watched = from.list<double>(reports * spec.watched.size());
      for (std::size_t n = from.count(2); n > 0; --n) {
        if (spec.events.empty()) fail("holds an event where none is tallied");
        const auto event = static_cast<std::uint32_t>(from.number(spec.events.size() - 1));
        one.row.happened.push_back({event, from.real()});
        if (!(one.row.happened.back().time_d >= 0 && one.row.happened.back().time_d <= spec.reports_d.back()))
          fail("holds an event that came before the life began or after it was put aside");
      }
      one.row.weights = from.list<double>(reports);
      one.row.end_d = from.real();
      one.row.failed = from.number(1) != 0;
      if (!one.life.failed && !one.life.ended() &&
          (one.life.next_report != reports || one.life.now_d != spec.reports_d.back()))
        fail("holds a life that does not stand at the time of the snapshot");
      aside.lives.push_back(std::move(one));
    }
  from.end();
  return aside;
}

}  // namespace healthspan
