// Semi-starvation: 32 young men on 1,570 kcal/d for 24 weeks. Keys et al., The Biology of Human Starvation (1950).
#include "protocols.hpp"

#include <doctest/doctest.h>

#include <cmath>

namespace healthspan::tests {
namespace {

struct Week {
  double weight, fat, resting_pct, drive;
};

// 69.4 kg with 9.6 kg of fat, 3,492 kcal/d in the control period, which is an activity level of 2.07.
std::vector<Week> minnesota(const std::vector<double>& days) {
  const Composition& composition = patient_on_prescribed_food();
  const Person man{true, 25, 1.78, 69.4, 2.07, 0.03};
  const std::vector<double> start = settled_life(composition, man, {{"fat_mass_measured", 9.6}, {"appetite", 3492}});
  std::vector<double> life = start;
  const Schedule schedule(composition, {{"appetite", Modifier::Operation::replace, 1570, 0, 1e9}}, days.back());
  ReferencePath path(composition, 1e-10);
  std::vector<Week> weeks;
  follow(composition, schedule, lay_legs(schedule.switches(), days, 10), path, life,
         [&](std::size_t, const std::vector<double>& at) {
           const auto now = [&](const char* name) { return at[composition.slot(name)]; };
           const auto gained = [&](const char* name) { return now(name) - start[composition.slot(name)]; };
           const double resting = now("energy_intake_at_start") / man.physical_activity_level;
           const double change = now("fat_burn_rate") * gained("fat_mass") +
                                 now("lean_burn_rate") * gained("lean_mass") + now("adaptive_thermogenesis");
           weeks.push_back({now("body_weight"), now("fat_mass"), 100 * change / resting, now("spontaneous_drive")});
         });
  return weeks;
}

// 52.6 kg is the mean at 24 weeks; 1 kg is a fifteenth of what was lost, and the starvation drive was calibrated to
// it.
TEST_CASE("24 weeks of semi-starvation bring the Minnesota men to 52.6 kg") {
  const std::vector<Week> weeks = minnesota({56, 112, 168});
  MESSAGE("weight at 8, 16, 24 weeks: ", weeks[0].weight, ", ", weeks[1].weight, ", ", weeks[2].weight, " kg; drive ",
          weeks[2].drive);
  CHECK(std::fabs(weeks[2].weight - 52.6) < 1.0);
  CHECK(weeks[0].weight > weeks[1].weight);
}

// Known misses. Forbes' partition spares fat, and an adaptive thermogenesis of 0.14 is too small for famine. The
// first test states the target and is expected to fail; the second pins what comes out, so that a change is noticed.
TEST_CASE("their fat falls to 3 kg" * doctest::should_fail()) {
  CHECK(std::fabs(minnesota({168})[0].fat - 3.0) < 0.5);
}
TEST_CASE("the Minnesota fat and resting expenditure are missed by no more than is documented") {
  const Week week = minnesota({168})[0];
  MESSAGE("fat ", week.fat, " kg against about 3.0; resting expenditure ", week.resting_pct, " % against -39 %");
  CHECK(std::fabs(week.fat - 4.2) < 0.5);
  CHECK(std::fabs(week.resting_pct - -30) < 3);
}

}  // namespace
}  // namespace healthspan::tests
