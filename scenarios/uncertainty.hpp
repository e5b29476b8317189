// Which layer makes how much of an outcome's spread: the model's structure, the draw of uncertain parameters, the
// person, or the events of one life.
#pragma once

#include <healthspan/core/layers.hpp>
#include <healthspan/scenarios/run.hpp>

#include <array>
#include <string>
#include <vector>

namespace healthspan::scenarios {

inline constexpr std::array layer_names{"structure", "draw", "individual", "event"};

struct OutcomeLayers {
  std::string outcome, unit;
  std::string arm;        // one arm, or
  std::string reference;  // its difference from this one; empty for the arm alone
  double mean = 0, deviation = 0;
  std::vector<LayerShare> shares;  // by layer_names
};

// Five runs of `samples` members in every structure: two with all layers apart, and for each layer one in which only
// it is exchanged. Throws Error(too_many_failed_lives) when more than 1 % of the samples fail.
std::vector<OutcomeLayers> layers_of(const Scenario& scenario, std::uint64_t samples, const RunOptions& options);

}  // namespace healthspan::scenarios
