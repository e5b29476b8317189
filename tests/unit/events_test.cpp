#include "lives.hpp"

#include <healthspan/core/ensemble.hpp>

#include <boost/math/distributions/normal.hpp>
#include <doctest/doctest.h>

#include <cstdint>
#include <map>
#include <numbers>
#include <optional>

namespace healthspan {
namespace {

using namespace tests;
using enum Modifier::Operation;
constexpr double forever = 1e9;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// clang-format off
// What happens to it, in numbers: `trail` gets a decimal digit for every event (jumps that do not commute), other
// states are integrals of what the rates see. Its flow is made of polynomials that every stepper gets right.
struct Diary {
  static constexpr auto name = "diary_toy";
  static constexpr auto summary = "";
  static constexpr auto trail   = state    <"trail">           (         "1", "");
  static constexpr auto level   = state    <"level">           (         "1", "");
  static constexpr auto counted = state    <"red_days">        (         "d", "integral of red_count");
  static constexpr auto waited  = state    <"waiting">         (       "d^2", "integral of time_since_red");
  static constexpr auto flashed = state    <"flashed">         (         "d", "integral of red_now");
  static constexpr auto dosed   = state    <"dose_days">       (         "d", "integral of dose");
  static constexpr auto gap     = state    <"gap">             (         "d", "time_since_red just before red");
  static constexpr auto reset   = state    <"reset">           (         "d", "and as the jump sees it");
  static constexpr auto nth     = state    <"nth">             (         "1", "red_count as the jump sees it");
  static constexpr auto quick   = hazard   <"quick">           (Recurrence::recurrent, "");
  static constexpr auto slow    = hazard   <"slow">            (Recurrence::recurrent, "");
  static constexpr auto end     = hazard   <"end">             ("");
  static constexpr auto dose    = input    <"dose">            (0.0,     "1", "");
  static constexpr auto drift   = input    <"drift">           (0.0,   "1/d", "");
  static constexpr auto push    = parameter<"push">            (0.0,     "1", fixed, assumed("toy"), "");
  static constexpr auto a_quick = parameter<"quick_rate">      (0.0,   "1/d", fixed, assumed("toy"), "");
  static constexpr auto a_slow  = parameter<"slow_rate">       (0.0,   "1/d", fixed, assumed("toy"), "");
  static constexpr auto a_end   = parameter<"end_rate">        (0.0,   "1/d", fixed, assumed("toy"), "");
  static constexpr auto red     = input    <"red_now">         (0.0,     "1", "");
  static constexpr auto green   = input    <"green_now">       (0.0,     "1", "");
  static constexpr auto blue    = input    <"blue_now">        (0.0,     "1", "");
  static constexpr auto amber   = input    <"amber_now">       (0.0,     "1", "");
  static constexpr auto q_now   = input    <"quick_now">       (0.0,     "1", "");
  static constexpr auto s_now   = input    <"slow_now">        (0.0,     "1", "");
  static constexpr auto count   = input    <"red_count">       (0.0,     "1", "");
  static constexpr auto since   = input    <"time_since_red">  (0.0,     "d", "");
  static constexpr auto twice   = output   <"twice">           (         "1", "2 level");
  static constexpr auto table = std::tuple{trail, level, counted, waited, flashed, dosed, gap, reset, nth,
                                           quick, slow, end, dose, drift, push, a_quick, a_slow, a_end,
                                           red, green, blue, amber, q_now, s_now, count, since, twice};
  template <class R>
  static void outputs(const Values<Diary, R>& x, const Outputs<Diary, R>& y) { y[twice] = 2.0 * x[level]; }
  template <class R>
  static void rates(const Values<Diary, R>& x, const Rates<Diary, R>& d) {
    d[level] = x[drift];
    d[counted] = x[count];
    d[waited] = x[since];
    d[flashed] = x[red];
    d[dosed] = x[dose];
    d[quick] = x[a_quick];
    d[slow] = x[a_slow];
    d[end] = x[a_end];
  }
  // Digits: 1 red, 2 green, 3 blue, 4 amber, 5 another dose, 6 quick, 7 slow. Green pushes the level up, amber twice
  // as far, and blue sets it to zero.
  template <class R>
  static void at_switch(const Values<Diary, R>& before, const Values<Diary, R>& after, const States<Diary, R>& s) {
    const auto write = [&](const auto& happens, double digit) {
      s[trail] = select(happens, R(10.0 * s[trail] + digit), s[trail]);
    };
    write((before[dose] < after[dose]) | (after[dose] < before[dose]), 5.0);
    write(after[red] > 0.5, 1.0);
    write(after[green] > 0.5, 2.0);
    write(after[blue] > 0.5, 3.0);
    write(after[amber] > 0.5, 4.0);
    write(after[q_now] > 0.5, 6.0);
    write(after[s_now] > 0.5, 7.0);
    s[level] = select(after[blue] > 0.5, R(0.0), R(s[level] + after[push] * (after[green] + 2.0 * after[amber])));
    s[gap] = select(after[red] > 0.5, before[since], s[gap]);
    s[reset] = select(after[red] > 0.5, after[since], s[reset]);
    s[nth] = select(after[red] > 0.5, after[count], s[nth]);
  }
};

struct Decay {  // a level that relaxes towards zero, which the exponential stepper gets right
  static constexpr auto name = "decay_toy";
  static constexpr auto summary = "";
  static constexpr auto v     = state    <"remainder">   (        "1", "");
  static constexpr auto k     = parameter<"decay_rate">  (0.02, "1/d", fixed, assumed("toy"), "");
  static constexpr auto table = std::tuple{v, k};
  template <class R>
  static void rates(const Values<Decay, R>& x, const Rates<Decay, R>& d) { d[v] = -x[k] * x[v]; }
  template <class R>
  static void relaxation(const Values<Decay, R>& x, const States<Decay, R>& r) { r[v] = x[k]; }
};

struct Swing {  // sin(omega t) from the start at rest, for what comes and goes without any stop
  static constexpr auto name = "swing_toy";
  static constexpr auto summary = "";
  static constexpr auto s     = state    <"swing">       (         "1", "");
  static constexpr auto v     = state    <"speed">       (       "1/d", "");
  static constexpr auto omega = parameter<"omega">       (0.03,  "1/d", fixed, assumed("toy"), "");
  static constexpr auto goal  = input    <"goal">        (0.0,     "1", "");
  static constexpr auto table = std::tuple{s, v, omega, goal};
  template <class R>
  static void rates(const Values<Swing, R>& x, const Rates<Swing, R>& d) {
    d[s] = x[v];
    d[v] = x[omega] * x[omega] * (x[goal] - x[s]);
  }
};
// clang-format on

const Composition& diary() {
  static const Composition system({&module_type<Diary>()}, {});
  return system;
}

double value(const std::vector<double>& frame, std::string_view name) { return frame[diary().slot(name)]; }

// One life under one plan.
struct Alone {
  Course course;
  Seen life;
  Alone(const PlanSpec& plan, std::vector<double> reports_d, const std::map<std::string, double>& person = {})
      : course(make_course(diary(), {plan}, std::move(reports_d))) {
    life = carry<double>(course, 1, [&](std::uint64_t, std::vector<double>& frame) {
      for (const auto& [what, number] : person) frame[diary().slot(what)] = number;
    })[0][0];
  }
  std::string story() const { return tests::story(course.arms[0], life); }
  std::vector<double> times(std::string_view event) const { return times_of(course.arms[0], life, event); }
  double at(std::size_t report, std::string_view name) const { return value(life.reports[report], name); }
  double at_end(std::string_view name) const { return at(life.reports.size() - 1, name); }
};

// Sums of a few dozen products of numbers below 1e5, each rounded at 1e-16 of itself.
constexpr double rounding = 1e-9;

// ---------------------------------------------------------------------------------------------- scheduled events

TEST_CASE("a scheduled event strikes at its time and again every so often, from day 0 to before the horizon") {
  const Alone one({{}, {{"red", 10, 30}, {"green", 25}, {"blue", 0}, {"amber", 100}, {"amber", 250}}, {}, {}, {}},
                  {0, 100});
  CHECK(one.times("red") == std::vector<double>{10, 40, 70});
  CHECK(one.story() ==
        "0 scheduled blue 1, 10 scheduled red 1, 25 scheduled green 1, 40 scheduled red 2, 70 scheduled red 3");
  CHECK(one.at(0, "trail") == 0.0);  // what happens at a report time has not happened yet when it is reported
  CHECK(one.at(1, "trail") == 31211.0);
  // Not every sum of a time and an interval is exact: the n-th is the time and n intervals, not n rounded sums.
  const Alone odd({{}, {{"violet", 0.1, 1.1}}, {}, {}, {}}, {0, 1000});
  REQUIRE(odd.times("violet").size() == 909);
  for (std::size_t n = 0; n < 909; ++n) CHECK(odd.times("violet")[n] == 0.1 + static_cast<double>(n) * 1.1);
}

TEST_CASE("rates see how often an event has struck and how long ago, and never that it strikes now") {
  // Twice before the start, the last time 100 d ago.
  const Alone one({{}, {{"red", 10, 30}}, {}, {}, {}}, {0, 5, 10, 100}, {{"red_count", 2}, {"time_since_red", 100}});
  CHECK(one.at(0, "time_since_red") == 100.0);
  CHECK(one.at(1, "time_since_red") == 105.0);
  CHECK(one.at(2, "time_since_red") == 110.0);
  CHECK(one.at(2, "red_count") == 2.0);
  CHECK(one.at(3, "time_since_red") == 30.0);
  CHECK(one.at(3, "red_count") == 5.0);
  CHECK(one.at(3, "red_days") == doctest::Approx(2 * 100 + 90 + 60 + 30).epsilon(rounding));
  // From 100 to 110 over 10 d, then three times from 0 to 30.
  CHECK(one.at(3, "waiting") == doctest::Approx(1050 + 3 * 450).epsilon(rounding));
  CHECK(one.at(3, "flashed") == 0.0);
  CHECK(one.at(3, "red_now") == 0.0);
}

TEST_CASE("the jump of an event sees it now, its new count, no time since it, and before the time since the last") {
  const Alone one({{}, {{"red", 10, 30}}, {}, {}, {}}, {0, 20, 50}, {{"red_count", 2}, {"time_since_red", 100}});
  CHECK(one.at(1, "trail") == 1.0);
  CHECK(one.at(1, "gap") == 110.0);
  CHECK(one.at(1, "nth") == 3.0);
  CHECK(one.at(2, "trail") == 11.0);
  CHECK(one.at(2, "gap") == 30.0);
  CHECK(one.at(2, "nth") == 4.0);
  CHECK(one.at(2, "reset") == 0.0);
}

TEST_CASE("the time since an event runs in every arm, also where the event belongs to another arm only") {
  const PlanSpec with{{}, {{"red", 10, 30}}, {}, {}, {}};
  const Course alone = make_course(diary(), {PlanSpec{}}, {0, 55, 100});
  const Course both = make_course(diary(), {PlanSpec{}, with}, {0, 55, 100});
  const Personalise person = [](std::uint64_t member, std::vector<double>& frame) {
    frame[diary().slot("time_since_red")] = 7.0 + static_cast<double>(member);
  };
  const auto by_himself = carry(alone, 20, person), beside = carry(both, 20, person);
  for (std::size_t m = 0; m < 20; ++m) {
    CHECK(by_himself[0][m].reports == beside[0][m].reports);
    // A quadratic integral again.
    const double start = 7.0 + static_cast<double>(m);
    CHECK(value(beside[0][m].reports[2], "waiting") == doctest::Approx(100 * start + 5000).epsilon(rounding));
  }
}

// ------------------------------------------------------------------------------------------------------ reactions

TEST_CASE("a reaction starts after its delay, its modifiers at their times from then, and not while it still runs") {
  const Reaction care{"red", "care", 5, {{"dose", add, 2, 2, 12}}};
  std::vector<double> days;
  for (double d = 0.5; d < 61; ++d) days.push_back(d);
  days.push_back(61);
  const Alone one({{}, {{"red", 10, 10}}, {}, {}, {care}}, days);
  // Due at 15, 25, 35, 45 and 55; it runs for 12 d each time.
  CHECK(one.times("care") == std::vector<double>{15, 35, 55});
  CHECK(one.times("red") == std::vector<double>{10, 20, 30, 40, 50, 60});
  bool right = true;
  for (std::size_t i = 0; i < 61; ++i) {
    const double d = days[i];
    right &= one.at(i, "dose") == ((d > 17 && d < 27) || (d > 37 && d < 47) || d > 57 ? 2.0 : 0.0);
  }
  CHECK(right);
  CHECK(one.at_end("dose_days") == doctest::Approx(2 * 10 + 2 * 10 + 2 * 4).epsilon(rounding));
}

TEST_CASE("a reaction without delay acts from the instant of its event, and starts again at the instant of its end") {
  const Alone one({{}, {{"red", 10, 10}}, {}, {}, {{"red", "care", 0, {{"dose", add, 2, 0, 10}}}}}, {0, 10, 45});
  CHECK(one.times("care") == std::vector<double>{10, 20, 30, 40});
  CHECK(one.at(1, "dose") == 0.0);
  CHECK(one.at_end("dose_days") == doctest::Approx(2 * 35).epsilon(rounding));
  CHECK(one.story().substr(0, 35) == "10 scheduled red 1, 10 reaction car");
}

TEST_CASE("a modifier that would begin before its reaction acts from the reaction's beginning") {
  for (const double delay : {0.0, 5.0}) {
    const Alone one({{}, {{"red", 10}}, {}, {}, {{"red", "care", delay, {{"dose", add, 2, -7, 10}}}}}, {0, 45});
    CAPTURE(delay);
    CHECK(one.at_end("dose_days") == doctest::Approx(2 * 10).epsilon(rounding));
  }
}

TEST_CASE("a reaction starts at most so many times, and one without modifiers is only noted") {
  const Alone one(
      {{}, {{"red", 10, 10}}, {}, {}, {{"red", "care", 0, {{"dose", add, 1, 0, 3}}, 2}, {"red", "note", 1.5, {}}}},
      {0, 45});
  CHECK(one.times("care") == std::vector<double>{10, 20});
  CHECK(one.times("note") == std::vector<double>{11.5, 21.5, 31.5, 41.5});
  CHECK(one.at_end("dose_days") == doctest::Approx(6).epsilon(rounding));
  const Alone refused({{}, {{"red", 10, 10}}, {}, {}, {{"red", "care", 0, {{"dose", add, 1, 0, 3}}, 0}}}, {0, 45});
  CHECK(refused.times("care").empty());
  CHECK(refused.at_end("dose_days") == 0.0);
}

TEST_CASE("of two reactions that replace one input the one that has begun last holds, and gives way when it ends") {
  const Reaction first{"red", "first", 0, {{"dose", replace, 1, 0, 100}}};
  const Reaction second{"green", "second", 0, {{"dose", replace, 4, 0, 20}}};
  // The order of declaration does not matter, and both hold over the plan of the arm.
  for (const auto& reactions : {std::vector{first, second}, std::vector{second, first}}) {
    const Alone one({{{"dose", replace, 7, 0, forever}}, {{"red", 10}, {"green", 30}}, {}, {}, reactions},
                    {0, 5, 20, 40, 60, 120, 130});
    CHECK(one.at(1, "dose") == 7.0);
    CHECK(one.at(2, "dose") == 1.0);
    CHECK(one.at(3, "dose") == 4.0);
    CHECK(one.at(4, "dose") == 1.0);
    CHECK(one.at(5, "dose") == 7.0);
    CHECK(one.at(6, "dose_days") == doctest::Approx(7 * 10 + 20 + 4 * 20 + 60 + 7 * 20).epsilon(rounding));
  }
  // The other way round the longer one begins last and holds throughout.
  const Alone other({{}, {{"green", 10}, {"red", 20}}, {}, {}, {first, second}}, {0, 15, 25, 40});
  CHECK(other.at(1, "dose") == 4.0);
  CHECK(other.at(2, "dose") == 1.0);
  CHECK(other.at(3, "dose") == 1.0);
}

TEST_CASE("modifiers of the plan and of reactions act together: replace, then multiply, then add") {
  const Alone one({{{"dose", multiply, 3, 0, 40}, {"dose", add, 0.5, 20, forever}},
                   {{"red", 10}, {"green", 30}},
                   {},
                   {},
                   {{"red", "a", 0, {{"dose", add, 0.25, 0, 50}}},
                    {"green", "b", 0, {{"dose", replace, 8, 0, 50}, {"dose", multiply, 2, 5, 50}}}}},
                  {0, 5, 15, 25, 32, 38, 45, 90}, {{"dose", 1}});
  CHECK(one.at(1, "dose") == 3.0);
  CHECK(one.at(2, "dose") == 3.25);
  CHECK(one.at(3, "dose") == 3.75);
  CHECK(one.at(4, "dose") == 24.75);
  CHECK(one.at(5, "dose") == 48.75);
  CHECK(one.at(6, "dose") == 16.75);
  CHECK(one.at(7, "dose") == 1.5);
}

TEST_CASE("a reaction lasts as long as it should wherever it begins, though days are rounded") {
  // A trigger starts it at a time of its own in each of 500 lives; the modifiers begin and end later. The difference
  // of two rounded days may be less than the days that were added.
  PlanSpec plan;
  plan.triggers = {{"red", "level", Direction::rising, 1.0}};
  plan.reactions = {{"red", "care", 0.7, {{"dose", add, 1, 3.3, 17.7}, {"drift", replace, 0, 0, 29.1}}}};
  const Course course = make_course(diary(), {plan}, {0, 200});
  const auto lives = carry(course, 500, [](std::uint64_t member, std::vector<double>& frame) {
    frame[diary().slot("drift")] = 0.01 + 1e-4 * std::sqrt(static_cast<double>(member));
  })[0];
  int right = 0;
  for (const Seen& life : lives) {
    const double care = first_of(course.arms[0], life, "care");
    REQUIRE(care < 110);
    const double drift = value(life.reports[0], "drift");
    // Times below 256 d are rounded at 2^-46 d, and the sums of two dozen steps.
    const bool lasted = std::fabs(value(life.reports[1], "dose_days") - (17.7 - 3.3)) < rounding;
    const bool stood = std::fabs(value(life.reports[1], "level") - drift * (200 - 29.1)) < rounding;
    right += lasted && stood;
  }
  CHECK(right == 500);
}

TEST_CASE("a reaction runs from its own beginning, so one that began in between does not end it") {
  // Two kinds of care with different lengths overlap in every way while each restarts as soon as it may.
  PlanSpec plan;
  plan.scheduled = {{"red", 3, 7}, {"green", 1, 5}};
  plan.reactions = {{"red", "long", 0, {{"dose", add, 1, 0, 13}}}, {"green", "short", 2, {{"dose", add, 100, 0, 4}}}};
  std::vector<double> days;
  for (double d = 0.5; d < 90; ++d) days.push_back(d);
  days.push_back(90);
  const Alone one(plan, days);
  bool right = true;
  for (std::size_t i = 0; i < 90; ++i) {
    double dose = 0;
    for (double begin = 3; begin < 90; begin += 14)  // at 3, not at 10, at 17, ...
      if (days[i] > begin && days[i] < begin + 13) dose += 1;
    for (double begin = 3; begin < 90; begin += 5)
      if (days[i] > begin && days[i] < begin + 4) dose += 100;
    right &= one.at(i, "dose") == dose;
  }
  CHECK(right);
}

TEST_CASE("a life with interventions only takes the steps that its schedule lays, in every bit") {
  const Composition system({&module_type<Swing>(), &module_type<Decay>()}, {});
  const std::vector<Modifier> modifiers{{"goal", add, 1, 0, 33.3}, {"goal", add, -0.5, 101.7, 250}};
  const std::vector<double> reports{10, 100, 101.7, 300, 500};
  Course course = make_course(system, {PlanSpec{modifiers, {}, {}, {}, {}}}, reports);
  course.base_step_d = 16;
  const Seen life = carry<double>(course, 1)[0][0];
  std::vector<double> frame = system.medians(true);
  const Schedule schedule(system, modifiers, 500);
  LanePath<double> path(system);
  std::size_t compared = 0;
  follow(system, schedule, lay_legs(schedule.switches(), reports, 16), path, frame,
         [&](std::size_t at, const std::vector<double>& seen) {
           CHECK(life.reports[at] == seen);
           ++compared;
         });
  CHECK(compared == reports.size());
  CHECK(life.reports[4][system.slot("swing")] != 0.0);
}

// ----------------------------------------------------------------------------------------------------------- ties

// Rates with which hazards reach the thresholds of member 0 at `at_d`: late by less than the tolerance of an event.
std::map<std::string, double> strike_at(double at_d, std::uint64_t seed) {
  const auto rate = [&](const char* hazard) { return Stream(seed, hazard).exponential(0, 0) / at_d * (1 + 1e-12); };
  return {{"quick_rate", rate("quick")}, {"slow_rate", rate("slow")}};
}

TEST_CASE("at one instant the order is inputs, scheduled, visits, findings, triggers, chance, then declaration") {
  PlanSpec plan;
  plan.modifiers = {{"dose", add, 1, 64, forever}};
  plan.scheduled = {{"red", 64}};
  plan.visits = {{"look", 64, 0, {{"trail", 0}}, {{"green", "trail", Direction::rising, 50, 0}}}};
  plan.triggers = {{"amber", "level", Direction::rising, 16}, {"blue", "twice", Direction::rising, 32}};
  std::map<std::string, double> person = strike_at(64, 0);
  person["drift"] = 0.25;  // exact in binary: level 16 on day 64
  const Alone one(plan, {0, 64.5}, person);
  // The dose, red, (the visit sees 51), green, amber, blue, quick, slow.
  CHECK(one.at_end("trail") == 5124367.0);
  CHECK(one.story() ==
        "64 scheduled red 1, 64 visit look 1, 64 found green 1, 64 triggered amber 1, 64 triggered blue 1, "
        "64 random quick 1, 64 random slow 1");
  for (const EventRecord& e : one.life.events) CHECK(e.time_d == 64.0);
  REQUIRE(one.life.events.size() == 7);
  CHECK(one.life.events[1].value == 51.0);
  CHECK(one.life.events[1].quantity == diary().slot("trail"));
  CHECK(std::isnan(one.life.events[0].value));
}

TEST_CASE("of one kind the order is that of declaration") {
  const auto trail = [](const PlanSpec& plan, const std::map<std::string, double>& person = {}) {
    return Alone(plan, {0, 100}, person).at_end("trail");
  };
  CHECK(trail({{}, {{"red", 64}, {"green", 64}, {"blue", 64}}, {}, {}, {}}) == 123.0);
  CHECK(trail({{}, {{"blue", 64}, {"green", 64}, {"red", 64}}, {}, {}, {}}) == 321.0);
  CHECK(trail({{}, {{"blue", 64}, {"red", 4, 60}, {"red", 64}}, {}, {}, {}}) == 1311.0);
  const Trigger one{"red", "level", Direction::rising, 16}, other{"green", "time", Direction::rising, 64};
  CHECK(trail({{}, {}, {}, {one, other}, {}}, {{"drift", 0.25}}) == 12.0);
  CHECK(trail({{}, {}, {}, {other, one}, {}}, {{"drift", 0.25}}) == 21.0);
  const Visit first{"first",
                    64,
                    0,
                    {{"level", 0}},
                    {{"red", "level", Direction::falling, 1, 0}, {"green", "level", Direction::falling, 1, 0}}};
  const Visit second{"second", 64, 0, {{"level", 0}}, {{"blue", "level", Direction::falling, 1, 0}}};
  CHECK(trail({{}, {}, {first, second}, {}, {}}) == 123.0);
  CHECK(trail({{}, {}, {second, first}, {}, {}}) == 312.0);
}

TEST_CASE("a life that ends at an instant has had before what comes before, and nothing that comes after") {
  PlanSpec plan;
  plan.scheduled = {{"red", 64}, {"blue", 70}};
  plan.triggers = {{"amber", "level", Direction::rising, 16}};
  std::map<std::string, double> person = strike_at(64, 0);
  person["drift"] = 0.25;
  person["slow_rate"] = 0;
  person["end_rate"] = Stream(0, "end").exponential(0, 0) / 64 * (1 + 1e-12);
  const Alone one(plan, {0, 100}, person);
  CHECK(one.story() == "64 scheduled red 1, 64 triggered amber 1, 64 random quick 1, 64 random end 1");
  CHECK(one.life.end_d == 64.0);
  CHECK(one.life.reports.size() == 1);
}

TEST_CASE("a life to which a thousand things happen at one instant has failed, and one more instant is no matter") {
  PlanSpec plan;
  plan.scheduled.assign(900, {"violet", 10, 10});
  const Alone busy(plan, {0, 45});
  CHECK_FALSE(busy.life.failed);
  CHECK(busy.life.events.size() == 3600);
  plan.scheduled.assign(1100, {"violet", 10, 10});
  CHECK(Alone(plan, {0, 45}).life.failed);
}

// ------------------------------------------------------------------------------------------------------- triggers

TEST_CASE("a trigger strikes where its quantity crosses the level, late by at most the tolerance and never early") {
  const Composition both({&module_type<Diary>(), &module_type<Decay>()}, {});
  const Slot drift = both.slot("drift"), left = both.slot("remainder"), level = both.slot("level");
  PlanSpec plan;
  plan.triggers = {{"red", "level", Direction::rising, 3.0},
                   {"green", "level", Direction::falling, -3.0},
                   {"pink", "twice", Direction::rising, 9.0},
                   {"grey", "remainder", Direction::falling, 0.3},
                   {"violet", "remainder", Direction::rising, -0.3}};
  const Course course = make_course(both, {plan}, {0, 400});
  const auto lives = carry(course, 300, [&](std::uint64_t member, std::vector<double>& frame) {
    const double x = std::sqrt(static_cast<double>(member));
    frame[drift] = (member % 2 ? 1 : -1) * (0.03 + 0.01 * x);
    frame[left] = (member % 3 ? 1 : -1) * (1.0 + x);
  })[0];
  double earliest = 1, latest = -1;
  int struck = 0;
  for (std::uint64_t m = 0; m < 300; ++m) {
    const Seen& life = lives[m];
    const double slope = life.reports[0][drift], start = life.reports[0][left];
    std::map<std::string, double> expected{{"red", 3.0 / slope},
                                           {"green", -3.0 / slope},
                                           {"pink", 4.5 / slope},
                                           {"grey", std::log(start / 0.3) / 0.02},
                                           {"violet", std::log(-start / 0.3) / 0.02}};
    for (const auto& [event, time] : expected) {
      const std::vector<double> times = times_of(course.arms[0], life, event);
      if (!(time > 0 && time < 400)) {  // not a number where the sign is wrong
        // Where the quantity is beyond its level from the start it strikes at once.
        const bool at_once = (event == "grey" && start < 0) || (event == "violet" && start > 0);
        CHECK(times == (at_once ? std::vector<double>{0} : std::vector<double>{}));
        continue;
      }
      REQUIRE(times.size() == 1);
      ++struck;
      earliest = std::min(earliest, times[0] - time);
      latest = std::max(latest, times[0] - time);
    }
    CHECK(life.reports[1][level] == doctest::Approx(slope * 400).epsilon(rounding));
  }
  CHECK(struck > 450);
  // The flow is known to the rounding of some thirty steps, 1e-14 of a level of 3: 1e-12 d at the smallest slope
  // here, 0.006 a day.
  CHECK(earliest > -1e-11);
  CHECK(latest < event_tolerance_d + 1e-11);
}

// When an event struck, to six digits: located events are late by up to 1e-8 d.
std::string days_of(const Alone& one, std::string_view event) {
  std::string text;
  for (const double time : one.times(event)) {
    char number[32];
    std::snprintf(number, sizeof number, text.empty() ? "%g" : " %g", time);
    text += number;
  }
  return text;
}

TEST_CASE("of what comes about within one step the earlier strikes first, and the later only if it still does") {
  PlanSpec plan;
  plan.triggers = {{"pink", "level", Direction::rising, 5.5},
                   {"blue", "level", Direction::rising, 5},  // puts the level back to zero
                   {"grey", "time", Direction::rising, 8}};
  const std::vector<double> reports{0, 12};  // one step of 12 d, when nothing happens
  CHECK(Alone(plan, reports, {{"drift", 1}}).story() ==
        "5 triggered blue 1, 8 triggered grey 1, 10 triggered blue 2");
  // A chance that strikes before all of them, by less and less.
  for (const double before_d : {1.0, 1e-3, 1e-6}) {
    std::map<std::string, double> person = strike_at(5 - before_d, 0);
    person["drift"] = 1;
    person["slow_rate"] *= (5 - before_d) / 5;  // and another with the first trigger
    const Alone one(plan, {0, 7}, person);
    CAPTURE(before_d);
    REQUIRE(one.life.events.size() >= 3);
    CHECK(name_of(one.course.arms[0], one.life.events[0]) == "quick");
    CHECK(std::fabs(one.life.events[0].time_d - (5 - before_d)) < event_tolerance_d);
    for (const char* event : {"blue", "slow"}) {
      REQUIRE(!one.times(event).empty());
      CHECK(std::fabs(one.times(event)[0] - 5) < event_tolerance_d + 1e-11);  // rounding, as above
    }
    CHECK(one.times("pink").empty());
  }
}

// A level that is driven up and down by the plan: from 0 at 1 a day to each turning point in turn.
PlanSpec zigzag(const std::vector<double>& turns) {
  PlanSpec plan;
  double at = 0, now = 0;
  for (const double turn : turns) {
    const double days = std::fabs(turn - at);
    plan.modifiers.push_back({"drift", replace, turn > at ? 1.0 : -1.0, now, now + days});
    now += days;
    at = turn;
  }
  return plan;
}

TEST_CASE("a trigger strikes again only after its quantity has been back beyond the hysteresis") {
  // Passes 5 upwards on days 5, 13 and 21 and 35; between them it goes down to 4, 3 and 2.
  PlanSpec plan = zigzag({8, 4, 8, 3, 8, 2, 8});
  const auto days = [&](Direction direction, double level, double hysteresis) {
    plan.triggers = {{"red", "level", direction, level, hysteresis}};
    return days_of(Alone(plan, {0, 40}), "red");
  };
  CHECK(days(Direction::rising, 5, 0) == "5 13 23 35");
  CHECK(days(Direction::rising, 5, 0.5) == "5 13 23 35");
  CHECK(days(Direction::rising, 5, 0.99) == "5 13 23 35");
  CHECK(days(Direction::rising, 5, 1.01) == "5 23 35");
  CHECK(days(Direction::rising, 5, 2.01) == "5 35");
  CHECK(days(Direction::rising, 5, 3.01) == "5");
  // Falling: it starts below, so it strikes at once, is armed above 5, and so on.
  CHECK(days(Direction::falling, 5, 0) == "0 11 19 29");
  CHECK(days(Direction::falling, 5, 2.5) == "0 11 19 29");
  CHECK(days(Direction::falling, 5, 3.01) == "0");
}

TEST_CASE("a trigger is armed again by the flow alone, where nothing makes a stop between two crossings") {
  const Composition system({&module_type<Swing>()}, {});
  const double omega = 0.03, h = 4, pi = std::numbers::pi;
  PlanSpec plan;
  plan.triggers = {{"up", "swing", Direction::rising, 0.3},
                   {"down", "swing", Direction::falling, 0.3, 0.6, false},
                   {"deep", "swing", Direction::rising, 0.3, 1.2},    // it comes down by 1.3
                   {"deeper", "swing", Direction::rising, 0.3, 1.4},  // but not by this
                   {"never", "swing", Direction::rising, 1.01}};
  Course course = make_course(system, {plan}, {0, 1500});
  course.base_step_d = h;
  const Seen life = carry<double>(
      course, 1, [&](std::uint64_t, std::vector<double>& frame) { frame[system.slot("speed")] = omega; })[0][0];
  const auto check = [&](const char* event, double phase, std::size_t many) {
    const std::vector<double> times = times_of(course.arms[0], life, event);
    REQUIRE(times.size() == many);
    for (std::size_t n = 0; n < many; ++n) {
      // The Runge-Kutta method lags by (omega h)^4 / 120 of the time, and each located event adds its tolerance.
      const double expected = (phase + 2 * pi * static_cast<double>(n)) / omega;
      CHECK(std::fabs(times[n] - expected) < std::pow(omega * h, 4) / 120 * expected + 1e-6);
    }
  };
  check("up", std::asin(0.3), 8);  // in 1500 d it swings 7.2 times
  check("down", pi - std::asin(0.3), 7);
  check("deep", std::asin(0.3), 8);
  check("deeper", std::asin(0.3), 1);
  check("never", 0, 0);
}

TEST_CASE("a life that starts beyond the level is struck at once or not before it has been back, as stated") {
  const PlanSpec down_and_up = [] {
    PlanSpec plan;
    plan.modifiers = {{"drift", replace, -1, 0, 10}, {"drift", replace, 1, 10, forever}};
    return plan;
  }();
  for (const bool at_start : {true, false}) {
    PlanSpec plan = down_and_up;
    plan.triggers = {{"red", "level", Direction::rising, 16, 0, at_start},
                     {"green", "level", Direction::rising, 20, 2, at_start},  // exactly on the level
                     {"pink", "level", Direction::rising, 21, 0, at_start},   // not there yet
                     {"grey", "level", Direction::falling, 9, 0, at_start}};  // nor here
    const Alone one(plan, {0, 40}, {{"level", 20}});
    CAPTURE(at_start);
    const std::string began = at_start ? "0 triggered red 1, 0 triggered green 1, " : "";
    const std::string again = at_start ? "2" : "1";
    CHECK(one.story() ==
          began + "16 triggered red " + again + ", 20 triggered green " + again + ", 21 triggered pink 1");
  }
}

TEST_CASE("a trigger that a jump carries over its level strikes at the same instant, and may carry others over") {
  PlanSpec plan;
  plan.scheduled = {{"green", 20}};
  // Green pushes the level from 0 to 4, red does nothing, amber pushes to 12, blue back to 0.
  plan.triggers = {{"blue", "level", Direction::rising, 12},
                   {"amber", "level", Direction::rising, 3},
                   {"red", "twice", Direction::rising, 24}};
  const Alone one(plan, {0, 20, 40}, {{"push", 4}});
  // Amber's push brings both others about: blue is declared first, and when it has struck red is no longer due.
  CHECK(one.story() == "20 scheduled green 1, 20 triggered amber 1, 20 triggered blue 1");
  CHECK(one.at_end("trail") == 243.0);
  CHECK(one.at_end("level") == 0.0);
  for (const EventRecord& e : one.life.events) CHECK(e.time_d == 20.0);

  std::swap(plan.triggers[0], plan.triggers[2]);
  const Alone other(plan, {0, 20, 40}, {{"push", 4}});
  CHECK(other.at_end("trail") == 2413.0);
  // Falling, by blue's jump; and a trigger of what happens to an input.
  plan.scheduled = {{"blue", 30}};
  plan.modifiers = {{"dose", add, 5, 50, 60}, {"drift", replace, 1, 0, 20}};
  plan.triggers = {{"green", "level", Direction::falling, 10, 0, false},
                   {"red", "dose", Direction::rising, 5},
                   {"amber", "dose", Direction::falling, 0, 0, false}};
  CHECK(Alone(plan, {0, 90}).story() ==
        "30 scheduled blue 1, 30 triggered green 1, 50 triggered red 1, 60 triggered amber 1");
}

TEST_CASE("a trigger whose event puts its quantity back strikes again and again, as the flow brings it there") {
  PlanSpec plan;
  plan.triggers = {{"blue", "level", Direction::rising, 2.5}};
  const Alone one(plan, {0, 104}, {{"drift", 0.3}});
  const std::vector<double> times = one.times("blue");
  REQUIRE(times.size() == 12);
  // 2.5 / 0.3 d after the last, late by at most the tolerance each time; a sum of 100 d rounds at 1e-14 d.
  for (std::size_t n = 0; n < times.size(); ++n) {
    const double late = times[n] - static_cast<double>(n + 1) * 2.5 / 0.3;
    CHECK(late > -1e-10);
    CHECK(late < static_cast<double>(n + 1) * event_tolerance_d + 1e-10);
  }
}

TEST_CASE(
    "a trigger starts a reaction that stops its own crossing, like a treatment that ends when it is no longer "
    "needed") {
  PlanSpec plan;
  plan.triggers = {{"red", "level", Direction::rising, 10, 5}};
  plan.reactions = {{"red", "care", 0, {{"drift", add, -3, 0, 4}}}};  // -2 a day instead of 1: down by 8
  CHECK(days_of(Alone(plan, {0, 59}, {{"drift", 1}}), "care") == "10 22 34 46 58");
}

// --------------------------------------------------------------------------------------------------------- visits

TEST_CASE("what a visit measures is normal around the truth with the stated standard deviation") {
  PlanSpec plan;
  plan.visits = {{"look", 10, 5, {{"level", 0.7}, {"twice", 0.05, true}, {"trail", 0}}, {}}};
  const Course course = make_course(diary(), {plan}, {0, 100});
  constexpr std::uint64_t members = 2000;
  const auto lives = carry(course, members, [](std::uint64_t member, std::vector<double>& frame) {
    frame[diary().slot("level")] = member % 2 ? 40 : -30;  // a share of the value's size, whatever its sign
    frame[diary().slot("drift")] = 0.1;
  })[0];
  std::vector<double> absolute, relative;
  double product = 0;
  int exact = 0;
  for (std::uint64_t m = 0; m < members; ++m) {
    REQUIRE(lives[m].events.size() == 3 * 18);
    for (std::size_t e = 0; e < lives[m].events.size(); e += 3) {
      const EventRecord &one = lives[m].events[e], &two = lives[m].events[e + 1], &three = lives[m].events[e + 2];
      const double truth = (m % 2 ? 40 : -30) + 0.1 * one.time_d;
      absolute.push_back((one.value - truth) / 0.7);
      relative.push_back((two.value - 2 * truth) / (0.05 * std::fabs(2 * truth)));
      product += absolute.back() * relative.back();
      exact += three.value == 0.0;
      CHECK(one.occurrence == e / 3 + 1);
    }
  }
  CHECK(exact == 18 * members);
  const double n = static_cast<double>(absolute.size());
  const boost::math::normal standard;
  const auto distribution = [&](double z) { return cdf(standard, z); };
  for (const auto& errors : {absolute, relative}) {
    CHECK(kolmogorov_smirnov(errors, distribution) < ks_limit);
    double sum = 0, squares = 0;
    for (const double z : errors) {
      sum += z;
      squares += z * z;
    }
    // The mean of n normal numbers has a standard deviation of 1 / sqrt(n), that of their squares sqrt(2 / n).
    CHECK(std::fabs(sum / n) < normal_limit / std::sqrt(n));
    CHECK(std::fabs(squares / n - 1) < normal_limit * std::sqrt(2 / n));
  }
  CHECK(std::fabs(product / n) < normal_limit / std::sqrt(n));  // errors of two measurements have no correlation
  // The comparison has the power it claims: a standard deviation wrong by five per cent is seen.
  CHECK(kolmogorov_smirnov(absolute, [&](double z) { return cdf(standard, 1.05 * z); }) > ks_limit);
}

// All that visits named `visit` measured of `quantity` in one life.
std::vector<double> measured(const Plan& plan, const Seen& life, std::string_view visit, Slot quantity) {
  std::vector<double> values;
  for (const EventRecord& e : life.events)
    if (e.kind == EventKind::visit && e.quantity == quantity && plan.events()[e.event].name == visit)
      values.push_back(e.value);
  return values;
}

TEST_CASE("the error of a measurement depends on seed, member, visit, quantity and number alone") {
  const Slot level = diary().slot("level");
  PlanSpec plan;
  plan.visits = {{"look", 10, 5, {{"level", 1}}, {}}};
  Course course = make_course(diary(), {plan}, {0, 50});
  course.seed = 21;
  const auto lives = carry(course, 9)[0];
  const Stream errors(21, course.arms[0].visits()[0].measurements[0].purpose);
  for (std::uint64_t m = 0; m < 9; ++m) {
    const std::vector<double> values = measured(course.arms[0], lives[m], "look", level);
    REQUIRE(values.size() == 8);
    for (std::size_t n = 0; n < 8; ++n) CHECK(values[n] == errors.normal(m, n));
  }
  // Neither other measurements, visits, events, arms nor lanes change it; another seed, name or quantity does.
  PlanSpec more = plan;
  more.visits[0].measurements.insert(more.visits[0].measurements.begin(), {"dose", 1});
  more.visits.insert(more.visits.begin(), {"check", 2, 3, {{"level", 1}}, {}});
  more.scheduled = {{"red", 12, 1}};
  Course other = make_course(diary(), {PlanSpec{}, more}, {0, 20, 50});
  other.seed = 21;
  const auto again = carry<double>(other, 9)[1];
  for (std::uint64_t m = 0; m < 9; ++m) {
    const auto look = measured(course.arms[0], lives[m], "look", level);
    CHECK(measured(other.arms[1], again[m], "look", level) == look);
    CHECK(measured(other.arms[1], again[m], "check", level)[0] != look[0]);
    CHECK(measured(other.arms[1], again[m], "look", diary().slot("dose"))[0] != look[0]);
  }
  course.seed = 22;
  CHECK(measured(course.arms[0], carry(course, 1)[0][0], "look", level)[0] !=
        measured(course.arms[0], lives[0], "look", level)[0]);
  // The arms of a course may be given chances of their own.
  Course apart = make_course(diary(), {plan, plan}, {0, 50});
  apart.event_seeds = {21, 22};
  const auto arms = carry(apart, 2);
  CHECK(measured(apart.arms[0], arms[0][1], "look", level) == measured(apart.arms[0], lives[1], "look", level));
  CHECK(measured(apart.arms[1], arms[1][1], "look", level) != measured(apart.arms[0], lives[1], "look", level));
}

TEST_CASE("visits of one name are numbered together, so that their errors differ") {
  PlanSpec plan;
  plan.visits = {{"look", 10, 0, {{"level", 1}}, {}}, {"look", 20, 10, {{"level", 1}}, {}}};
  const Course course = make_course(diary(), {plan}, {0, 45});
  const Seen life = carry(course, 1)[0][0];
  CHECK(story(course.arms[0], life) == "10 visit look 1, 20 visit look 2, 30 visit look 3, 40 visit look 4");
  const Stream errors(course.seed, course.arms[0].visits()[1].measurements[0].purpose);
  const std::vector<double> values = measured(course.arms[0], life, "look", diary().slot("level"));
  REQUIRE(values.size() == 4);
  for (std::size_t n = 0; n < 4; ++n) CHECK(values[n] == errors.normal(0, n));
}

TEST_CASE("a finding raises its event after its delay when what was measured is beyond the limit") {
  PlanSpec plan;
  plan.visits = {{"look",
                  10,
                  10,
                  {{"level", 0}},
                  {{"red", "level", Direction::rising, 2, 0},
                   {"green", "level", Direction::falling, 2, 3},
                   {"pink", "level", Direction::rising, 3, 15}}}};
  const Alone one(plan, {0, 50}, {{"drift", 0.0625}});  // 0.625, 1.25, 1.875, 2.5; exact in binary
  CHECK(one.story() ==
        "10 visit look 1, 13 found green 1, 20 visit look 2, 23 found green 2, 30 visit look 3, 33 found green 3, "
        "40 visit look 4, 40 found red 1");
  // Exactly at the limit counts as beyond, either way; and a result may come after the next visit.
  const Alone at(plan, {0, 69}, {{"drift", 0.05}, {"level", 1.5}});
  CHECK(at.story() ==
        "10 visit look 1, 10 found red 1, 13 found green 1, 20 visit look 2, 20 found red 2, 30 visit look 3, "
        "30 found red 3, 40 visit look 4, 40 found red 4, 45 found pink 1, 50 visit look 5, 50 found red 5, "
        "55 found pink 2, 60 visit look 6, 60 found red 6, 65 found pink 3");
}

TEST_CASE("findings follow what was measured, not the truth: their share is the normal's") {
  PlanSpec plan;
  plan.visits = {{"look", 10, 0, {{"level", 2}}, {{"red", "level", Direction::rising, 1, 1}}}};
  const Course course = make_course(diary(), {plan}, {0, 20});
  constexpr std::uint64_t members = 20'000;
  const auto lives = carry(course, members)[0];
  double found = 0;
  int inconsistent = 0;
  for (const Seen& life : lives) {
    const bool red = first_of(course.arms[0], life, "red") == 11.0;
    found += red;
    inconsistent += red != (life.events[0].value >= 1.0);
  }
  CHECK(inconsistent == 0);
  const double share = cdf(complement(boost::math::normal(), 0.5));
  CHECK(std::fabs(found - members * share) < normal_limit * std::sqrt(members * share * (1 - share)));
}

TEST_CASE("without reactions a life keeps every bit, however noisy the visits are, and whether there are any") {
  const Composition both({&module_type<Diary>(), &module_type<Decay>()}, {});
  const auto paths = [&](std::optional<double> sd) {
    PlanSpec plan;
    plan.scheduled = {{"red", 17, 90}};
    plan.triggers = {{"blue", "level", Direction::rising, 7.3}};
    if (sd)
      plan.visits = {{"look",
                      0,
                      30,
                      {{"level", *sd}, {"remainder", *sd, true}},
                      {{"unseen", "level", Direction::rising, forever, 0}}}};
    std::vector<double> reports;
    for (double d = 0; d <= 300; d += 30) reports.push_back(d);  // so that steps end there with and without visits
    const Course course = make_course(both, {plan}, reports);
    return carry(course, 50, [&](std::uint64_t member, std::vector<double>& frame) {
      frame[both.slot("drift")] = 0.1;
      frame[both.slot("quick_rate")] = 0.01;
      frame[both.slot("end_rate")] = 0.002;
      frame[both.slot("remainder")] = 1.0 + static_cast<double>(member);
    })[0];
  };
  const auto quiet = paths(0.0), noisy = paths(10.0), without = paths(std::nullopt);
  int dead = 0;
  for (std::size_t m = 0; m < quiet.size(); ++m) {
    CHECK(noisy[m].reports == quiet[m].reports);
    CHECK(noisy[m].end_d == quiet[m].end_d);
    CHECK(without[m].reports == quiet[m].reports);
    CHECK(without[m].end_d == quiet[m].end_d);
    dead += quiet[m].end_d < never;
    bool differ = true;
    for (std::size_t e = 0; e < quiet[m].events.size(); ++e)
      differ &= quiet[m].events[e].kind != EventKind::visit || quiet[m].events[e].value != noisy[m].events[e].value;
    CHECK(differ);
  }
  CHECK(dead > 5);
  CHECK(dead < 45);
}

TEST_CASE("a visit is an event like others: modules may count it, and it may start a reaction") {
  PlanSpec plan;
  plan.visits = {{"red", 10, 30, {{"level", 0}}, {}}};
  plan.reactions = {{"red", "advice", 0, {{"dose", add, 1, 0, 5}}}};
  const std::map<std::string, double> person{{"red_count", 2}, {"time_since_red", 100}};
  const Alone one(plan, {0, 5, 50, 100}, person);
  CHECK(one.times("advice") == std::vector<double>{10, 40, 70});
  CHECK(one.at(2, "red_count") == 4.0);
  CHECK(one.at(2, "time_since_red") == 10.0);
  CHECK(one.at_end("red_days") == doctest::Approx(2 * 100 + 90 + 60 + 30).epsilon(rounding));
  CHECK(one.at_end("waiting") == doctest::Approx(1050 + 3 * 450).epsilon(rounding));
  CHECK(one.at_end("gap") == 30.0);
  CHECK(one.at_end("nth") == 5.0);
  CHECK(one.at_end("dose_days") == doctest::Approx(15).epsilon(rounding));
  // The dose and the visit are one instant: 5 and 1 at each beginning, 5 at each end.
  CHECK(one.at_end("trail") == 515515515.0);
  plan.reactions.clear();
  CHECK(Alone(plan, {0, 50}, person).at_end("red_count") == 4.0);
  CHECK(Alone(plan, {0, 50}, person).at_end("trail") == 11.0);
}

// ------------------------------------------------------------------------------------------------------------ names

TEST_CASE("one name is one event, whatever raises it, and occurrences count up through all of them") {
  PlanSpec plan;
  plan.scheduled = {{"red", 10}};
  plan.visits = {{"look", 20, 0, {{"level", 0}}, {{"red", "level", Direction::falling, 1, 5}}}};
  plan.triggers = {{"red", "time", Direction::rising, 30}};
  plan.reactions = {{"red", "care", 0, {{"dose", add, 1, 0, 4}}}};
  const Alone one(plan, {0, 40});
  CHECK(one.story() ==
        "10 scheduled red 1, 10 reaction care 1, 20 visit look 1, 25 found red 2, 25 reaction care 2, "
        "30 triggered red 3, 30 reaction care 3");
  CHECK(one.at_end("red_count") == 3.0);
  CHECK(one.course.arms[0].events().size() == 5);  // the three hazards come first
  CHECK(one.course.arms[0].events()[0].name == "quick");
  CHECK(one.course.arms[0].events()[3].name == "red");
}

TEST_CASE("a hazard's event may be raised otherwise too, and its chance goes on undisturbed") {
  PlanSpec plan;
  plan.scheduled = {{"quick", 64}};
  const Composition& system = diary();
  const auto chance = [&](const PlanSpec& spec) {
    const Course course = make_course(system, {spec}, {0, 1000});
    return carry(course, 50,
                 [&](std::uint64_t, std::vector<double>& frame) { frame[system.slot("quick_rate")] = 0.01; })[0];
  };
  const auto without = chance({}), with = chance(plan);
  int struck_before = 0;
  for (std::size_t m = 0; m < 50; ++m) {
    std::vector<double> random;
    std::uint32_t occurrence = 0;
    for (const EventRecord& e : with[m].events) {
      if (e.kind == EventKind::random) random.push_back(e.time_d);
      CHECK(e.occurrence == ++occurrence);
    }
    CHECK(std::count_if(with[m].events.begin(), with[m].events.end(), [](const EventRecord& e) {
            return e.kind == EventKind::scheduled && e.time_d == 64.0;
          }) == 1);
    // The next one after it comes where it would have come; located twice, so within two tolerances.
    REQUIRE(!without[m].events.empty());
    REQUIRE(!random.empty());
    CHECK(std::fabs(random[0] - without[m].events[0].time_d) < 2 * event_tolerance_d);
    struck_before += random[0] < 64;
  }
  CHECK(struck_before > 10);
  CHECK(struck_before < 40);
}

// ----------------------------------------------------------------------------------------------------------- errors

Error error_of(const PlanSpec& spec) {
  try {
    const Plan plan(diary(), spec, 1000.0);
  } catch (const Error& e) {
    return e;
  }
  FAIL("the plan was accepted");
  return {ErrorCode::usage, ""};
}

void check_error(const PlanSpec& spec, ErrorCode code, const std::string& message) {
  const Error error = error_of(spec);
  CHECK(error.code() == code);
  CHECK(std::string(error.what()) == message);
}

TEST_CASE("an interval below a day is an error, for events and for visits") {
  check_error({{}, {{"red", 10, 0.5}}, {}, {}, {}}, ErrorCode::out_of_range,
              "\"red\" repeats every 0.500000 d, expected at least 1 d, or 0 for once");
  check_error({{}, {}, {{"look", 10, -7, {}, {}}}, {}, {}}, ErrorCode::out_of_range,
              "\"look\" repeats every -7.000000 d, expected at least 1 d, or 0 for once");
  CHECK(error_of({{}, {{"red", 10, nan}}, {}, {}, {}}).code() == ErrorCode::out_of_range);
  const Plan accepted(diary(), {{}, {{"red", 10, 1}, {"red", 10, 0}}, {}, {}, {}}, 1000.0);
  CHECK(accepted.scheduled().size() == 2);
}

TEST_CASE("what is measured and what triggers has to exist, and what is found has to be measured") {
  check_error({{}, {}, {{"look", 0, 0, {{"levle", 1}}, {}}}, {}, {}}, ErrorCode::unknown_name,
              "there is no quantity \"levle\" in this system; did you mean \"level\"?");
  check_error({{}, {}, {}, {{"red", "traill", Direction::rising, 1}}, {}}, ErrorCode::unknown_name,
              "there is no quantity \"traill\" in this system; did you mean \"trail\"?");
  check_error({{}, {}, {{"look", 0, 0, {{"level", 1}}, {{"red", "trail", Direction::rising, 1, 0}}}}, {}, {}},
              ErrorCode::unknown_name, "the visit \"look\" finds \"red\" by \"trail\", which it does not measure");
}

TEST_CASE("a reaction has to follow an event that the plan or a hazard raises") {
  check_error({{}, {{"red", 1}}, {}, {}, {{"read", "care", 0, {}}}}, ErrorCode::unknown_name,
              "there is no event \"read\"; did you mean \"red\"?");
  check_error({{}, {{"red", 1}}, {}, {}, {{"aurora borealis", "care", 0, {}}}}, ErrorCode::unknown_name,
              "there is no event \"aurora borealis\"; expected one of: quick, slow, end, red");
  const Plan accepted(diary(), {{}, {}, {}, {}, {{"quick", "care", 0, {}}}}, 1000.0);
  CHECK(accepted.reactions()[0].event == 0);
}

TEST_CASE("a reaction can change what an intervention can: inputs from outside, not time and not what is owned") {
  const auto with = [](const Modifier& m) { return PlanSpec{{}, {{"red", 1}}, {}, {}, {{"red", "care", 0, {m}}}}; };
  check_error(with({"dos", add, 1, 0, 1}), ErrorCode::unknown_name,
              "there is no quantity \"dos\" in this system; did you mean \"dose\"?");
  check_error(with({"level", add, 1, 0, 1}), ErrorCode::composition,
              "\"level\" is owned by diary_toy and cannot be changed from outside");
  check_error(with({"time", add, 1, 0, 1}), ErrorCode::composition,
              "\"time\" runs by itself and cannot be changed from outside");
  check_error({{{"dose", replace, 1, 0, 9}, {"dose", replace, 2, 5, 9}}, {}, {}, {}, {}}, ErrorCode::composition,
              "two interventions set \"dose\" at the same time; let one end before the other starts");
}

TEST_CASE("nothing can change what the engine tells of an event") {
  for (const char* input : {"red_now", "red_count", "time_since_red"}) {
    const std::string message =
        "\"" + std::string(input) + "\" tells of the event \"red\" and cannot be changed from outside";
    check_error({{{input, add, 1, 0, 9}}, {{"red", 1}}, {}, {}, {}}, ErrorCode::composition, message);
    check_error({{}, {{"red", 1}}, {}, {}, {{"red", "care", 0, {{input, add, 1, 0, 9}}}}}, ErrorCode::composition,
                message);
  }
  // The time since it runs even where nothing raises it.
  check_error({{{"time_since_red", add, 1, 0, 9}}, {}, {}, {}, {}}, ErrorCode::composition,
              "\"time_since_red\" tells of the event \"red\" and cannot be changed from outside");
  // Hazards tell of themselves in every plan.
  check_error({{{"quick_now", add, 1, 0, 9}}, {}, {}, {}, {}}, ErrorCode::composition,
              "\"quick_now\" tells of the event \"quick\" and cannot be changed from outside");
}

TEST_CASE("a negative hysteresis is an error, since its trigger would strike without end") {
  check_error({{}, {}, {}, {{"red", "level", Direction::rising, 1, -0.5}}, {}}, ErrorCode::out_of_range,
              "the hysteresis of \"red\" is -0.500000, expected at least 0");
  CHECK(error_of({{}, {}, {}, {{"red", "level", Direction::rising, 1, nan}}, {}}).code() == ErrorCode::out_of_range);
}

TEST_CASE("the event of a hazard that ends life comes by its hazard alone") {
  const std::string message = "\"end\" ends life and comes by its hazard alone; nothing else can raise it";
  check_error({{}, {{"end", 1}}, {}, {}, {}}, ErrorCode::composition, message);
  check_error({{}, {}, {{"end", 0, 0, {}, {}}}, {}, {}}, ErrorCode::composition, message);
  check_error({{}, {}, {{"look", 0, 0, {{"level", 1}}, {{"end", "level", Direction::rising, 1, 0}}}}, {}, {}},
              ErrorCode::composition, message);
  check_error({{}, {}, {}, {{"end", "level", Direction::rising, 1}}, {}}, ErrorCode::composition, message);
}

// -------------------------------------------------------------------------------------------------------------- log

TEST_CASE("the log of an ensemble has columns of one length, by member and arm, and each life in its order") {
  PlanSpec busy;
  busy.scheduled = {{"red", 3, 20}};
  busy.visits = {{"look", 10, 25, {{"level", 1}, {"trail", 0}}, {{"green", "level", Direction::rising, 5, 4}}}};
  busy.triggers = {{"blue", "level", Direction::rising, 9}};
  busy.reactions = {{"quick", "care", 2, {{"dose", add, 1, 0, 30}}}};
  EnsembleSpec spec;
  static_cast<Course&>(spec) = make_course(diary(), {busy, PlanSpec{}}, {0, 400});
  spec.columns = {diary().slot("level")};
  spec.seed = 5;
  const auto run = [&](auto zero, int threads) {
    using R = decltype(zero);
    const auto start = [](std::uint64_t, std::vector<R>& frame) {
      const std::vector<double> medians = diary().medians(true);
      frame.assign(medians.begin(), medians.end());
      frame[diary().slot("drift")] = R(0.1);
      frame[diary().slot("push")] = R(0.5);
      frame[diary().slot("quick_rate")] = R(0.02);
      frame[diary().slot("slow_rate")] = R(0.01);
      frame[diary().slot("end_rate")] = R(0.003);
    };
    EventLog log;
    EnsembleControl control;
    control.threads = threads;
    control.log = &log;
    run_ensemble<R>(spec, {2, 2, 0, {ColumnRange::around(0, 50)}}, start, 40, 300, control);
    return log;
  };
  const EventLog log = run(Pack<8>(0.0), 2);
  for (const std::size_t length : {log.arm.size(), log.kind.size(), log.event.size(), log.time_d.size(),
                                   log.occurrence.size(), log.quantity.size(), log.value.size()})
    CHECK(length == log.size());
  REQUIRE(log.size() > 10'000);

  std::map<std::pair<bool, std::uint32_t>, std::uint32_t> occurrences;  // of the life: reaction or event, its number
  std::array<int, 2> lives{}, deaths{};
  int out_of_order = 0, miscounted = 0, after_death = 0, misplaced_values = 0;
  const std::uint32_t end = 2;  // the third hazard
  REQUIRE(spec.arms[0].events()[end].name == "end");
  for (std::size_t i = 0; i < log.size(); ++i) {
    const EventRecord e = log.at(i);
    const bool same_life = i > 0 && log.member[i - 1] == e.member && log.arm[i - 1] == e.arm;
    if (!same_life) {
      occurrences.clear();
      ++lives[e.arm];
      if (i > 0) out_of_order += std::pair(log.member[i - 1], log.arm[i - 1]) > std::pair(e.member, e.arm);
    } else {
      const EventRecord before = log.at(i - 1);
      out_of_order += before.time_d > e.time_d;
      after_death += before.kind == EventKind::random && before.event == end;
    }
    deaths[e.arm] += e.kind == EventKind::random && e.event == end;
    auto& number = occurrences[{e.kind == EventKind::reaction, e.event}];
    const bool second_of_visit = e.kind == EventKind::visit && e.quantity == diary().slot("trail");
    miscounted += e.occurrence != (second_of_visit ? number : ++number);
    misplaced_values += std::isnan(e.value) != (e.kind != EventKind::visit);
  }
  CHECK(out_of_order == 0);
  CHECK(miscounted == 0);
  CHECK(after_death == 0);
  CHECK(misplaced_values == 0);
  // Every life but e^-10 of them has an event. Deaths: two runs of one chance, 1 - e^-1.2 = 70 % of 300 lives.
  CHECK(lives == std::array{300, 300});
  CHECK(deaths[0] == deaths[1]);
  CHECK(std::abs(deaths[0] - 210) < normal_limit * std::sqrt(300 * 0.7 * 0.3));

  // Neither threads nor lanes change a line.
  for (const EventLog& other : {run(Pack<8>(0.0), 1), run(Pack<16>(0.0), 2), run(0.0, 2)}) {
    CHECK(other.member == log.member);
    CHECK(other.arm == log.arm);
    CHECK(other.kind == log.kind);
    CHECK(other.event == log.event);
    CHECK(other.time_d == log.time_d);
    CHECK(other.occurrence == log.occurrence);
    CHECK(other.quantity == log.quantity);
    // Bits, since a value that is not a number equals nothing.
    CHECK(std::equal(other.value.begin(), other.value.end(), log.value.begin(), [](double a, double b) {
      return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
    }));
  }
}

TEST_CASE("sorting a log keeps the order within a life and moves every column") {
  EventLog one, two;
  one.add({7, 1, EventKind::random, 3, 50, 1});
  one.add({7, 0, EventKind::visit, 4, 20, 1, 9, 1.5});
  one.add({7, 1, EventKind::scheduled, 5, 50, 2});  // the same life and time as the first, after it
  two.add({2, 0, EventKind::found, 6, 99, 3});
  two.append(one);
  two.sort();
  CHECK(two.size() == 4);
  CHECK(two.member == std::vector<std::uint64_t>{2, 7, 7, 7});
  CHECK(two.arm == std::vector<std::uint32_t>{0, 0, 1, 1});
  CHECK(two.kind == std::vector{EventKind::found, EventKind::visit, EventKind::random, EventKind::scheduled});
  CHECK(two.event == std::vector<std::uint32_t>{6, 4, 3, 5});
  CHECK(two.time_d == std::vector<double>{99, 20, 50, 50});
  CHECK(two.occurrence == std::vector<std::uint32_t>{3, 1, 1, 2});
  CHECK(two.quantity == std::vector<std::uint32_t>{0, 9, 0, 0});
  CHECK(two.value[1] == 1.5);
  CHECK(std::isnan(two.value[0]));
}

TEST_CASE("kinds of events have the names that the log is read by") {
  CHECK(to_string(EventKind::scheduled) == "scheduled");
  CHECK(to_string(EventKind::visit) == "visit");
  CHECK(to_string(EventKind::found) == "found");
  CHECK(to_string(EventKind::triggered) == "triggered");
  CHECK(to_string(EventKind::random) == "random");
  CHECK(to_string(EventKind::reaction) == "reaction");
  CHECK(to_string(EventKind::stopped) == "stopped");
  CHECK(to_string(EventKind::given_up) == "given up");
  CHECK(to_string(EventKind::missed) == "missed");
}

}  // namespace
}  // namespace healthspan
