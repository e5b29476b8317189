#include <healthspan/core/errors.hpp>
#include <healthspan/scenarios/system.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <string>

using namespace healthspan;
using namespace healthspan::scenarios;

namespace {

Scenario man_of_80() {
  Scenario scenario;
  scenario.patient.age_y = 80;
  scenario.patient.height_m = 1.63;
  scenario.patient.weight_kg = 62.2;
  scenario.patient.deficit_burden = 0.19;
  scenario.arms = {{"nothing", {}}};
  scenario.horizon_d = 365;
  return scenario;
}

std::string complaint(const Measurements& measurements) {
  Scenario scenario = man_of_80();
  scenario.patient.measurements = measurements;
  try {
    const System system(scenario);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::no_equilibrium);
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("every member starts with what was measured, and at rest") {
  using Lanes = Pack<16>;
  std::vector<Measurements> all(4);
  all[0].grip_strength_kg = 24;
  all[1] = {24, 0.95, 18, 3500, std::nullopt};
  all[2] = {24, 0.95, std::nullopt, std::nullopt, std::nullopt};
  all[3] = {std::nullopt, 1.1, 22, std::nullopt, 0.9};
  for (const Measurements& m : all) {
    Scenario scenario = man_of_80();
    scenario.patient.measurements = m;
    const System system(scenario);
    const Composition& c = system.composition();
    std::vector<Lanes> frame;
    system(0, frame);
    const auto shows = [&](const char* name, const std::optional<double>& measured) {
      for (int i = 0; measured && i < Lanes::width; ++i)
        CHECK(std::fabs(lane(frame[c.slot(name)], i) / *measured - 1) < 1e-9);  // what a start has to meet
    };
    shows("grip_strength", m.grip_strength_kg);
    shows("gait_speed", m.gait_speed_m_per_s);
    shows("aerobic_capacity", m.aerobic_capacity);
    shows("steps", m.steps);
    shows("activity", m.activity);
    // Habit, muscle and fitness stand still but for ageing: less than 0.1 % a day, where disuse takes 1 %.
    std::vector<Lanes> rates(c.states(), Lanes(0.0));
    c.right_hand_side(frame.data(), rates.data());
    for (const char* state : {"activity", "oxygen_uptake_at_start_size", "neural_quality"})
      for (int i = 0; i < Lanes::width; ++i)
        CHECK(std::fabs(lane(rates[c.slot(state)], i) / lane(frame[c.slot(state)], i)) < 1e-3);
    // One life alone has the same bits as in a pack.
    std::vector<double> alone;
    for (const int member : {0, 5, 15}) {
      system(static_cast<std::uint64_t>(member), alone);
      for (std::size_t s = 0; s < alone.size(); ++s) CHECK(alone[s] == lane(frame[s], member));
    }
  }
}

TEST_CASE("a start held at the values that the model has by itself is the start without measurements") {
  const Scenario plain = man_of_80();
  const System system(plain);
  const std::vector<double> life = system.median_life();
  const Composition& c = system.composition();
  Scenario measured = plain;
  measured.patient.physical_activity_level = system.medians()[c.slot("physical_activity_level")];
  measured.patient.measurements =
      Measurements{life[c.slot("grip_strength")], life[c.slot("gait_speed")], life[c.slot("aerobic_capacity")],
                   std::nullopt, life[c.slot("activity")]};
  const std::vector<double> again = System(measured).median_life();
  for (const char* name : {"relative_strength", "relative_fitness", "relative_gait", "activity_will", "muscle_index",
                           "oxygen_uptake_at_start_size", "protein_intake", "fat_mass"})
    CHECK(again[c.slot(name)] == doctest::Approx(life[c.slot(name)]).epsilon(1e-9));  // roots are closed to 1e-15
}

TEST_CASE("what cannot have been measured of one person is refused with what could have been") {
  CHECK(complaint({6, std::nullopt, std::nullopt, std::nullopt, std::nullopt})
            .find("/patient/measurements/grip_strength: 6 kg does not go with") == 0);
  CHECK(complaint({std::nullopt, 0.2, std::nullopt, std::nullopt, std::nullopt})
            .find("/patient/measurements/gait_speed: 0.2 m/s does not go with") == 0);
  const std::string resting = complaint({24, 0.95, 18, 300, std::nullopt});
  CHECK(resting.find("/patient/measurements/steps: 300 steps/d is less than the ") == 0);
  const std::string breathless = complaint({24, 0.95, 11, 12000, std::nullopt});
  CHECK(breathless.find("/patient/measurements/steps: 12000 steps/d does not go with grip_strength 24 kg, "
                        "aerobic_capacity 11 ml/kg/min, gait_speed 0.95 m/s, expected ") == 0);
  const std::string between = complaint({20, std::nullopt, 15, 2500, std::nullopt});
  CHECK(between.find("/patient/measurements: grip_strength 20 kg, aerobic_capacity 15 ml/kg/min, steps 2500 steps/d "
                     "would not last; the person would come to grip_strength ") == 0);
}

TEST_CASE("people of a cohort start with their own grip and gait, whoever is beside them") {
  Scenario scenario = man_of_80();
  scenario.cohort.emplace();
  scenario.cohort->population = PopulationName::japan_65plus;
  scenario.cohort->eligibility = "age between 70 and 84";
  const System system(scenario);
  const Composition& c = system.composition();
  const std::vector<PlacedMember> placed = system.placed(0, 48);
  std::vector<Pack<16>> frame;
  system(16, frame);
  for (int i = 0; i < 16; ++i) {
    const PlacedMember& m = placed[16 + static_cast<std::size_t>(i)];
    REQUIRE(m.placed);
    for (const char* name : {"grip_strength", "gait_speed"})
      CHECK(std::fabs(lane(frame[c.slot(name)], i) / m.person[place_of_quantity(name)] - 1) < 1e-9);
    CHECK(lane(frame[c.slot("male")], i) == m.person[place_of_quantity("male")]);
    CHECK(lane(frame[c.slot("deficit_burden")], i) == m.person[place_of_quantity("deficit_burden")]);
  }
  std::vector<Pack<16>> shifted;
  system(19, shifted);
  for (std::size_t s = 0; s < frame.size(); ++s)
    for (int i = 3; i < 16; ++i) CHECK(lane(frame[s], i) == lane(shifted[s], i - 3));
}
