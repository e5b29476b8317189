// Pressure, lipids and kidneys in a body that eats, ages and loses weight.
#include "protocols.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

namespace healthspan::tests {
namespace {

using enum Modifier::Operation;

const Composition& whole() {
  static const Composition patient = [] {
    std::vector<std::string> modules = models::patient_modules("usa");
    const auto& groups = models::module_groups();
    for (const auto& more : {groups.at("glucose_system"), groups.at("circulation_system"),
                             std::vector<std::string>{"glucose_drugs", "glp1"}})
      modules.insert(modules.end(), more.begin(), more.end());
    return models::compose(modules, models::attribute_names());
  }();
  return patient;
}
double at(const std::vector<double>& life, const char* name) { return life[whole().slot(name)]; }

const Settings labs{{"fasting_glucose_at_start", 150},   {"fasting_insulin_at_start", 12},
                    {"systolic_pressure_at_start", 144}, {"diastolic_pressure_at_start", 86},
                    {"ldl_cholesterol_at_start", 128},   {"hdl_cholesterol_at_start", 44},
                    {"triglycerides_at_start", 160},     {"egfr_at_start", 71},
                    {"albuminuria_at_start", 25},        {"smoker", 1}};
std::vector<double> diabetic(double age_y = 60) {
  return settled_life(whole(), {true, age_y, 1.75, 95, 1.5, 0.12}, labs);
}

template <class Path>
std::vector<std::vector<double>> followed(Path path, std::vector<double> life, const std::vector<Modifier>& modifiers,
                                          const std::vector<double>& days) {
  const Schedule schedule(whole(), modifiers, days.back() + 1);
  std::vector<std::vector<double>> found;
  follow(whole(), schedule, lay_legs(schedule.switches(), days, 15.21875), path, life,
         [&](std::size_t, const std::vector<double>& frame) { found.push_back(frame); });
  return found;
}

const std::vector<const char*> watched{"systolic_pressure",
                                       "diastolic_pressure",
                                       "ldl_cholesterol",
                                       "hdl_cholesterol",
                                       "triglycerides",
                                       "effective_ldl",
                                       "egfr",
                                       "albuminuria",
                                       "creatinine",
                                       "egfr_creatinine",
                                       "smoking"};

TEST_CASE("the whole patient starts with the pressure, lipids and kidneys that were measured") {
  std::vector<double> life = diabetic();
  whole().outputs(life.data());
  for (const auto& [name, value] : {std::pair{"systolic_pressure", 144.0},
                                    {"diastolic_pressure", 86.0},
                                    {"ldl_cholesterol", 128.0},
                                    {"hdl_cholesterol", 44.0},
                                    {"triglycerides", 160.0},
                                    {"egfr", 71.0},
                                    {"egfr_creatinine", 71.0},
                                    {"albuminuria", 25.0},
                                    {"smoking", 1.0}}) {
    INFO(std::string(name));
    CHECK(at(life, name) == doctest::Approx(value).epsilon(1e-12));
  }
}

// Steps of half a month leave a thousandth in ten years, a hundredth of what people differ by.
TEST_CASE("in steps of half a month pressure, lipids and kidneys keep to the reference") {
  const std::vector<Modifier> treated{
      {"supplement_energy", add, -400, 0, 400},        {"antihypertensive_dose", at_least, 2, 100, 2000},
      {"statin_dose", at_least, 2, 100, 1e9},          {"smoking_cessation", at_least, 1, 200, 1e9},
      {"sglt2_inhibitor_dose", at_least, 1, 300, 1e9}, {"sodium_intake_change", add, -1500, 50, 1e9}};
  const std::vector<double> days{150, 365, 1826, 3652};
  const auto exact = followed(ReferencePath(whole(), 1e-8), diabetic(), treated, days);
  const auto lanes = followed(LanePath<double>(whole()), diabetic(), treated, days);
  double worst = 0;
  for (std::size_t k = 0; k < days.size(); ++k)
    for (const char* name : watched) {
      const double error = std::fabs(at(lanes[k], name) / at(exact[k], name) - 1);
      INFO(std::string(name), " on day ", days[k], ": ", error);
      CHECK(error < 1e-3);
      worst = std::max(worst, error);
    }
  MESSAGE("largest relative error ", worst);
}

TEST_CASE("no dose of anything changes no bit of the whole patient") {
  std::vector<Modifier> none, zero;
  for (const char* dose : {"antihypertensive_dose", "statin_dose", "smoking_cessation", "sglt2_inhibitor_dose"}) {
    none.push_back({dose, multiply, 1, 100, 1e9});
    zero.push_back({dose, at_least, 0, 100, 1e9});
  }
  const std::vector<double> days{365, 1826};
  const auto one = followed(LanePath<double>(whole()), diabetic(), none, days),
             other = followed(LanePath<double>(whole()), diabetic(), zero, days);
  for (std::size_t k = 0; k < days.size(); ++k)
    CHECK(std::memcmp(one[k].data(), other[k].data(), one[k].size() * sizeof(double)) == 0);
}

// He et al. (2013): 5.8 mmHg for 100 mmol of sodium a day less, after four weeks and more; half a mmHg.
TEST_CASE("less salt lowers pressure as published, with the water that goes with it") {
  const auto none = followed(ReferencePath(whole(), 1e-7), diabetic(), {}, {56});
  const auto salt =
      followed(ReferencePath(whole(), 1e-7), diabetic(), {{"sodium_intake_change", add, -2299, 0, 1e9}}, {56});
  const double change = at(salt[0], "systolic_pressure") - at(none[0], "systolic_pressure");
  MESSAGE(change, " mmHg, ", at(salt[0], "body_weight") - at(none[0], "body_weight"), " kg");
  CHECK(std::fabs(change + 5.8) < 0.5);
}

// Weight goes down faster than HDL cholesterol comes up: it falls while weight is lost, and is higher a year after.
TEST_CASE("HDL cholesterol is held back while weight is lost and rises once it is kept") {
  const auto life =
      followed(ReferencePath(whole(), 1e-7), diabetic(45), {{"supplement_energy", add, -600, 0, 1e9}}, {84, 2500});
  CHECK(at(life[0], "hdl_cholesterol") < 44);
  CHECK(at(life[1], "hdl_cholesterol") > 44);
  CHECK(at(life[1], "body_weight") < 90);
}

TEST_CASE("who wastes away in old age looks better to the laboratory than his kidneys are") {
  const auto life =
      followed(ReferencePath(whole(), 1e-7), diabetic(72), {{"supplement_energy", add, -500, 0, 1e9}}, {3652});
  MESSAGE("after ten years true ", at(life[0], "egfr"), ", reported ", at(life[0], "egfr_creatinine"));
  CHECK(at(life[0], "egfr_creatinine") > at(life[0], "egfr") + 3);
}

}  // namespace
}  // namespace healthspan::tests
