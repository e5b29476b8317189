// What an intervention does to the inputs of the system, and how it is said in words.
#pragma once

#include <healthspan/core/schedule.hpp>
#include <healthspan/scenarios/scenario.hpp>

#include <string>
#include <vector>

namespace healthspan::scenarios {

// Modifiers of one intervention; none for a zero dose.
std::vector<Modifier> modifiers_of(const Intervention& intervention, double horizon_d);

// "Resistance training, full programme, 80 % taken: day 0 to day 112".
std::string in_words(const Intervention& intervention, double horizon_d);

// Whether it does anything; an intervention that does not is dropped when a scenario is resolved.
bool has_effect(const Intervention& intervention);

}  // namespace healthspan::scenarios
