// A life on its way: all that has to be kept, besides the person's own constants, to go on from here.
#pragma once

#include <healthspan/core/events.hpp>

#include <cstdint>
#include <limits>
#include <vector>

namespace healthspan {

// A reaction that has been started.
struct Started {
  std::uint32_t reaction;
  double begin_d;
  double given_up_d = std::numeric_limits<double>::infinity();  // when the person will give it up, if before its end
  double share = 1;                                             // of what it prescribes to the median person

  bool operator==(const Started&) const = default;
};

// Something that an event has brought about and that is still to come.
struct Pending {
  enum class What : std::uint8_t { reaction, event, visit };
  What what;
  std::uint32_t index;
  double at_d;

  bool operator==(const Pending&) const = default;
};

struct Life {
  std::uint64_t member = 0;
  std::uint32_t arm = 0;
  double now_d = 0;
  double calm_since_d = 0;     // steps have been growing since then
  double inputs_until_d = -1;  // changes of inputs up to this time, included, have been made
  bool inputs_stale = false;   // they are those of another plan and change now
  std::uint32_t next_report = 0;
  double path_memory = 0;
  std::vector<double> thresholds;                          // by hazard: where its integral brings the next event
  std::vector<std::uint32_t> occurrences;                  // by event
  std::vector<double> last_d;                              // by event; 0 where there was none
  std::vector<std::uint8_t> armed;                         // by trigger
  std::vector<std::uint32_t> scheduled_done, visits_done;  // missed visits are done, too
  std::vector<std::uint32_t> found_in_a_row;               // by finding
  std::vector<std::uint32_t> reactions_begun;              // by reaction
  std::vector<Started> started;                            // those still running, in the order of their beginning
  std::vector<Pending> pending;                            // in the order in which they came up
  double end_d = std::numeric_limits<double>::infinity();  // of a life that has ended
  std::uint32_t end_event = 0;
  bool failed = false;

  bool ended() const { return end_d < std::numeric_limits<double>::infinity(); }
  bool operator==(const Life&) const = default;
};

// One line of the event log. `value` is what a visit measured.
struct EventRecord {
  std::uint64_t member;
  std::uint32_t arm;
  EventKind kind;
  std::uint32_t event;
  double time_d;
  std::uint32_t occurrence;    // 1, 2, ...
  std::uint32_t quantity = 0;  // of a visit: which of its measurements
  double value = std::numeric_limits<double>::quiet_NaN();
};

}  // namespace healthspan
