// Carries lives in a convoy and writes down all that can be seen of them.
#pragma once

#include <healthspan/core/convoy.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

namespace healthspan {

// The sign and payload of a NaN are not part of the promise of equal bits.
inline bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) || (std::isnan(a) && std::isnan(b));
}

struct Trace {
  std::vector<double> seen;  // every quantity at every report that the life has reached, and where it finished
  std::vector<EventRecord> events;
  Life life;  // as it finished

  bool operator==(const Trace& other) const {
    return std::equal(seen.begin(), seen.end(), other.seen.begin(), other.seen.end(), same_bits) &&
           std::equal(events.begin(), events.end(), other.events.begin(), other.events.end(),
                      [](const EventRecord& a, const EventRecord& b) {
                        return a.member == b.member && a.arm == b.arm && a.kind == b.kind && a.event == b.event &&
                               same_bits(a.time_d, b.time_d) && a.occurrence == b.occurrence &&
                               a.quantity == b.quantity && same_bits(a.value, b.value);
                      }) &&
           life == other.life;
  }
};

// Watches a convoy of lives that differ by member alone.
struct Scribe {
  const Course& course;
  const std::vector<std::uint64_t>& members;
  std::vector<Trace>& traces;  // in the order of departure

  Trace& of(std::uint64_t member) {
    const auto at = std::find(members.begin(), members.end(), member);
    return traces[static_cast<std::size_t>(at - members.begin())];
  }
  template <class Value>
  void look(const Life& life, const Value& value) {
    for (std::size_t s = 0; s < course.composition->size(); ++s)
      of(life.member).seen.push_back(value(static_cast<Slot>(s)));
  }
  template <class Value>
  void report(const Life& life, std::size_t, const Value& value) {
    look(life, value);
  }
  void happened(const EventRecord& record) { of(record.member).events.push_back(record); }
  template <class Value>
  void finished(const Life& life, const Value& value) {
    of(life.member).life = life;
    if (!life.failed) look(life, value);
  }
};

// The traces of `members` in the first arm, in the order in which they depart; `person(member)` is a frame.
template <class R, class Path, class Person>
std::vector<Trace> carry(const Course& course, const std::vector<std::uint64_t>& members, const Person& person,
                         Path path) {
  std::vector<Trace> traces(members.size());
  Convoy<R, Path> convoy(course, std::move(path));
  std::size_t departed = 0;
  const auto next = [&](Departure& d) {
    if (departed == members.size()) return false;
    d.life.member = members[departed++];
    d.base = d.frame = person(d.life.member);
    return true;
  };
  convoy.carry(next, Scribe{course, members, traces}, true);
  return traces;
}

template <class R, class Person>
std::vector<Trace> carry(const Course& course, const std::vector<std::uint64_t>& members, const Person& person) {
  return carry<R>(course, members, person, LanePath<R>(*course.composition));
}

}  // namespace healthspan
