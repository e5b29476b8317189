// What acts on a life from outside, and when: piecewise-constant changes of inputs.
#pragma once

#include <healthspan/core/composition.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace healthspan {

// Several modifiers may act on one input: replace (at most one at a time), then at_least (of several the largest),
// then multiply, then add.
struct Modifier {
  enum class Operation { replace, multiply, add, at_least };
  std::string input;  // public name of an outside input
  Operation operation;
  double value;    // in the input's unit
  double begin_d;  // from (included), days
  double end_d;    // to (excluded), days
};

// A modifier whose input has been found in a composition.
struct BoundModifier {
  Slot slot;
  Modifier::Operation operation;
  double value, begin_d, end_d;

  // Where its times count from `origin_d`.
  bool in_force(double at_d, double origin_d = 0) const {
    return origin_d + begin_d <= at_d && at_d < origin_d + end_d;
  }
};

// Throws Error(composition) when the modifier names time or something that a module owns, Error(unknown_name) when
// nothing has its name.
BoundModifier bound(const Composition& composition, const Modifier& modifier);

// What all modifiers in force do together to one input.
struct Effect {
  bool replaces = false, raises = false;
  double replacement = 0.0, least = 0.0, factor = 1.0, shift = 0.0;

  // Of two that replace, the later call holds. Of what replaces, adds or raises only the `share` is done.
  void take(const BoundModifier& m, double share = 1.0) {
    const double value = m.value * share;
    switch (m.operation) {
      case Modifier::Operation::multiply: factor *= m.value; break;
      case Modifier::Operation::add: shift += value; break;
      case Modifier::Operation::at_least:
        least = raises ? std::max(least, value) : value;
        raises = true;
        break;
      case Modifier::Operation::replace:
        replaces = true;
        replacement = value;
        break;
    }
  }
  template <class R>
  R on(const R& base) const {
    R value = replaces ? R(replacement) : base;
    if (raises) value = select(value < least, R(least), value);
    return value * factor + shift;
  }
};

class Schedule {
 public:
  // Throws as bound() does, and Error(composition) when two modifiers replace one input at the same time.
  Schedule(const Composition& composition, const std::vector<Modifier>& modifiers, double horizon_d);

  // Times at which some input changes, ascending, within [0, horizon).
  const std::vector<double>& switches() const { return switches_; }
  const std::vector<BoundModifier>& modifiers() const { return modifiers_; }

  // Sets the inputs of `frame` as they are from the k-th switch on; `base` is the frame without modifiers.
  template <class R>
  void apply(std::size_t k, const std::vector<R>& base, std::vector<R>& frame) const {
    for (const auto& [slot, effect] : changes_[k]) frame[slot] = effect.on(base[slot]);
  }

 private:
  std::vector<BoundModifier> modifiers_;
  std::vector<double> switches_;
  std::vector<std::vector<std::pair<Slot, Effect>>> changes_;  // by switch, every touched slot
};

// Steps grow after a switch or a jump: 2, 2, 4, 8 d, …, up to the base step; without that a hospital stay comes out
// wrong by up to 7 % in activity.
inline constexpr double first_step_after_switch_d = 2.0;

// The step from `now` towards `stop`, when steps have been growing since `grown_from`. The last stretch before a stop
// is cut evenly, so that no sliver is left over.
inline double step_towards(double stop_d, double now_d, double grown_from_d, double base_step_d,
                           double first_step_d = first_step_after_switch_d) {
  const double growth = now_d - grown_from_d;
  const double most = std::min(base_step_d, std::max(first_step_d, growth)), left = stop_d - now_d;
  return left <= most ? left : left < 2 * most ? 0.5 * left : most;
}

// One leg of the way through time: a single step of the ensemble stepper.
struct Leg {
  double begin_d;
  double length_d;
  int switch_index;  // switch at the beginning of the leg, or -1
  int report_index;  // report time at its end, or -1
};

// Legs that land on every switch and every report time, and grow after a switch.
std::vector<Leg> lay_legs(const std::vector<double>& switches, const std::vector<double>& reports, double base_step_d,
                          double first_step_d = first_step_after_switch_d);

}  // namespace healthspan
