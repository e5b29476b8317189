// A scenario: who, what is done in each arm, for how long, how many lives. Plain data; nothing here computes.
#pragma once

#include <healthspan/core/events.hpp>
#include <healthspan/core/table.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace healthspan::scenarios {

enum class Sex { male, female };
enum class Country { japan, usa };
enum class StartBranch { active, inactive };

// What was found in tests; the model starts from these values.
struct Measurements {
  std::optional<double> grip_strength_kg;
  std::optional<double> gait_speed_m_per_s;
  std::optional<double> aerobic_capacity;  // ml/kg/min
  std::optional<double> steps;             // per day
  std::optional<double> activity;          // 1 = 5,000 steps/d; instead of steps
};

// Fasting values of the blood; the modules of glucose start from them.
struct Labs {
  std::optional<double> fasting_glucose_mg_per_dl;
  std::optional<double> fasting_insulin_uu_per_ml;
  std::optional<double> hba1c_percent;
  std::optional<double> systolic_mmhg, diastolic_mmhg;
  std::optional<double> ldl_mg_per_dl, hdl_mg_per_dl, triglycerides_mg_per_dl;
  std::optional<double> egfr;  // ml/min/1.73m2, or creatinine
  std::optional<double> creatinine_mg_per_dl;
  std::optional<double> albuminuria_mg_per_g;
};

// What has happened to the patient before the start; the modules of events begin from it.
struct History {
  std::optional<double> diabetes_y;  // since it was found; 0 = just now
  bool infarction = false, stroke = false, heart_failure = false, angina = false;
  bool foot_ulcer = false, amputation = false, blindness = false, renal_failure = false;
};

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
  std::optional<Measurements> measurements;
  std::optional<Labs> labs;
  std::optional<History> history;
  bool smoker = false;
  std::optional<double> antihypertensive_drugs, statin_dose;  // taken when what was measured was measured, and on
};

enum class PopulationName { japan_65plus, us_adults };

struct AgeRange {
  double from_y = 0, to_y = 0;
};

// What is measured of the people of a cohort; with a name it is a test of its own that eligibility at the start may
// ask for.
struct CohortMeasurement : Measurement {
  std::optional<std::string> as;
};

// Many people instead of one: of a built-in population or of a file.
struct Cohort {
  std::optional<PopulationName> population;
  std::optional<std::string> people;  // path of a table, from the scenario's folder
  std::optional<std::string> people_checksum;
  std::optional<Country> country;
  std::optional<Sex> sex;
  std::optional<AgeRange> age;
  std::optional<std::string> eligibility;           // on what is known of people
  std::optional<std::string> eligibility_at_start;  // on quantities of the model at time zero
  std::vector<CohortMeasurement> measured;          // of both conditions: what they see with an error
  std::shared_ptr<const std::string> people_text;   // what is in the file
};

// A parameter set apart from its table: its median, its spread between members, how uncertain the median is.
struct ParameterChange {
  std::optional<double> value;   // in the unit of the table
  std::optional<double> log_sd;  // log-normal spread between members; 0 fixes the value
  std::optional<double>
      uncertainty;  // standard deviation of the median's logarithm; every life has a draw of its own
};

// Another structure of the model: modules that take the place of others, parameters set otherwise.
struct Structure {
  std::string name;
  std::map<std::string, std::string> replaced;  // module by module
  std::map<std::string, ParameterChange> parameters;
};

enum class Draws { random, sobol };

// When something is to happen that depends on the life: at an event, at an age, or when one comparison of a quantity
// with a level comes to hold.
enum class RuleKind { event, age, condition };
struct Rule {
  RuleKind kind = RuleKind::event;
  std::string event;
  double age_y = 0;
  std::string condition;
};

// An intervention that a rule starts, each time it strikes and nothing of the last time still runs.
struct OnEvent : Rule {
  double delay_d = 0;
  std::optional<int> most_times;
};

// The same course again, `times` in all.
struct Repeat {
  double every_d = 0;
  int times = 1;
};

// How much of what is prescribed is taken, and for how long.
struct Adherence {
  double level = 1;                   // share that the median person takes at first
  std::optional<double> half_life_d;  // in which everybody's share halves
  double drop_out = 0;                // share of those still at it who give up within a year
  double spread = 0;                  // between persons: standard deviation of the logit of the share
};

enum class InterventionType {
  resistance_exercise,
  aerobic_exercise,
  diet,
  hospital_stay,
  multicomponent_exercise,
  balance_exercise,
  protein_supplement,
  weight_loss_diet,
  prescribed_diet,
  glp1_agonist,
  metformin,
  sulfonylurea,
  sglt2_inhibitor,
  insulin,
  step_limit,
  antihypertensive,
  statin,
  smoking_cessation,
  salt_reduction
};

struct Intervention {
  InterventionType type = InterventionType::resistance_exercise;
  double start_d = 0;
  bool at_discharge = false;         // start is the end of the arm's first hospital stay
  std::optional<OnEvent> on;         // instead of a start that is known beforehand
  std::optional<double> duration_d;  // to the horizon where not given
  double dose = 1;                   // 1: the full programme of the trials, the full dose of a drug
  Adherence adherence;
  double energy_kcal_per_d = 0;  // diet
  double protein_g_per_d = 0;    // diet, supplement, weight-loss diet
  bool mobilised = false;        // hospital stay
  std::optional<std::string> name;
  std::optional<double> ramp_d;              // in which the dose grows to its full
  std::optional<Repeat> repeat;              // needs a duration
  std::optional<Rule> stop;                  // ends it, and what of it is still to come
  std::optional<double> brought_kcal_per_d;  // protein supplement: 4 kcal per gram of protein where not given
  double deficit_kcal_per_d = 0;             // weight-loss diet
  double prescribed_kcal_per_d = 0;          // prescribed diet, and its protein, the usual share where not given
  std::optional<double> prescribed_protein_g_per_d;
  double steps_per_d = 0;   // step limit; 0 is bed rest
  double drugs = 1;         // antihypertensive: how many, each at `dose` times its standard dose
  double salt_g_per_d = 0;  // salt reduction
};

enum class EventType { scheduled, trigger, visit };
enum class Side { above, below };

// A measured value beyond the level, known some time after the visit, is an event of its own.
struct VisitFinding {
  std::string name;
  std::string quantity;
  Side side = Side::below;
  double level = 0;
  double delay_d = 0;
};

// Something that may happen and that interventions can start on, besides the events that modules bring with them.
struct Event {
  std::string name;
  EventType type = EventType::trigger;
  double start_d = 0;    // scheduled and visit
  double every_d = 0;    // scheduled and visit: 0 is once
  std::string quantity;  // trigger
  Side side = Side::below;
  double level = 0;
  double hysteresis = 0;
  bool at_start = true;
  std::vector<Measurement> measurements;
  std::vector<VisitFinding> findings;
};

struct PolicyVisit {
  double every_d = 0;
  double start_d = 0;
  std::vector<Measurement> measurements;
  double missed = 0;  // share of the visits to which the person does not come
};

// What a visit has found has to be found again: at the next one, or at one of its own some time after.
struct Confirm {
  bool again = false;
  std::optional<double> after_d;
};

enum class Does { start, stop };
struct PolicyAction {
  Does kind = Does::start;
  std::string what;  // a programme; of what is stopped also an intervention
};

// A rule that acts on what visits measure.
struct Policy {
  std::string name;
  PolicyVisit visit;
  std::string condition;
  Confirm confirm;
  double delay_d = 0;
  PolicyAction then;
  std::optional<int> most_times;
};

enum class SolverMethod { lanes, reference, rosenbrock };

struct Solver {
  SolverMethod method = SolverMethod::lanes;
  double tolerance = 1e-8;  // relative, of the adaptive methods
};

enum class Deaths { sampled, weighed };

struct Arm {
  std::string name;
  std::vector<Intervention> interventions;
  std::vector<std::string> programmes = {};  // that begin at the start
  std::vector<Policy> policies = {};
};

// Years while a condition holds, as scenarios/condition.hpp reads it.
struct YearsAsked {
  std::string name;
  std::string condition;
};

// How severe a quantity is where an event has first struck.
struct OnsetAsked {
  std::string event;
  std::string quantity;
};

struct ByState {
  double robust = 0, prefrail = 0, frail = 0;
};
struct Quality : ByState {};
struct YearlyCosts : ByState {};

struct Costs {
  std::string currency;
  std::optional<YearlyCosts> per_year;
  std::map<std::string, double> per_event;
  std::map<std::string, double> per_arm;          // once, at the start
  std::map<std::string, double> per_year_of_arm;  // of life, besides that of the state
};

struct Worth {
  std::optional<Quality> quality;
  std::optional<Costs> costs;
  double discount = 0;  // per year: a year later is worth 1 / (1 + discount)
};

// People told apart by how they are at the start.
struct Subgroup {
  std::string name;
  std::string condition;
};

// What is asked besides the usual outcomes.
struct Asked {
  std::vector<YearsAsked> years;
  std::vector<OnsetAsked> onset;
  std::optional<Worth> worth;
  std::vector<Subgroup> subgroups;
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
  Patient patient;               // of a cohort: somebody in its middle
  std::optional<Cohort> cohort;  // instead of one patient
  std::map<std::string, ParameterChange> parameters;
  std::vector<Structure> structures;  // besides the scenario's own, equally likely; for `healthspan uncertainty`
  std::vector<std::string> modules;   // empty: the frailty patient
  std::vector<std::string> added_modules;
  std::vector<std::string> outputs;  // quantities watched over time; empty: the usual ones
  std::vector<Event> events;
  std::map<std::string, std::vector<Intervention>> programmes;  // starts count from the programme's own
  std::vector<Policy> policies;                                 // in every arm
  std::vector<Intervention> all_arms;
  std::vector<Arm> arms;
  std::optional<Asked> asked;
  double horizon_d = 0;
  std::uint64_t members = 10000;
  std::uint64_t seed = 1;
  Draws draws = Draws::random;
  Deaths deaths = Deaths::sampled;
  std::optional<Solver> solver;
  std::optional<Numerics> numerics;
};

}  // namespace healthspan::scenarios
