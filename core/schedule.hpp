// What acts on a life from outside, and when: piecewise-constant changes of inputs.
#pragma once

#include <healthspan/core/composition.hpp>

#include <string>
#include <vector>

namespace healthspan {

// Several modifiers may act on one input: replace (at most one at a time), then multiply, then add.
struct Modifier {
  enum class Operation { replace, multiply, add };
  std::string input;  // public name of an outside input
  Operation operation;
  double value;    // in the input's unit
  double begin_d;  // from (included), days
  double end_d;    // to (excluded), days
};

class Schedule {
 public:
  // Throws Error(composition) when a modifier names something that a module owns, or when two replace at once.
  Schedule(const Composition& composition, const std::vector<Modifier>& modifiers, double horizon_d);

  // Times at which some input changes, ascending, within [0, horizon).
  const std::vector<double>& switches() const { return switches_; }

  // Sets the inputs of `frame` as they are from the k-th switch on; `base` is the frame without modifiers.
  template <class R>
  void apply(std::size_t k, const std::vector<R>& base, std::vector<R>& frame) const {
    for (const Change& change : changes_[k])
      frame[change.slot] =
          (change.replaces ? R(change.replacement) : base[change.slot]) * change.factor + change.shift;
  }

 private:
  struct Change {
    Slot slot;
    bool replaces;
    double replacement, factor, shift;
  };
  std::vector<double> switches_;
  std::vector<std::vector<Change>> changes_;  // by switch, every touched slot
};

// One leg of the way through time: a single step of the ensemble stepper.
struct Leg {
  double begin_d;
  double length_d;
  int switch_index;  // switch at the beginning of the leg, or -1
  int report_index;  // report time at its end, or -1
};

// Legs that land on every switch and every report time. After a switch they grow again: 2, 2, 4, 8 d, …, up to the
// base step; without that a hospital stay comes out wrong by up to 7 % in activity.
std::vector<Leg> lay_legs(const std::vector<double>& switches, const std::vector<double>& reports, double base_step_d,
                          double first_step_d = 2.0);

}  // namespace healthspan
