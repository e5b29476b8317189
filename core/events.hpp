// What may happen to a life besides the schedule: events, what brings them about, and what they start.
// An event has a public name. Its states jump as their owners declare (at_switch reads the input "NAME_now").
#pragma once

#include <healthspan/core/schedule.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace healthspan {

// What brings an event about. At one instant they take this order, then that of declaration.
enum class EventKind : std::uint8_t {
  scheduled,  // at a given time
  visit,      // a look at the patient at a given time: measurements with noise
  found,      // what a visit measured was beyond a limit
  triggered,  // a quantity of the life crosses a level
  random,     // the integral of a hazard reaches its threshold
  reaction,   // in the log: what an event has started,
  stopped,    // what an event has ended,
  given_up,   // what the person has ended,
  missed,     // and a visit to which nobody came
};
std::string_view to_string(EventKind kind);

// Whether a line of the log tells of an event that struck: its number is then that of an event.
inline bool has_struck(EventKind kind) {
  return kind == EventKind::scheduled || kind == EventKind::found || kind == EventKind::triggered ||
         kind == EventKind::random;
}

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

// A measured value at the level or beyond, or beyond alone where `strict`.
struct Limit {
  std::string quantity;  // among the visit's measurements
  Direction direction = Direction::rising;
  double level = 0;
  bool strict = false;
};

// Raises the event `name`, `delay_d` after the visit, where all limits of one alternative hold, at this visit and at
// the `in_a_row` - 1 before it to which the person came.
struct Finding {
  std::string name;
  std::vector<std::vector<Limit>> alternatives;
  double delay_d = 0;
  std::uint32_t in_a_row = 1;

  Finding() = default;
  Finding(std::string what, std::string quantity, Direction direction, double level, double delay = 0)
      : name(std::move(what)), alternatives{{{std::move(quantity), direction, level}}}, delay_d(delay) {}
};

struct Visit {
  std::string name;
  double first_d = 0;
  double every_d = 0;  // 0: once
  std::vector<Measurement> measurements;
  std::vector<Finding> findings;
  double missed = 0;    // the probability that the person does not come
  std::string on = "";  // the event that each time brings it about, instead of a time, and
  double delay_d = 0;   // how long after it
};

// How a person takes what a reaction prescribes. All chance comes from the stream `purpose`, so reactions of one
// purpose share it, whatever arm they belong to.
struct Adherence {
  std::string purpose;
  double level = 1;           // the median person's share of the prescription, already in the modifiers' values
  double logit_sd = 0;        // spread of the logit of that share between persons; needs a level below 1
  double drop_out_per_d = 0;  // rate at which the person gives the reaction up
};

// What an event starts: modifiers with times from its beginning. An event that strikes while its reaction still runs
// does not start it again. Nor does it begin where a trigger that would stop it holds.
struct Reaction {
  std::string event;
  std::string name;  // for the log
  double delay_d = 0;
  std::vector<Modifier> modifiers;
  std::uint32_t most_times = std::numeric_limits<std::uint32_t>::max();
  std::optional<double> length_d =
      std::nullopt;                           // for how long it counts as running; to its last edge where not given
  std::optional<double> at_d = std::nullopt;  // begins by itself at this time, once, and on no event
  std::vector<std::string> stopped_by = {};   // events that end it, and what of it is still to come
  std::optional<Adherence> adherence = std::nullopt;
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
  // an interval below a day, a negative hysteresis, a share that is none, for a modifier of what the engine drives,
  // and where anything but its hazard raises an event that ends life.
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
  struct BoundLimit {
    std::size_t measurement;
    double sign, level;
    bool strict;

    bool holds(double measured) const {
      const double excess = sign * (measured - level);
      return strict ? excess > 0 : excess >= 0;
    }
  };
  struct BoundFinding {
    std::size_t event;
    std::vector<std::vector<BoundLimit>> alternatives;
    double delay_d;
    std::uint32_t in_a_row;
    std::size_t number;  // among all findings of the plan
  };
  static constexpr std::size_t no_event = std::numeric_limits<std::size_t>::max();
  struct BoundVisit {
    Timed timed;
    std::vector<BoundMeasurement> measurements;
    std::vector<BoundFinding> findings;
    double missed;
    std::size_t on;  // the event that brings it about, or no_event
    double delay_d;
  };
  struct BoundReaction {
    std::size_t event;  // no_event: it begins at a time
    std::string name;
    double delay_d, length_d, reach_d;  // it runs for its length; its modifiers reach as far as this
    std::vector<BoundModifier> modifiers;
    std::uint32_t most_times;
    std::optional<double> at_d;
    std::vector<std::size_t> stopped_by;
    std::optional<Adherence> adherence;
  };

  const Schedule& schedule() const { return schedule_; }
  const std::vector<Event>& events() const { return events_; }
  const std::vector<Timed>& scheduled() const { return scheduled_; }
  const std::vector<BoundVisit>& visits() const { return visits_; }
  const std::vector<BoundTrigger>& triggers() const { return triggers_; }
  const std::vector<BoundReaction>& reactions() const { return reactions_; }
  std::size_t findings() const { return findings_; }             // of all visits
  const std::vector<Slot>& touched() const { return touched_; }  // inputs that something here may change

  // What a life remembers by number, by name: a second trigger of one event is "NAME#2".
  struct Names {
    std::vector<std::string> events, scheduled, visits, triggers, reactions, findings;
    bool operator==(const Names&) const = default;
  };
  Names names() const;

 private:
  std::size_t event(const Composition& composition, const std::string& name);
  std::size_t raised(const Composition& composition, const std::string& name);  // by something else than a hazard
  // One that there is, and that something can follow.
  std::size_t followed(const Composition& composition, const std::string& name) const;

  Schedule schedule_;
  std::vector<Event> events_;
  std::vector<Timed> scheduled_;
  std::vector<BoundVisit> visits_;
  std::vector<BoundTrigger> triggers_;
  std::vector<BoundReaction> reactions_;
  std::size_t findings_ = 0;
  std::vector<Slot> touched_;
};

}  // namespace healthspan
