// One life told as a dated story, the arms side by side.
#pragma once

#include <healthspan/core/event_log.hpp>
#include <healthspan/scenarios/system.hpp>

#include <string>
#include <vector>

namespace healthspan::scenarios {

// The name of what a record tells of, and what brought it about.
std::string name_of(const Plan& plan, const EventRecord& record);
std::string cause_of(const System& system, const EventRecord& record);

struct StoryLine {
  double time_d;
  std::string text;
};

// What there is to tell of a member in each arm: how he starts, what is done, what happens, when he becomes frail,
// how it ends. Throws Error(too_many_failed_lives) where the member cannot be followed.
std::vector<std::vector<StoryLine>> story_of(const System& system, const Scenario& scenario, std::uint64_t member);

// As a table for a terminal, `width` columns wide.
std::string side_by_side(const Scenario& scenario, const std::vector<std::vector<StoryLine>>& arms, int width);

}  // namespace healthspan::scenarios
