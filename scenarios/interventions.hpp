// What an intervention does to the inputs of the system, and how it is said in words.
#pragma once

#include <healthspan/core/events.hpp>
#include <healthspan/scenarios/scenario.hpp>

#include <string>
#include <vector>

namespace healthspan::scenarios {

// Modifiers of one intervention; none for a zero dose. Of one that an event starts, with times from its beginning.
std::vector<Modifier> modifiers_of(const Intervention& intervention, double horizon_d);

// What `event` may bring about in one arm, of these interventions.
std::vector<Reaction> reactions_of(const std::vector<const Intervention*>& interventions);

// "Resistance training, full programme, 80 % taken: day 0 to day 112".
std::string in_words(const Intervention& intervention, double horizon_d);

// "\"slow\": gait_speed below 0.8".
std::string in_words(const Event& event);

// "resistance training"
std::string_view type_in_words(InterventionType type);

// Whether it does anything; an intervention that does not is dropped when a scenario is resolved.
bool has_effect(const Intervention& intervention);

}  // namespace healthspan::scenarios
