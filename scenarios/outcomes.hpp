// What a scenario asks, bound to its system: the events that are tallied, a measure for each outcome, and subgroups.
#pragma once

#include <healthspan/core/rows.hpp>
#include <healthspan/scenarios/scenario.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace healthspan::scenarios {

// An outcome at the horizon.
struct Outcome {
  std::string name, label, unit;
  std::size_t index;      // in the summary
  double per_unit = 1;    // the summary's unit in this one
  std::string rule = {};  // over whom a paired difference is taken, where rule_of() does not know
};

class Inquiry {
 public:
  Inquiry() = default;
  // `start`: a frame at the start, for the order of magnitude of quantities; asked for only if needed. Throws
  // Error(unknown_name | syntax | wrong_unit | out_of_range | missing_value) with a JSON pointer, for names of
  // quantities, events and arms and for conditions.
  Inquiry(const Scenario& scenario, const Composition& composition, const std::vector<Plan>& arms,
          const std::function<std::vector<double>()>& start);

  // What lives have to be watched for.
  void put_into(EnsembleSpec& spec) const;
  // The shape of the sums over lives of this spec, but for the ranges of its columns.
  SummarySpec shape(const EnsembleSpec& spec) const;

  const std::vector<TalliedEvent>& events() const { return events_; }
  const std::vector<Subgroup>& subgroups() const { return subgroups_; }

  // Places among the outcomes of a summary. Of an event: having had it by the horizon, and how often.
  std::size_t had(const Summary& summary, std::size_t event) const { return summary.measure_outcome(2 * event); }
  std::size_t times(const Summary& summary, std::size_t event) const {
    return summary.measure_outcome(2 * event + 1);
  }
  // Life-years to the horizon, the restricted mean survival time.
  Outcome life_years(const Summary& summary) const;
  // What is asked besides the usual outcomes.
  std::vector<Outcome> outcomes(const Summary& summary) const;

  // Value and slope of a quantity where an event first struck.
  struct Onset {
    OnsetAsked asked;
    Outcome value, slope;
  };
  std::vector<Onset> onsets(const Summary& summary) const;
  struct Value {
    Outcome qaly, cost;
    std::size_t product;  // of their differences, in the summary
  };
  // If both are asked for.
  std::optional<Value> value(const Summary& summary) const;

 private:
  struct Measure {
    std::string name, label, unit, rule;
    double per_unit, scale;
    MeasureOfLife of;
    bool listed = true;  // among the outcomes
  };
  std::size_t watch(Slot slot);
  Outcome outcome(const Summary& summary, std::size_t measure) const;
  Slot known(const std::string& quantity, const Composition& composition, const std::string& at) const;
  void ask_events(const Composition& composition, const std::vector<Plan>& arms, bool weigh_deaths);
  void ask_years(const Scenario& scenario, const Composition& composition);
  void ask_onset(const Scenario& scenario, const Composition& composition,
                 const std::function<std::vector<double>()>& start);
  void ask_worth(const Scenario& scenario, const Composition& composition);
  void ask_subgroups(const Scenario& scenario, const Composition& composition);
  // Whether the condition holds at a report of a life.
  using Holds = std::function<bool(const LifeRow&, std::size_t report)>;
  Holds bind(const std::string& condition, const Composition& composition, const std::string& at);
  std::size_t event(const std::string& name, const std::string& at) const;
  void add(Measure measure, const std::string& at);

  std::vector<TalliedEvent> events_;
  std::vector<Slot> watched_;
  std::vector<Measure> measures_;
  std::vector<Subgroup> subgroups_;
  std::vector<std::function<bool(const LifeRow&)>> groups_;
  std::vector<std::string> taken_;  // names of outcomes
  std::vector<OnsetAsked> onsets_;
  std::size_t first_onset_ = 0;
  std::optional<std::size_t> life_years_, qaly_, cost_;  // measures
};

// Over whom an outcome's paired difference is taken: "all members" or "pairs alive in both".
std::string rule_of(const Summary& summary, const Outcome& outcome);

// A public name as a label: "gait_speed" is "Gait speed", "hba1c" is "HbA1c".
std::string label_of(std::string name);

}  // namespace healthspan::scenarios
