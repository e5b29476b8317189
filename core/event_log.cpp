#include <healthspan/core/event_log.hpp>

#include <algorithm>
#include <numeric>

namespace healthspan {

EventRecord EventLog::at(std::size_t i) const {
  return {member[i], arm[i], kind[i], event[i], time_d[i], occurrence[i], quantity[i], value[i]};
}

void EventLog::add(const EventRecord& r) {
  member.push_back(r.member);
  arm.push_back(r.arm);
  kind.push_back(r.kind);
  event.push_back(r.event);
  time_d.push_back(r.time_d);
  occurrence.push_back(r.occurrence);
  quantity.push_back(r.quantity);
  value.push_back(r.value);
}

void EventLog::append(const EventLog& other) {
  for (std::size_t i = 0; i < other.size(); ++i) add(other.at(i));
}

void EventLog::sort() {
  std::vector<std::size_t> order(size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return member[a] != member[b] ? member[a] < member[b] : arm[a] < arm[b];
  });
  EventLog sorted;
  for (const std::size_t i : order) sorted.add(at(i));
  *this = std::move(sorted);
}

}  // namespace healthspan
