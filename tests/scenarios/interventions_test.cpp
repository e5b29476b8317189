#include <healthspan/core/errors.hpp>
#include <healthspan/scenarios/interventions.hpp>
#include <healthspan/scenarios/policies.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

using namespace healthspan;
using namespace healthspan::scenarios;

namespace {

constexpr double horizon = 3652.5;

Intervention training(double duration_d) {
  Intervention i;
  i.duration_d = duration_d;
  return i;
}

// The integral of what acts on an input.
double total(const std::vector<Modifier>& modifiers, const std::string& input) {
  double sum = 0;
  for (const Modifier& m : modifiers)
    if (m.input == input) sum += m.value * (m.end_d - m.begin_d);
  return sum;
}

// Sums of at most a thousand products below 1e4, each rounded at 1e-16 of itself.
constexpr double rounding = 1e-11;

}  // namespace

TEST_CASE("a dose that grows over a time has lost half of that time, in steps of a week that leave no gap") {
  for (const double ramp : {3.0, 7.0, 28.0, 60.0, 100.0}) {
    Intervention i = training(100);
    i.ramp_d = ramp;
    i.start_d = 11;
    const std::vector<Modifier> steps = modifiers_of(i, horizon);
    CHECK(total(steps, "resistance_dose") == doctest::Approx(100 - ramp / 2).epsilon(rounding));
    for (std::size_t k = 0; k < steps.size(); ++k) {
      CHECK(steps[k].begin_d == (k == 0 ? 11.0 : steps[k - 1].end_d));
      if (k > 0) CHECK(steps[k].value > steps[k - 1].value);
      if (steps[k].begin_d < 11 + ramp) CHECK(steps[k].end_d - steps[k].begin_d <= 7 + 1e-12);
    }
    CHECK(steps.back().end_d == 111.0);
  }
  Intervention cut = training(20);  // over before it is grown: the integral of t / 80 over 20 d
  cut.ramp_d = 80;
  CHECK(total(modifiers_of(cut, horizon), "resistance_dose") == doctest::Approx(20 * 20 / 160.0).epsilon(rounding));
}

TEST_CASE("what wanes takes in all what its exponential integrates to") {
  Intervention i = training(700);
  i.adherence.level = 0.8;
  i.adherence.half_life_d = 365.25;
  const double rate = std::log(2.0) / 365.25;
  CHECK(total(modifiers_of(i, horizon), "resistance_dose") ==
        doctest::Approx(0.8 * (1 - std::exp(-rate * 700)) / rate).epsilon(rounding));
  // Without an end it is told for ten half-lives.
  i.duration_d.reset();
  i.adherence.half_life_d = 100;
  const std::vector<Modifier> steps = modifiers_of(i, horizon);
  CHECK(steps.back().end_d == doctest::Approx(1000).epsilon(rounding));
  CHECK(total(steps, "resistance_dose") ==
        doctest::Approx(0.8 * (1 - 0x1p-10) * 100 / std::log(2.0)).epsilon(rounding));
}

TEST_CASE("a course that is repeated grows again and wanes on") {
  Intervention i = training(84);
  i.repeat = Repeat{365.25, 3};
  i.ramp_d = 28;
  CHECK(total(modifiers_of(i, horizon), "resistance_dose") == doctest::Approx(3 * (84 - 14)).epsilon(rounding));
  CHECK(*length_of(i) == 2 * 365.25 + 84);
  i.ramp_d.reset();
  i.adherence.half_life_d = 365.25;
  const double course = (1 - std::exp(-std::log(2.0) * 84 / 365.25)) * 365.25 / std::log(2.0);
  CHECK(total(modifiers_of(i, horizon), "resistance_dose") ==
        doctest::Approx(course * (1 + 0.5 + 0.25)).epsilon(rounding));
  i.repeat->times = 1000;
  i.repeat->every_d = 84;
  i.ramp_d = 84;
  i.adherence.half_life_d = 36525;
  CHECK_THROWS_WITH_AS(modifiers_of(i, 1e9),
                       "comes to more than 5000 changes of its dose; repeat it less often, or let it grow or wane in "
                       "less time",
                       Error);
}

TEST_CASE("what each type does to which input") {
  Intervention i = training(10);
  i.adherence.level = 0.5;
  i.type = InterventionType::multicomponent_exercise;
  for (const char* input : {"resistance_dose", "aerobic_dose", "balance_dose"})
    CHECK(total(modifiers_of(i, horizon), input) == 5.0);
  i.type = InterventionType::protein_supplement;
  i.protein_g_per_d = 20;
  CHECK(total(modifiers_of(i, horizon), "protein_supplement") == 100.0);
  CHECK(total(modifiers_of(i, horizon), "supplement_energy") == 400.0);  // 4 kcal/g
  i.brought_kcal_per_d = 0;
  CHECK(total(modifiers_of(i, horizon), "supplement_energy") == 0.0);
  i.type = InterventionType::weight_loss_diet;
  i.deficit_kcal_per_d = 500;
  CHECK(total(modifiers_of(i, horizon), "supplement_energy") == -2500.0);
  i.type = InterventionType::prescribed_diet;
  i.prescribed_kcal_per_d = 1200;
  CHECK(total(modifiers_of(i, horizon), "prescription") == 5.0);
  CHECK(total(modifiers_of(i, horizon), "prescribed_energy") == 6000.0);  // that share of it
  CHECK(total(modifiers_of(i, horizon), "prescribed_protein") == 0.0);
  i.prescribed_protein_g_per_d = 70;
  CHECK(total(modifiers_of(i, horizon), "prescribed_protein") == 350.0);
  i.adherence.level = 0;
  CHECK_FALSE(has_effect(i));
  CHECK(modifiers_of(i, horizon).empty());
}

TEST_CASE("a GLP-1 receptor agonist grows to its full dose in 16 weeks unless told otherwise") {
  Intervention i = training(476);
  i.type = InterventionType::glp1_agonist;
  CHECK(total(modifiers_of(i, horizon), "glp1_dose") == doctest::Approx(476 - 56).epsilon(rounding));
  CHECK(modifiers_of(i, horizon).size() == 17);
  CHECK(
      in_words(i, horizon) ==
      "GLP-1 receptor agonist as 2.4 mg of semaglutide a week, growing over 16 weeks: from the start, for 68 weeks");
  i.ramp_d = 0;
  i.dose = 0.5;
  CHECK(total(modifiers_of(i, horizon), "glp1_dose") == 238);
  CHECK(in_words(i, horizon) ==
        "GLP-1 receptor agonist as 1.2 mg of semaglutide a week: from the start, for 68 weeks");
  i.dose = 0;
  CHECK_FALSE(has_effect(i));
}

TEST_CASE("interventions and policies are said in words") {
  Intervention i = training(84);
  CHECK(in_words(i, horizon) == "Resistance training at the full dose of the trials: from the start, for 12 weeks");
  i.name = "gym";
  i.dose = 0.5;
  i.ramp_d = 56;
  i.repeat = Repeat{365.25, 5};
  i.adherence = {0.7, 730.5, 0.15, 0.3};
  i.stop = Rule{RuleKind::age, "", 85, ""};
  CHECK(
      in_words(i, horizon) ==
      "Resistance training \"gym\" at 50 % of the dose of the trials, 70 % of it taken in the median person (spread "
      "0.3), halved every 2 years, 15 % a year give it up, growing over 8 weeks: from the start, for 12 weeks, 5 "
      "times, 12 months from one beginning to the next; until the age of 85");
  Intervention diet;
  diet.type = InterventionType::weight_loss_diet;
  diet.deficit_kcal_per_d = 500;
  diet.on.emplace();
  diet.on->kind = RuleKind::condition;
  diet.on->condition = "body_mass_index > 30";
  CHECK(in_words(diet, horizon) == "Weight-loss diet, -500 kcal/d: each time that body_mass_index > 30, to the end");
  diet.on->kind = RuleKind::age;
  diet.on->age_y = 80;
  CHECK(in_words(diet, horizon) == "Weight-loss diet, -500 kcal/d: from the age of 80 on, to the end");
  diet.type = InterventionType::prescribed_diet;
  diet.prescribed_kcal_per_d = 850;
  CHECK(in_words(diet, horizon) == "Prescribed diet of 850 kcal/d: from the age of 80 on, to the end");
  diet.prescribed_protein_g_per_d = 70;
  diet.adherence.level = 0.5;
  CHECK(in_words(diet, horizon) ==
        "Prescribed diet of 850 kcal/d with 70 g/d protein, 50 % of it taken: from the age of 80 on, to the end");
}

TEST_CASE("a policy's programme begins on what it finds, and a policy ends what it names") {
  Scenario s;
  s.horizon_d = horizon;
  s.programmes["training"] = {training(84), training(700)};
  s.programmes["training"][1].start_d = 84;
  Arm arm;
  arm.name = "arm";
  arm.programmes = {"training"};
  Policy start, stop;
  start.name = "start";
  start.then = {Does::start, "training"};
  start.most_times = 2;
  stop.name = "stop";
  stop.then = {Does::stop, "training"};
  arm.policies = {start, stop};
  s.arms = {arm};
  const std::vector<Planned> all = planned(s, 0);
  REQUIRE(all.size() == 4);
  for (const Planned& one : all) {
    CHECK(one.stopped_by == std::vector<std::string>{"stop"});
    CHECK_FALSE(one.by_the_calendar());
  }
  CHECK(all[1].what.start_d == 84.0);
  CHECK_FALSE(all[1].what.on.has_value());
  CHECK(all[3].what.on->event == "start");
  CHECK(all[3].what.on->delay_d == 84.0);
  CHECK(all[3].what.on->most_times == 2);
  CHECK(all[3].at == "/programmes/training/1");
}
