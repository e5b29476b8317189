// All that is done in one arm: interventions, programmes and policies put together, checked, and handed to the engine
// as modifiers, visits, triggers and reactions.
#pragma once

#include <healthspan/core/composition.hpp>
#include <healthspan/core/events.hpp>
#include <healthspan/scenarios/scenario.hpp>

#include <string>
#include <vector>

namespace healthspan::scenarios {

// An intervention as it comes about in an arm.
struct Planned {
  Intervention what;                    // started by the event of a policy, where that starts it
  std::string programme;                // to which it belongs, if any
  std::string at;                       // its JSON pointer
  std::vector<std::string> stopped_by;  // policies that end it

  // Whether the engine knows beforehand when it is on: then it is part of the schedule, and else a reaction.
  bool by_the_calendar() const;
};

// In order: of all arms, of this one, its programmes, and what policies start. Throws Error(unknown_name) with a JSON
// pointer for a programme that there is none of, and for something to stop that is not done.
std::vector<Planned> planned(const Scenario& scenario, std::size_t arm);

// Adds what is done in the arm to a plan that has the scenario's events. Throws Error(unknown_name | wrong_unit |
// syntax | out_of_range) with a JSON pointer for what only the whole system can tell.
void plan_arm(const Scenario& scenario, std::size_t arm, const Composition& composition, PlanSpec& plan);

// One sentence for each intervention and policy.
std::vector<std::string> arm_in_words(const Scenario& scenario, std::size_t arm);

// Who acts on an input.
struct Acting {
  std::string input, by, operation;
  std::string begins;  // "day 0", or the event from which the stretches count
  struct Stretch {
    double begin_d, end_d, value;  // of the median person
  };
  std::vector<Stretch> stretches;
};

// Of one arm, by input in the order of their names; on one input as listed: replace, at_least, multiply, add.
std::vector<Acting> composition_of(const Scenario& scenario, std::size_t arm, const Composition& composition);

}  // namespace healthspan::scenarios
