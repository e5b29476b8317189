// A condition on named quantities, as people write it:
//   "bmi >= 24 and fasting_glucose between 95 and 125 mg/dL", "female and not (gait_speed < 0.8 m/s or age > 85)"
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace healthspan::scenarios {

// One quantity against a level, in the unit of the quantity once units have been settled.
struct Comparison {
  enum class Is { below, at_most, above, at_least, between, equal };

  std::size_t quantity = 0;  // place in Condition::names()
  Is is = Is::at_least;
  double level = 0, upper = 0;  // `upper` of between, which includes both ends
  std::string unit;             // as written; empty is the quantity's own

  bool holds(double value) const;
};

class Condition {
 public:
  // Always holds.
  Condition() = default;
  // Throws Error(syntax) that says at which character what was found and what was expected.
  explicit Condition(std::string_view text);

  const std::string& text() const { return text_; }
  bool empty() const { return steps_.empty(); }
  // The quantities it names, each once, in the order of their first use.
  const std::vector<std::string>& names() const { return names_; }

  // Brings every level to the unit of its quantity; `unit_of` gives that by name. Throws Error(wrong_unit).
  void settle_units(const std::function<std::string(const std::string& name)>& unit_of);

  // `values` in the order of names(), in their units. What is not a number makes every comparison with it fail.
  bool holds(const std::vector<double>& values) const;

  // The same as alternatives, in each of which all comparisons have to hold; for whoever can only test levels.
  // "not" has been taken into the comparisons. Throws Error(out_of_range) for more than 64 alternatives.
  std::vector<std::vector<Comparison>> alternatives() const;

 private:
  friend class ConditionParser;
  // A program for a stack of truth values, in the order of evaluation.
  struct Step {
    enum class Does { compare, both, either, negate } does;
    Comparison comparison = {};
  };
  std::string text_;
  std::vector<std::string> names_;
  std::vector<Step> steps_;
};

// How many of the quantity's own unit `unit` one `given` unit is: 1 for equal units, 0.01 for cm in m, 1/18.016 for
// mg/dL of a glucose in mmol/L; a litre is l or L. Throws Error(wrong_unit).
double unit_factor(const std::string& quantity, const std::string& own, const std::string& given);

}  // namespace healthspan::scenarios
