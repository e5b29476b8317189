// What an intervention does to the inputs of the system, and how it is said in words.
#pragma once

#include <healthspan/core/events.hpp>
#include <healthspan/scenarios/scenario.hpp>

#include <string>
#include <vector>

namespace healthspan::scenarios {

// Modifiers of one intervention, with times from day 0, or, of one that begins on an event or at a time of the
// person's own, from its beginning; none for a zero dose. A growing dose is constant for a week at a time, a waning
// adherence for a month, each at its mean. Throws Error(out_of_range) for more than 5000 such stretches.
std::vector<Modifier> modifiers_of(const Intervention& intervention, double horizon_d,
                                   bool from_its_beginning = false);

// For how long it runs, with all its repetitions; nothing where it has no end.
std::optional<double> length_of(const Intervention& intervention);

// Whether persons differ in how much they take and for how long.
bool is_personal(const Adherence& adherence);

// "Resistance training at the full dose of the trials, 80 % of it taken: from the start, for 16 weeks".
std::string in_words(const Intervention& intervention, double horizon_d);

// "\"slow\": gait_speed below 0.8".
std::string in_words(const Event& event);

// "resistance training"
std::string_view type_in_words(InterventionType type);

// Its name, or its type in words.
std::string name_of(const Intervention& intervention);

// "gait_speed < 0.8 m/s", "age 80", or the event's name: what a rule's event is called.
std::string event_of(const Rule& rule);

// "3 months", and "24 weeks" where they are whole.
std::string length_in_words(double days);

// Whether it does anything; an intervention that does not is dropped when a scenario is resolved.
bool has_effect(const Intervention& intervention);

}  // namespace healthspan::scenarios
