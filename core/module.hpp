// What a module is: a struct with a name, a table of rows, and equations as static templates over the scalar.
//
//   outputs(x, y)      y = what the module computes at any moment, from states, parameters, constants, inputs
//   rates(x, d)        d = time derivative of each state and hazard, per day
//   relaxation(x, k)   k = rate constant (1/d) of each state that relaxes towards a target; the stepper integrates
//                      that part exactly. May read parameters and inputs that are constant between switches only.
//   settle(x, s)       s = the value each fast state settles at while everything else is held still
//   personalise(x, s)  s = constants and starting states, from the patient's attributes
//   anchor(x, s)       s = constants that remember the settled start (reference weight, starting activity, …)
//   at_switch(before, after, s)  s = states that jump because an input has jumped, or because an event strikes: its
//                      input "EVENT_now" is 1 in `after` for that instant
//
// Each is optional. All are branch-free and use select(), ramp() and step().
#pragma once

#include <healthspan/core/checked.hpp>
#include <healthspan/core/elementary.hpp>
#include <healthspan/core/pack.hpp>
#include <healthspan/core/table.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

namespace healthspan {

using Slot = std::uint16_t;  // where a quantity lives in the frame of a composed system

template <class M, Kind K, Name N>
consteval std::size_t row_index() {
  std::size_t index = 0;
  std::size_t found = max_rows;
  std::apply(
      [&](const auto&... row) {
        ((found = (row.kind == K && row.name.view() == N.view()) ? index : found, ++index), ...);
      },
      M::table);
  return found;
}

// Read access by symbol: x[F].
template <class M, class R>
class Values {
 public:
  Values(const R* frame, const Slot* slots) : frame_(frame), slots_(slots) {}

  template <Kind K, Name N>
  const R& operator[](const Row<K, N>&) const {
    constexpr std::size_t index = row_index<M, K, N>();
    static_assert(index < max_rows, "this row is not listed in the module's table");
    return frame_[slots_[index]];
  }

 private:
  const R* frame_;
  const Slot* slots_;
};

// Write access by symbol, to the allowed kinds of the module's own rows only.
template <class M, class R, Kind... Allowed>
class Writer {
 public:
  Writer(R* frame, const Slot* slots) : frame_(frame), slots_(slots) {}

  template <Kind K, Name N>
  R& operator[](const Row<K, N>&) const {
    constexpr std::size_t index = row_index<M, K, N>();
    static_assert(index < max_rows, "this row is not listed in the module's table");
    static_assert(((K == Allowed) || ...), "this kind of row cannot be assigned here");
    return frame_[slots_[index]];
  }

 private:
  R* frame_;
  const Slot* slots_;
};

template <class M, class R>
using Outputs = Writer<M, R, Kind::output>;
template <class M, class R>
using Rates = Writer<M, R, Kind::state, Kind::hazard>;
template <class M, class R>
using States = Writer<M, R, Kind::state>;
template <class M, class R>
using Start = Writer<M, R, Kind::state, Kind::constant>;

struct RowInfo {
  Kind kind;
  std::string name;
  std::string unit;
  std::string meaning;
  BySex value;
  Spread spread;
  Source source;
  Recurrence recurrence = Recurrence::ends_life;
};

// The equations of a module for one scalar; a null pointer where the module does not have that function.
template <class R>
struct Equations {
  void (*outputs)(R* frame, const Slot*) = nullptr;
  void (*rates)(const R* frame, const Slot*, R* rates) = nullptr;
  void (*relaxation)(const R* frame, const Slot*, R* constants) = nullptr;
  void (*settle)(const R* frame, const Slot*, R* settled) = nullptr;
  void (*personalise)(R* frame, const Slot*) = nullptr;
  void (*anchor)(R* frame, const Slot*) = nullptr;
  void (*at_switch)(const R* before, R* after, const Slot*) = nullptr;
};

template <class M, class R>
Equations<R> equations_of() {
  Equations<R> e;
  using X = Values<M, R>;
  if constexpr (requires(X x, Outputs<M, R> y) { M::template outputs<R>(x, y); })
    e.outputs = [](R* f, const Slot* s) { M::template outputs<R>(X(f, s), Outputs<M, R>(f, s)); };
  // States come first in a frame, so a state's slot is also its place in a vector of rates.
  if constexpr (requires(X x, Rates<M, R> d) { M::template rates<R>(x, d); })
    e.rates = [](const R* f, const Slot* s, R* d) { M::template rates<R>(X(f, s), Rates<M, R>(d, s)); };
  if constexpr (requires(X x, States<M, R> k) { M::template relaxation<R>(x, k); })
    e.relaxation = [](const R* f, const Slot* s, R* k) { M::template relaxation<R>(X(f, s), States<M, R>(k, s)); };
  if constexpr (requires(X x, States<M, R> s) { M::template settle<R>(x, s); })
    e.settle = [](const R* f, const Slot* s, R* to) { M::template settle<R>(X(f, s), States<M, R>(to, s)); };
  if constexpr (requires(X x, Start<M, R> s) { M::template personalise<R>(x, s); })
    e.personalise = [](R* f, const Slot* s) { M::template personalise<R>(X(f, s), Start<M, R>(f, s)); };
  if constexpr (requires(X x, Start<M, R> s) { M::template anchor<R>(x, s); })
    e.anchor = [](R* f, const Slot* s) { M::template anchor<R>(X(f, s), Start<M, R>(f, s)); };
  if constexpr (requires(X x, States<M, R> s) { M::template at_switch<R>(x, x, s); })
    e.at_switch = [](const R* b, R* a, const Slot* s) {
      M::template at_switch<R>(X(b, s), X(a, s), States<M, R>(a, s));
    };
  return e;
}

// A module as the engine sees it at run time.
struct ModuleType {
  std::string name;
  std::string summary;
  std::vector<RowInfo> rows;
  std::tuple<Equations<double>, Equations<Checked>, Equations<Pack<4>>, Equations<Pack<8>>, Equations<Pack<16>>>
      equations;
};

// Instantiated once per module in a translation unit of its own (see healthspan_add_module in CMake).
template <class M>
const ModuleType& module_type() {
  static const ModuleType type = [] {
    ModuleType t;
    t.name = M::name;
    t.summary = M::summary;
    std::apply(
        [&](const auto&... row) {
          (t.rows.push_back({row.kind, std::string(row.name.view()), std::string(row.unit), std::string(row.meaning),
                             row.value, row.spread, row.source, row.recurrence}),
           ...);
        },
        M::table);
    static_assert(std::tuple_size_v<decltype(M::table)> <= max_rows);
    t.equations = {equations_of<M, double>(), equations_of<M, Checked>(), equations_of<M, Pack<4>>(),
                   equations_of<M, Pack<8>>(), equations_of<M, Pack<16>>()};
    return t;
  }();
  return type;
}

}  // namespace healthspan
