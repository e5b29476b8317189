// Results and descriptions as JSON.
#pragma once

#include <healthspan/scenarios/run.hpp>

#include <string>

namespace healthspan::scenarios {

inline constexpr const char* disclaimer = "Research software, not a medical device.";

// Seed, versions, members, failures, pilot, warnings: everything that is the same in every rerun.
std::string run_document(const RunResult& result);

// Wall times, the only file that may differ between two runs.
std::string timing_document(const RunResult& result, int threads);

// What the HTML report draws.
std::string report_document(const RunResult& result, const System& system);

// Modules with their tables. An empty name means all.
std::string describe_document(const std::string& module);

}  // namespace healthspan::scenarios
