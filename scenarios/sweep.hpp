// A scenario run again and again with some of its values set apart.
#pragma once

#include <healthspan/scenarios/run.hpp>

#include <functional>
#include <string>
#include <vector>

namespace healthspan::scenarios {

// A value that is varied: where it stands in the scenario, and between what.
struct Factor {
  std::string place;  // as with_value() takes it
  double low = 0, high = 0;
  std::size_t points = 0;  // of a sweep
  std::string unit;        // empty: the value's own

  double at(double share) const { return low + share * (high - low); }  // share in [0, 1]
};

// "patient.age=70:90:5", with points, or "relative_strength=0.8:1.2", without; a unit may follow, as in
// "horizon=2:10:5 years". Throws Error(usage) that names the option --over.
Factor factor_of(const std::string& text, bool with_points);

// One number of one run.
struct SweptOutcome {
  std::string outcome, unit, arm, reference;  // the reference is empty for an arm by itself
  double estimate = 0, error = 0;
  std::uint64_t members = 0;
};

// A scenario and what to change in it before each run.
class Sweep {
 public:
  // `text` is the scenario's JSON; `name` stands for it in messages. What the pilot found at the first point serves
  // all others if `one_pilot`, so that they are stepped alike.
  Sweep(std::string text, std::string name, std::vector<Factor> factors, RunOptions options, bool one_pilot);

  // The run at these values of the factors. Every outcome in every arm, then differences from the first arm. All
  // points have the same members with the same luck. Throws what reading and run() throw, with the values set.
  std::vector<SweptOutcome> at(const std::vector<double>& values);

  const std::vector<Factor>& factors() const { return factors_; }

  // Instead of the scenario's.
  std::optional<std::uint64_t> members, seed;

 private:
  std::string text_, name_;
  std::vector<Factor> factors_;
  RunOptions options_;
  bool one_pilot_;
  std::optional<Numerics> numerics_;
};

}  // namespace healthspan::scenarios
