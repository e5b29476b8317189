// A scenario: who, what is done in each arm, for how long, how many lives. Plain data; nothing here computes.
#pragma once

#include <healthspan/core/table.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace healthspan::scenarios {

enum class Sex { male, female };
enum class Country { japan, usa };
enum class StartBranch { active, inactive };

struct Patient {
  double age_y = 0;
  Sex sex = Sex::male;
  Country country = Country::japan;
  double height_m = 0;
  double weight_kg = 0;
  std::optional<double> fat_mass_kg;
  double deficit_burden = 0;
  std::optional<double> physical_activity_level;  // from the steady activity where not given
  StartBranch start = StartBranch::active;
};

// A parameter set apart from its table: its median, its spread between members, or both.
struct ParameterChange {
  std::optional<double> value;   // in the unit of the table
  std::optional<double> log_sd;  // log-normal spread; 0 fixes the value
};

enum class InterventionType { resistance_exercise, aerobic_exercise, diet, hospital_stay };

struct Intervention {
  InterventionType type = InterventionType::resistance_exercise;
  double start_d = 0;
  bool at_discharge = false;         // start is the end of the arm's first hospital stay
  std::optional<double> duration_d;  // to the horizon where not given
  double dose = 1;                   // exercise: 1 = the full programme of the trials
  double adherence = 1;              // share of the dose that is taken
  double energy_kcal_per_d = 0;      // diet
  double protein_g_per_d = 0;        // diet
  bool mobilised = false;            // hospital stay
};

struct Arm {
  std::string name;
  std::vector<Intervention> interventions;
};

// Fixed by the pilot, and what it found; a scenario that has them runs without one and gives the same bytes.
struct Numerics {
  int substeps_per_month = 2;
  std::map<std::string, std::pair<double, double>> ranges;       // of each output, for its histogram
  std::uint64_t pilot_members = 0;                               // 0: there was no pilot
  std::uint64_t near_separatrix = 0;                             // of the pilot's members
  std::map<std::string, std::pair<double, double>> step_errors;  // of each output: median and 99th percentile
};

// Whole numbers up to here are the same number in JSON.
inline constexpr std::int64_t largest_seed = 9007199254740991;
inline constexpr std::int64_t most_members = 1000000000;

struct Scenario {
  std::string title;
  std::string question;
  Patient patient;
  std::map<std::string, ParameterChange> parameters;
  std::vector<std::string> modules;  // empty: the frailty patient
  std::vector<std::string> outputs;  // quantities watched over time; empty: the usual ones
  std::vector<Intervention> all_arms;
  std::vector<Arm> arms;
  double horizon_d = 0;
  std::uint64_t members = 10000;
  std::uint64_t seed = 1;
  std::optional<Numerics> numerics;
};

}  // namespace healthspan::scenarios
