// Lives on their way: how exactly, and that company changes nothing.
#include "traces.hpp"

#include <healthspan/core/ensemble.hpp>
#include <healthspan/core/smooth.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>
#include <tbb/global_control.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace healthspan {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// clang-format off
// Two coupled states, one free and one relaxing, whose solution from y = z is the logistic curve of rate r towards 1,
// and of which a catch takes a share. Fish caught: the integral of the hazard is ln(1 + y0 (e^(r t) - 1)) a / r.
struct Pond {
  static constexpr auto name = "pond";
  static constexpr auto summary = "";
  static constexpr auto y     = state    <"free">          (       "1", "");
  static constexpr auto z     = state    <"relaxing">      (       "1", "");
  static constexpr auto L     = hazard   <"catch">         (Recurrence::recurrent, "");
  static constexpr auto now   = input    <"catch_now">     (0.0,   "1", "");
  static constexpr auto r     = parameter<"growth">        (0.5, "1/d", fixed, assumed("toy"), "");
  static constexpr auto k     = parameter<"return_rate">   (0.3, "1/d", fixed, assumed("toy"), "");
  static constexpr auto a     = parameter<"catch_per_fish">(0.0, "1/d", fixed, assumed("toy"), "");
  static constexpr auto share = parameter<"share">         (0.4,   "1", fixed, assumed("toy"), "");
  static constexpr auto table = std::tuple{y, z, L, now, r, k, a, share};
  template <class R>
  static void rates(const Values<Pond, R>& x, const Rates<Pond, R>& d) {
    d[y] = x[r] * x[z] * (1.0 - x[y]);
    d[z] = x[k] * (x[y] - x[z]) + x[r] * x[y] * (1.0 - x[z]);
    d[L] = x[a] * x[y];
  }
  template <class R>
  static void relaxation(const Values<Pond, R>& x, const States<Pond, R>& s) { s[z] = x[k]; }
  template <class R>
  static void at_switch(const Values<Pond, R>&, const Values<Pond, R>& after, const States<Pond, R>& s) {
    const R left = 1.0 - after[share] * after[now];
    s[y] = after[y] * left;
    s[z] = after[z] * left;
  }
};

// Solutions that were chosen first, the forcing after them: u runs with time and rises by 0.25 at every event, v runs
// with the time since the last one. They meet in a product; the rate of the event follows v.
struct Forced {
  static constexpr auto name = "forced";
  static constexpr auto summary = "";
  static constexpr auto u     = state    <"free">            (       "1", "");
  static constexpr auto v     = state    <"relaxing">        (       "1", "");
  static constexpr auto L     = hazard   <"event">           (Recurrence::recurrent, "");
  static constexpr auto t     = input    <"time">            (       "d", "");
  static constexpr auto since = input    <"time_since_event">(2.0,   "d", "");
  static constexpr auto n     = input    <"event_count">     (0.0,   "1", "");
  static constexpr auto now   = input    <"event_now">       (0.0,   "1", "");
  static constexpr auto k     = parameter<"return_rate">     (0.3, "1/d", fixed, assumed("toy"), "");
  static constexpr auto c     = parameter<"coupling">        (0.2, "1/d", fixed, assumed("toy"), "");
  static constexpr auto a     = parameter<"event_rate">      (0.1, "1/d", fixed, assumed("toy"), "");
  static constexpr auto w     = parameter<"pace">            (0.4, "1/d", fixed, assumed("toy"), "");
  static constexpr auto table = std::tuple{u, v, L, t, since, n, now, k, c, a, w};
  template <class R>
  static R u_at(const Values<Forced, R>& x) { return 1.0 + 0.5 * tanh(x[w] * x[t] - 3.0) + 0.25 * x[n]; }
  template <class R>
  static R v_at(const Values<Forced, R>& x) { return 1.0 + exp(-(x[w] * x[since])); }
  template <class R>
  static void rates(const Values<Forced, R>& x, const Rates<Forced, R>& d) {
    const R U = u_at(x), V = v_at(x), steep = tanh(x[w] * x[t] - 3.0);
    d[u] = x[c] * (U * V * V - x[u] * x[v] * x[v]) + 0.5 * x[w] * (1.0 - steep * steep);
    d[v] = x[k] * (x[u] * x[u] - U * U + V - x[v]) - x[w] * (V - 1.0);
    d[L] = x[a] * x[v];
  }
  template <class R>
  static void relaxation(const Values<Forced, R>& x, const States<Forced, R>& s) { s[v] = x[k]; }
  template <class R>
  static void at_switch(const Values<Forced, R>& before, const Values<Forced, R>& after, const States<Forced, R>& s) {
    s[u] = after[u] + 0.25 * after[now];
    s[v] = after[v] + (2.0 - v_at(before)) * after[now];
  }
};

// A level that relaxes, which every step gets right to rounding; a smooth, a steep and a flat way to look at it near
// 0.3; and what it was when an event last struck.
struct Glide {
  static constexpr auto name = "glide";
  static constexpr auto summary = "";
  static constexpr auto s     = state    <"level">     (        "1", "");
  static constexpr auto seen  = state    <"seen">      (        "1", "");
  static constexpr auto now   = input    <"passed_now">(0.0,    "1", "");
  static constexpr auto haste = input    <"haste">     (1.0,    "1", "");
  static constexpr auto goal  = parameter<"goal">      (1.0,    "1", fixed, assumed("toy"), "");
  static constexpr auto k     = parameter<"level_rate">(0.05, "1/d", fixed, assumed("toy"), "");
  static constexpr auto bent  = output   <"bent">      (        "1", "");
  static constexpr auto cliff = output   <"cliff">     (        "1", "");
  static constexpr auto flat  = output   <"flat">      (        "1", "");
  static constexpr auto table = std::tuple{s, seen, now, haste, goal, k, bent, cliff, flat};
  template <class R>
  static void outputs(const Values<Glide, R>& x, const Outputs<Glide, R>& y) {
    const R above = x[s] - 0.3;
    y[bent] = exp(2.0 * x[s]);
    y[cliff] = tanh(200.0 * above);
    y[flat] = above * above * above;
  }
  template <class R>
  static void rates(const Values<Glide, R>& x, const Rates<Glide, R>& d) {
    d[s] = x[haste] * x[k] * (x[goal] - x[s]);
    d[seen] = R(0.0);
  }
  template <class R>
  static void relaxation(const Values<Glide, R>& x, const States<Glide, R>& r) { r[s] = x[haste] * x[k]; }
  template <class R>
  static void at_switch(const Values<Glide, R>&, const Values<Glide, R>& after, const States<Glide, R>& r) {
    r[seen] = select(after[now] > 0.0, after[s], after[seen]);
  }
};

// A hazard that is a polynomial of time and of the time since the last event, which every step gets right to
// rounding, and what its integral was at the first event.
struct Wear {
  static constexpr auto name = "wear";
  static constexpr auto summary = "";
  static constexpr auto first = state    <"first">           (          "1", "");
  static constexpr auto L     = hazard   <"break">           (Recurrence::recurrent, "");
  static constexpr auto t     = input    <"time">            (          "d", "");
  static constexpr auto since = input    <"time_since_break">(0.0,      "d", "");
  static constexpr auto n     = input    <"break_count">     (0.0,      "1", "");
  static constexpr auto a     = parameter<"constant_rate">   (0.0,    "1/d", fixed, assumed("toy"), "");
  static constexpr auto b     = parameter<"wear_out">        (0.0,  "1/d^2", fixed, assumed("toy"), "");
  static constexpr auto c     = parameter<"ageing">          (0.0,  "1/d^3", fixed, assumed("toy"), "");
  static constexpr auto table = std::tuple{first, L, t, since, n, a, b, c};
  template <class R>
  static void rates(const Values<Wear, R>& x, const Rates<Wear, R>& d) {
    d[first] = R(0.0);
    d[L] = x[a] + x[b] * x[since] + x[c] * x[t] * x[t];
  }
  template <class R>
  static void at_switch(const Values<Wear, R>&, const Values<Wear, R>& after, const States<Wear, R>& s) {
    s[first] = select(after[n] < 1.5, after[L], after[first]);
  }
};

// What flows in, summed up by itself and with the time since an event as its weight.
struct Basin {
  static constexpr auto name = "basin";
  static constexpr auto summary = "";
  static constexpr auto s     = state    <"gathered">       (          "1", "");
  static constexpr auto aged  = state    <"aged">           (          "d", "");
  static constexpr auto L     = hazard   <"spill">          (Recurrence::recurrent, "");
  static constexpr auto C     = hazard   <"crack">          (Recurrence::once, "");
  static constexpr auto D     = hazard   <"end">            ("");
  static constexpr auto flow  = input    <"flow">           (0.0,    "1/d", "");
  static constexpr auto since = input    <"time_since_look">(0.5,      "d", "");
  static constexpr auto n     = input    <"look_count">     (0.0,      "1", "");
  static constexpr auto now   = input    <"look_now">       (0.0,      "1", "");
  static constexpr auto a     = parameter<"spill_rate">     (0.0,    "1/d", fixed, assumed("toy"), "");
  static constexpr auto c     = parameter<"crack_rate">     (0.0,    "1/d", fixed, assumed("toy"), "");
  static constexpr auto b     = parameter<"end_rate">       (0.0,    "1/d", fixed, assumed("toy"), "");
  static constexpr auto table = std::tuple{s, aged, L, C, D, flow, since, n, now, a, c, b};
  template <class R>
  static void rates(const Values<Basin, R>& x, const Rates<Basin, R>& d) {
    d[s] = x[flow];
    d[aged] = 0.01 * x[since];
    d[L] = x[a];
    d[C] = x[c];
    d[D] = x[b];
  }
  template <class R>
  static void at_switch(const Values<Basin, R>&, const Values<Basin, R>& after, const States<Basin, R>& s_of) {
    s_of[aged] = after[aged] + 100.0 * after[now] * after[n];
  }
};

struct Gauge {  // looks at a basin, and no rate needs what it sees
  static constexpr auto name = "gauge";
  static constexpr auto summary = "";
  static constexpr auto s     = input <"gathered">("1", "");
  static constexpr auto twice = output<"twice">   ("1", "");
  static constexpr auto ratio = output<"ratio">   ("1", "");  // not a number in an empty basin
  static constexpr auto wave  = output<"wave">    ("1", "");  // up through 0 at 2 and 8, down at 5
  static constexpr auto table = std::tuple{s, twice, ratio, wave};
  template <class R>
  static void outputs(const Values<Gauge, R>& x, const Outputs<Gauge, R>& y) {
    y[twice] = 2.0 * x[s];
    y[ratio] = x[s] / x[s];
    y[wave] = (x[s] - 2.0) * (x[s] - 5.0) * (x[s] - 8.0);
  }
};

// Something of everything: states that relax, with time constants of their own, and a free one, hazards of all three
// sorts, clocks and counts, jumps at events and at changes of inputs, and an output that is only read off.
struct Body {
  static constexpr auto name = "body";
  static constexpr auto summary = "";
  static constexpr auto a      = state    <"strength">       (        "1", "");
  static constexpr auto b      = state    <"reserve">        (        "1", "");
  static constexpr auto c      = state    <"habit">          (        "1", "");
  static constexpr auto fall   = hazard   <"fall">           (Recurrence::recurrent, "");
  static constexpr auto stroke = hazard   <"stroke">         (Recurrence::once, "");
  static constexpr auto death  = hazard   <"death">          ("");
  static constexpr auto push   = input    <"push">           (0.0,    "1", "");
  static constexpr auto diet   = input    <"diet">           (1.0,    "1", "");
  static constexpr auto fell   = input    <"time_since_fall">(900.0,  "d", "");
  static constexpr auto falls  = input    <"fall_count">     (0.0,    "1", "");
  static constexpr auto fallen = input    <"fall_now">       (0.0,    "1", "");
  static constexpr auto struck = input    <"stroke_now">     (0.0,    "1", "");
  static constexpr auto took   = input    <"time_since_drug">(300.0,  "d", "");
  static constexpr auto drug   = input    <"drug_now">       (0.0,    "1", "");
  static constexpr auto seen   = input    <"time_since_check">(50.0,  "d", "");
  static constexpr auto alarm  = input    <"alarm_now">      (0.0,    "1", "");
  static constexpr auto tau    = parameter<"own_time">       (12.0,   "d", fixed, assumed("toy"), "");
  static constexpr auto tau_c  = parameter<"habit_time">     (12.0,   "d", fixed, assumed("toy"), "");
  static constexpr auto speed  = parameter<"speed">          (0.02, "1/d", fixed, assumed("toy"), "");
  static constexpr auto frail  = parameter<"frailty">        (0.01, "1/d", fixed, assumed("toy"), "");
  static constexpr auto day    = parameter<"clock_time">     (20.0,   "d", fixed, assumed("toy"), "");
  static constexpr auto hurt   = parameter<"hurt">           (0.2,    "1", fixed, assumed("toy"), "");
  static constexpr auto load   = output   <"load">           (        "1", "");
  static constexpr auto table = std::tuple{a, b, c, fall, stroke, death, push, diet, fell, falls, fallen, struck,
                                           took, drug, seen, alarm, tau, tau_c, speed, frail, day, hurt, load};
  template <class R>
  static void outputs(const Values<Body, R>& x, const Outputs<Body, R>& y) { y[load] = tanh(x[a] + x[b]); }
  template <class R>
  static void rates(const Values<Body, R>& x, const Rates<Body, R>& d) {
    d[a] = (1.0 + x[push] - x[a] + 0.3 * x[load]) * (1.0 + 0.1 * x[diet] * x[diet]) / x[tau];
    d[b] = x[speed] * (x[diet] - x[b] + exp(-(x[fell] / x[day])) - exp(-(x[took] / x[day])));
    d[c] = (x[a] * x[b] - x[c]) / x[tau_c];
    d[fall] = x[frail] * (1.0 + exp(-(x[seen] / x[day])));
    d[stroke] = x[frail] * exp(-x[c]);
    d[death] = x[frail] * (0.1 + 0.1 * x[falls] + x[load] * x[load]);
  }
  template <class R>
  static void relaxation(const Values<Body, R>& x, const States<Body, R>& k) {
    k[a] = (1.0 + 0.1 * x[diet] * x[diet]) / x[tau];
    k[c] = 1.0 / x[tau_c];
  }
  template <class R>
  static void at_switch(const Values<Body, R>& before, const Values<Body, R>& after, const States<Body, R>& s) {
    s[a] = after[a] * (1.0 - 0.3 * after[struck]) + 0.05 * (after[push] - before[push]);
    s[b] = after[b] - after[hurt] * after[fallen] + 0.1 * after[drug] + 0.04 * after[alarm];
  }
};

struct Glance {
  static constexpr auto name = "glance";
  static constexpr auto summary = "";
  static constexpr auto a     = input <"strength">("1", "");
  static constexpr auto c     = input <"habit">   ("1", "");
  static constexpr auto aside = output<"aside">   ("1", "");
  static constexpr auto table = std::tuple{a, c, aside};
  template <class R>
  static void outputs(const Values<Glance, R>& x, const Outputs<Glance, R>& y) { y[aside] = exp(x[a] - x[c]); }
};
// clang-format on

template <class M>
const Composition& alone() {
  static const Composition system({&module_type<M>()}, {});
  return system;
}

std::vector<std::uint64_t> first_members(std::uint64_t count) {
  std::vector<std::uint64_t> members(count);
  std::iota(members.begin(), members.end(), 0);
  return members;
}

enum class Cause { schedule, trigger, hazard };

// Several ponds, each a member, to 30 d.
struct Ponds {
  Cause cause;
  double return_rate;
  static constexpr double level = 0.7, first_d = 3.7, every_d = 4.9, per_fish = 0.4, growth = 0.5;
  static constexpr int count = 32;

  Course course(double base_step_d) const {
    const Composition& system = alone<Pond>();
    PlanSpec plan;
    if (cause == Cause::schedule) plan.scheduled = {{"catch", first_d, every_d}};
    if (cause == Cause::trigger) plan.triggers = {{"catch", "free", Direction::rising, level, 0.0, true}};
    Course course;
    course.composition = &system;
    course.arms.emplace_back(system, plan, 30.0);
    course.reports_d = {11.0, 20.1, 30.0};
    course.base_step_d = base_step_d;
    course.seed = 21;
    return course;
  }
  static double start(std::uint64_t member) { return 0.1 + 0.01 * static_cast<double>(member); }
  std::vector<double> person(std::uint64_t member) const {
    const Composition& system = alone<Pond>();
    std::vector<double> frame = system.medians(true);
    frame[system.slot("free")] = frame[system.slot("relaxing")] = start(member);
    frame[system.slot("return_rate")] = return_rate;
    frame[system.slot("catch_per_fish")] = cause == Cause::hazard ? per_fish : 0.0;
    return frame;
  }

  // Days from `fish` to the next catch, the `number`-th, at `now_d`.
  double until_catch(std::uint64_t member, std::uint64_t number, double now_d, double fish) const {
    if (cause == Cause::schedule) return first_d + every_d * static_cast<double>(number) - now_d;
    if (cause == Cause::trigger) return std::log(level / (1.0 - level) * (1.0 - fish) / fish) / growth;
    const double threshold = Stream(21, "catch").exponential(member, number);
    return std::log1p(std::expm1(threshold * growth / per_fish) / fish) / growth;
  }
  struct Exact {
    std::vector<double> fish, catches_d;  // at each report; when
  };
  Exact exact(std::uint64_t member) const {
    Exact result;
    double now = 0.0, fish = start(member);
    const auto grown = [&](double days) { return fish / (fish - (fish - 1.0) * std::exp(-growth * days)); };
    for (const double report : {11.0, 20.1, 30.0}) {
      for (;;) {
        const double wait = until_catch(member, result.catches_d.size(), now, fish);
        if (now + wait >= report) break;
        now += wait;
        fish = 0.6 * grown(wait);
        result.catches_d.push_back(now);
      }
      result.fish.push_back(grown(report - now));
    }
    return result;
  }

  struct Errors {
    double fish = 0, time_d = 0;  // means over ponds, of the largest of each
    std::size_t catches = 0;
  };
  template <class R, class Path>
  Errors errors(double base_step_d, Path path) const {
    const Course way = course(base_step_d);
    const std::vector<Trace> traces = carry<R>(
        way, first_members(count), [&](std::uint64_t member) { return person(member); }, std::move(path));
    Errors sum;
    const Slot free = way.composition->slot("free"), relaxing = way.composition->slot("relaxing");
    for (const Trace& trace : traces) {
      const Exact truth = exact(trace.life.member);
      REQUIRE(trace.events.size() == truth.catches_d.size());
      double fish = 0, time = 0;
      for (std::size_t t = 0; t < truth.fish.size(); ++t)
        CHECK(trace.seen[t * way.composition->size() + way.composition->time()] == way.reports_d[t]);
      for (std::size_t t = 0; t < truth.fish.size(); ++t)
        for (const Slot slot : {free, relaxing})
          fish = std::max(fish, std::fabs(trace.seen[t * way.composition->size() + slot] - truth.fish[t]));
      for (std::size_t i = 0; i < truth.catches_d.size(); ++i)
        time = std::max(time, std::fabs(trace.events[i].time_d - truth.catches_d[i]));
      sum.fish += fish / count;
      sum.time_d += time / count;
      sum.catches += truth.catches_d.size();
    }
    return sum;
  }
};

// Base steps from 1 d to 1/8 d. The slope over three halvings may differ from 4 by the next term of the error,
// relative to the leading one about h k / 2 + h r / 2, which is 0.75 at the longest step and the largest k:
// log2(1.75) / 3 = 0.27. Where events are located, to 1e-8 d, is at most a tenth of the smallest error of a time:
// log2(1.1) / 3 = 0.05.
constexpr double longest_d = 1.0, shortest_d = 0.125, order_tolerance = 0.32;
double order(double with_longest, double with_shortest) { return std::log2(with_longest / with_shortest) / 3.0; }

TEST_CASE("lives converge with order 4 across scheduled, triggered and random events and their jumps") {
  for (const Cause cause : {Cause::schedule, Cause::trigger, Cause::hazard})
    for (const double k : {0.0, 0.05, 0.3, 1.0}) {
      CAPTURE(static_cast<int>(cause));
      CAPTURE(k);
      using R = Pack<8>;
      const Ponds ponds{cause, k};
      const Ponds::Errors coarse = ponds.errors<R>(longest_d, LanePath<R>(alone<Pond>()));
      const Ponds::Errors fine = ponds.errors<R>(shortest_d, LanePath<R>(alone<Pond>()));
      CHECK(fine.catches >= 6 * Ponds::count);  // each life has a handful of jumps behind it
      MESSAGE("cause ", static_cast<int>(cause), ", k ", k, ": fish ", fine.fish, ", order ",
              order(coarse.fish, fine.fish), "; times ", fine.time_d, " d, order ",
              order(coarse.time_d, fine.time_d));
      CHECK(std::fabs(order(coarse.fish, fine.fish) - 4.0) < order_tolerance);
      if (cause == Cause::schedule)
        CHECK(fine.time_d < 1e-14);  // one rounding of a time below 32 d is less than 4e-15 d
      else
        CHECK(std::fabs(order(coarse.time_d, fine.time_d) - 4.0) < order_tolerance);
    }
}

TEST_CASE("the error of the reference path falls with its tolerance to where events are located") {
  for (const Cause cause : {Cause::schedule, Cause::trigger, Cause::hazard}) {
    CAPTURE(static_cast<int>(cause));
    const Ponds ponds{cause, 0.3};
    const auto errors = [&](double tolerance) {
      return ponds.errors<double>(15.0, ReferencePath(alone<Pond>(), tolerance));
    };
    const Ponds::Errors coarse = errors(1e-4), middle = errors(1e-6), fine = errors(1e-11);
    MESSAGE("cause ", static_cast<int>(cause), ": fish ", coarse.fish, ", ", middle.fish, ", ", fine.fish, "; times ",
            coarse.time_d, ", ", middle.time_d, ", ", fine.time_d, " d");
    // Local tolerances are per step: some tens of steps keep the sum within ten of them.
    CHECK(coarse.fish < 1e-3);
    CHECK(middle.fish < 1e-5);
    CHECK(middle.fish < 0.1 * coarse.fish);
    // Up to twelve catches in a row come each up to 1e-8 d late, and fish grow by r / 4 a day at most.
    CHECK(fine.time_d <= (cause == Cause::schedule ? 1e-14 : 12 * event_tolerance_d));
    CHECK(fine.fish < 1e-10 + (cause == Cause::schedule ? 0.0 : 12 * event_tolerance_d * 0.125));
  }
}

// Forced lives to 20 d: the largest distance of a state from the solution that was chosen, and of an event's time
// from where the integral of the chosen rate puts it; means over lives.
struct ForcedErrors {
  double states = 0, time_d = 0;
  std::size_t events = 0;
};
template <class R, class Path>
ForcedErrors forced_errors(double return_rate, double base_step_d, Path path) {
  const Composition& system = alone<Forced>();
  Course course;
  course.composition = &system;
  course.arms.emplace_back(system, PlanSpec{}, 20.0);
  course.reports_d = {5.0, 10.0, 15.0, 20.0};
  course.base_step_d = base_step_d;
  course.seed = 22;
  constexpr std::uint64_t lives = 24;
  std::vector<double> person = system.medians(true);
  const double w = person[system.slot("pace")], a = person[system.slot("event_rate")];
  const auto u_at = [&](double t, double n) { return 1.0 + 0.5 * std::tanh(w * t - 3.0) + 0.25 * n; };
  const auto v_at = [&](double since) { return 1.0 + std::exp(-w * since); };
  person[system.slot("free")] = u_at(0.0, 0.0);
  person[system.slot("relaxing")] = v_at(2.0);
  person[system.slot("return_rate")] = return_rate;
  ForcedErrors sum;
  const Stream stream(course.seed, "event");
  for (const Trace& trace : carry<R>(
           course, first_members(lives), [&](std::uint64_t) { return person; }, std::move(path))) {
    double states = 0, time = 0;
    for (std::size_t t = 0; t < course.reports_d.size(); ++t) {
      const double* seen = trace.seen.data() + t * system.size();
      const double u = u_at(course.reports_d[t], seen[system.slot("event_count")]);
      const double v = v_at(seen[system.slot("time_since_event")]);
      states =
          std::max({states, std::fabs(seen[system.slot("free")] - u), std::fabs(seen[system.slot("relaxing")] - v)});
    }
    double before = 0, since = 2.0;  // when, and on which clock, the wait began
    for (std::size_t i = 0; i < trace.events.size(); ++i) {
      // The integral of v is s - e^(-w s) / w.
      const auto integral = [&](double s) { return s - std::exp(-w * s) / w; };
      const double wanted = integral(since) + stream.exponential(trace.life.member, i) / a;
      double s = wanted;
      for (int newton = 0; newton < 50; ++newton) s -= (integral(s) - wanted) / v_at(s);
      time = std::max(time, std::fabs(trace.events[i].time_d - (before + s - since)));
      before = trace.events[i].time_d;
      since = 0.0;
    }
    sum.states += states / lives;
    sum.time_d += time / lives;
    sum.events += trace.events.size();
  }
  return sum;
}

TEST_CASE("lives keep order 4 to chosen solutions with a nonlinear coupling, clocks and random events") {
  for (const double k : {0.0, 0.3, 1.0}) {
    CAPTURE(k);
    using R = Pack<4>;
    const ForcedErrors coarse = forced_errors<R>(k, longest_d, LanePath<R>(alone<Forced>()));
    const ForcedErrors fine = forced_errors<R>(k, shortest_d, LanePath<R>(alone<Forced>()));
    MESSAGE("k ", k, ": states ", fine.states, ", order ", order(coarse.states, fine.states), "; times ", fine.time_d,
            " d, order ", order(coarse.time_d, fine.time_d), "; events ", fine.events);
    CHECK(fine.events > 24 * 2);
    CHECK(std::fabs(order(coarse.states, fine.states) - 4.0) < order_tolerance);
    CHECK(std::fabs(order(coarse.time_d, fine.time_d) - 4.0) < order_tolerance);
  }
}

TEST_CASE("the reference path reaches chosen solutions by its tolerance, and events by where they are located") {
  const auto errors = [](double tolerance) {
    return forced_errors<double>(0.3, 15.0, ReferencePath(alone<Forced>(), tolerance));
  };
  const ForcedErrors coarse = errors(1e-5), fine = errors(1e-11);
  MESSAGE("states ", coarse.states, ", ", fine.states, "; times ", coarse.time_d, ", ", fine.time_d, " d");
  // Some tens of steps keep the sum within ten of the tolerance of one. Here a late event spoils nothing, for the
  // solution runs with the clock of the event as it was found.
  CHECK(coarse.states < 1e-4);
  CHECK(fine.states < 1e-10);
  CHECK(fine.time_d <= event_tolerance_d);
}

double uniform(std::string_view purpose, std::uint64_t member, double low, double high) {
  return low + (high - low) * Stream(23, purpose).uniform(member, 0);
}

constexpr double early_d = 0.01 * event_tolerance_d;  // what rounding may do to the time of an event, see below

TEST_CASE("a trigger strikes within 1e-8 d after its level is reached, rising or falling, however steep or flat") {
  const Composition& system = alone<Glide>();
  const auto looked_at = [](const std::string& quantity, double s) {
    const double above = s - 0.3;
    return quantity == "bent"    ? exp(2.0 * s)
           : quantity == "cliff" ? tanh(200.0 * above)
           : quantity == "flat"  ? above * above * above
                                 : s;
  };
  for (const std::string quantity : {"level", "bent", "cliff", "flat"})
    for (const Direction direction : {Direction::rising, Direction::falling})
      for (const double base_step : {3.0, 15.21875, 61.0}) {
        const double sign = direction == Direction::rising ? 1.0 : -1.0, level = looked_at(quantity, 0.3);
        Course course;
        course.composition = &system;
        PlanSpec plan;
        plan.triggers = {{"passed", quantity, direction, level, 0.0, true}};
        course.arms.emplace_back(system, plan, 400.0);
        course.reports_d = {400.0};
        course.base_step_d = base_step;
        const auto person = [&](std::uint64_t member) {
          std::vector<double> frame = system.medians(true);
          frame[system.slot("level")] = 0.3 - sign * uniform("start", member, 0.05, 0.8);
          frame[system.slot("goal")] = 0.3 + sign * uniform("goal", member, 0.05, 0.8);
          frame[system.slot("level_rate")] = std::exp(uniform("rate", member, std::log(0.01), std::log(0.5)));
          return frame;
        };
        double latest = -1.0, earliest = 1.0;
        int beyond = 0;
        for (const Trace& trace : carry<Pack<8>>(course, first_members(100), person)) {
          REQUIRE(trace.events.size() == 1);
          const std::vector<double> life = person(trace.life.member);
          const double goal = life[system.slot("goal")];
          const double exact =
              std::log((goal - life[system.slot("level")]) / (goal - 0.3)) / life[system.slot("level_rate")];
          latest = std::max(latest, trace.events[0].time_d - exact);
          earliest = std::min(earliest, trace.events[0].time_d - exact);
          beyond += sign * (looked_at(quantity, trace.seen[system.slot("seen")]) - level) >= 0;
        }
        CAPTURE(quantity);
        CAPTURE(sign);
        CAPTURE(base_step);
        // Up to 130 steps round a level below 1.1 by 2.2e-16; it moves by 0.01 * 0.05 a day or more: 6e-11 d.
        CHECK(latest <= event_tolerance_d + early_d);
        CHECK(earliest >= -early_d);
        CHECK(beyond == 100);  // in every bit on the side where it has come about
      }
}

TEST_CASE("a random event strikes within 1e-8 d after its hazard's integral has reached the threshold") {
  const Composition& system = alone<Wear>();
  for (const std::string rate : {"constant_rate", "wear_out", "ageing"})
    for (const double base_step : {3.0, 15.21875, 61.0}) {
      const double value = rate == "constant_rate" ? 0.02 : rate == "wear_out" ? 0.001 : 1e-6;
      Course course;
      course.composition = &system;
      course.arms.emplace_back(system, PlanSpec{}, 400.0);
      course.reports_d = {400.0};
      course.base_step_d = base_step;
      course.seed = 24;
      std::vector<double> person = system.medians(true);
      person[system.slot(rate)] = value;
      const Stream stream(course.seed, "break");
      double latest = -1.0, earliest = 1.0;
      int beyond = 0, lives = 0;
      for (const Trace& trace : carry<Pack<8>>(course, first_members(100), [&](std::uint64_t) { return person; })) {
        double before = 0.0;
        for (std::size_t i = 0; i < trace.events.size(); ++i) {
          const double e = stream.exponential(trace.life.member, i), now = trace.events[i].time_d;
          const double exact = rate == "constant_rate" ? before + e / value
                               : rate == "wear_out"    ? before + std::sqrt(2.0 * e / value)
                                                       : std::cbrt(before * before * before + 3.0 * e / value);
          latest = std::max(latest, now - exact);
          earliest = std::min(earliest, now - exact);
          before = now;
        }
        if (trace.events.empty()) continue;
        beyond += trace.seen[system.slot("first")] >= stream.exponential(trace.life.member, 0);
        ++lives;
      }
      CAPTURE(rate);
      CAPTURE(base_step);
      CHECK(lives > 90);
      CHECK(beyond == lives);
      // The integral, below 32, is summed in up to 200 steps that round it to 4e-15 each, and the rate where 1 in 1e4
      // of them ends is 1e-3 a day: 1e-9 d at worst, and 1e-10 d as it is, because roundings do not all go one way.
      CHECK(latest <= event_tolerance_d + early_d);
      CHECK(earliest >= -early_d);
    }
}

const Composition& basin() {
  static const Composition system({&module_type<Basin>(), &module_type<Gauge>()}, {});
  return system;
}

Course basin_course(const std::vector<PlanSpec>& plans, std::vector<double> reports_d) {
  Course course;
  course.composition = &basin();
  course.reports_d = std::move(reports_d);
  for (const PlanSpec& plan : plans) course.arms.emplace_back(basin(), plan, course.horizon_d());
  course.seed = 25;
  return course;
}

std::vector<double> basin_with(const std::vector<std::pair<std::string, double>>& settings) {
  std::vector<double> person = basin().medians(true);
  for (const auto& [name, value] : settings) person[basin().slot(name)] = value;
  return person;
}

TEST_CASE("a reaction acts from its beginning to its end, on whatever day its event falls") {
  PlanSpec plan;
  // Seven days after a spill for eleven; and at once for four, and again after twenty for thirteen.
  plan.reactions = {
      {"spill", "late", 7.3, {{"flow", Modifier::Operation::add, 2.0, 0.0, 11.1}}, 1},
      {"spill",
       "graded",
       0.0,
       {{"flow", Modifier::Operation::add, 1.0, 0.0, 3.7}, {"flow", Modifier::Operation::add, 5.0, 20.3, 33.3}},
       1}};
  const Course course = basin_course({plan}, {400.0});
  const std::vector<double> person = basin_with({{"spill_rate", 0.02}});
  int complete = 0, right = 0;
  for (const Trace& trace : carry<Pack<8>>(course, first_members(200), [&](std::uint64_t) { return person; })) {
    if (trace.events.empty() || trace.events[0].time_d > 350.0) continue;
    ++complete;
    // Some fifty steps round a sum below 128 by up to 1.4e-14, and a stretch ends within 6e-14 d of its time.
    right += std::fabs(trace.seen[basin().slot("gathered")] - (2.0 * 11.1 + 3.7 + 5.0 * 13.0)) < 2e-12;
  }
  CHECK(complete > 190);
  CHECK(right == complete);
}

// By hand: the clock in hundredths, from its default of 0.5 d to day 10.1 and from there to day 40, and the jump.
constexpr double aged_by_a_look = 0.005 * (10.6 * 10.6 - 0.25 + 29.9 * 29.9) + 100.0;

TEST_CASE("the clock of an event runs in every arm, also where nothing raises it, whoever sails beside") {
  PlanSpec with;
  with.scheduled = {{"look", 10.1, 0.0}};
  const Course course = basin_course({with, {}}, {40.0});
  const auto check = [&](auto zero) {
    using R = decltype(zero);
    std::uint64_t departed = 0;
    const auto next = [&](Departure& d) {
      if (departed == 60) return false;
      d.life.member = departed;
      d.life.arm = departed++ % 3 == 1 ? 0 : 1;
      d.base = d.frame = basin().medians(true);
      return true;
    };
    std::vector<Trace> traces(60);
    const std::vector<std::uint64_t> members = first_members(60);
    Convoy<R, LanePath<R>>(course, LanePath<R>(basin())).carry(next, Scribe{course, members, traces}, true);
    for (const Trace& trace : traces) {
      CAPTURE(trace.life.member);
      const bool can = trace.life.arm == 0;
      CHECK(trace.seen[basin().slot("look_count")] == (can ? 1.0 : 0.0));
      CHECK(trace.seen[basin().slot("time_since_look")] == (can ? 40.0 - 10.1 : 40.5));
      // A few roundings.
      CHECK(trace.seen[basin().slot("aged")] ==
            doctest::Approx(can ? aged_by_a_look : 0.005 * (40.5 * 40.5 - 0.25)).epsilon(1e-14));
    }
  };
  check(0.0);
  check(Pack<4>(0.0));
  check(Pack<16>(0.0));
}

TEST_CASE("a trigger strikes again after the quantity has been back beyond its hysteresis, and not before") {
  // A saw tooth: up to 10 on days 10, 30, 50, and down to 0 on days 20, 40, 60.
  PlanSpec plan;
  for (const double day : {10.0, 30.0, 50.0})
    plan.modifiers.push_back({"flow", Modifier::Operation::multiply, -1.0, day, day + 10.0});
  const auto strikes = [&](const Trigger& trigger, double start) {
    plan.triggers = {trigger};
    const auto person = [&](std::uint64_t) { return basin_with({{"flow", 1.0}, {"gathered", start}}); };
    Course course = basin_course({plan}, {60.0});
    course.base_step_d = 0.7;  // what comes and goes within a step is not seen
    std::vector<double> days;
    const Trace trace = carry<Pack<4>>(course, {1}, person)[0];
    for (const EventRecord& record : trace.events) days.push_back(std::round(record.time_d * 1e7) / 1e7);
    return days;
  };
  const auto rising = Direction::rising, falling = Direction::falling;
  CHECK(strikes({"full", "gathered", rising, 6.0, 0.0, true}, 0.0) == std::vector<double>{6, 26, 46});
  CHECK(strikes({"full", "gathered", rising, 6.0, 5.5, true}, 0.0) == std::vector<double>{6, 26, 46});
  CHECK(strikes({"full", "gathered", rising, 6.0, 6.5, true}, 0.0) == std::vector<double>{6});
  CHECK(strikes({"low", "gathered", falling, 3.0, 0.0, false}, 0.0) == std::vector<double>{17, 37, 57});
  CHECK(strikes({"low", "gathered", falling, 3.0, 0.0, true}, 0.0) == std::vector<double>{0, 17, 37, 57});
  CHECK(strikes({"low", "gathered", falling, 3.0, 7.5, false}, 0.0) == std::vector<double>{});
  // Where nothing else happens: between 5 and 8 the wave is down to -10.4.
  CHECK(strikes({"crest", "wave", rising, 0.0, 0.0, true}, 0.0) ==
        std::vector<double>{2, 8, 15, 22, 28, 35, 42, 48, 55});
  CHECK(strikes({"crest", "wave", rising, 0.0, 10.0, true}, 0.0) ==
        std::vector<double>{2, 8, 15, 22, 28, 35, 42, 48, 55});
  CHECK(strikes({"crest", "wave", rising, 0.0, 11.0, true}, 0.0) == std::vector<double>{2, 22, 42});
  // From 2 on everything is 2 higher.
  CHECK(strikes({"full", "gathered", rising, 1.0, 0.0, true}, 2.0) == std::vector<double>{0});
  CHECK(strikes({"full", "gathered", rising, 6.0, 0.0, false}, 2.0) == std::vector<double>{4, 24, 44});
  CHECK(strikes({"full", "gathered", rising, 2.5, 0.0, true}, 5.0) == std::vector<double>{0});
}

TEST_CASE("relaxation is exact to rounding with the rate constant of the moment, whatever has changed it") {
  const Composition& system = alone<Glide>();
  PlanSpec plan;
  plan.modifiers = {{"haste", Modifier::Operation::multiply, 3.0, 20.3, 31.7}};
  plan.scheduled = {{"passed", 50.9, 0.0}};
  plan.reactions = {{"passed", "hurry", 2.6, {{"haste", Modifier::Operation::add, 1.5, 0.0, 10.1}}}};
  Course course;
  course.composition = &system;
  course.arms.emplace_back(system, plan, 90.0);
  course.reports_d = {90.0};
  const auto person = [&](std::uint64_t member) {
    std::vector<double> frame = system.medians(true);
    frame[system.slot("level")] = 3.0;
    frame[system.slot("level_rate")] = 0.001 * static_cast<double>(member + 1);
    return frame;
  };
  for (const Trace& trace : carry<Pack<4>>(course, first_members(50), person)) {
    const double k = 0.001 * static_cast<double>(trace.life.member + 1);
    const double exact = 1.0 + 2.0 * std::exp(-k * (90.0 + 2.0 * (31.7 - 20.3) + 1.5 * 10.1));
    // Some thirty steps round ten numbers below 3 each, and times below 128 d differ from ours by 1e-14 d.
    CHECK(std::fabs(trace.seen[system.slot("level")] - exact) < 30 * 10 * 2.2e-16);
  }
}

TEST_CASE("modules are told of a visit, and it starts reactions, as any event does") {
  PlanSpec plan;
  plan.visits = {{"look", 10.1, 0.0, {{"gathered", 0.0, false}}, {}}};
  plan.reactions = {{"look", "pour", 0.0, {{"flow", Modifier::Operation::add, 2.0, 0.0, 5.0}}}};
  const Trace trace =
      carry<Pack<4>>(basin_course({plan}, {40.0}), {7}, [](std::uint64_t) { return basin_with({}); })[0];
  CHECK(trace.seen[basin().slot("look_count")] == 1.0);
  CHECK(trace.seen[basin().slot("time_since_look")] == 40.0 - 10.1);
  CHECK(trace.seen[basin().slot("aged")] == doctest::Approx(aged_by_a_look).epsilon(1e-14));  // a few roundings
  CHECK(trace.seen[basin().slot("gathered")] == doctest::Approx(10.0).epsilon(1e-14));
  REQUIRE(trace.events.size() == 2);
  CHECK(trace.events[0].kind == EventKind::visit);
  CHECK(trace.events[0].value == 0.0);
  CHECK(trace.events[1].kind == EventKind::reaction);
}

TEST_CASE("an event that comes once does not come again by chance, whatever has raised it") {
  PlanSpec plan;
  plan.modifiers = {{"flow", Modifier::Operation::replace, 1.0, 0.0, 1e9}};
  plan.scheduled = {{"crack", 10.1, 0.0}};
  const Course course = basin_course({plan}, {0.0, 40.0});
  const std::vector<double> person = basin_with({{"crack_rate", 0.05}});
  int before = 0;
  for (const Trace& trace : carry<Pack<4>>(course, first_members(50), [&](std::uint64_t) { return person; })) {
    REQUIRE(!trace.events.empty());
    // A crack by chance can only have come before the other.
    before += trace.events[0].kind == EventKind::random;
    CHECK(trace.events.back().kind == EventKind::scheduled);
    CHECK(trace.events.size() == 1u + (trace.events[0].kind == EventKind::random));
  }
  CHECK(before > 10);  // 40 in 100
  CHECK(before < 40);
}

TEST_CASE("a quantity that is not a number triggers nothing") {
  PlanSpec plan;
  plan.scheduled = {{"look", 10.1, 0.0}};
  plan.triggers = {{"full", "ratio", Direction::rising, 0.5, 0.0, true}};
  const Trace trace =
      carry<double>(basin_course({plan}, {40.0}), {7}, [](std::uint64_t) { return basin_with({}); })[0];
  REQUIRE(trace.events.size() == 1);
  CHECK(trace.events[0].kind == EventKind::scheduled);
}

TEST_CASE("what is seen of a life as it ends is what it was then, outputs included") {
  const Course course = basin_course({{}}, {0.0, 400.0});
  const std::vector<double> person = basin_with({{"end_rate", 0.05}, {"flow", 1.0}});
  int ended = 0;
  for (const Trace& trace : carry<Pack<8>>(course, first_members(40), [&](std::uint64_t) { return person; })) {
    if (!trace.life.ended()) continue;
    ++ended;
    REQUIRE(trace.seen.size() == 2 * basin().size());
    const double* end = trace.seen.data() + basin().size();
    CHECK(end[basin().time()] == trace.life.end_d);
    CHECK(end[basin().slot("gathered")] == doctest::Approx(trace.life.end_d).epsilon(1e-14));  // a few roundings
    CHECK(end[basin().slot("twice")] == 2.0 * end[basin().slot("gathered")]);
  }
  CHECK(ended > 35);
}

TEST_CASE("with fewer lives than lanes, one more, or none, nothing is missing and nothing differs") {
  const Ponds ponds{Cause::hazard, 0.3};
  const Course course = ponds.course(2.0);
  const auto person = [&](std::uint64_t member) { return ponds.person(member); };
  std::vector<Trace> alone_traces;
  for (std::uint64_t m = 0; m < 17; ++m) alone_traces.push_back(carry<double>(course, {m}, person)[0]);
  for (const std::uint64_t count : {1, 15, 16, 17}) {
    CAPTURE(count);
    CHECK(carry<Pack<16>>(course, first_members(count), person) ==
          std::vector<Trace>(alone_traces.begin(), alone_traces.begin() + static_cast<std::ptrdiff_t>(count)));
  }
  CHECK(carry<Pack<16>>(course, {}, person).empty());
}

TEST_CASE("lanes that ran empty take up lives again, and lives that go nowhere are seen off") {
  const Ponds ponds{Cause::hazard, 0.3};
  const Course course = ponds.course(2.0);
  using R = Pack<16>;
  Convoy<R, LanePath<R>> convoy(course, LanePath<R>(*course.composition));
  const auto sail = [&](const std::vector<std::uint64_t>& members) {
    std::vector<Trace> traces(members.size());
    std::size_t departed = 0;
    const auto next = [&](Departure& d) {
      if (departed == members.size()) return false;
      d.life.member = members[departed++];
      d.base = d.frame = ponds.person(d.life.member % 100);
      if (d.life.member >= 100) d.frame[course.composition->slot("free")] = nan;  // without a start
      return true;
    };
    convoy.carry(next, Scribe{course, members, traces}, true);
    return traces;
  };
  const std::vector<Trace> first = sail(first_members(20));
  CHECK(sail({}).empty());
  CHECK(sail({3})[0] == first[3]);
  CHECK(sail(first_members(20)) == first);
  const std::vector<Trace> without_start = sail({100, 101, 102, 5, 103});
  CHECK(without_start[3] == first[5]);
  for (const std::size_t i : {0, 1, 2, 4}) {
    CHECK(without_start[i].life.failed);
    CHECK(without_start[i].life.now_d == 0.0);
    CHECK(without_start[i].events.empty());
  }
}

TEST_CASE("a course that ends on day 0 is seen once and goes nowhere") {
  const Course course = basin_course({{}}, {0.0});
  for (const Trace& trace : carry<Pack<4>>(course, first_members(9), [](std::uint64_t) { return basin_with({}); })) {
    CHECK(trace.life.now_d == 0.0);
    CHECK(trace.seen.size() == 2 * basin().size());  // at its report, and as it finished
  }
}

// An ensemble of basins of which one spills so fast that the integral of its hazard swallows the next threshold: the
// event strikes again at the same instant, and again.
TEST_CASE("events that bring each other about without end fail that life alone, and it is counted and named") {
  constexpr std::uint64_t endless = 21, count = 50;
  EnsembleSpec spec;
  static_cast<Course&>(spec) = basin_course({{}, {}}, {0.0, 20.0, 40.0});
  spec.columns = {basin().slot("gathered"), basin().slot("spill")};
  const SummarySpec sums{2, 3, 0, {ColumnRange::exactly(0, 64), ColumnRange::exactly(0, 64)}};
  const auto run = [&](auto zero, std::uint64_t first, std::uint64_t members, EventLog* log) {
    using R = decltype(zero);
    const auto start = [&](std::uint64_t from, std::vector<R>& frame) {
      const std::vector<double> person = basin_with({{"flow", 1.0}, {"spill_rate", 0.1}});
      frame.assign(person.begin(), person.end());
      for (int i = 0; i < lanes_of<R>; ++i)
        if (from + static_cast<std::uint64_t>(i) == endless) set_lane(frame[basin().slot("spill_rate")], i, 1e30);
    };
    EnsembleControl control;
    control.threads = 1;
    control.log = log;
    return run_ensemble<R>(spec, sums, start, first, members, control);
  };
  EventLog log, log_alone;
  const Summary all = run(Pack<8>(0.0), 0, count, &log);
  CHECK(all.failed() == std::vector<std::uint64_t>{endless});
  CHECK(all.members() == count - 1);
  CHECK(run(0.0, endless, 1, &log_alone).failed() == std::vector<std::uint64_t>{endless});
  CHECK(std::count(log_alone.member.begin(), log_alone.member.end(), endless) >=
        2 * 1000);  // both arms, to the limit
  CHECK(std::count(log.member.begin(), log.member.end(), endless) ==
        std::count(log_alone.member.begin(), log_alone.member.end(), endless));
  Summary others = run(Pack<8>(0.0), 0, endless, nullptr);
  others.merge(run(Pack<4>(0.0), endless + 1, count - endless - 1, nullptr));
  others.merge(run(0.0, endless, 1, nullptr));
  CHECK(others.words() == all.words());
}

// ---- Same bits: over plans, members, steps, lanes, threads, shards and company that chance picks.

const Composition& body() {
  static const Composition system({&module_type<Body>(), &module_type<Glance>()}, {});
  return system;
}

constexpr double horizon = 120.0;

// Everybody is somebody else; some have no start, and some break down at their first fall.
template <class R>
struct StartBody {
  void operator()(std::uint64_t first, std::vector<R>& frame) const {
    const std::vector<double> medians = body().medians(true);
    frame.assign(medians.begin(), medians.end());
    for (int i = 0; i < lanes_of<R>; ++i) {
      const std::uint64_t m = first + static_cast<std::uint64_t>(i);
      const auto set = [&](const char* name, double value) { set_lane(frame[body().slot(name)], i, value); };
      set("strength", m % 17 == 3 ? nan : uniform("strength", m, 0.2, 1.5));
      set("reserve", uniform("reserve", m, -0.5, 1.5));
      set("habit", uniform("habit", m, 0.0, 1.0));
      // Rate constants that some share and others do not, in and between lives.
      set("own_time", m % 3 == 0 ? 12.0 : uniform("own_time", m, 2.0, 30.0));
      set("habit_time", m % 2 == 0 ? 12.0 : uniform("own_time", m, 2.0, 30.0));
      set("speed", uniform("speed", m, 0.0, 0.2));
      set("frailty", uniform("frailty", m, 0.0, 0.03));
      if (m % 13 == 5) set("hurt", nan);
    }
  }
};

// Days: whole ones meet each other and the reports; others fall anywhere.
rc::Gen<double> days(int low, int high) {
  return rc::gen::map(rc::gen::pair(rc::gen::inRange(low, high), rc::gen::inRange(0, 1000)),
                      [](const std::pair<int, int>& p) { return p.first + (p.second % 2 ? p.second / 997.0 : 0.0); });
}
double real(double low, double high) { return low + (high - low) * *rc::gen::inRange(0, 1001) / 1000.0; }

Modifier any_modifier(double begin_d, double end_d) {
  const std::string input = *rc::gen::element<std::string>("push", "diet");
  const auto operation =
      *rc::gen::element(Modifier::Operation::multiply, Modifier::Operation::add, Modifier::Operation::at_least);
  return {input, operation, real(-0.5, 1.5), begin_d, end_d};
}

PlanSpec any_plan() {
  const auto count = [](int most) { return *rc::gen::inRange(0, most + 1); };
  const auto direction = [] { return *rc::gen::element(Direction::rising, Direction::falling); };
  PlanSpec plan;
  std::vector<std::string> events{"fall", "stroke"};
  const auto known = [&](const std::string& event) {
    events.push_back(event);
    return event;
  };
  for (int i = count(3); i > 0; --i) {
    const double begin = *days(-10, 100);
    plan.modifiers.push_back(any_modifier(begin, begin + *days(1, 60)));
  }
  if (count(1)) plan.modifiers.push_back({"diet", Modifier::Operation::replace, real(0.0, 2.0), 0.0, *days(1, 90)});
  for (int i = count(2); i > 0; --i)
    plan.scheduled.push_back({known(*rc::gen::element<std::string>("drug", "fall", "stroke", "notice")),
                              *days(0, 110), *rc::gen::element(0.0, 1.0, 9.7, 30.0)});
  if (count(1)) {
    Visit visit{known("check"), *days(0, 40), *rc::gen::element(0.0, 7.0, 18.3), {{"load", 0.1, false}}, {}};
    if (count(1)) visit.measurements.push_back({"aside", 0.2, true});
    visit.findings = {{known("found"), "load", direction(), real(0.2, 0.9), *rc::gen::element(0.0, 3.3)}};
    visit.findings[0].in_a_row = static_cast<std::uint32_t>(1 + count(2));
    if (count(1)) visit.findings[0].alternatives.push_back({{"load", direction(), real(0.2, 0.9), true}});
    visit.missed = *rc::gen::element(0.0, 0.3);
    plan.visits.push_back(visit);
    if (count(1)) {
      visit.name = known("second look");
      visit.on = *rc::gen::element<std::string>("check", "found", "stroke");
      visit.delay_d = *rc::gen::element(1.0, 4.4);
      visit.findings = {{known("confirmed"), "load", direction(), real(0.2, 0.9)}};
      plan.visits.push_back(visit);
    }
  }
  for (int i = count(3); i > 0; --i)
    plan.triggers.push_back({known(*rc::gen::element<std::string>("alarm", "low", "fall")),
                             *rc::gen::element<std::string>("load", "aside", "reserve"), direction(), real(0.0, 1.2),
                             *rc::gen::element(0.0, 0.05), count(1) == 1});
  for (int i = count(3); i > 0; --i) {
    Reaction reaction{*rc::gen::elementOf(events), "reaction", *rc::gen::element(0.0, 4.0, 5.7), {}};
    for (int k = 1 + count(1); k > 0; --k) {
      const double begin = *rc::gen::element(0.0, 2.0, 3.1);
      reaction.modifiers.push_back(any_modifier(begin, begin + *days(1, 30)));
    }
    if (count(1)) reaction.most_times = static_cast<std::uint32_t>(1 + count(1));
    if (!count(3)) reaction.at_d = *days(0, 100);
    if (!count(2)) reaction.stopped_by = {*rc::gen::elementOf(events)};
    if (!count(2))
      reaction.adherence = Adherence{*rc::gen::element<std::string>("habit", "drug"), real(0.3, 0.9),
                                     *rc::gen::element(0.0, 0.6), *rc::gen::element(0.0, 0.05)};
    plan.reactions.push_back(reaction);
  }
  return plan;
}

struct Work {
  EnsembleSpec spec;
  SummarySpec sums;
};

Work any_work() {
  Work work;
  EnsembleSpec& spec = work.spec;
  spec.composition = &body();
  const int arms = *rc::gen::inRange(1, 4);
  for (int a = 0; a < arms; ++a) spec.arms.emplace_back(body(), any_plan(), horizon);
  spec.reports_d = {0.0, 10.0, 31.7, 60.0, horizon};
  spec.base_step_d = *rc::gen::element(1.7, 5.0, 15.21875, 40.0);
  spec.seed = *rc::gen::inRange<std::uint64_t>(0, 1000);
  if (*rc::gen::arbitrary<bool>())
    for (int a = 0; a < arms; ++a) spec.event_seeds.push_back(spec.seed + static_cast<std::uint64_t>(a));
  spec.weigh_deaths = *rc::gen::arbitrary<bool>();
  for (const char* column : {"strength", "load", "aside", "time_since_fall"})
    spec.columns.push_back(body().slot(column));
  spec.class_slot = body().slot("load");
  spec.class_cuts = {0.3, 0.8};
  work.sums = {spec.arms.size(),
               spec.reports_d.size(),
               spec.classes(),
               {ColumnRange::exactly(-2, 4), ColumnRange::exactly(-1, 1), ColumnRange::exactly(0, 16),
                ColumnRange::exactly(0, 2048)},
               spec.weigh_deaths};
  // Everything that may happen but visits; a measure of each, one of what is watched, and people told apart by it.
  std::set<std::string> names;
  for (const Plan& plan : spec.arms)
    for (const Plan::Event& event : plan.events()) names.insert(event.name);
  const auto ends_life = [](const std::string& name) {
    const auto slot = body().find(name);
    return slot && body().slots()[*slot].recurrence == Recurrence::ends_life;
  };
  for (const std::string& name : names) {
    const std::size_t event = spec.events.size();
    spec.events.push_back({name, ends_life(name)});
    spec.measures.push_back([event](const EnsembleSpec& s, const LifeRow& life, std::size_t) {
      return Measured{times_of(s, life, event, 0.001)};
    });
    work.sums.measures.push_back(0x1p20);
  }
  spec.watched = {body().slot("reserve"), body().slot("habit")};
  spec.measures.push_back([](const EnsembleSpec& s, const LifeRow& life, std::size_t) {
    return Measured{lifetime_sum(s, life, [&](std::size_t report) { return life.watched[2 * report + 1]; })};
  });
  work.sums.measures.push_back(0x1p20);
  work.sums.products = {{0, work.sums.measures.size() - 1}};
  spec.groups = {[](const LifeRow& life) { return life.watched[0] < 0.3; },
                 [](const LifeRow& life) { return life.watched[1] < 0.5; }};
  work.sums.groups = spec.groups.size();
  work.sums.events = spec.events.size();
  return work;
}

struct Outcome {
  Summary summary;
  EventLog log;

  void merge(const Outcome& other) {
    summary.merge(other.summary);
    log.append(other.log);
    log.sort();
  }
  bool operator==(const Outcome& other) const {
    bool same = summary.words() == other.summary.words() && log.size() == other.log.size();
    for (std::size_t i = 0; same && i < log.size(); ++i) {
      const EventRecord a = log.at(i), b = other.log.at(i);
      same = a.member == b.member && a.arm == b.arm && a.kind == b.kind && a.event == b.event &&
             same_bits(a.time_d, b.time_d) && a.occurrence == b.occurrence && a.quantity == b.quantity &&
             same_bits(a.value, b.value);
    }
    return same;
  }
};

template <class R, class Path>
Outcome outcome_by(const Work& work, std::uint64_t first, std::uint64_t count, int threads, const Path& path) {
  EventLog log;
  EnsembleControl control;
  control.threads = threads;
  control.log = &log;
  Summary summary =
      run_ensemble<R>(work.spec, work.sums, StartBody<R>{}, first, count, control, [&] { return path; });
  return {std::move(summary), std::move(log)};
}
template <class R>
Outcome outcome_in(const Work& work, std::uint64_t first, std::uint64_t count, int threads) {
  return outcome_by<R>(work, first, count, threads, LanePath<R>(body()));
}
Outcome outcome_of(const Work& work, std::uint64_t first, std::uint64_t count, int lanes, int threads) {
  return lanes == 1   ? outcome_in<double>(work, first, count, threads)
         : lanes == 4 ? outcome_in<Pack<4>>(work, first, count, threads)
         : lanes == 8 ? outcome_in<Pack<8>>(work, first, count, threads)
                      : outcome_in<Pack<16>>(work, first, count, threads);
}

// Every number that was seen of every member.
template <class R>
std::map<std::uint64_t, MemberRow> rows_in(const Work& work, std::uint64_t first, std::uint64_t count) {
  const StartBody<R> start;
  MemberRunner<R, StartBody<R>> runner(work.spec, start, LanePath<R>(body()));
  std::map<std::uint64_t, MemberRow> rows;
  runner.run(first, count, [&](const MemberRow& row) { rows[row.member] = row; });
  return rows;
}
bool same_rows(const Work& work, const std::map<std::uint64_t, MemberRow>& a,
               const std::map<std::uint64_t, MemberRow>& b) {
  const auto same_lives = [&](const LifeRow& x, const LifeRow& y) {
    bool same = x.failed == y.failed && same_bits(x.end_d, y.end_d) && x.happened == y.happened;
    for (std::size_t t = 0; same && !x.failed && t < work.spec.reports_d.size() && x.alive(work.spec.reports_d[t]);
         ++t) {
      const std::size_t columns = work.spec.columns.size();
      same = same_bits(x.class_values[t], y.class_values[t]) && same_bits(x.weights[t], y.weights[t]) &&
             same_bits(x.watched[2 * t], y.watched[2 * t]) && same_bits(x.watched[2 * t + 1], y.watched[2 * t + 1]);
      for (std::size_t c = 0; c < columns; ++c)
        same = same && same_bits(x.values[t * columns + c], y.values[t * columns + c]);
    }
    return same;
  };
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [&](const auto& x, const auto& y) {
           return x.first == y.first && std::equal(x.second.arms.begin(), x.second.arms.end(), y.second.arms.begin(),
                                                   y.second.arms.end(), same_lives);
         });
}

// Cases are the same in every run, unless RC_PARAMS asks for others.
[[maybe_unused]] const int rapidcheck_seed = setenv("RC_PARAMS", "seed=20250101 max_success=300", 0);

TEST_CASE("a summary and a log have the same bytes for any lanes, threads, shards, order and company") {
  const tbb::global_control allow(tbb::global_control::max_allowed_parallelism, 6);  // so that five threads are five
  std::set<EventKind> kinds;
  std::size_t entries = 0, deaths = 0, failures = 0, cases = 0;
  const bool holds = rc::check([&] {
    const Work work = any_work();
    const auto first = *rc::gen::inRange<std::uint64_t>(0, 40), count = *rc::gen::inRange<std::uint64_t>(0, 50);
    const Outcome whole = outcome_of(work, first, count, 1, 1);
    kinds.insert(whole.log.kind.begin(), whole.log.kind.end());
    entries += whole.log.size();
    failures += whole.summary.failed().size();
    if (whole.summary.members() > 0)
      deaths += static_cast<std::size_t>(static_cast<double>(whole.summary.members()) - whole.summary.living(0, 4));
    ++cases;

    RC_ASSERT(outcome_of(work, first, count, 8, 1) == whole);
    RC_ASSERT(outcome_of(work, first, count, 4, 2) == whole);
    RC_ASSERT(outcome_of(work, first, count, 16, 5) == whole);
    RC_ASSERT(outcome_of(work, first, count, 1, 5) == whole);
    const auto rows = rows_in<double>(work, first, count);
    RC_ASSERT(same_rows(work, rows_in<Pack<4>>(work, first, count), rows));
    RC_ASSERT(same_rows(work, rows_in<Pack<16>>(work, first, count), rows));

    // Three shards, each its own way, in any order.
    const auto low = *rc::gen::inRange<std::uint64_t>(0, count + 1), high = *rc::gen::inRange(low, count + 1);
    std::vector<std::pair<std::uint64_t, std::uint64_t>> shards{
        {first, low}, {first + low, high - low}, {first + high, count - high}};
    const std::size_t turn = *rc::gen::inRange<std::size_t>(0, 6);
    std::rotate(shards.begin(), shards.begin() + static_cast<std::ptrdiff_t>(turn % 3), shards.end());
    if (turn >= 3) std::swap(shards[0], shards[1]);
    Outcome merged{Summary(work.sums), {}};
    for (const auto& [from, members] : shards)
      merged.merge(outcome_of(work, from, members, *rc::gen::element(1, 4, 8, 16), *rc::gen::element(1, 2, 5)));
    RC_ASSERT(merged == whole);

    // Some members alone, the others in the stretches between them.
    Outcome pieces{Summary(work.sums), {}};
    std::uint64_t from = first;
    const int lanes = *rc::gen::element(4, 8, 16);
    for (std::uint64_t m = first; m <= first + count; ++m) {
      const bool by_himself = m < first + count && *rc::gen::inRange(0, 4) == 0;
      if (!by_himself && m < first + count) continue;
      pieces.merge(outcome_of(work, from, m - from, lanes, 1));
      if (by_himself) pieces.merge(outcome_of(work, m, 1, *rc::gen::element(1, lanes), 1));
      from = m + 1;
    }
    RC_ASSERT(pieces == whole);

    // And by adaptive steps, where one life's step must not become the next one's.
    const ReferencePath reference(body(), 1e-5);
    const std::uint64_t few = std::min<std::uint64_t>(count, 8), half = few / 2;
    const Outcome exact = outcome_by<double>(work, first, few, 1, reference);
    Outcome halves = outcome_by<double>(work, first + half, few - half, 5, reference);
    halves.merge(outcome_by<double>(work, first, half, 2, reference));
    RC_ASSERT(halves == exact);
  });
  CHECK(holds);
  MESSAGE(cases, " cases, ", entries, " entries in the logs, ", deaths, " deaths, ", failures, " failures");
  // There was something to compare.
  CHECK(kinds == std::set{EventKind::scheduled, EventKind::visit, EventKind::found, EventKind::triggered,
                          EventKind::random, EventKind::reaction, EventKind::stopped, EventKind::given_up,
                          EventKind::missed});
  CHECK(deaths > 10);
  CHECK(failures > 10);
}

// Writes down where lives stood at one report.
struct Porter {
  const Course& course;
  std::size_t at;
  std::map<std::uint64_t, Departure> put_aside;
  std::map<std::uint64_t, Trace> afterwards;

  template <class Value>
  void report(const Life& life, std::size_t index, const Value& value) {
    std::vector<double> frame;
    for (std::size_t s = 0; s < course.composition->size(); ++s) frame.push_back(value(static_cast<Slot>(s)));
    if (index > at) {
      std::vector<double>& seen = afterwards[life.member].seen;
      seen.insert(seen.end(), frame.begin(), frame.end());
    } else if (index == at) {
      afterwards[life.member] = {};
      put_aside[life.member] = {life, true, {}, frame};
    }
  }
  void happened(const EventRecord& record) {
    if (const auto trace = afterwards.find(record.member); trace != afterwards.end())
      trace->second.events.push_back(record);
  }
  template <class Value>
  void finished(const Life& life, const Value&) {
    if (const auto trace = afterwards.find(life.member); trace != afterwards.end()) trace->second.life = life;
  }
};

template <class R, class Path>
std::pair<Porter, Porter> put_aside_and_taken_up(const Course& course, std::size_t report, const Path& path) {
  std::uint64_t departed = 0;
  std::map<std::uint64_t, std::vector<double>> persons;
  const auto all = [&](Departure& d) {
    if (departed == 40) return false;
    d.life.member = departed;
    d.life.arm = static_cast<std::uint32_t>(departed % course.arms.size());
    StartBody<double>{}(departed++, d.base);
    d.frame = persons[d.life.member] = d.base;
    return true;
  };
  Porter whole{course, report, {}, {}};
  Convoy<R, Path>(course, path).carry(all, whole, true);
  Porter rest{course, report, {}, {}};
  for (const auto& [member, life] : whole.put_aside) rest.afterwards[member] = {};
  auto next = whole.put_aside.rbegin();  // the other way round, so that everybody has other mates
  const auto again = [&](Departure& d) {
    if (next == whole.put_aside.rend()) return false;
    d = next->second;
    d.base = persons[next++->first];
    return true;
  };
  Convoy<R, Path>(course, path).carry(again, rest, true);
  return {std::move(whole), std::move(rest)};
}

TEST_CASE("a life put aside at a report and taken up again goes on with the same bits") {
  std::size_t taken_up = 0, events = 0;
  const bool holds = rc::check([&] {
    const Work work = any_work();
    const std::size_t report = *rc::gen::inRange<std::size_t>(0, 4);
    const auto check = [&](const std::pair<Porter, Porter>& both) {
      RC_ASSERT(both.first.afterwards == both.second.afterwards);
      taken_up += both.first.put_aside.size();
      for (const auto& [member, trace] : both.first.afterwards) events += trace.events.size();
    };
    check(put_aside_and_taken_up<double>(work.spec, report, LanePath<double>(body())));
    check(put_aside_and_taken_up<Pack<8>>(work.spec, report, LanePath<Pack<8>>(body())));
    check(put_aside_and_taken_up<double>(work.spec, report, ReferencePath(body(), 1e-5)));
  });
  CHECK(holds);
  CHECK(taken_up > 1000);  // there was something to compare
  CHECK(events > 1000);
}

TEST_CASE("a life to which nothing happens has the same bits in a convoy and by following the legs of its schedule") {
  const bool holds = rc::check([] {
    PlanSpec plan;
    plan.modifiers = any_plan().modifiers;
    Course course;
    course.composition = &body();
    course.arms.emplace_back(body(), plan, horizon);
    course.reports_d = {10.0, 31.7, 60.0, horizon};
    course.base_step_d = *rc::gen::element(1.7, 5.0, 15.21875, 40.0);
    const auto person = [&](std::uint64_t member) {
      std::vector<double> frame;
      StartBody<double>{}(member, frame);
      frame[body().slot("frailty")] = 0.0;
      frame[body().slot("clock_time")] = 0.01;  // nobody sees the clocks of events, which stand in `follow`
      return frame;
    };
    const std::vector<Trace> traces = carry<Pack<4>>(course, {0, 1, 2, 4, 6, 7}, person);
    for (const Trace& trace : traces) {
      std::vector<double> frame = person(trace.life.member), states;
      LanePath<double> path(body());
      const Schedule& schedule = course.arms[0].schedule();
      follow(body(), schedule, lay_legs(schedule.switches(), course.reports_d, course.base_step_d), path, frame,
             [&](std::size_t, const std::vector<double>& f) {
               states.insert(states.end(), f.begin(), f.begin() + static_cast<std::ptrdiff_t>(body().states()));
             });
      RC_ASSERT(states.size() == course.reports_d.size() * body().states());
      for (std::size_t k = 0; k < states.size(); ++k)
        RC_ASSERT(same_bits(states[k], trace.seen[k / body().states() * body().size() + k % body().states()]));
    }
  });
  CHECK(holds);
}

}  // namespace
}  // namespace healthspan
