// Runs a scenario: pilot, ensemble, and the pictures of the spiral.
#pragma once

#include <healthspan/models/spiral.hpp>
#include <healthspan/scenarios/system.hpp>

#include <optional>

namespace healthspan::scenarios {

struct RunOptions {
  int threads = 0;                      // 0: all cores
  std::optional<std::uint64_t> member;  // run this member alone
  std::stop_token stop;
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;  // called from any thread
};

// What the pilot found for one output: difference between a step and its half, largest over time and arms.
struct StepError {
  std::string output;
  double median = 0, p99 = 0;  // over members, in the output's unit
};

struct Pilot {
  std::uint64_t members = 0;
  int substeps_per_month = 2;
  std::vector<StepError> errors;
  std::uint64_t sensitive = 0;  // members near a separatrix: an output differs by over 5 % of its range
};

struct Portrait {
  struct Path {
    std::vector<double> time_y, activity, strength;
  };
  std::vector<Path> arms;
  std::vector<models::Equilibrium> equilibria;
};

// Length of stay against deficit burden at the start: activity some months after the stay began.
struct StayMap {
  std::vector<double> lengths_d, deficits;
  std::vector<std::vector<double>> activity;  // [deficit][length]
  std::vector<std::optional<double>>
      critical_d;  // stay after which activity ends below the threshold; none if never, or even without a stay
  double patient_deficit = 0, patient_length_d = 0;
  double months = 18, threshold = 0.4;
};

struct SpiralFindings {
  models::SpiralReport median;
  std::optional<double> recovery_d;
  std::uint64_t members = 0;
  double monostable = 0, near_fold = 0, bistable = 0;  // shares of members
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
