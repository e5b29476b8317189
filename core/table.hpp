// The rows of a module's table: what it owns and needs, each with unit, value, spread, source and meaning.
#pragma once

#include <cstddef>
#include <limits>
#include <string_view>

namespace healthspan {

template <std::size_t N>
struct Name {
  char text[N]{};
  constexpr Name(const char (&literal)[N]) {
    for (std::size_t i = 0; i < N; ++i) text[i] = literal[i];
  }
  constexpr std::string_view view() const { return {text, N - 1}; }
};

enum class Kind {
  state,      // integrated through time by its owner
  hazard,     // integral of an event rate; the event fires where it reaches its exponential threshold
  parameter,  // a number from the literature, with a spread between people
  constant,   // worked out once per person at the start
  input,      // supplied by another module, the patient or the scenario
  output,     // computed from the rest at any moment
};

constexpr std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::state: return "state";
    case Kind::hazard: return "hazard";
    case Kind::parameter: return "parameter";
    case Kind::constant: return "constant";
    case Kind::input: return "input";
    case Kind::output: return "output";
  }
  return "";
}

// What happens to a life when the event of a hazard strikes.
enum class Recurrence {
  ends_life,
  once,       // it cannot strike again
  recurrent,  // the next one is due after another exponential threshold
};

// A value that may differ between men and women.
struct BySex {
  double men;
  double women;
  constexpr BySex(double both) : men(both), women(both) {}
  constexpr BySex(double of_men, double of_women) : men(of_men), women(of_women) {}
};

// Between-person spread around the median: log-normal (sd of the logarithm), or none.
struct Spread {
  double log_sd;
};
inline constexpr Spread fixed{0.0};
constexpr Spread lognormal(double log_sd) { return {log_sd}; }

enum class Status { cited, calibrated, assumed };

constexpr std::string_view to_string(Status status) {
  switch (status) {
    case Status::cited: return "cited";
    case Status::calibrated: return "calibrated";
    case Status::assumed: return "assumed";
  }
  return "";
}

// Where a number comes from. `key` resolves in docs/references.bib for cited and calibrated values; `note` is the
// locator in the source, the target of the calibration, or the reason of the assumption.
struct Source {
  Status status;
  std::string_view key;
  std::string_view note;
};
constexpr Source cited(std::string_view key, std::string_view locator) { return {Status::cited, key, locator}; }
constexpr Source calibrated(std::string_view key, std::string_view target) {
  return {Status::calibrated, key, target};
}
constexpr Source assumed(std::string_view reason) { return {Status::assumed, "", reason}; }

template <Kind K, Name N>
struct Row {
  static constexpr Kind kind = K;
  static constexpr auto name = N;
  std::string_view unit;
  std::string_view meaning;
  BySex value = std::numeric_limits<double>::quiet_NaN();  // median of a parameter, default of an input
  Spread spread = fixed;
  Source source = assumed("");
  Recurrence recurrence = Recurrence::ends_life;  // of a hazard
};

template <Name N>
constexpr auto state(std::string_view unit, std::string_view meaning) {
  return Row<Kind::state, N>{unit, meaning};
}
// The integral of an event's rate. Modules may read, as inputs with a default that the engine drives: "N_now" (1 in
// the instant of the event, for at_switch), "N_count", and "time_since_N" in days; a rate that depends on the latter
// starts its clock again with every event, any other runs on.
template <Name N>
constexpr auto hazard(Recurrence recurrence, std::string_view meaning) {
  Row<Kind::hazard, N> row{"1", meaning};
  row.recurrence = recurrence;
  return row;
}
template <Name N>
constexpr auto hazard(std::string_view meaning) {
  return hazard<N>(Recurrence::ends_life, meaning);
}
template <Name N>
constexpr auto parameter(BySex value, std::string_view unit, Spread spread, Source source, std::string_view meaning) {
  return Row<Kind::parameter, N>{unit, meaning, value, spread, source};
}
template <Name N>
constexpr auto constant(std::string_view unit, std::string_view meaning) {
  return Row<Kind::constant, N>{unit, meaning};
}
// An input that somebody has to supply.
template <Name N>
constexpr auto input(std::string_view unit, std::string_view meaning) {
  return Row<Kind::input, N>{unit, meaning};
}
// An input that rests at `value` when nobody supplies it.
template <Name N>
constexpr auto input(double value, std::string_view unit, std::string_view meaning) {
  return Row<Kind::input, N>{unit, meaning, value};
}
template <Name N>
constexpr auto output(std::string_view unit, std::string_view meaning) {
  return Row<Kind::output, N>{unit, meaning};
}

}  // namespace healthspan
