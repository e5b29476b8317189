#include "traces.hpp"

#include <healthspan/core/convoy.hpp>
#include <healthspan/core/path.hpp>
#include <healthspan/core/smooth.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cfloat>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace healthspan {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// clang-format off
// Two coupled states, one free and one relaxing, whose solution from y = z is the logistic curve. `moment` changes
// the capacity behind the stepper's back, for steps that ignore a switch.
struct Colony {
  static constexpr auto name = "colony";
  static constexpr auto summary = "";
  static constexpr auto y      = state    <"free">          (       "1", "");
  static constexpr auto z      = state    <"relaxing">      (       "1", "");
  static constexpr auto t      = input    <"time">          (       "d", "");
  static constexpr auto K      = input    <"capacity">      (1.0,   "1", "");
  static constexpr auto K2     = input    <"later_capacity">(1.0,   "1", "");
  static constexpr auto moment = input    <"moment">        (1e9,   "d", "");
  static constexpr auto r      = parameter<"growth">        (0.1, "1/d", fixed, assumed("toy"), "");
  static constexpr auto k      = parameter<"return_rate">   (0.2, "1/d", fixed, assumed("toy"), "");
  static constexpr auto table = std::tuple{y, z, t, K, K2, moment, r, k};
  template <class R>
  static void rates(const Values<Colony, R>& x, const Rates<Colony, R>& d) {
    const R now = select(x[t] < x[moment], x[K], x[K2]);
    d[y] = x[r] * x[z] * (1.0 - x[y] / now);
    d[z] = x[k] * (x[y] - x[z]) + x[r] * x[y] * (1.0 - x[z] / now);
  }
  template <class R>
  static void relaxation(const Values<Colony, R>& x, const States<Colony, R>& s) { s[z] = x[k]; }
};

struct Decay {  // towards a target that stands still
  static constexpr auto name = "decay";
  static constexpr auto summary = "";
  static constexpr auto s    = state    <"level">       (        "1", "");
  static constexpr auto goal = input    <"target">      (1.0,    "1", "");
  static constexpr auto k    = parameter<"level_rate">  (0.05, "1/d", fixed, assumed("toy"), "");
  static constexpr auto table = std::tuple{s, goal, k};
  template <class R>
  static void rates(const Values<Decay, R>& x, const Rates<Decay, R>& d) { d[s] = x[k] * (x[goal] - x[s]); }
  template <class R>
  static void relaxation(const Values<Decay, R>& x, const States<Decay, R>& r) { r[s] = x[k]; }
};

struct Tally {  // the time integral of an input: a polynomial, which every method gets right but for its switches
  static constexpr auto name = "tally";
  static constexpr auto summary = "";
  static constexpr auto s    = state<"gathered">(       "1", "");
  static constexpr auto flow = input<"flow">    (0.5, "1/d", "");
  static constexpr auto table = std::tuple{s, flow};
  template <class R>
  static void rates(const Values<Tally, R>& x, const Rates<Tally, R>& d) { d[s] = x[flow]; }
};

struct Mixture {  // every elementary function, two relaxing states and a free one, jumps, and a hazard
  static constexpr auto name = "mixture";
  static constexpr auto summary = "";
  static constexpr auto a    = state    <"fast">       (        "1", "");
  static constexpr auto b    = state    <"slow">       (        "1", "");
  static constexpr auto c    = state    <"follower">   (        "1", "");
  static constexpr auto L    = hazard   <"event">      (Recurrence::recurrent, "");
  static constexpr auto goal = input    <"push">       (0.3,    "1", "");
  static constexpr auto now  = input    <"event_now">  (0.0,    "1", "");
  static constexpr auto tau  = parameter<"fast_time">  (8.0,    "d", fixed, assumed("toy"), "");
  static constexpr auto tau2 = parameter<"follow_time">(8.0,    "d", fixed, assumed("toy"), "");
  static constexpr auto n    = parameter<"steepness">  (3.0,    "1", fixed, assumed("toy"), "");
  static constexpr auto rate = parameter<"speed">      (0.01, "1/d", fixed, assumed("toy"), "");
  static constexpr auto hit  = parameter<"shock">      (0.1,    "1", fixed, assumed("toy"), "");
  static constexpr auto sum  = output   <"both">       (        "1", "");
  static constexpr auto odd  = output   <"aside">      (        "1", "");  // read off only
  static constexpr auto table = std::tuple{a, b, c, L, goal, now, tau, tau2, n, rate, hit, sum, odd};
  template <class R>
  static void outputs(const Values<Mixture, R>& x, const Outputs<Mixture, R>& y) {
    y[sum] = tanh(x[a] + x[b]);
    y[odd] = exp(x[a] - x[c]);
  }
  template <class R>
  static void rates(const Values<Mixture, R>& x, const Rates<Mixture, R>& d) {
    d[a] = (hill(R(x[b] + 0.2), x[n]) + x[goal] - x[a]) / x[tau];
    d[b] = x[rate] * (ramp(R(1.0 - x[sum])) - log(1.0 + x[b] * x[b]));
    d[c] = (x[a] - x[c]) / x[tau2];
    d[L] = x[rate] * exp(x[b] - x[c]);
  }
  template <class R>
  static void relaxation(const Values<Mixture, R>& x, const States<Mixture, R>& k) {
    k[a] = 1.0 / x[tau];
    k[c] = 1.0 / x[tau2];
  }
  template <class R>
  static void at_switch(const Values<Mixture, R>& before, const Values<Mixture, R>& after,
                        const States<Mixture, R>& s) {
    s[b] = after[b] + 0.1 * (after[goal] - before[goal]) - after[hit] * after[now];
  }
};
// clang-format on

template <class M>
const Composition& alone() {
  static const Composition system({&module_type<M>()}, {});
  return system;
}

const auto no_report = [](std::size_t, const auto&) {};

// Legs of nearly equal length, at most h, that land on every switch.
std::vector<Leg> even_legs(const std::vector<double>& switches, double horizon, double h) {
  std::vector<double> stops = switches;
  stops.push_back(horizon);
  std::vector<Leg> legs;
  double begin = 0.0;
  for (std::size_t i = 0; i < stops.size(); ++i) {
    const int n = static_cast<int>(std::ceil((stops[i] - begin) / h - 1e-9));
    const double length = (stops[i] - begin) / n;
    for (int j = 0; j < n; ++j)
      legs.push_back({begin + j * length, length, j == 0 ? static_cast<int>(i) - 1 : -1, -1});
    begin = stops[i];
  }
  return legs;
}

// One step from the states of `frame`.
template <class Path>
void advance(Path& path, const Composition& system, std::vector<double>& frame, double begin_d, double length_d) {
  const RightHandSide<double> rates_at(system, frame);
  std::vector<double> x(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(system.states())),
      rates(system.states());
  rates_at(x, rates, begin_d);
  path.advance(rates_at, x, rates, begin_d, {length_d});
  rates_at.place(x, begin_d + length_d);
}

constexpr double horizon = 60.0;
constexpr double start = 0.1;  // of both states of the colony

// The capacity halves and comes back; times off any grid.
const std::vector<Modifier> shortage{{"capacity", Modifier::Operation::multiply, 0.4, 17.3, 33.9}};

struct Settings {
  double k = 0.2;
  std::vector<Modifier> modifiers = {};
  double moment = 1e9;  // from when on the capacity is 0.4 unseen
};

std::vector<double> colony_frame(const Settings& settings) {
  const Composition& system = alone<Colony>();
  std::vector<double> frame = system.medians(true);
  frame[system.slot("free")] = frame[system.slot("relaxing")] = start;
  frame[system.slot("return_rate")] = settings.k;
  frame[system.slot("moment")] = settings.moment;
  frame[system.slot("later_capacity")] = 0.4;
  return frame;
}

// The exact logistic curve through the capacities of `shortage`, or through one at `moment`.
double logistic(double from, double capacity, double days) {
  return capacity / (1.0 + (capacity / from - 1.0) * std::exp(-0.1 * days));
}
double exact(const Settings& settings) {
  if (settings.moment < horizon)
    return logistic(logistic(start, 1.0, settings.moment), 0.4, horizon - settings.moment);
  if (settings.modifiers.empty()) return logistic(start, 1.0, horizon);
  return logistic(logistic(logistic(start, 1.0, 17.3), 0.4, 33.9 - 17.3), 1.0, horizon - 33.9);
}

template <class Path>
double colony_error(Path&& path, const Settings& settings, double h) {
  const Composition& system = alone<Colony>();
  const Schedule schedule(system, settings.modifiers, horizon);
  std::vector<double> frame = colony_frame(settings);
  follow(system, schedule, even_legs(schedule.switches(), horizon, h), path, frame, no_report);
  return std::max(std::fabs(frame[system.slot("free")] - exact(settings)),
                  std::fabs(frame[system.slot("relaxing")] - exact(settings)));
}

double lane_error(const Settings& settings, double h) {
  return colony_error(LanePath<double>(alone<Colony>()), settings, h);
}

// Steps of 60/40 to 60/320 d: short enough for the leading term of the error to rule, long enough for rounding,
// 1e-16 a step, to stay a thousand times below the smallest error.
double measured_order(const Settings& settings) {
  return std::log2(lane_error(settings, horizon / 40) / lane_error(settings, horizon / 320)) / 3.0;
}

// The slope over three halvings may differ from 4 by the next term of the error, relative to the leading one about
// h k / 2, or 0.4 at the longest step and k = 0.5: log2(1.4) / 3 = 0.16.
constexpr double order_tolerance = 0.2;

TEST_CASE("the lane path converges with order 4 where a relaxing and a free state are coupled nonlinearly") {
  for (const double k : {0.05, 0.2, 0.5}) {
    CAPTURE(k);
    CHECK(std::fabs(measured_order({.k = k}) - 4.0) < order_tolerance);
  }
}

TEST_CASE("the lane path converges with order 4 where nothing relaxes") {
  CHECK(std::fabs(measured_order({.k = 0.0}) - 4.0) < order_tolerance);
}

TEST_CASE("the lane path keeps order 4 across switches off the grid because its legs land on them") {
  for (const double k : {0.0, 0.2}) {
    CAPTURE(k);
    CHECK(std::fabs(measured_order({.k = k, .modifiers = shortage}) - 4.0) < order_tolerance);
  }
}

TEST_CASE("steps that ignore a switch have order 1, so the test above can see the difference") {
  // The error depends on where in a step the switch falls; the mean over 200 places does not.
  const auto mean_error = [](double h) {
    double sum = 0.0;
    for (int i = 0; i < 200; ++i) sum += lane_error({.moment = 15.0 + 0.0371 * i}, h);
    return sum / 200;
  };
  const double order = std::log2(mean_error(horizon / 40) / mean_error(horizon / 320)) / 3.0;
  // The mean over 200 places of a step is itself good to a per cent or so: log2(1.05) / 3 < 0.1.
  CHECK(std::fabs(order - 1.0) < 0.1);
}

TEST_CASE("without a rate constant a step is the classical Runge-Kutta step to rounding") {
  const Composition& system = alone<Colony>();
  std::vector<double> frame = colony_frame({.k = 0.0});
  LanePath<double> path(system);
  path.restart(0, frame);
  const auto f = [](double y, double z) { return std::array{0.1 * z * (1.0 - y), 0.1 * y * (1.0 - z)}; };
  double y = start, z = 0.3;
  frame[system.slot("relaxing")] = z;
  const double h = 3.0;
  for (int i = 0; i < 20; ++i) {
    const auto k1 = f(y, z);
    const auto k2 = f(y + 0.5 * h * k1[0], z + 0.5 * h * k1[1]);
    const auto k3 = f(y + 0.5 * h * k2[0], z + 0.5 * h * k2[1]);
    const auto k4 = f(y + h * k3[0], z + h * k3[1]);
    y += h / 6.0 * (k1[0] + 2.0 * k2[0] + 2.0 * k3[0] + k4[0]);
    z += h / 6.0 * (k1[1] + 2.0 * k2[1] + 2.0 * k3[1] + k4[1]);
    advance(path, system, frame, i * h, h);
    // A step rounds some ten times at 1.1e-16 of values below 1, and errors grow at most e^(r t) = 400 times; they
    // shrink near the capacity, so that 1e-15 a step is ample.
    CHECK(std::fabs(frame[system.slot("free")] - y) < 1e-15 * (i + 1));
    CHECK(std::fabs(frame[system.slot("relaxing")] - z) < 1e-15 * (i + 1));
  }
}

TEST_CASE("a stiff relaxing state, h k = 20 and more, stays close to its moving target where Runge-Kutta explodes") {
  // The stages see the target as it stood at their beginning, so they lag by up to half of what it moves in a step,
  // r / 4 times h = 0.05 here, and most of it cancels in the end: a twentieth is left, and it falls with h. Stiffer
  // is no worse than by half. Errors after a switch, to a target 2.5 times lower, are as much larger.
  const double h = 2.0;
  CHECK(lane_error({.k = 20.0 / h}, h) < 0.05 * 0.05);
  CHECK(lane_error({.k = 300.0 / h}, h) < 0.05 * 0.05);
  CHECK(lane_error({.k = 20.0 / h, .modifiers = shortage}, h) < 0.05 * 0.05 * 2.5);
  CHECK(lane_error({.k = 80.0 / h}, 0.25 * h) < 0.3 * lane_error({.k = 20.0 / h}, h));
  // From h k = 2.8 on the classical method is unstable: with its rate constant kept secret the same state blows up.
  const Composition& system = alone<Colony>();
  std::vector<double> stiff = colony_frame({.k = 20.0 / h}), told = stiff;
  for (auto* frame : {&stiff, &told}) (*frame)[system.slot("relaxing")] = start + 0.01;
  LanePath<double> without(system), with(system);
  without.restart(0, colony_frame({.k = 0.0}));
  with.restart(0, told);
  for (int i = 0; i < 30; ++i) {
    advance(without, system, stiff, i * h, h);
    advance(with, system, told, i * h, h);
  }
  CHECK_FALSE(std::fabs(stiff[system.slot("relaxing")]) < 1e3);
  CHECK(std::fabs(told[system.slot("relaxing")] - told[system.slot("free")]) < 0.05 * 0.05);
}

TEST_CASE("relaxation towards a target that stands still is exact to rounding at any step, across switches too") {
  const Composition& system = alone<Decay>();
  const Schedule schedule(system, {{"target", Modifier::Operation::replace, 5.0, 100.0, 130.0}}, 400.0);
  for (const double k : {1e-6, 0.001, 0.05, 0.4, 3.0, 80.0})
    for (const double h : {0.3, 2.0, 30.0}) {
      std::vector<double> frame = system.medians(true);
      frame[system.slot("level")] = 3.0;
      frame[system.slot("level_rate")] = k;
      LanePath<double> path(system);
      const std::vector<Leg> legs = even_legs(schedule.switches(), 400.0, h);
      follow(system, schedule, legs, path, frame, no_report);
      double level = 3.0;
      level = 1.0 + (level - 1.0) * std::exp(-k * 100.0);
      level = 5.0 + (level - 5.0) * std::exp(-k * 30.0);
      level = 1.0 + (level - 1.0) * std::exp(-k * 270.0);
      // Each step rounds some ten numbers of at most 5 (1 + k h)/(k h) (1 - e^-kh) < 10; steps forget as they relax.
      const double steps = std::min(static_cast<double>(legs.size()), 1.0 + 1.0 / (k * h));
      CAPTURE(k);
      CAPTURE(h);
      CHECK(std::fabs(frame[system.slot("level")] - level) < 10 * 10 * 1.2e-16 * steps);
    }
}

TEST_CASE("the error of the reference path falls with its tolerance and reaches 1e-10, across switches too") {
  for (const auto& modifiers : {std::vector<Modifier>{}, shortage}) {
    const auto error = [&](double tolerance) {
      return colony_error(ReferencePath(alone<Colony>(), tolerance), {.modifiers = modifiers}, 15.0);
    };
    const double coarse = error(1e-5), middle = error(1e-8), fine = error(1e-11);
    // Local tolerances are per step: a few tens of steps and a problem that forgets keep the sum within ten of them.
    CHECK(coarse < 1e-4);
    CHECK(middle < 1e-7);
    CHECK(fine < 1e-10);
    CHECK(middle < 0.1 * coarse);
    CHECK(fine < 0.1 * middle);
  }
}

TEST_CASE("a switch leaves no trace of the old derivative: an integral of constants is exact at a loose tolerance") {
  const Composition& system = alone<Tally>();
  // One switch only: the errors of a switch on and off would cancel.
  const Schedule schedule(system, {{"flow", Modifier::Operation::replace, 4.0, 17.3, 1e9}}, horizon);
  std::vector<double> frame = system.medians(true);
  ReferencePath path(system, 1e-4);
  follow(system, schedule, even_legs(schedule.switches(), horizon, 15.0), path, frame, no_report);
  // At most a hundred steps that round a sum below 256 by 1.4e-14 seven times. A stale derivative would count with
  // its weight 35/384 in a first step of 0.1 d: 0.03.
  CHECK(std::fabs(frame[0] - (0.5 * 17.3 + 4.0 * (horizon - 17.3))) < 100 * 7 * 1.4e-14);
}

TEST_CASE("the reference path and the lane path agree on a problem without analytic solution") {
  const Composition& system = alone<Mixture>();
  const Schedule schedule(system, {{"push", Modifier::Operation::add, 0.5, 40.7, 55.1}}, 365.0);
  std::vector<double> a = system.medians(true), b = a;
  ReferencePath reference(system, 1e-11);
  LanePath<double> lanes(system);
  follow(system, schedule, even_legs(schedule.switches(), 365.0, 30.0), reference, a, no_report);
  follow(system, schedule, even_legs(schedule.switches(), 365.0, 0.5), lanes, b, no_report);
  // (h / tau)^4 = (0.5 / 8)^4 = 1.5e-5, times 1/120 and the size 0.1 of what changes: 1e-8 at most.
  for (std::size_t s = 0; s < system.states(); ++s) CHECK(std::fabs(a[s] - b[s]) < 1e-8);
  CHECK(a[system.slot("event")] > 0.5);  // something happened
}

TEST_CASE("the reference path gives up on a solution that ends, and says so with NaN") {
  const Composition& system = alone<Colony>();
  std::vector<double> frame = colony_frame({});
  // Past its capacity from below zero the logistic curve runs to minus infinity in finite time.
  frame[system.slot("free")] = frame[system.slot("relaxing")] = -0.1;
  ReferencePath path(system, 1e-8);
  path.restart(0, frame);
  advance(path, system, frame, 0.0, 100.0);
  CHECK_FALSE(std::isfinite(frame[system.slot("free")]));
}

// What a life is made of in the tests of lanes: everything but the arithmetic differs between members. From 1000 on
// they are nonsense and fail: before they depart, in their first step, or at their first jump.
constexpr std::uint64_t nonsense = 1000;
std::vector<double> mixture_frame(std::uint64_t member) {
  const Composition& system = alone<Mixture>();
  std::vector<double> frame = system.medians(true);
  const double m = static_cast<double>(member % 100);
  frame[system.slot("fast")] = 0.01 * m;
  frame[system.slot("slow")] = 0.9 - 0.02 * m;
  // Rate constants are shared by some members, others have their own; on either side of h k = 0.5.
  frame[system.slot("fast_time")] = 3.0 + 7.0 * static_cast<double>(member % 5);
  // Two rate constants that agree in some lanes and not in others must not be taken for one.
  frame[system.slot("follow_time")] = 3.0 + 7.0 * static_cast<double>(member % 3);
  frame[system.slot("steepness")] = 2.0 + 0.3 * m;
  frame[system.slot("speed")] = 0.002 + 0.0005 * m;
  if (member >= nonsense) frame[system.slot(member % 3 == 0 ? "slow" : member % 3 == 1 ? "speed" : "shock")] = nan;
  return frame;
}

Course mixture_course() {
  const Composition& system = alone<Mixture>();
  PlanSpec plan;
  plan.modifiers = {{"push", Modifier::Operation::add, 0.5, 40.7, 55.1}};
  plan.triggers = {{"crest", "both", Direction::rising, 0.7, 0.01, true},
                   {"trough", "aside", Direction::falling, 0.95, 0.01, true}};
  plan.reactions = {{"crest", "help", 3.3, {{"push", Modifier::Operation::multiply, 0.5, 0.0, 11.7}}}};
  Course course;
  course.composition = &system;
  course.arms.emplace_back(system, plan, 700.0);
  course.reports_d = {0.0, 100.0, 200.0, 365.25, 700.0};
  course.seed = 5;
  return course;
}

template <int W>
void check_lanes() {
  const Course course = mixture_course();
  std::vector<std::uint64_t> members(3 * W + 5);  // every lane is taken up again, and some run empty first
  std::iota(members.begin(), members.end(), 0);
  std::vector<Trace> alone_traces;
  std::set<EventKind> kinds;
  for (const std::uint64_t member : members) {
    alone_traces.push_back(carry<double>(course, {member}, mixture_frame)[0]);
    REQUIRE_FALSE(alone_traces.back().life.failed);
    REQUIRE(alone_traces.back().seen.size() == 6 * course.composition->size());
    for (const EventRecord& record : alone_traces.back().events) kinds.insert(record.kind);
  }
  // Searches for events of both sorts are compared too, and what they start.
  CHECK(kinds == std::set{EventKind::triggered, EventKind::random, EventKind::reaction});
  CHECK_FALSE(alone_traces[0] == alone_traces[1]);

  // Whoever sails beside whom and in whatever order, and beside mates whose numbers are nonsense.
  std::mt19937_64 bits(3);
  for (int trial = 0; trial < 6; ++trial) {
    std::vector<std::uint64_t> seats = members;
    if (trial > 2)
      for (std::uint64_t k = 0; k < 2 * W; ++k) seats.push_back(nonsense + k);
    if (trial > 0) std::shuffle(seats.begin(), seats.end(), bits);
    const std::vector<Trace> together = carry<Pack<W>>(course, seats, mixture_frame);
    double latest_failure = 0.0;
    for (std::size_t i = 0; i < seats.size(); ++i) {
      CAPTURE(seats[i]);
      if (seats[i] < nonsense) {
        CHECK(together[i] == alone_traces[seats[i]]);
      } else {
        CHECK(together[i].life.failed);
        latest_failure = std::max(latest_failure, together[i].life.now_d);
      }
    }
    if (trial > 2) CHECK(latest_failure > 0.0);  // some lanes break down on the way
  }
}

TEST_CASE("a life has the same bits alone and in a lane of 4, 8 or 16, whoever sails beside it, nonsense included") {
  check_lanes<4>();
  check_lanes<8>();
  check_lanes<16>();
}

// In units in the last place of the exact value.
double ulps(double got, long double want) {
  const int exponent = std::ilogb(static_cast<double>(want));
  return static_cast<double>(std::fabs(static_cast<long double>(got) - want) / std::ldexp(1.0L, exponent - 52));
}

// phi_j(z), j = 1..3, in long double: the series for small |z|, else the closed form, which at |z| > 2 loses less
// than a digit of nineteen.
long double phi(int j, long double z) {
  if (z > -2.0L) {
    long double term = 1.0L, sum = 0.0L;
    for (int i = 1; i <= j; ++i) term /= i;
    for (int i = 0; i < 40; ++i) {
      sum += term;
      term *= z / (i + j + 1);
    }
    return sum;
  }
  long double value = std::exp(z), factorial = 1.0L;
  for (int i = 1; i <= j; ++i) {
    value = (value - 1.0L / factorial) / z;
    factorial *= i;
  }
  return value;
}

TEST_CASE("the phi functions are accurate to some units in the last place for every z in [-700, 0]") {
  if (LDBL_MANT_DIG < 64) return;  // no better reference here
  double near[3] = {}, far[3] = {}, exponential = 0.0;
  const auto at = [&](double z) {
    const PhiFunctions<double> f(z);
    double* worst = z < -0.5 ? far : near;
    worst[0] = std::max(worst[0], ulps(f.phi1, phi(1, z)));
    worst[1] = std::max(worst[1], ulps(f.phi2, phi(2, z)));
    worst[2] = std::max(worst[2], ulps(f.phi3, phi(3, z)));
    exponential = std::max(exponential, ulps(f.exp_z, std::exp(static_cast<long double>(z))));
  };
  std::mt19937_64 bits(4);
  const auto between = [&](double a, double b) { return a + (b - a) * static_cast<double>(bits() >> 11) * 0x1p-53; };
  for (int i = 0; i < 200'000; ++i) {
    at(between(-700.0, 0.0));
    at(between(-3.0, 0.0));
    at(between(-0.51, -0.49));
    at(-std::exp(between(-700.0, 0.0)));
  }
  double below = -0.5, above = -0.5;
  for (int i = 0; i < 1000; ++i) {
    at(below = std::nextafter(below, -1.0));
    at(above);
    above = std::nextafter(above, 0.0);
  }
  at(0.0);
  // Near zero: one or two roundings each, and half of the error of the one below.
  CHECK(near[0] < 1.0);
  CHECK(near[1] < 1.5);
  CHECK(near[2] < 2.0);
  // Beyond the seam each division by z = -0.5 doubles the error of what stands above, while the value falls: exp is
  // off by 0.8e-16, phi1 = 0.79 by 2.1e-16, phi2 = 0.43 by 4.5e-16, phi3 = 0.15 by 9.1e-16, at worst.
  CHECK(far[0] < 2.0);
  CHECK(far[1] < 8.5);
  CHECK(far[2] < 33.0);
  CHECK(exponential < 0.7);  // the bound of exp itself
}

TEST_CASE("the phi functions of a pack have the bits of a double's") {
  for (const double z : {-700.0, -3.0, -0.6, std::nextafter(-0.5, -1.0), -0.5, -0.4, -1e-9, 0.0}) {
    Pack<8> pack(-1.0);
    pack.set(3, z);
    const PhiFunctions<Pack<8>> lanes(pack);
    const PhiFunctions<double> one(z);
    CHECK(lanes.exp_z[3] == one.exp_z);
    CHECK(lanes.phi1[3] == one.phi1);
    CHECK(lanes.phi2[3] == one.phi2);
    CHECK(lanes.phi3[3] == one.phi3);
  }
}

TEST_CASE("the crossing of a rising cubic is found to the rounding of the cubic") {
  std::mt19937_64 bits(5);
  const auto unit = [&] { return static_cast<double>(bits() >> 11) * 0x1p-53; };
  for (int trial = 0; trial < 20'000; ++trial) {
    // Rising because its coefficients are positive; the offset is what a life has gathered before.
    const double c0 = 3.0 * unit(), c1 = unit() + 1e-3, c2 = trial % 3 ? unit() : 0.0, c3 = trial % 2 ? unit() : 0.0;
    const double root = unit();
    const auto cubic = [&](double s) { return c0 + s * (c1 + s * (c2 + s * c3)); };
    const double end = cubic(1.0), threshold = cubic(root);
    if (!(c0 < threshold && threshold <= end)) continue;
    const double found = crossing(c0, end, c1, c1 + 2.0 * c2 + 3.0 * c3, threshold);
    // Values up to 6 are rounded some ten times at 1.1e-16 of themselves; the slope turns that into s.
    CHECK(std::fabs(found - root) < 10 * 6 * 1.2e-16 / c1 + 1e-15);
  }
}

TEST_CASE("a crossing at the very end is the end, and one with a flat beginning is found") {
  CHECK(crossing(0.0, 1.0, 1.0, 1.0, 1.0) == doctest::Approx(1.0).epsilon(1e-14));
  // s^3: the slope at the root is 3 s^2, so its place is good to 1e-16 / (3 s^2).
  for (const double root : {0.9, 0.1, 1e-3})
    CHECK(std::fabs(crossing(0.0, 1.0, 0.0, 3.0, root * root * root) - root) < 1e-15 / (root * root));
}

TEST_CASE("the crossing of a cubic that does not rise everywhere still lies in the step and on the cubic") {
  std::mt19937_64 bits(6);
  const auto unit = [&] { return static_cast<double>(bits() >> 11) * 0x1p-53; };
  int bent = 0;
  for (int trial = 0; trial < 20'000; ++trial) {
    // Slopes at the ends far steeper than the way between them: the cubic overshoots and comes back.
    const double start_slope = 40.0 * unit(), end_slope = 40.0 * unit(), threshold = 1e-9 + unit() * (1.0 - 1e-9);
    const double s = crossing(0.0, 1.0, start_slope, end_slope, threshold);
    const double c2 = 3.0 - 2.0 * start_slope - end_slope, c3 = start_slope + end_slope - 2.0;
    CHECK(s >= 0.0);
    CHECK(s <= 1.0);
    // The bracket is closed to 1e-15 and the slope is below 80; terms up to 120 are rounded.
    CHECK(std::fabs(s * (start_slope + s * (c2 + s * c3)) - threshold) < 1e-15 * 80 + 120 * 4 * 1.2e-16);
    bent += c2 * c2 > 3.0 * start_slope * c3;
  }
  CHECK(bent > 1000);
}

}  // namespace
}  // namespace healthspan
