// What may happen to a life besides the schedule: events, what brings them about, and what they start.
// An event has a public name. Its states jump as their owners declare (at_switch reads the input "NAME_now").
#pragma once

#include <healthspan/core/schedule.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace healthspan {

// What brings an event about. At one instant they take this order, then that of declaration.
enum class EventKind : std::uint8_t {
  scheduled,  // at a given time
  visit,      // a look at the patient at a given time: measurements with noise
  found,      // what a visit measured was beyond a limit
  triggered,  // a quantity of the life crosses a level
  random,     // the integral of a hazard reaches its threshold
  reaction,   // in the log: what an event has started
};
std::string_view to_string(EventKind kind);

struct ScheduledEvent {
  std::string name;
  double at_d = 0;
  double every_d = 0;  // 0: once
};

enum class Direction : std::uint8_t { rising, falling };

// Strikes where the quantity crosses the level in the direction, in the flow or by a jump. It is armed again once the
// quantity has been on the other side of level -/+ hysteresis at the end of a step.
struct Trigger {
  std::string name;
  std::string quantity;
  Direction direction = Direction::rising;
  double level = 0;
  double hysteresis = 0;
  bool at_start = true;  // whether it strikes at once in a life that starts beyond the level
};

struct Measurement {
  std::string quantity;
  double sd = 0;          // of the normal error: in the quantity's unit, or
  bool relative = false;  // as a share of its value
};

// A measured value beyond `level` raises the event `name`, `delay_d` after the visit.
struct Finding {
  std::string name;
  std::string quantity;  // among the visit's measurements
  Direction direction = Direction::rising;
  double level = 0;
  double delay_d = 0;
};

struct Visit {
  std::string name;
  double first_d = 0;
  double every_d = 0;  // 0: once
  std::vector<Measurement> measurements;
  std::vector<Finding> findings;
};

// What an event starts: modifiers with times from its beginning. An event that strikes while its reaction still runs
// does not start it again.
struct Reaction {
  std::string event;
  std::string name;  // for the log
  double delay_d = 0;
  std::vector<Modifier> modifiers;
  std::uint32_t most_times = std::numeric_limits<std::uint32_t>::max();
  std::optional<double> length_d =
      std::nullopt;  // for how long it counts as running; to its last edge where not given
};

struct PlanSpec {
  std::vector<Modifier> modifiers;
  std::vector<ScheduledEvent> scheduled;
  std::vector<Visit> visits;
  std::vector<Trigger> triggers;
  std::vector<Reaction> reactions;
};

// All that is done and looked for in one arm, with every name found in the composition. Events are numbered: the
// hazards of the composition first, then in order of declaration; one name is one event, whatever raises it.
class Plan {
 public:
  // Throws Error(unknown_name | composition | out_of_range) as Schedule does, for unknown quantities and events, for
  // an interval below a day or a negative hysteresis, for a modifier of what the engine drives, and where anything
  // but its hazard raises an event that ends life.
  Plan(const Composition& composition, const PlanSpec& spec, double horizon_d);
  Plan(const Composition& composition, const std::vector<Modifier>& modifiers, double horizon_d)
      : Plan(composition, PlanSpec{modifiers, {}, {}, {}, {}}, horizon_d) {}

  struct Event {
    std::string name;
    std::optional<Slot> now, count, since;  // inputs that tell modules of it
  };
  struct Timed {
    std::size_t event;
    double at_d, every_d;
    double time(std::uint32_t done) const;  // of the next one; infinite when there is none
  };
  struct BoundTrigger {
    std::size_t event;
    Slot quantity;
    double sign;  // +1 rising, -1 falling: sign * (value - level) crosses zero upwards
    double level, hysteresis;
    bool at_start;

    double excess(double value) const { return sign * (value - level); }
  };
  struct BoundMeasurement {
    Slot quantity;
    double sd;
    bool relative;
    std::string purpose;  // of the stream of its errors
  };
  struct BoundFinding {
    std::size_t event, measurement;
    double sign, level, delay_d;
  };
  struct BoundVisit {
    Timed timed;
    std::vector<BoundMeasurement> measurements;
    std::vector<BoundFinding> findings;
  };
  struct BoundReaction {
    std::size_t event;
    std::string name;
    double delay_d, length_d, reach_d;  // it runs for its length; its modifiers reach as far as this
    std::vector<BoundModifier> modifiers;
    std::uint32_t most_times;
  };

  const Schedule& schedule() const { return schedule_; }
  const std::vector<Event>& events() const { return events_; }
  const std::vector<Timed>& scheduled() const { return scheduled_; }
  const std::vector<BoundVisit>& visits() const { return visits_; }
  const std::vector<BoundTrigger>& triggers() const { return triggers_; }
  const std::vector<BoundReaction>& reactions() const { return reactions_; }
  const std::vector<Slot>& touched() const { return touched_; }  // inputs that something here may change

  // What a life remembers by number, by name: a second trigger of one event is "NAME#2".
  struct Names {
    std::vector<std::string> events, scheduled, visits, triggers, reactions;
    bool operator==(const Names&) const = default;
  };
  Names names() const;

 private:
  std::size_t event(const Composition& composition, const std::string& name);
  std::size_t raised(const Composition& composition, const std::string& name);  // by something else than a hazard

  Schedule schedule_;
  std::vector<Event> events_;
  std::vector<Timed> scheduled_;
  std::vector<BoundVisit> visits_;
  std::vector<BoundTrigger> triggers_;
  std::vector<BoundReaction> reactions_;
  std::vector<Slot> touched_;
};

}  // namespace healthspan
