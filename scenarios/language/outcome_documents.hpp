// Events, effects, severity, subgroups and costs as blocks of run.json and of the report's data.
#pragma once

#include <healthspan/scenarios/run.hpp>

#include <nlohmann/json.hpp>

namespace healthspan::scenarios {

// Adds "incidence", "effects", "about_the_helped", "onset", "subgroups" and "cost_effectiveness", each a list or
// text.
void add_outcome_blocks(const RunResult& result, nlohmann::ordered_json& document);

}  // namespace healthspan::scenarios
