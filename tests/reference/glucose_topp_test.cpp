// The second structure of glucose and beta cells: Topp's equations driven by the body.
#include "compiled.hpp"
#include "protocols.hpp"

#include <healthspan/models/glucose_topp.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>

namespace healthspan::tests {
namespace {

using models::GlucoseTopp;

const Composition& alone() {
  static const Composition composition({&compiled<GlucoseTopp>()}, {"peripheral_sensitivity", "hepatic_sensitivity"});
  return composition;
}

// A person who starts with these, and whose sensitivities are those of the start.
std::vector<double> started(const Settings& settings) {
  std::vector<double> frame = alone().medians(true);
  for (const auto& [name, value] : settings) frame[alone().slot(name)] = value;
  alone().personalise(frame.data());
  for (const char* name : {"peripheral_sensitivity", "hepatic_sensitivity"})
    frame[alone().slot(name)] = frame[alone().slot(std::string(name) + "_at_start")];
  alone().outputs(frame.data());
  return frame;
}

// Newton's method closes to rounding; 1e-9 leaves room for the cancellation of production against uptake.
TEST_CASE("the start shows the fasting glucose and insulin that were measured, and the mass rests there") {
  for (const double glucose : {75.0, 95.0, 110.0, 126.0, 160.0, 220.0, 300.0})
    for (const double insulin : {3.0, 8.0, 15.0, 30.0}) {
      const std::vector<double> frame = started({{"fasting_glucose_at_start", glucose},
                                                 {"fasting_insulin_at_start", insulin},
                                                 {"beta_cell_mass_decline", 0}});
      INFO(glucose, " mg/dl ", insulin, " uU/ml");
      CHECK(std::fabs(frame[alone().slot("fasting_glucose")] / glucose - 1) < 1e-9);
      CHECK(std::fabs(frame[alone().slot("fasting_insulin")] / insulin - 1) < 1e-9);
      CHECK(frame[alone().slot("beta_cell_growth")] == 0);
      CHECK(frame[alone().slot("glucose_day_mean")] > glucose);
      CHECK(frame[alone().slot("glucose_2h")] > glucose);
    }
}

// Without meals, urine and a person's rest these are the equations of the paper, whose steady states are known.
TEST_CASE("with the paper's parameters mass is balanced at 100 and 250 mg/dl and nowhere else") {
  const Settings paper{{"usual_meal_glucose", 0},
                       {"renal_glucose_clearance", 0},
                       {"beta_cell_turnover", 1},
                       {"beta_cell_mass_decline", 0}};
  const auto growth_at = [&](double glucose, double insulin) {
    Settings settings = paper;
    settings.push_back({"fasting_glucose_at_start", glucose});
    settings.push_back({"fasting_insulin_at_start", insulin});
    std::vector<double> frame = started(settings);
    frame[alone().slot("beta_cell_growth_at_rest")] = 0;
    alone().outputs(frame.data());
    return frame[alone().slot("beta_cell_growth")];
  };
  // 10 and 2.8 uU/ml are the paper's; a growth of 1e-12 per day is rounding of rates of 0.1.
  CHECK(std::fabs(growth_at(100, 10)) < 1e-12);
  CHECK(std::fabs(growth_at(250, 2.8)) < 1e-12);
  CHECK(growth_at(90, 10) < -1e-4);
  CHECK(growth_at(150, 5) > 1e-4);
  CHECK(growth_at(300, 2) < -1e-4);
}

TEST_CASE("less sensitivity or fewer beta cells make more glucose, and drugs make less") {
  for (const double glucose : {85.0, 110.0, 170.0}) {
    const std::vector<double> person = started({{"fasting_glucose_at_start", glucose}});
    const auto changed = [&](const char* name, double factor, double shift, const char* what) {
      std::vector<double> frame = person;
      frame[alone().slot(name)] = factor * frame[alone().slot(name)] + shift;
      alone().outputs(frame.data());
      return frame[alone().slot(what)] - person[alone().slot(what)];
    };
    INFO("from ", glucose);
    for (const char* what : {"fasting_glucose", "glucose_day_mean", "glucose_2h"}) {
      CHECK(changed("peripheral_sensitivity", 0.8, 0, what) > 0);
      CHECK(changed("hepatic_sensitivity", 0.8, 0, what) > 0);
      CHECK(changed("beta_cell_log_mass", 1, -0.2, what) > 0);
      CHECK(changed("hepatic_drug_factor", 0.8, 0, what) < 0);
      CHECK(changed("secretion_drug_factor", 1.3, 0, what) < 0);
      CHECK(changed("secretion_shift", 1, 0.3, what) < 0);
      CHECK(changed("insulin_infusion", 1, 3000, what) < 0);
      CHECK(changed("renal_threshold_shift", 1, -100, what) < 0);
    }
    CHECK(changed("renal_threshold_shift", 1, -100, "urinary_glucose_energy") > 50);
  }
}

// The tests that the other structure passes: a day in quarters of an hour against one of a tenth of that leaves 3e-6
// per day of growth (see the module topp_day_averaged); here only that no corner breaks it.
TEST_CASE("in every corner glucose and insulin stay positive") {
  for (const double mass : {-4.0, -1.0, 0.0, 1.0})
    for (const double S : {0.02, 0.3, 1.0, 4.0})
      for (const double h : {0.1, 1.0, 3.0})
        for (const double infusion : {0.0, 5000.0}) {
          std::vector<double> frame = started({});
          frame[alone().slot("beta_cell_log_mass")] = mass;
          frame[alone().slot("peripheral_sensitivity")] = S;
          frame[alone().slot("hepatic_sensitivity")] = h;
          frame[alone().slot("insulin_infusion")] = infusion;
          alone().outputs(frame.data());
          INFO("mass ", mass, " S ", S, " h ", h, " infusion ", infusion);
          for (const char* name : {"fasting_glucose", "fasting_insulin", "glucose_day_mean", "glucose_2h"}) {
            CHECK(frame[alone().slot(name)] > 0);
            CHECK(frame[alone().slot(name)] < 2000);
          }
        }
}

TEST_CASE("the start and the outputs have the same bits in lanes") {
  std::vector<Pack<8>> lanes(alone().size());
  std::vector<std::vector<double>> lives;
  for (int i = 0; i < 8; ++i) {
    std::vector<double> life = alone().medians(true);
    life[alone().slot("fasting_glucose_at_start")] = 80 + 20 * i;
    life[alone().slot("fasting_insulin_at_start")] = 4 + 3 * (i % 5);
    life[alone().slot("peripheral_sensitivity")] = 0.3 + 0.1 * i;
    life[alone().slot("hepatic_sensitivity")] = 0.7 + 0.1 * (i % 4);
    for (std::size_t s = 0; s < life.size(); ++s) set_lane(lanes[s], i, life[s]);
    alone().personalise(life.data());
    alone().outputs(life.data());
    lives.push_back(life);
  }
  alone().personalise(lanes.data());
  alone().outputs(lanes.data());
  int different = 0;
  for (int i = 0; i < 8; ++i)
    for (std::size_t s = 0; s < lanes.size(); ++s) {
      const double here = lane(lanes[s], i), there = lives[static_cast<std::size_t>(i)][s];
      different += std::memcmp(&here, &there, sizeof here) != 0;
    }
  CHECK(different == 0);
}

}  // namespace
}  // namespace healthspan::tests
