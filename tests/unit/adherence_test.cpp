#include "lives.hpp"

#include <boost/math/distributions/normal.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <doctest/doctest.h>

#include <cmath>

namespace healthspan {
namespace {

using namespace tests;
using enum Modifier::Operation;
constexpr double forever = 1e9;

// clang-format off
struct Patient {  // what is taken adds up; a level drifts, and can be looked at
  static constexpr auto name = "patient_toy";
  static constexpr auto summary = "";
  static constexpr auto taken = state    <"taken">       (         "d", "integral of dose");
  static constexpr auto level = state    <"level">       (         "1", "");
  static constexpr auto dose  = input    <"dose">        (0.0,     "1", "");
  static constexpr auto drift = input    <"drift">       (0.0,   "1/d", "");
  static constexpr auto away  = output   <"away">        (         "1", "1 - level");
  static constexpr auto table = std::tuple{taken, level, dose, drift, away};
  template <class R>
  static void outputs(const Values<Patient, R>& x, const Outputs<Patient, R>& y) { y[away] = 1.0 - x[level]; }
  template <class R>
  static void rates(const Values<Patient, R>& x, const Rates<Patient, R>& d) {
    d[taken] = x[dose];
    d[level] = x[drift];
  }
};
// clang-format on

const Composition& patient() {
  static const Composition system({&module_type<Patient>()}, {});
  return system;
}
double value(const std::vector<double>& frame, const char* name) { return frame[patient().slot(name)]; }

Reaction programme(const char* event, double delay_d = 0) {
  return {event, "programme", delay_d, {{"dose", at_least, 1, 0, forever}}};
}
Reaction from_day(double at_d) {
  Reaction r = programme("");
  r.at_d = at_d;
  return r;
}
Reaction with(Reaction r, Adherence a) {
  r.adherence = std::move(a);
  return r;
}

std::vector<double> times_by(const Seen& life, EventKind kind) {
  std::vector<double> times;
  for (const EventRecord& e : life.events)
    if (e.kind == kind) times.push_back(e.time_d);
  return times;
}

// Sums of a few dozen products of numbers below 1e5, each rounded at 1e-16 of itself.
constexpr double rounding = 1e-9;

TEST_CASE("people give up after exponential times, and take nothing afterwards") {
  constexpr double rate = 1 / 200.0, horizon = 2000, start = 30;
  constexpr std::uint64_t members = 4000;
  const Course course =
      make_course(patient(), {{{}, {}, {}, {}, {with(from_day(start), {"walks", 1, 0, rate})}}}, {0, horizon});
  const auto lives = carry(course, members)[0];
  std::vector<double> lasted;
  for (const Seen& life : lives) {
    const std::vector<double> given_up = times_by(life, EventKind::given_up);
    REQUIRE(given_up.size() <= 1);
    const double end = given_up.empty() ? horizon : given_up[0];
    if (!given_up.empty())
      lasted.push_back(end - start);
    else
      lasted.push_back(never);
    CHECK(value(life.reports[1], "taken") == doctest::Approx(end - start).epsilon(rounding));
  }
  CHECK(kolmogorov_smirnov(lasted, horizon - start, [](double t) { return 1 - std::exp(-rate * t); }) < ks_limit);
}

TEST_CASE("who would give up after the end of a course completes it") {
  Reaction r = with(from_day(0), {"walks", 1, 0, 0.01});
  r.modifiers[0].end_d = 50;
  const Course course = make_course(patient(), {{{}, {}, {}, {}, {r}}}, {0, 100});
  std::size_t completed = 0;
  const auto lives = carry(course, 400)[0];
  for (const Seen& life : lives) {
    const std::vector<double> given_up = times_by(life, EventKind::given_up);
    completed += given_up.empty();
    CHECK((given_up.empty() || given_up[0] < 50));
    CHECK(value(life.reports[1], "taken") == doctest::Approx(given_up.empty() ? 50 : given_up[0]).epsilon(rounding));
  }
  const double share = std::exp(-0.5);
  CHECK(std::fabs(static_cast<double>(completed) - 400 * share) <
        normal_limit * std::sqrt(400 * share * (1 - share)));
}

TEST_CASE("the shares that people take have the stated median and the mean of a logit-normal") {
  constexpr double level = 0.7, sd = 0.8;
  constexpr std::uint64_t members = 20000;
  Reaction r = with(from_day(0), {"walks", level, sd, 0});
  r.modifiers[0].value = level;
  const Course course = make_course(patient(), {{{}, {}, {}, {}, {r}}}, {0, 1, 2});
  const auto share_of = [](double z) { return 1 / (1 + (1 - level) / level * std::exp(-sd * z)); };
  const auto moment = [&](int power) {
    return boost::math::quadrature::gauss_kronrod<double, 61>::integrate(
        [&](double z) { return std::pow(share_of(z), power) * boost::math::pdf(boost::math::normal(), z); }, -9.0,
        9.0, 10);
  };
  const double mean = moment(1), deviation = std::sqrt(moment(2) - mean * mean);
  double sum = 0;
  std::uint64_t below = 0;
  const auto lives = carry(course, members)[0];
  for (const Seen& life : lives) {
    const double share = value(life.reports[1], "dose");
    CHECK((share > 0 && share < 1));
    CHECK(value(life.reports[2], "dose") == share);
    sum += share;
    below += share < level;
  }
  const double n = static_cast<double>(members);
  CHECK(std::fabs(sum / n - mean) < normal_limit * deviation / std::sqrt(n));
  CHECK(std::fabs(static_cast<double>(below) - 0.5 * n) < normal_limit * std::sqrt(0.25 * n));
}

TEST_CASE("a programme of one name meets the same luck in every arm, whenever it begins and whatever else is done") {
  const Adherence walks{"walks", 0.5, 0.6, 0.01};
  Reaction other = with(from_day(3), {"swims", 0.5, 0.6, 0.01});
  other.modifiers[0].input = "drift";
  const Course course = make_course(
      patient(),
      {{{}, {}, {}, {}, {with(from_day(0), walks)}}, {{}, {}, {}, {}, {other, with(from_day(100), walks)}}},
      {0, 100.5, 1e4});
  const auto lives = carry(course, 300);
  for (std::size_t m = 0; m < 300; ++m) {
    const auto first = times_by(lives[0][m], EventKind::given_up);
    std::vector<double> second;
    for (const EventRecord& e : lives[1][m].events)
      if (e.kind == EventKind::given_up && e.event == 1) second.push_back(e.time_d);
    REQUIRE(first.size() == 1);  // nobody of 300 goes on for 1e4 d, which are 100 mean times
    REQUIRE(second.size() == 1);
    CHECK(second[0] - 100 == doctest::Approx(first[0]).epsilon(rounding));
    const double lasted = first[0], begun = value(lives[1][m].reports[1], "dose");
    if (lasted > 1) CHECK(begun > 0);
    CHECK(value(lives[0][m].reports[2], "taken") ==
          doctest::Approx(value(lives[1][m].reports[2], "taken")).epsilon(1e-8));
  }
}

TEST_CASE("each beginning has its own time to give up, and the person's own share") {
  Reaction r = with(programme("again"), {"walks", 0.5, 0.9, 0.02});
  const Course course = make_course(patient(), {{{}, {{"again", 0, 1000}}, {}, {}, {r}}}, {0, 0.01, 1000.01, 2000});
  std::size_t differ = 0;
  const auto lives = carry(course, 200)[0];
  for (const Seen& life : lives) {
    const auto begun = times_by(life, EventKind::reaction), given_up = times_by(life, EventKind::given_up);
    REQUIRE(begun.size() == 2);
    REQUIRE(given_up.size() == 2);  // nobody of 200 goes on for 1000 d, which are 20 mean times
    differ += std::fabs(given_up[0] - begun[0] - (given_up[1] - begun[1])) > 1;
    if (given_up[0] > 0.01 && given_up[1] > 1000.01)
      CHECK(value(life.reports[1], "dose") == value(life.reports[2], "dose"));
  }
  CHECK(differ > 180);  // two exponentials of mean 50 d are within 1 d of each other once in fifty
}

TEST_CASE("an event ends what runs of a reaction and what is on its way, and the next may start it again") {
  Reaction r = programme("go", 10);
  r.stopped_by = {"halt"};
  const PlanSpec plan{{}, {{"go", 0, 100}, {"halt", 50}, {"halt", 105}, {"halt", 250}, {"halt", 255}}, {}, {}, {r}};
  const Course course = make_course(patient(), {plan}, {0, 400});
  const Seen life = carry<double>(course, 1)[0][0];
  // Begun at 10 and stopped at 50; that of 110 is stopped on its way; begun at 210 and stopped at 250; begun at 310.
  CHECK(times_by(life, EventKind::reaction) == std::vector<double>{10, 210, 310});
  CHECK(times_by(life, EventKind::stopped) == std::vector<double>{50, 250});
  CHECK(value(life.reports[1], "taken") == doctest::Approx(40 + 40 + 90).epsilon(rounding));
}

TEST_CASE("nothing begins where the trigger that would stop it holds") {
  Reaction r = programme("go");
  r.stopped_by = {"well"};
  // The level rises through 0.5 on day 50 and falls through it on day 150.
  const PlanSpec plan{{{"drift", replace, 0.01, 0, 100}, {"drift", replace, -0.01, 100, 300}},
                      {{"go", 0, 30}},
                      {},
                      {{"well", "level", Direction::rising, 0.5, 0, true}},
                      {r}};
  const Course course = make_course(patient(), {plan}, {0, 175});
  const Seen life = carry<double>(course, 1)[0][0];
  CHECK(times_by(life, EventKind::reaction) == std::vector<double>{0, 150});
  REQUIRE(times_by(life, EventKind::stopped).size() == 1);
  CHECK(times_by(life, EventKind::stopped)[0] == doctest::Approx(50).epsilon(1e-8));
}

TEST_CASE("of several that ask for at least so much the largest holds, then factors, then what is added") {
  const Reaction mild{"go", "mild", 0, {{"dose", at_least, 0.4, 0, 100}}};
  const PlanSpec plan{{{"dose", at_least, 0.6, 20, 50},
                       {"dose", at_least, 0.2, 0, 90},
                       {"dose", multiply, 0.5, 30, 60},
                       {"dose", add, 0.1, 40, 60},
                       {"dose", replace, 0.3, 80, 90}},
                      {{"go", 10}},
                      {},
                      {},
                      {mild}};
  const Course course = make_course(patient(), {plan}, {0, 5, 15, 25, 35, 45, 55, 65, 85, 95, 115, 120});
  const Seen life = carry<double>(course, 1)[0][0];
  const double expected[] = {0.0, 0.2, 0.4, 0.6, 0.3, 0.5 * 0.6 + 0.1, 0.5 * 0.4 + 0.1, 0.4, 0.4, 0.4, 0.0};
  for (std::size_t k = 1; k < 11; ++k)
    CHECK(value(life.reports[k], "dose") == doctest::Approx(expected[k]).epsilon(rounding));
  // A person who does more anyway is not held back.
  const Course eager = make_course(patient(), {plan}, {0, 15, 55});
  const Seen other = carry<double>(
      eager, 1, [](std::uint64_t, std::vector<double>& frame) { frame[patient().slot("dose")] = 0.9; })[0][0];
  CHECK(value(other.reports[1], "dose") == 0.9);
  CHECK(value(other.reports[2], "dose") == doctest::Approx(0.5 * 0.9 + 0.1).epsilon(rounding));
}

TEST_CASE(
    "what visits find is what a replay of their measurements finds: alternatives, running visits, missed ones") {
  Visit visit{"check", 5, 10, {{"level", 0.4, false}, {"away", 0.3, true}}, {}};
  visit.missed = 0.25;
  Finding finding;
  finding.name = "found";
  finding.alternatives = {{{"level", Direction::falling, 0.3, true}, {"away", Direction::rising, 0.6}},
                          {{"level", Direction::rising, 1.2}}};
  finding.delay_d = 3;
  for (const std::uint32_t in_a_row : {1u, 2u, 3u}) {
    CAPTURE(in_a_row);
    finding.in_a_row = in_a_row;
    visit.findings = {finding};
    const PlanSpec plan{{{"drift", replace, 0.003, 0, forever}}, {}, {visit}, {}, {}};
    const Course course = make_course(patient(), {plan}, {0, 400});
    std::size_t findings = 0;
    const auto lives = carry(course, 300)[0];
    for (const Seen& life : lives) {
      std::vector<double> expected;
      std::uint32_t running = 0;
      double level = 0;
      for (const EventRecord& e : life.events) {
        if (e.kind != EventKind::visit) continue;
        if (e.quantity == patient().slot("level")) {
          level = e.value;
          continue;
        }
        const bool holds = (level < 0.3 && e.value >= 0.6) || level >= 1.2;
        running = holds ? running + 1 : 0;
        if (running >= in_a_row && e.time_d + 3 < 400) expected.push_back(e.time_d + 3);
      }
      CHECK(times_of(course.arms[0], life, "found") == expected);
      findings += expected.size();
    }
    CHECK(findings > 300);
  }
}

TEST_CASE(
    "the stated share of visits is missed, by the same persons in every arm, and the errors are those of who come") {
  Visit visit{"check", 5, 10, {{"level", 0.4, false}}, {}};
  const PlanSpec all{{}, {}, {visit}, {}, {}};
  visit.missed = 0.2;
  const PlanSpec some{{}, {}, {visit}, {}, {}};
  PlanSpec drifting = some;
  drifting.modifiers = {{"drift", replace, 0.01, 0, forever}};
  const Course course = make_course(patient(), {all, some, drifting}, {0, 400});
  const auto lives = carry(course, 500);
  double missed = 0;
  constexpr double visits = 500 * 40;
  for (std::size_t m = 0; m < 500; ++m) {
    CHECK(times_by(lives[0][m], EventKind::visit).size() == 40);
    CHECK(times_by(lives[1][m], EventKind::missed) == times_by(lives[2][m], EventKind::missed));
    missed += static_cast<double>(times_by(lives[1][m], EventKind::missed).size());
    std::size_t nth = 0;  // the level is 0, so what is measured is the error
    for (const EventRecord& e : lives[1][m].events)
      if (e.kind == EventKind::visit) CHECK(e.value == lives[0][m].events[nth++].value);
  }
  CHECK(std::fabs(missed - 0.2 * visits) < normal_limit * std::sqrt(visits * 0.2 * 0.8));
}

TEST_CASE("an event brings about a visit of its own some time after") {
  Visit first{"look", 10, 100, {{"level", 0, false}}, {{"suspected", "level", Direction::rising, 0.5}}};
  Visit second{"second look", 0, 0, {{"level", 0, false}}, {{"confirmed", "level", Direction::rising, 0.5}}};
  second.on = "suspected";
  second.delay_d = 28;
  // Above 0.5 from day 100 to 220: suspected on day 110 and 210, confirmed on 138, not on 238.
  const PlanSpec plan{{{"drift", replace, 0.005, 0, 160}, {"drift", replace, -0.005, 160, forever}},
                      {},
                      {first, second},
                      {},
                      {{"confirmed", "programme", 0, {{"dose", add, 1, 0, 10}}}}};
  const Course course = make_course(patient(), {plan}, {0, 400});
  const Seen life = carry<double>(course, 1)[0][0];
  CHECK(
      story(course.arms[0], life) ==
      "10 visit look 1, 110 visit look 2, 110 found suspected 1, 138 visit second look 1, 138 found confirmed 1, "
      "138 reaction programme 1, 210 visit look 3, 210 found suspected 2, 238 visit second look 2, 310 visit look 4");
}

TEST_CASE("plans with shares that are none, and with unknown events to stop or look at, are refused") {
  const auto message = [](const PlanSpec& plan) -> std::string {
    try {
      Plan(patient(), plan, 100);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  Visit visit{"check", 0, 0, {{"level", 0, false}}, {}};
  visit.missed = 1.5;
  CHECK(message({{}, {}, {visit}, {}, {}}) == "the share of \"check\" that is missed is 1.500000, expected 0 to 1");
  visit.missed = 0;
  visit.on = "chek";
  CHECK(message({{}, {}, {visit}, {}, {}}) == "there is no event \"chek\"; did you mean \"check\"?");
  Reaction r = from_day(0);
  r.stopped_by = {"halt"};
  CHECK(message({{}, {}, {}, {}, {r}}).find("there is no event \"halt\"") == 0);
  CHECK(message({{}, {}, {}, {}, {with(from_day(0), {"walks", 1, 0.3, 0})}}) ==
        "the adherence to \"programme\" is expected above 0 and at most 1, and below 1 where it differs between "
        "persons");
}

}  // namespace
}  // namespace healthspan
