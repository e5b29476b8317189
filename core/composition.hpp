// Modules composed at run time into one system: every input finds its supplier, outputs find their order.
#pragma once

#include <healthspan/core/module.hpp>

#include <optional>
#include <string>
#include <vector>

namespace healthspan {

// One place in a frame. A frame is the vector of all quantities of one life (or of a pack of lives):
// states and hazards first, then everything else.
struct SlotInfo {
  std::string name;
  std::string unit;
  std::string module;  // owner; empty for what comes from outside
  std::string meaning;
  Kind kind;
  BySex value;  // median of a parameter, default of an outside input (NaN: has to be given) or of an output's readers
  Spread spread;
  Recurrence recurrence = Recurrence::ends_life;  // of a hazard
};

class Composition {
 public:
  // `given`: names that the patient or the scenario supplies. An input is satisfied by the state, output, constant
  // or parameter of the same public name, else by a given name, else by its own default. Throws Error(composition)
  // when an input stays open, a name has two owners, or outputs depend on each other in a circle.
  Composition(std::vector<const ModuleType*> modules, const std::vector<std::string>& given);

  const std::vector<const ModuleType*>& modules() const { return modules_; }
  const std::vector<SlotInfo>& slots() const { return slots_; }
  std::size_t size() const { return slots_.size(); }
  std::size_t states() const { return states_; }  // number of states and hazards
  const std::vector<Slot>& hazards() const { return hazards_; }
  Slot time() const { return time_; }
  Slot slot(std::string_view name) const;  // throws Error(unknown_name) with the nearest name
  std::optional<Slot> find(std::string_view name) const;
  // What comes from outside, time apart, in frame order.
  const std::vector<Slot>& outside() const { return outside_; }
  std::vector<std::string> outside_names() const;

  // A frame at the medians for one sex; what has to be given is NaN.
  std::vector<double> medians(bool male) const;

  template <class R>
  void outputs(R* frame) const {
    for (const Call& call : output_order_)
      if (auto* f = equations<R>(call).outputs) f(frame, call.slots.data());
  }
  template <class R>
  void rates(const R* frame, R* rates) const {
    for (const Call& call : output_order_)
      if (auto* f = equations<R>(call).rates) f(frame, call.slots.data(), rates);
  }
  // The right-hand side: rates, after the outputs that they need. Outputs that are only read off are left out.
  template <class R>
  void right_hand_side(R* frame, R* rates_out) const {
    for (const Call& call : rate_order_)
      if (auto* f = equations<R>(call).outputs) f(frame, call.slots.data());
    rates(frame, rates_out);
  }
  // Rate constants of relaxing states; zero for the others.
  template <class R>
  void relaxation(const R* frame, R* constants) const {
    for (std::size_t i = 0; i < states_; ++i) constants[i] = R(0.0);
    for (const Call& call : output_order_)
      if (auto* f = equations<R>(call).relaxation) f(frame, call.slots.data(), constants);
  }
  // Where every fast state settles while all others are held, in `settled` (one entry per state; those that do not
  // settle keep their value). Brings the outputs of `frame` up to date that rates need, and settling needs no others.
  template <class R>
  void settle(R* frame, R* settled) const {
    for (const Call& call : rate_order_)
      if (auto* f = equations<R>(call).outputs) f(frame, call.slots.data());
    for (std::size_t i = 0; i < states_; ++i) settled[i] = frame[i];
    for (const Call& call : output_order_)
      if (auto* f = equations<R>(call).settle) f(frame, call.slots.data(), settled);
  }
  template <class R>
  void personalise(R* frame) const {
    for (const Call& call : personalise_order_)
      if (auto* f = equations<R>(call).personalise) f(frame, call.slots.data());
  }
  template <class R>
  void anchor(R* frame) const {
    outputs(frame);
    for (const Call& call : anchor_order_)
      if (auto* f = equations<R>(call).anchor) f(frame, call.slots.data());
    outputs(frame);
  }
  // `before` has its outputs up to date; `after` is the same life with the new inputs. On return the states of
  // `after` have jumped as their owners say, and its outputs are up to date.
  template <class R>
  void at_switch(const R* before, R* after) const {
    outputs(after);
    for (const Call& call : output_order_)
      if (auto* f = equations<R>(call).at_switch) f(before, after, call.slots.data());
    outputs(after);
  }

 private:
  struct Call {
    const ModuleType* module;
    std::vector<Slot> slots;  // by row of the module's table
  };
  enum class Stage { outputs, personalise, anchor };

  template <class R>
  static const Equations<R>& equations(const Call& call) {
    return std::get<Equations<R>>(call.module->equations);
  }
  void lay_out(const std::vector<std::string>& given);
  std::vector<Call> ordered(Stage stage) const;
  std::vector<Call> needed_by_rates() const;

  std::vector<const ModuleType*> modules_;
  std::vector<Call> calls_;
  std::vector<Call> output_order_, rate_order_, personalise_order_, anchor_order_;
  std::vector<SlotInfo> slots_;
  std::vector<Slot> hazards_, outside_;
  std::size_t states_ = 0;
  Slot time_ = 0;
};

}  // namespace healthspan
