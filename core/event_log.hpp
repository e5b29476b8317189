// What happened to whom, by columns. One entry per event; lives are written as they go and sorted in the end.
#pragma once

#include <healthspan/core/life.hpp>

#include <cstdint>
#include <vector>

namespace healthspan {

struct EventLog {
  std::vector<std::uint64_t> member;
  std::vector<std::uint32_t> arm;
  std::vector<EventKind> kind;
  std::vector<std::uint32_t> event;  // of the arm's plan; for a reaction its number there
  std::vector<double> time_d;
  std::vector<std::uint32_t> occurrence;  // 1, 2, ...
  std::vector<std::uint32_t> quantity;    // slot of what a visit measured
  std::vector<double> value;              // what it measured; NaN for other events

  std::size_t size() const { return member.size(); }
  EventRecord at(std::size_t i) const;
  void add(const EventRecord& record);
  void append(const EventLog& other);
  // By member, then arm; within a life in the order in which things happened.
  void sort();

  static constexpr std::size_t bytes_per_entry = 48;
};

}  // namespace healthspan
