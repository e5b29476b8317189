// Lipids: statins, weight, and the years that the risk of events takes to follow.
#include "circulation.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace healthspan::tests {
namespace {

using enum Modifier::Operation;

Settings lipids(double ldl, double hdl, double triglycerides) {
  return {{"ldl_cholesterol_at_start", ldl},
          {"hdl_cholesterol_at_start", hdl},
          {"triglycerides_at_start", triglycerides}};
}
std::vector<Modifier> statin(double dose) { return {{"statin_dose", at_least, dose, 0, 1e9}}; }

double share_taken_off(const std::vector<double>& start, double dose) {
  return 1 -
         of(circulation_on(start, statin(dose), {settled_d})[0], "ldl_cholesterol") / of(start, "ldl_cholesterol");
}

TEST_CASE("lipids start as measured, on a statin as without, and stay there while nothing changes") {
  for (const double dose : {0.0, 1.0, 8.0}) {
    Settings settings = lipids(104, 41, 171);
    settings.push_back({"statin_dose", dose});
    const std::vector<double> start = circulation_of(true, 60, settings);
    const auto later = circulation_on(start, {}, {5000})[0];
    for (const auto& [name, value] : {std::pair{"ldl_cholesterol", 104.0},
                                      {"hdl_cholesterol", 41.0},
                                      {"triglycerides", 171.0},
                                      {"effective_ldl", 104.0}}) {
      INFO(name, " on ", dose);
      CHECK(of(start, name) == value);
      CHECK(of(later, name) == doctest::Approx(value).epsilon(1e-9));
    }
  }
}

// Law et al. (2003): 40 % on 10 mg of atorvastatin, 55 % on 80 mg; by their table about 6 points for each doubling
// between, within 3 points.
TEST_CASE("a statin takes off the shares of LDL cholesterol that were found, more with more of it") {
  const std::vector<double> start = circulation_of(true, 60, lipids(186, 45, 120));
  CHECK(std::fabs(share_taken_off(start, 1) - 0.40) < 0.005);
  CHECK(std::fabs(share_taken_off(start, 8) - 0.55) < 0.005);
  CHECK(std::fabs(share_taken_off(start, 2) - 0.46) < 0.03);
  CHECK(std::fabs(share_taken_off(start, 4) - 0.52) < 0.03);
  double last = 0;
  for (const double dose : {0.1, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0}) {
    CHECK(share_taken_off(start, dose) > last);
    last = share_taken_off(start, dose);
  }
  CHECK(same_bits(circulation_on(start, statin(0), {300, 3000}), circulation_on(start, nothing, {300, 3000})));
}

// Law et al. (2003): per mmol/l 11 % fewer events in the first year, 24 % in the second, 33 % in years 3 to 5 and 36
// % after. With 36 % per mmol/l of the LDL cholesterol that the risk has got used to, and one time constant for three
// figures; a point and a half.
TEST_CASE("events become rarer over the years in which the trials saw it") {
  const std::vector<double> start = circulation_of(true, 60, lipids(186, 45, 120));
  std::vector<double> days;
  for (int k = 1; k <= 120; ++k) days.push_back(k * 30.4375);
  const auto life = circulation_on(start, statin(1), days);
  const double mmol = (of(start, "ldl_cholesterol") - of(life.back(), "ldl_cholesterol")) / 38.67;
  const auto fewer = [&](int from, int to) {
    double sum = 0;
    for (int k = 12 * from; k < 12 * to; ++k) {
      const double lower =
          (of(start, "effective_ldl") - of(life[static_cast<std::size_t>(k)], "effective_ldl")) / 38.67;
      sum += 1 - std::pow(0.64, lower / mmol);
    }
    return sum / (12 * (to - from));
  };
  MESSAGE("fewer events: ", fewer(0, 1), " ", fewer(1, 2), " ", fewer(2, 5), " ", fewer(5, 10));
  CHECK(std::fabs(fewer(0, 1) - 0.11) < 0.015);
  CHECK(std::fabs(fewer(1, 2) - 0.24) < 0.015);
  CHECK(std::fabs(fewer(2, 5) - 0.33) < 0.015);
  CHECK(std::fabs(fewer(5, 10) - 0.36) < 0.015);
}

// Dattilo and Kris-Etherton (1992), per kg: LDL -0.77, triglycerides -1.33, HDL +0.35 at a stable weight and -0.27
// while it is being lost. What the own level holds back of 5 kg is 2 %.
TEST_CASE("weight moves lipids by what the trials found, HDL cholesterol only once it is kept") {
  const std::vector<double> start = circulation_of(true, 45, lipids(130, 45, 150));
  const auto per_kg = [&](const char* name, double lost_of_late) {
    const auto after = circulation_on(
        start, {{"body_weight", replace, 75, 0, 1e9}, {"weight_change_6_months", replace, -lost_of_late, 0, 1e9}},
        {settled_d})[0];
    return (of(after, name) - of(start, name)) / 5;
  };
  CHECK(std::fabs(per_kg("ldl_cholesterol", 0) + 0.77) < 0.02);
  CHECK(std::fabs(per_kg("triglycerides", 0) + 1.33) < 0.04);
  CHECK(std::fabs(per_kg("hdl_cholesterol", 0) - 0.35) < 0.01);
  CHECK(std::fabs(per_kg("hdl_cholesterol", 5) + 0.27) < 0.01);
}

// Medians without drugs in NHANES, 2007 to 2016, at 25, 35, … 85. The bell misses the jump of women at the menopause
// by 5 mg/dl.
TEST_CASE("who was not measured starts at the median LDL cholesterol of his age and sex") {
  const double medians[2][7] = {{96, 104, 116, 131, 126, 132.5, 123}, {103, 119, 125, 128.3, 120, 119, 108.4}};
  for (const bool male : {false, true})
    for (int k = 0; k < 7; ++k)
      CHECK(std::fabs(of(circulation_of(male, 25 + 10 * k), "ldl_cholesterol") - medians[male][k]) < 5.5);
}

TEST_CASE("lipids stay positive in every corner") {
  for (const double dose : {0.0, 16.0})
    for (const double weight : {30.0, 200.0})
      for (const double low : {1.0, 5.0}) {
        const auto end = circulation_on(circulation_of(false, 30, lipids(20 * low, 12 * low, 20 * low)),
                                        {{"statin_dose", at_least, dose, 0, 1e9},
                                         {"age", replace, 100, 0, 1e9},
                                         {"body_weight", replace, weight, 0, 1e9},
                                         {"weight_change_6_months", replace, weight - 80, 0, 1e9}},
                                        {4000})[0];
        for (const char* name : {"ldl_cholesterol", "hdl_cholesterol", "triglycerides", "effective_ldl"}) {
          INFO(name, " ", dose, " ", weight, " ", low);
          CHECK(of(end, name) > 0);
          CHECK(std::isfinite(of(end, name)));
        }
      }
}

// Lee et al. (2012): the excess risk of ischaemic heart disease halves in 4.40 years.
TEST_CASE("half of the excess risk of a smoker is gone 4.4 years after the last cigarette") {
  const std::vector<double> smoker = circulation_of(true, 50, {{"smoker", 1}});
  const double half = 4.4 * 365.25;
  const auto life =
      circulation_on(smoker, {{"smoking_cessation", at_least, 1, 0, 2 * half}}, {half, 2 * half, 20 * half});
  CHECK(of(smoker, "smoking") == 1);
  CHECK(std::fabs(of(life[0], "smoking") - 0.5) < 1e-3);
  CHECK(std::fabs(of(life[1], "smoking") - 0.25) < 1e-3);
  CHECK(of(life[2], "smoking") > 0.99);  // who begins again has it back
  const auto never = circulation_on(circulation_of(true, 50), {{"smoking_cessation", at_least, 1, 0, 1e9}}, {half});
  CHECK(of(never[0], "smoking") == 0);
}

}  // namespace
}  // namespace healthspan::tests
