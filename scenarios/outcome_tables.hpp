// Tables of events, contrasts, subgroups and costs, as CSV. Each is empty where there is nothing to say.
#pragma once

#include <healthspan/scenarios/run.hpp>

#include <string>

namespace healthspan::scenarios {

std::string incidence_table(const RunResult& result);
std::string contrasts_table(const RunResult& result);
std::string subgroups_table(const RunResult& result);
std::string cost_effectiveness_table(const RunResult& result);

}  // namespace healthspan::scenarios
