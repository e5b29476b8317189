// The system that a scenario describes: composed modules, the patient's frame, who varies in what, and each arm's
// schedule.
#pragma once

#include <healthspan/core/ensemble.hpp>
#include <healthspan/core/sobol.hpp>
#include <healthspan/models/measured_start.hpp>
#include <healthspan/models/patient.hpp>
#include <healthspan/scenarios/cohort.hpp>
#include <healthspan/scenarios/outcomes.hpp>
#include <healthspan/scenarios/scenario.hpp>

namespace healthspan::scenarios {

// Where each layer of chance comes from; all from the scenario's seed, unless layers are told apart.
struct LayerSeeds {
  std::uint64_t draw, individual, event;
};

// How a member came by a start that shows what was measured of him.
struct PlacedMember {
  Person person;               // empty for the members of one patient
  std::uint64_t tested = 0;    // candidates looked at
  std::uint64_t eligible = 0;  // of them, the last one included
  bool placed = false;         // false: no start was found, and the life fails
  bool other_branch = false;   // on the other way of life than the one asked for
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
    if (places_) return place(first, frame, nullptr, most_attempts());
    frame.assign(composition_.size(), R(0.0));
    for (int i = 0; i < lanes_of<R>; ++i) {
      const std::vector<double> one = member(first + static_cast<std::uint64_t>(i));
      for (std::size_t s = 0; s < one.size(); ++s) set_lane(frame[s], i, one[s]);
    }
    models::personalise(composition_, frame, branch_);
  }
  // One life at median parameters, personalised; of a cohort, that of somebody in its middle.
  std::vector<double> median_life() const;

  // Who the members are, where they are not one patient.
  const CohortPeople* people() const { return people_ ? &*people_ : nullptr; }
  // The patient, or somebody in the middle of the cohort.
  const Patient& middle() const { return middle_; }
  // Members first, first + 1, … as they were found.
  std::vector<PlacedMember> placed(std::uint64_t first, std::uint64_t count) const;

  // Report times: every month and the horizon.
  const std::vector<double>& reports_d() const { return reports_d_; }
  EnsembleSpec spec(int substeps_per_month) const;

 private:
  void check_outputs(const Scenario& scenario) const;
  PlanSpec declared_events(const Scenario& scenario) const;

  // A candidate for a member: his attributes, what was measured of him, and parameters of his own.
  struct Candidate {
    std::vector<double> frame;
    models::Measurements<double> measured;
    bool level_follows = false;
    CohortPeople::Eligible eligible;
  };
  Candidate candidate(std::uint64_t member, std::uint64_t from) const;
  void give(std::vector<double>& frame, const Patient& patient) const;
  void draw_parameters(std::vector<double>& frame, std::uint64_t member, std::uint64_t number) const;
  void check_measurements(const Scenario& scenario) const;
  void keep_latents();
  void eligible_at_start(const Cohort& cohort, std::uint64_t seed);
  void check_measured(const Cohort& cohort) const;
  void check_starts() const;

  // Gives every lane the first candidate of its member that has an eligible start which shows what was measured.
  // Candidates of one lane do not depend on those of another. A lane for which `limit` attempts find none is left
  // NaN.
  template <class R>
  void place(std::uint64_t first, std::vector<R>& frame, PlacedMember* found, int limit) const;
  int most_attempts() const;

  struct Varying {
    Slot slot;
    double log_sd;
    Stream stream;
  };
  void vary(const Scenario& scenario, const LayerSeeds& seeds);
  Composition composition_;
  std::vector<std::string> outputs_;
  models::Branch wanted_branch_, branch_;  // as asked for, and that of the life at the medians
  std::vector<double> medians_, reports_d_;
  std::optional<CohortPeople> people_;
  Patient middle_;
  bool places_ = false;        // starts have to show what was measured
  Condition start_condition_;  // and to meet this
  struct Seen {
    Slot slot;
    double error;
    bool relative;
    Stream stream;
  };
  std::vector<Seen> start_seen_;                       // by its names
  std::array<std::vector<double>, 2> medians_by_sex_;  // women first; parameters, for a cohort
  std::vector<Varying> varying_;
  std::optional<SobolPoints> points_;  // one coordinate for each that varies, where draws are quasi-random
  std::vector<Plan> arms_;
  Inquiry inquiry_;
  std::uint64_t seed_;
  bool weigh_deaths_;
};

// A hint at a quantity's name. There are too many to list them.
std::string hint_of_many(const std::string& name, const std::vector<std::string>& candidates);

inline constexpr double month_d = 365.25 / 12.0;

}  // namespace healthspan::scenarios
