// Runs a scenario: pilot, ensemble, and the pictures of the spiral.
#pragma once

#include <healthspan/scenarios/pictures.hpp>
#include <healthspan/scenarios/pilot.hpp>
#include <healthspan/scenarios/system.hpp>

#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>

namespace healthspan::scenarios {

struct RunOptions {
  int threads = 0;                      // 0: all cores
  std::optional<std::uint64_t> member;  // run this member alone
  std::stop_token stop;
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;  // called from any thread
};

// An outcome at the horizon.
struct Outcome {
  std::string name, label, unit;
  std::size_t index;    // in the summary
  double per_unit = 1;  // the summary's unit in this one
};

struct RunResult {
  Scenario resolved;
  std::vector<std::string> arm_names;
  std::vector<std::vector<std::string>> arm_words;
  EnsembleSpec spec;
  std::optional<Summary> summary;
  std::vector<Outcome> outcomes;
  std::vector<std::size_t> net_outcomes;  // places in `outcomes` that are also contrasted with death ranked worst
  Pilot pilot;
  std::optional<Portrait> portrait;
  std::optional<StayMap> stay_map;
  std::optional<SpiralFindings> spiral;
  std::vector<std::string> warnings;
  std::map<std::string, double> seconds;  // wall time by stage
  std::uint64_t first_member = 0, members = 0;
};

// A public name as a label: "gait_speed" is "Gait speed".
std::string label_of(std::string name);

// Over whom an outcome's paired difference is taken: "all members" or "pairs alive in both".
std::string rule_of(const Summary& summary, const Outcome& outcome);

// Runs it. Throws Error(interrupted) when stopped, Error(too_many_failed_lives) when more than 1 % of the lives fail.
RunResult run(const System& system, const Scenario& scenario, const RunOptions& options);

}  // namespace healthspan::scenarios
