// The energy half of the patient is the adult model of Hall et al., Lancet 378:826 (2011), web appendix.
#include "csv.hpp"
#include "protocols.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <map>

namespace healthspan::tests {
namespace {

using enum Modifier::Operation;

constexpr double base_step_d = 15.21875;

// Energy stores on their own: intake, age and activity come from outside.
const Composition& hall_alone(bool dynamic) {
  static const auto make = [](const char* glycogen) {
    return models::compose({"body_composition", "energy_balance", glycogen},
                           {"age_at_start", "height", "weight_at_start", "age", "energy_intake"});
  };
  static const Composition reference = make("glycogen_and_fluid");
  static const Composition lanes = make("glycogen_and_fluid_quasi_steady");
  return dynamic ? reference : lanes;
}

// Everything that is coupled to the energy stores is live; intake is prescribed and age stands still.
std::vector<std::string> coupled_modules() {
  return {"body_composition", "energy_balance", "energy_need", "glycogen_and_fluid", "diet",     "muscle",
          "fitness",          "mobility",       "activity",    "inflammation",       "deficits", "weight_memory"};
}
const Composition& coupled() {
  static const Composition composition = [] {
    std::vector<std::string> given = models::attribute_names();
    for (const char* name : {"appetite", "age", "days_per_year"}) given.push_back(name);
    return models::compose(coupled_modules(), given);
  }();
  return composition;
}

struct Adult {
  bool male;
  double age_y, height_m, weight_kg, pal;
};

const char* intake_name(const Composition& composition) {
  return composition.find("appetite") ? "appetite" : "energy_intake";
}

// A settled frame in which age stands still and resting expenditure does not fall with it, as in the planner.
std::vector<double> adult(const Composition& composition, const Adult& a, Settings settings = {}) {
  if (composition.find("age_at_start")) settings.push_back({"age", a.age_y});
  if (composition.find("days_per_year")) settings.push_back({"days_per_year", 365.25});
  settings.push_back({"resting_decline", 0.0});
  const Person person{a.male, a.age_y, a.height_m, a.weight_kg, a.pal, 0.05};
  // The intake of the start is known only afterwards; muscle, which reads protein, settles with it in the second go.
  settings.push_back({intake_name(composition), 2500.0});
  const std::vector<double> probe = settled_life(composition, person, settings);
  settings.back().second = probe[composition.slot("energy_intake_at_start")];
  std::vector<double> frame = settled_life(composition, person, settings);
  composition.outputs(frame.data());
  return frame;
}

// Values of `name` at `days`, with these inputs changed for good on day 0.
std::vector<double> course(const Composition& composition, const std::vector<double>& start,
                           const std::vector<Modifier>& modifiers, const std::vector<double>& days,
                           const std::string& name = "body_weight") {
  std::vector<double> life = start, values;
  const Schedule schedule(composition, modifiers, days.back());
  ReferencePath path(composition, 1e-11);
  follow(composition, schedule, lay_legs(schedule.switches(), days, 1e4), path, life,
         [&](std::size_t, const std::vector<double>& at) { values.push_back(at[composition.slot(name)]); });
  return values;
}

double weight_on(const Composition& composition, const std::vector<double>& start, double intake, double day) {
  return course(composition, start, {{intake_name(composition), replace, intake, 0, 1e9}}, {day})[0];
}

// The values that the R package bw quotes from the NIH Body Weight Planner (tests/testthat/test_adult_weight.R).
// 0.15 kg: the planner prints whole kcal (0.05 kg at steady state) and handles salt in its own way (0.05 kg).
void planner(const Composition& composition) {
  const std::vector<double> man = adult(composition, {true, 36, 1.73, 76, 1.5});
  const std::vector<double> woman = adult(composition, {false, 21, 1.64, 58, 1.7});
  const Slot maintenance = composition.slot("energy_intake_at_start");
  CHECK(std::fabs(man[maintenance] - 2503) < 1);
  CHECK(std::fabs(woman[maintenance] - 2278) < 1);
  const double ten_years = 3652;  // long enough to be steady
  const double man_holds = weight_on(composition, man, 2360, ten_years);
  const double man_reaches = weight_on(composition, man, 2287, 365);
  const double woman_holds = weight_on(composition, woman, 2187, ten_years);
  const double woman_reaches = weight_on(composition, woman, 2159, 364);
  MESSAGE("holds ", man_holds, " reaches ", man_reaches, "; holds ", woman_holds, " reaches ", woman_reaches);
  CHECK(std::fabs(man_holds - 70) < 0.15);
  CHECK(std::fabs(man_reaches - 70) < 0.15);
  CHECK(std::fabs(woman_holds - 55) < 0.15);
  CHECK(std::fabs(woman_reaches - 55) < 0.15);
}

TEST_CASE("energy stores alone give the six values of the NIH Body Weight Planner") { planner(hall_alone(true)); }

TEST_CASE("with muscle, fitness, activity, inflammation and deficits live the six planner values stay") {
  planner(coupled());
}

struct Case {
  Adult adult;
  double change_kcal_d, sodium_mg_d;
};

std::vector<Case> golden_cases() {
  std::vector<Case> cases;
  for (const auto& row : read_csv("hall_adult_inputs.csv")) {
    CHECK(std::stod(row.at("pcarb")) == 0.5);
    cases.push_back({{row.at("sex") == "male", std::stod(row.at("age_y")), std::stod(row.at("height_m")),
                      std::stod(row.at("weight_kg")), std::stod(row.at("PAL"))},
                     std::stod(row.at("dEI_kcal_d")),
                     std::stod(row.at("dNa_mg_d"))});
  }
  return cases;
}

// 1e-6: both sides integrate the same equations with the same constants, to 1e-11 and better.
TEST_CASE("four adults follow the independently solved trajectories on the reference path") {
  const Composition& composition = hall_alone(true);
  const std::vector<Case> cases = golden_cases();
  REQUIRE(cases.size() == 4);
  const std::pair<const char*, const char*> columns[] = {
      {"weight_kg", "body_weight"},      {"fat_kg", "fat_mass"},      {"lean_kg", "lean_mass"},
      {"ecf_kg", "extracellular_fluid"}, {"glycogen_kg", "glycogen"}, {"AT_kcal_d", "adaptive_thermogenesis"}};
  double worst = 0;
  int compared = 0;
  for (const auto& row : read_csv("hall_adult_trajectories.csv")) {
    const Case& c = cases.at(static_cast<std::size_t>(std::stoi(row.at("case"))) - 1);
    const double day = std::stod(row.at("day"));
    if (day == 0) continue;
    const std::vector<double> start = adult(composition, c.adult);
    const std::vector<Modifier> change{{"energy_intake", add, c.change_kcal_d, 0, 1e9},
                                       {"sodium_intake_change", add, c.sodium_mg_d, 0, 1e9}};
    for (const auto& [column, name] : columns) {
      const double expected = std::stod(row.at(column));
      const double error = std::fabs(course(composition, start, change, {day}, name)[0] / expected - 1);
      INFO("case ", row.at("case"), " day ", day, " ", column);
      CHECK(error < 1e-6);
      worst = std::max(worst, error);
      ++compared;
    }
  }
  CHECK(compared == 4 * 6 * 6);
  MESSAGE("largest relative error ", worst);
}

// Quasi-steady glycogen and fluid are a day or two early, which is forgotten by day 30 to within 2e-3.
TEST_CASE("four adults follow the trajectories on the lane path from day 30") {
  using R = Pack<8>;
  const Composition& composition = hall_alone(false);
  const std::vector<Case> cases = golden_cases();
  std::vector<R> before(composition.size());
  std::vector<R> life(composition.size());
  for (int i = 0; i < 8; ++i) {
    const Case& c = cases[static_cast<std::size_t>(i % 4)];
    std::vector<double> frame = adult(composition, c.adult);
    for (std::size_t s = 0; s < frame.size(); ++s) set_lane(before[s], i, frame[s]);
    frame[composition.slot("energy_intake")] += c.change_kcal_d;
    frame[composition.slot("sodium_intake_change")] += c.sodium_mg_d;
    for (std::size_t s = 0; s < frame.size(); ++s) set_lane(life[s], i, frame[s]);
  }
  composition.at_switch(before.data(), life.data());

  const std::vector<double> days{30, 90, 180, 365, 730, 1825};
  std::vector<Leg> legs = lay_legs({0.0}, days, base_step_d);  // graded, as after any switch
  for (Leg& leg : legs) leg.switch_index = -1;                 // which has been made above, lane by lane
  LanePath<R> path(composition);
  std::map<std::pair<int, int>, std::vector<double>> found;
  follow(composition, Schedule(composition, {}, days.back()), legs, path, life,
         [&](std::size_t k, const std::vector<R>& at) {
           for (int i = 0; i < 8; ++i)
             for (const char* name : {"body_weight", "fat_mass", "lean_mass"})
               found[{i, static_cast<int>(days[k])}].push_back(lane(at[composition.slot(name)], i));
         });

  double worst = 0;
  for (const auto& row : read_csv("hall_adult_trajectories.csv")) {
    const int day = std::stoi(row.at("day"));
    if (day == 0) continue;
    for (const int i : {0, 4}) {
      const auto& values = found.at({std::stoi(row.at("case")) - 1 + i, day});
      const char* columns[] = {"weight_kg", "fat_kg", "lean_kg"};
      for (std::size_t k = 0; k < 3; ++k) {
        const double error = std::fabs(values[k] / std::stod(row.at(columns[k])) - 1);
        INFO("case ", row.at("case"), " day ", day, " ", columns[k]);
        CHECK(error < 2e-3);
        worst = std::max(worst, error);
      }
    }
  }
  MESSAGE("largest relative error ", worst);
}

// Computed with the planner's equations: a man of 100 kg, 1.80 m, 40 years whose activity level goes from 1.5 to 1.7.
TEST_CASE("a higher activity level lowers weight as in Hall's equations") {
  const Composition& composition = hall_alone(true);
  std::vector<double> man = adult(composition, {true, 40, 1.80, 100, 1.5});
  CHECK(std::fabs(man[composition.slot("energy_intake_at_start")] - 2898.3) < 0.05);
  const double resting = man[composition.slot("energy_intake_at_start")] / 1.5;
  const double per_activity = man[composition.slot("walking_energy_used")];
  CHECK(per_activity == 4.0);  // kcal/kg/d per unit of activity, not lowered for this man
  const double delta = 0.9 * (1.7 - 1.5) * resting / 100.0;
  const std::vector<double> weights =
      course(composition, man, {{"activity", add, delta / per_activity, 0, 1e9}}, {30, 180, 365, 1095, 1825});
  const double expected[] = {98.68, 93.27, 88.78, 82.75, 82.03};
  for (std::size_t k = 0; k < 5; ++k) CHECK(std::fabs(weights[k] - expected[k]) < 0.01);
}

// Energy of the stores of Hall's three tissues.
double stored(const Composition& composition, const std::vector<double>& at) {
  const auto value = [&](const char* name) { return at[composition.slot(name)]; };
  return value("fat_energy_density") * value("fat_mass") + value("lean_energy_density") * value("lean_mass") +
         value("glycogen_energy_density") * value("glycogen");
}

std::vector<std::string> whole_patient(bool dynamic) {
  std::vector<std::string> names = models::patient_modules("japan");
  if (dynamic)
    for (std::string& name : names)
      if (name == "glycogen_and_fluid_quasi_steady") name = "glycogen_and_fluid";
  return names;
}

// A hard life: a diet, training, a stay in hospital, an appetite shift.
std::vector<Modifier> hard_life() {
  std::vector<Modifier> list{{"supplement_energy", add, -600, 200, 380}, {"resistance_dose", replace, 0.8, 300, 500},
                             {"aerobic_dose", replace, 0.6, 320, 500},   {"activity_imposed", replace, 1.0, 700, 712},
                             {"acute_illness", add, 6.0, 700, 712},      {"acute_illness", add, 2.4, 712, 726}};
  return list;
}

// What is eaten and not spent is stored, at every moment, to rounding: 1e-10 of about 2,000 kcal/d. The stores'
// rates come from the states' rates by the chain rule and not from the module's own outputs.
TEST_CASE("energy is conserved at every moment with all couplings on") {
  for (const bool dynamic : {true, false}) {
    const Composition composition = models::compose(whole_patient(dynamic), models::attribute_names());
    std::vector<double> life = settled_life(composition, average_person(true, 75)), rates(composition.states());
    const Schedule schedule(composition, hard_life(), 1500);
    std::vector<double> days;
    for (int day = 1; day <= 1500; day += 7) days.push_back(day);
    double worst = 0;
    const auto residual = [&](std::size_t, const std::vector<double>& frame) {
      std::vector<double> at = frame;
      composition.right_hand_side(at.data(), rates.data());
      const auto value = [&](const char* name) { return at[composition.slot(name)]; };
      const double fat_rate = rates[composition.slot("fat_mass")];
      const double muscle_rate = rates[composition.slot("muscle_index")];
      const double frame_rate = value("forbes_constant") * fat_rate / value("fat_mass");
      const double relative = value("muscle_index") / value("muscle_index_at_start");
      const double share = value("muscle_share_of_lean");
      const double lean_rate = frame_rate * (1 - share + share * relative) +
                               value("lean_frame") * share * muscle_rate / value("muscle_index_at_start");
      const double glycogen_rate = dynamic ? rates[composition.slot("glycogen")]
                                           : value("glycogen_per_intake") * rates[composition.slot("appetite")];
      const double stores = value("fat_energy_density") * fat_rate + value("lean_energy_density") * lean_rate +
                            value("glycogen_energy_density") * glycogen_rate;
      worst = std::max(worst, std::fabs(value("energy_intake") - value("energy_expenditure") - stores));
    };
    ReferencePath path(composition, 1e-9);
    follow(composition, schedule, lay_legs(schedule.switches(), days, 1e4), path, life, residual);
    MESSAGE("largest residual ", worst, " kcal/d");
    CHECK(worst < 1e-10);
  }
}

// A module of this test: sums up what is eaten and not spent.
struct EnergyLedger {
  static constexpr auto name = "energy_ledger";
  static constexpr auto summary = "Sums up what is eaten and not spent";
  static constexpr auto sum = state<"energy_kept">("kcal", "Energy eaten and not spent since the start");
  static constexpr auto EI = input<"energy_intake">("kcal/d", "Energy intake");
  static constexpr auto EE = input<"energy_expenditure">("kcal/d", "Energy expenditure");
  static constexpr auto table = std::tuple{sum, EI, EE};
  template <class R>
  static void rates(const Values<EnergyLedger, R>& x, const Rates<EnergyLedger, R>& d) {
    d[sum] = x[EI] - x[EE];
  }
};

// Ledger less stores after ten years on the lane path, largest over monthly reports, in kcal.
double ledger_error(const std::vector<Modifier>& modifiers, bool jump_rule) {
  ModuleType no_jump = models::module_named("energy_balance");
  std::get<Equations<double>>(no_jump.equations).at_switch = nullptr;
  std::vector<const ModuleType*> types{&module_type<EnergyLedger>()};
  std::vector<std::string> names = whole_patient(false);
  names.emplace_back("glp1");
  for (const std::string& name : names)
    types.push_back(!jump_rule && name == "energy_balance" ? &no_jump : &models::module_named(name));
  const Composition composition(types, models::attribute_names());
  std::vector<double> life = settled_life(composition, average_person(true, 70));
  composition.outputs(life.data());
  const double first = stored(composition, life);
  const Schedule schedule(composition, modifiers, 3652.5);
  std::vector<double> days;
  for (int month = 1; month <= 120; ++month) days.push_back(month * 30.4375);
  LanePath<double> path(composition);
  double worst = 0;
  follow(composition, schedule, lay_legs(schedule.switches(), days, base_step_d), path, life,
         [&](std::size_t, const std::vector<double>& at) {
           const double error = at[composition.slot("energy_kept")] - (stored(composition, at) - first);
           worst = std::max(worst, std::fabs(error));
         });
  return worst;
}

TEST_CASE("the energy ledger closes to 20 kcal in ten years of lane steps, diets and drugs included") {
  const std::vector<Modifier> diet{{"supplement_energy", add, -600, 400, 3700}};
  // A very low-energy diet that is half followed, then followed, and left for a drug that is stopped again.
  const std::vector<Modifier> prescribed{
      {"prescription", replace, 0.5, 100, 156},      {"prescribed_energy", replace, 425, 100, 156},
      {"prescription", replace, 1, 156, 240},        {"prescribed_energy", replace, 850, 156, 240},
      {"prescribed_protein", replace, 70, 156, 240}, {"glp1_dose", at_least, 0.5, 400, 456},
      {"glp1_dose", at_least, 1, 456, 900}};
  const double calm = ledger_error({}, true), dieting = ledger_error(diet, true),
               hard = ledger_error(hard_life(), true), drug = ledger_error(prescribed, true);
  MESSAGE("calm ", calm, " kcal, diet ", dieting, " kcal, hard life ", hard, " kcal, prescribed diet and drug ", drug,
          " kcal");
  CHECK(drug < 20);
  CHECK(calm < 20);
  CHECK(dieting < 20);
  CHECK(hard < 20);
}

// 4,206.5 kcal/kg times the 0.07-0.09 kg of glycogen that a cut of 600 kcal/d takes.
TEST_CASE("without the jump of fat at a switch of intake the ledger would miss the glycogen") {
  const double missed = ledger_error({{"supplement_energy", add, -600, 400, 3700}}, false);
  MESSAGE("missed ", missed, " kcal");
  CHECK(missed > 250);
  CHECK(missed < 450);
}

// A module of this test: muscle and activity that do not move, in the place of theirs.
struct Frozen {
  static constexpr auto name = "frozen";
  static constexpr auto summary = "Muscle and activity that do not move";
  static constexpr auto none = assumed("does not move");
  static constexpr auto A = parameter<"activity">(1.0, "1", fixed, none, "Activity");
  static constexpr auto A0 = parameter<"activity_at_start">(1.0, "1", fixed, none, "Activity at the start");
  static constexpr auto psi = parameter<"spontaneous_drive">(1.0, "1", fixed, none, "Spontaneous drive");
  static constexpr auto m = parameter<"muscle_index">(0.83, "1", fixed, none, "Muscle index");
  static constexpr auto m0 = parameter<"muscle_index_at_start">(0.83, "1", fixed, none, "Muscle index at the start");
  static constexpr auto rate = parameter<"muscle_index_rate">(0.0, "1/d", fixed, none, "Its rate");
  static constexpr auto phi = parameter<"muscle_share_of_lean">(0.62, "1", fixed, none, "Muscle in the lean frame");
  static constexpr auto S = parameter<"strength">(0.8, "1", fixed, none, "Strength");
  static constexpr auto table = std::tuple{A, A0, psi, m, m0, rate, phi, S};
};

// Muscle and activity at rest leave Hall's model; on the lane path, where no other state can change the steps.
TEST_CASE("with muscle and activity frozen the coupled patient takes Hall's path to the last bit") {
  std::vector<const ModuleType*> types{&module_type<Frozen>()};
  for (const std::string& name : coupled_modules())
    if (name != "muscle" && name != "activity")
      types.push_back(&models::module_named(name == "glycogen_and_fluid" ? name + "_quasi_steady" : name));
  std::vector<std::string> given = models::attribute_names();
  for (const char* name : {"appetite", "age", "days_per_year"}) given.push_back(name);
  const Composition with_all(types, given);
  const Composition& hall = hall_alone(false);
  for (const Case& c : golden_cases()) {
    const std::vector<double> alone = adult(hall, c.adult), joined = adult(with_all, c.adult);
    std::vector<double> days;
    for (int month = 1; month <= 60; ++month) days.push_back(month * 30.4375);
    const auto weights = [&](const Composition& composition, std::vector<double> life) {
      const Schedule schedule(composition, {{intake_name(composition), add, c.change_kcal_d, 10, 1e9}}, 2000);
      LanePath<double> path(composition);
      std::vector<double> values;
      follow(composition, schedule, lay_legs(schedule.switches(), days, base_step_d), path, life,
             [&](std::size_t, const std::vector<double>& at) {
               for (const char* name : {"body_weight", "fat_mass", "lean_mass", "energy_expenditure"})
                 values.push_back(at[composition.slot(name)]);
             });
      return values;
    };
    const std::vector<double> expected = weights(hall, alone), found = weights(with_all, joined);
    REQUIRE(expected.size() == found.size());
    CHECK(std::memcmp(expected.data(), found.data(), expected.size() * sizeof(double)) == 0);
  }
}

}  // namespace
}  // namespace healthspan::tests
