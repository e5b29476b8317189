#include "lives.hpp"

#include <healthspan/core/ensemble.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace healthspan {
namespace {

using namespace tests;

// clang-format off
struct Stroke {  // another thing to die of, with a state of its own
  static constexpr auto name = "stroke_toy";
  static constexpr auto summary = "";
  static constexpr auto s     = state    <"pressure">   (          "1", "");
  static constexpr auto L     = hazard   <"stroke">     ("");
  static constexpr auto t     = input    <"time">       (          "d", "");
  static constexpr auto a     = parameter<"stroke_rate">(0.0015, "1/d", fixed, assumed("toy"), "");
  static constexpr auto k     = parameter<"adaptation"> (0.3,    "1/d", fixed, assumed("toy"), "");
  static constexpr auto table = std::tuple{s, L, t, a, k};
  template <class R>
  static void rates(const Values<Stroke, R>& x, const Rates<Stroke, R>& d) {
    d[s] = x[k] * (tanh(x[a] * x[t]) - x[s]);
    d[L] = x[a] * (1.0 + x[s]);
  }
  template <class R>
  static void relaxation(const Values<Stroke, R>& x, const States<Stroke, R>& r) { r[s] = x[k]; }
};

struct Fall {  // has nothing to do with death, and is survived
  static constexpr auto name = "fall_toy";
  static constexpr auto summary = "";
  static constexpr auto s     = state    <"balance">  (          "1", "");
  static constexpr auto L     = hazard   <"fall">     (Recurrence::once, "");
  static constexpr auto a     = parameter<"fall_rate">(0.00005, "1/d", fixed, assumed("toy"), "");
  static constexpr auto k     = parameter<"sway">     (0.3,    "1/d", fixed, assumed("toy"), "");
  static constexpr auto table = std::tuple{s, L, a, k};
  template <class R>
  static void rates(const Values<Fall, R>& x, const Rates<Fall, R>& d) {
    d[s] = x[k] * (1.0 - x[s]);
    d[L] = x[a] * (1.0 + x[s]);
  }
  template <class R>
  static void relaxation(const Values<Fall, R>& x, const States<Fall, R>& r) { r[s] = x[k]; }
};
// clang-format on

const Composition& death_alone() {
  static const Composition system({&module_type<Death>()}, {});
  return system;
}

struct Setup {
  double rate = 0.001, slope = 0.0;
  double horizon = 3000.0, base_step = 30.0;
  std::uint64_t seed = 1;
  std::vector<Modifier> modifiers = {};
  const Composition* system = &death_alone();
  std::vector<double> reports = {};  // before the horizon
};

struct FirstTimes {  // watches a convoy
  const std::vector<Plan::Event>& events;
  std::string_view event;
  std::vector<double> times;  // by member
  void report(const Life&, std::size_t, const auto&) {}
  void happened(const EventRecord& r) {
    if (events[r.event].name == event) times[r.member] = std::min(times[r.member], r.time_d);
  }
  void finished(const Life&, const auto&) {}
};

// When `event` first struck each member; infinite if it did not before the end of life or horizon.
std::vector<double> event_times(const Setup& setup, std::uint64_t members, std::string_view event = "death") {
  using R = Pack<8>;
  const Composition& system = *setup.system;
  Course course;
  course.composition = &system;
  course.arms.emplace_back(system, setup.modifiers, setup.horizon);
  course.reports_d = setup.reports;
  course.reports_d.push_back(setup.horizon);
  course.base_step_d = setup.base_step;
  course.seed = setup.seed;
  std::vector<double> person = system.medians(true);
  for (const auto& [name, value] : {std::pair{"death_rate", setup.rate}, std::pair{"death_slope", setup.slope}})
    if (const auto slot = system.find(name)) person[*slot] = value;
  std::uint64_t departed = 0;
  const auto next = [&](Departure& d) {
    if (departed == members) return false;
    d.life.member = departed++;
    d.base = d.frame = person;
    return true;
  };
  FirstTimes watch{course.arms[0].events(), event, std::vector<double>(members, never)};
  Convoy<R, LanePath<R>>(course, LanePath<R>(system)).carry(next, watch, true);
  return watch.times;
}

double threshold(const Setup& setup, std::uint64_t member) {
  return Stream(setup.seed, "death").exponential(member, 0);
}

// When the integral of rate e^(slope t) reaches the threshold of `member`.
double exact_time(const Setup& setup, std::uint64_t member) {
  const double e = threshold(setup, member);
  return setup.slope == 0.0 ? e / setup.rate : std::log1p(setup.slope * e / setup.rate) / setup.slope;
}

constexpr std::uint64_t draws = 100'000;

TEST_CASE("under a constant hazard the times of the event are exponential") {
  const Setup setup{.seed = 11};
  const std::vector<double> times = event_times(setup, draws);
  const auto distribution = [&](double t) { return -std::expm1(-setup.rate * t); };
  CHECK(kolmogorov_smirnov(times, setup.horizon, distribution) < ks_limit);
  // The test has the power it claims: a rate wrong by three per cent is seen (the distance is then 0.011, 3.5 limits
  // of 1 / sqrt(n)).
  const auto wrong = [&](double t) { return -std::expm1(-1.03 * setup.rate * t); };
  CHECK(kolmogorov_smirnov(times, setup.horizon, wrong) > ks_limit);
}

TEST_CASE("under a hazard that grows exponentially the times of the event are Gompertz") {
  // One per cent a year at the start, ten per cent more each year, over 40 years.
  const Setup setup{
      .rate = 0.01 / 365.25, .slope = 0.1 / 365.25, .horizon = 40 * 365.25, .base_step = 30.4375, .seed = 12};
  const std::vector<double> times = event_times(setup, draws);
  const auto distribution = [&](double t) {
    return -std::expm1(-setup.rate / setup.slope * std::expm1(setup.slope * t));
  };
  CHECK(kolmogorov_smirnov(times, setup.horizon, distribution) < ks_limit);
  const auto alive = static_cast<double>(std::count(times.begin(), times.end(), never));
  const double survival = 1.0 - distribution(setup.horizon);
  CHECK(std::fabs(alive - draws * survival) < normal_limit * std::sqrt(draws * survival * (1.0 - survival)));
}

// Where the exact time may lie before the one found; a hundredth more for the rounding of clock and integral.
constexpr double located_d = 1.01 * event_tolerance_d;

TEST_CASE("an event is located to 1e-8 d where the hazard hardly bends in a step, whatever the step") {
  for (const double base_step : {7.0, 15.21875, 30.4375, 61.3}) {
    const Setup setup{
        .rate = 0.01 / 365.25, .slope = 0.1 / 365.25, .horizon = 40 * 365.25, .base_step = base_step, .seed = 13};
    const std::vector<double> times = event_times(setup, 2000);
    double latest = 0.0, earliest = 0.0;
    for (std::uint64_t m = 0; m < times.size(); ++m) {
      if (times[m] == never) continue;
      latest = std::max(latest, times[m] - exact_time(setup, m));
      earliest = std::min(earliest, times[m] - exact_time(setup, m));
    }
    // A hazard integral of at most 5.4, summed up in at most 2100 steps that round to 4.4e-16 each, is off by 1e-12
    // at worst; the hazard is at least 2.7e-5 a day where the integral is small (and rounds less), 1.5e-3 at the end:
    // 2e-9 d. The stepper, here Simpson's rule, is off by (h slope)^4 / 2880 of the integral, which is at most hazard
    // / slope: 3e-8 d at 61 d, 2e-9 d at 30 d. It is too large, so that events come too early by that.
    const double simpson = std::pow(base_step * setup.slope, 4) / 2880 / setup.slope;
    CAPTURE(base_step);
    CHECK(latest < located_d + 2e-9);
    CHECK(earliest > -2e-9 - simpson);
  }
}

TEST_CASE("where the hazard bends strongly the error of an event's time falls with the fourth power of the step") {
  double previous = 0.0;
  for (const double h : {16.0, 8.0, 4.0, 2.0}) {
    const Setup setup{.rate = 1e-4, .slope = 0.02, .horizon = 640.0, .base_step = h, .seed = 14};
    const std::vector<double> times = event_times(setup, 4000);
    double worst = 0.0;
    for (std::uint64_t m = 0; m < times.size(); ++m) {
      REQUIRE(times[m] != never);
      worst = std::max(worst, std::fabs(times[m] - exact_time(setup, m)));
    }
    // Simpson's rule is off by (h slope)^4 / 2880 of the integral, at most hazard / slope. Divided by the hazard that
    // is time; the next term of the error is smaller by (h slope)^2 / 21 < 0.005 (h = 16).
    const double simpson = std::pow(h * setup.slope, 4) / 2880 / setup.slope;
    CAPTURE(h);
    CHECK(worst < 1.01 * simpson + located_d);
    // Fourth power: sixteenfold each time, but for where events are located: 1e-8 of 4.4e-8 at 2 d.
    if (previous > 0.0) CHECK(worst < previous / 10);
    previous = worst;
  }
}

TEST_CASE("a hazard 0.7 times as large never brings the event earlier in any life") {
  const Setup setup{.rate = 0.01 / 365.25, .slope = 0.1 / 365.25, .horizon = 40 * 365.25, .seed = 15};
  Setup treated = setup;
  treated.modifiers = {{"hazard_ratio", Modifier::Operation::multiply, 0.7, 0.0, 1e9}};
  Setup later = setup;
  later.modifiers = {{"hazard_ratio", Modifier::Operation::multiply, 0.7, 3000.0, 1e9}};
  const std::vector<double> times = event_times(setup, 20'000), with = event_times(treated, 20'000),
                            afterwards = event_times(later, 20'000);
  int earlier = 0, gained = 0, moved = 0;
  for (std::size_t m = 0; m < times.size(); ++m) {
    earlier += with[m] < times[m];
    gained += with[m] > times[m];
    // Treated from day 3000 on: who dies before keeps his day but for its location (the steps differ shortly before
    // the switch, by which Simpson's rule is off by 2e-9 d at a step of 30 d), and everyone after gains.
    if (times[m] < 3000.0)
      moved += std::fabs(afterwards[m] - times[m]) > 2 * located_d + 2e-9;
    else
      earlier += afterwards[m] < times[m];
  }
  CHECK(earlier == 0);
  CHECK(moved == 0);
  CHECK(gained > 19'000);  // at most e^(-0.7 5.4) = 2.3 % outlive the horizon treated, and 0.5 % either way
}

TEST_CASE("an unrelated module changes no time of death in a single bit, unless its event cuts a step") {
  const Composition behind({&module_type<Death>(), &module_type<Fall>()}, {});
  const Composition before({&module_type<Fall>(), &module_type<Death>()}, {});
  Setup setup{.rate = 0.01 / 365.25, .slope = 0.1 / 365.25, .horizon = 40 * 365.25, .seed = 16};
  const std::vector<double> alone = event_times(setup, 2000);
  setup.system = &behind;
  const std::vector<double> deaths = event_times(setup, 2000), falls = event_times(setup, 2000, "fall");
  int same = 0, near = 0;
  for (std::size_t m = 0; m < alone.size(); ++m) {
    same += falls[m] == never && deaths[m] == alone[m];
    // After an event the steps are others. By the test above they are good to 2e-9 d and the location on top.
    near += falls[m] != never && (deaths[m] == alone[m] || std::fabs(deaths[m] - alone[m]) < 2 * located_d + 4e-9);
  }
  CHECK(same + near == 2000);
  CHECK(same > 500);
  CHECK(near > 500);
  // The order of the modules changes nothing in anybody.
  setup.system = &before;
  CHECK(event_times(setup, 2000) == deaths);
  CHECK(event_times(setup, 2000, "fall") == falls);
  // Two causes under one seed have thresholds of their own: over 2000 lives their correlation is within normal_limit
  // / sqrt(2000) of zero, but for one seed in 1e4.
  const Stream death(setup.seed, "death"), fall(setup.seed, "fall");
  double sum = 0.0;
  for (std::uint64_t m = 0; m < 2000; ++m) sum += (death.exponential(m, 0) - 1.0) * (fall.exponential(m, 0) - 1.0);
  CHECK(std::fabs(sum / 2000) < normal_limit / std::sqrt(2000.0));
}

TEST_CASE("with two hazards a life ends at the first event, and the lives beside it go on") {
  const Composition system({&module_type<Death>(), &module_type<Stroke>()}, {});
  const Composition stroke_alone({&module_type<Stroke>()}, {});
  // So fast that both events often fall into one step.
  Setup setup{.rate = 0.004, .horizon = 1500.0, .seed = 17, .reports = {0.0, 500.0}};
  const std::vector<double> deaths = event_times(setup, 512);
  setup.system = &stroke_alone;
  const std::vector<double> strokes = event_times(setup, 512, "stroke");

  EnsembleSpec spec;
  spec.composition = &system;
  spec.reports_d = {0.0, 500.0, 1500.0};
  spec.arms.emplace_back(system, std::vector<Modifier>{}, 1500.0);
  spec.columns = {system.slot("pressure")};
  spec.base_step_d = setup.base_step;
  spec.seed = setup.seed;
  const auto check = [&](auto zero) {
    using R = decltype(zero);
    const auto start_life = [&](std::uint64_t, std::vector<R>& frame) {
      const std::vector<double> medians = system.medians(true);
      frame.assign(medians.begin(), medians.end());
      frame[system.slot("death_rate")] = R(setup.rate);
    };
    MemberRunner<R, decltype(start_life)> runner(spec, start_life, LanePath<R>(system));
    double pressure_at_500 = never;  // the same in everyone who lives then
    int fine = 0, same_step = 0;
    runner.run(0, 512, [&](const MemberRow& row) {
      const std::size_t m = row.member;
      const LifeRow& life = row.arms[0];
      bool ok = life.end_d == std::min(deaths[m], strokes[m]);  // in every bit: the steps are the same
      if (life.alive(500.0)) {
        if (pressure_at_500 == never) pressure_at_500 = life.values[1];
        ok &= life.values[1] == pressure_at_500;
      }
      fine += ok;
      same_step += deaths[m] < 1500.0 && std::fabs(deaths[m] - strokes[m]) < 10.0;
    });
    CHECK(fine == 512);
    CHECK(same_step > 5);
    CHECK(pressure_at_500 == doctest::Approx(std::tanh(0.0015 * 500.0)).epsilon(0.01));  // lags by 3 d
  };
  check(0.0);
  check(Pack<8>(0.0));
}

}  // namespace
}  // namespace healthspan
