// What is given of a patient besides attributes and measurements, and the inputs of modules that it sets.
#pragma once

#include <healthspan/core/composition.hpp>
#include <healthspan/scenarios/scenario.hpp>

#include <array>
#include <optional>
#include <string>
#include <utility>

namespace healthspan::scenarios {

// The input that a module starts from, and what is known of it.
using Lab = std::pair<const char*, std::optional<double>>;
std::array<Lab, 10> labs_of(const Patient& patient);

// Where no module follows HbA1c it stays as it was measured, for those that read it.
std::string input_of(const Lab& lab, const Composition& composition);

// What the patient does, takes or has had at the start: the field that says so, the input that it sets, how much.
struct Given {
  const char *field, *input;
  double value;
};
std::array<Given, 13> given_of(const Patient& patient);

// Throws Error(unknown_name | out_of_range) where no module answers to something given, or where two values
// contradict each other.
void check_given(const Patient& patient, const Composition& composition);

}  // namespace healthspan::scenarios
