// A person's measurements as the model takes them, and what to say when they do not go together.
#pragma once

#include <healthspan/models/measured_start.hpp>
#include <healthspan/scenarios/person.hpp>
#include <healthspan/scenarios/scenario.hpp>

#include <string>

namespace healthspan::scenarios {

// A person of a cohort as a patient, with what is known of him as measurements.
Patient patient_of(const Person& person);

// NaN where not measured.
models::Measurements<double> measured_of(const Patient& patient);

// Why no start shows what was measured: which measurement, what it conflicts with, and what would be consistent.
// `frame` holds the attributes and parameters.
std::string conflict_in_words(const Composition& composition, const std::vector<double>& frame,
                              const Patient& patient, models::Branch branch);

}  // namespace healthspan::scenarios
