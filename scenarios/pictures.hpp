// The pictures of the spiral: portrait, stay map, and the classes of the members.
#pragma once

#include <healthspan/models/spiral.hpp>
#include <healthspan/scenarios/system.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace healthspan::scenarios {

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

// `start` is the personalised life at median parameters; it is not followed to death.
Portrait draw_portrait(const System& system, const std::vector<double>& start, int substeps);

// The stay of the reference arm, its length and the deficits varied, at median parameters. None where the reference
// arm has no stay, more than one, or one too late to look at its consequences.
std::optional<StayMap> draw_stay_map(const System& system, const Scenario& scenario, int substeps);

// Of the first members, at most 512, and of the life at median parameters.
SpiralFindings classify(const System& system, const std::vector<double>& median, std::uint64_t members);

}  // namespace healthspan::scenarios
