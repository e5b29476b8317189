// The system that a scenario describes: composed modules, the patient's frame, who varies in what, and each arm's
// schedule.
#pragma once

#include <healthspan/core/ensemble.hpp>
#include <healthspan/core/sobol.hpp>
#include <healthspan/models/patient.hpp>
#include <healthspan/scenarios/outcomes.hpp>
#include <healthspan/scenarios/scenario.hpp>

namespace healthspan::scenarios {

// Where each layer of chance comes from; all from the scenario's seed, unless layers are told apart.
struct LayerSeeds {
  std::uint64_t draw, individual, event;
};

class System {
 public:
  // Throws Error(unknown_name | out_of_range | composition) for what the language cannot know: names of modules,
  // outputs and parameters.
  explicit System(const Scenario& scenario) : System(scenario, {scenario.seed, scenario.seed, scenario.seed}) {}
  System(const Scenario& scenario, const LayerSeeds& seeds);

  const Composition& composition() const { return composition_; }
  const std::vector<Plan>& arms() const { return arms_; }
  const std::vector<std::string>& outputs() const { return outputs_; }
  models::Branch branch() const { return branch_; }
  const Inquiry& inquiry() const { return inquiry_; }

  // Attributes and median parameters, before personalisation.
  const std::vector<double>& medians() const { return medians_; }
  // The same with the parameters of one member.
  std::vector<double> member(std::uint64_t number) const;
  // Personalises frames of members first, first+1, … lane by lane.
  template <class R>
  void operator()(std::uint64_t first, std::vector<R>& frame) const {
    frame.assign(composition_.size(), R(0.0));
    for (int i = 0; i < lanes_of<R>; ++i) {
      const std::vector<double> one = member(first + static_cast<std::uint64_t>(i));
      for (std::size_t s = 0; s < one.size(); ++s) set_lane(frame[s], i, one[s]);
    }
    models::personalise(composition_, frame, branch_);
  }
  // One life at median parameters, personalised.
  std::vector<double> median_life() const;

  // Report times: every month and the horizon.
  const std::vector<double>& reports_d() const { return reports_d_; }
  EnsembleSpec spec(int substeps_per_month) const;

 private:
  void check_outputs(const Scenario& scenario) const;
  PlanSpec declared_events(const Scenario& scenario) const;

  struct Varying {
    Slot slot;
    double log_sd;
    Stream stream;
  };
  void vary(const Scenario& scenario, const LayerSeeds& seeds);
  Composition composition_;
  std::vector<std::string> outputs_;
  models::Branch branch_;
  std::vector<double> medians_, reports_d_;
  std::vector<Varying> varying_;
  std::optional<SobolPoints> points_;  // one coordinate for each that varies, where draws are quasi-random
  std::vector<Plan> arms_;
  Inquiry inquiry_;
  std::uint64_t seed_;
  bool weigh_deaths_;
};

inline constexpr double month_d = 365.25 / 12.0;

}  // namespace healthspan::scenarios
