#include <healthspan/core/schedule.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <string_view>

namespace healthspan {
namespace {

// clang-format off
struct Eater {
  static constexpr auto name = "eater";
  static constexpr auto summary = "";
  static constexpr auto W = state    <"weight">          (       "kg",      "");
  static constexpr auto I = input    <"energy_intake">   (2000., "kcal/d",  "");
  static constexpr auto S = input    <"steps_per_day">   (5000., "steps/d", "");
  static constexpr auto P = parameter<"energy_density">  (7700., "kcal/kg", fixed, assumed("toy"), "");
  static constexpr auto table = std::tuple{W, I, S, P};
  template <class R>
  static void rates(const Values<Eater, R>& x, const Rates<Eater, R>& d) { d[W] = x[I] / x[P]; }
};
// clang-format on

const Composition& eater() {
  static const Composition system({&module_type<Eater>()}, {});
  return system;
}

using enum Modifier::Operation;
constexpr double forever = 1e9;

// The value of `input` from the k-th switch on; 2000 or 5000 at rest.
double value(const Schedule& schedule, std::size_t k, std::string_view input) {
  const std::vector<double> base = eater().medians(true);
  std::vector<double> frame = base;
  schedule.apply(k, base, frame);
  return frame[eater().slot(input)];
}

Error error_of(const std::vector<Modifier>& modifiers) {
  try {
    const Schedule schedule(eater(), modifiers, 1000.0);
  } catch (const Error& e) {
    return e;
  }
  FAIL("the schedule was accepted");
  return {ErrorCode::usage, ""};
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST_CASE("modifiers replace, then multiply, then add, in whatever order they are written") {
  std::vector<Modifier> modifiers{{"energy_intake", replace, 1500.0, 0.0, forever},
                                  {"energy_intake", multiply, 2.0, 0.0, forever},
                                  {"energy_intake", add, 300.0, 0.0, forever}};
  std::sort(modifiers.begin(), modifiers.end(), [](auto& a, auto& b) { return a.operation < b.operation; });
  int orders = 0;
  do {
    const Schedule schedule(eater(), modifiers, 1000.0);
    CHECK(schedule.switches() == std::vector<double>{0.0});
    CHECK(value(schedule, 0, "energy_intake") == 3300.0);
    CHECK(value(schedule, 0, "steps_per_day") == 5000.0);
    ++orders;
  } while (std::next_permutation(modifiers.begin(), modifiers.end(),
                                 [](auto& a, auto& b) { return a.operation < b.operation; }));
  CHECK(orders == 6);
}

TEST_CASE("factors multiply together and shifts add up, on the value at rest when nothing replaces it") {
  const Schedule schedule(eater(),
                          {{"energy_intake", multiply, 2.0, 0.0, forever},
                           {"energy_intake", multiply, 0.75, 0.0, forever},
                           {"energy_intake", add, 10.0, 0.0, forever},
                           {"energy_intake", add, -30.0, 0.0, forever}},
                          1000.0);
  CHECK(value(schedule, 0, "energy_intake") == 2980.0);
}

TEST_CASE("a modifier acts from its beginning, included, to its end, excluded, and leaves the old value behind") {
  const Schedule schedule(eater(),
                          {{"energy_intake", multiply, 0.5, 10.0, 40.0},
                           {"energy_intake", add, 100.0, 20.0, 30.0},
                           {"steps_per_day", replace, 0.0, 40.0, forever}},
                          1000.0);
  REQUIRE(schedule.switches() == std::vector<double>{10.0, 20.0, 30.0, 40.0});
  CHECK(value(schedule, 0, "energy_intake") == 1000.0);
  CHECK(value(schedule, 1, "energy_intake") == 1100.0);
  CHECK(value(schedule, 2, "energy_intake") == 1000.0);
  CHECK(value(schedule, 3, "energy_intake") == 2000.0);
  CHECK(value(schedule, 2, "steps_per_day") == 5000.0);
  CHECK(value(schedule, 3, "steps_per_day") == 0.0);
}

TEST_CASE("a modifier that began before the start acts from the start; one outside the horizon makes no switch") {
  const Schedule schedule(eater(),
                          {{"energy_intake", replace, 1.0, -50.0, 5.0},
                           {"steps_per_day", replace, 2.0, -50.0, 0.0},
                           {"steps_per_day", replace, 3.0, 1000.0, 2000.0},
                           {"steps_per_day", replace, 4.0, 30.0, 30.0},
                           {"energy_intake", replace, 5.0, 900.0, 1000.0}},
                          1000.0);
  REQUIRE(schedule.switches() == std::vector<double>{0.0, 5.0, 900.0});
  CHECK(value(schedule, 0, "energy_intake") == 1.0);
  CHECK(value(schedule, 1, "energy_intake") == 2000.0);
  CHECK(value(schedule, 2, "energy_intake") == 5.0);
  CHECK(value(schedule, 0, "steps_per_day") == 5000.0);
}

TEST_CASE("two replacements of one input at one time are an error that names it; one after the other is none") {
  const Error both =
      error_of({{"energy_intake", replace, 1.0, 10.0, 30.0}, {"energy_intake", replace, 2.0, 20.0, 40.0}});
  CHECK(both.code() == ErrorCode::composition);
  CHECK(contains(both.what(), "two interventions set \"energy_intake\""));
  const Schedule in_turn(eater(),
                         {{"energy_intake", replace, 1.0, 10.0, 20.0},
                          {"energy_intake", replace, 2.0, 20.0, 30.0},
                          {"steps_per_day", replace, 3.0, 10.0, 30.0}},
                         1000.0);
  CHECK(value(in_turn, 0, "energy_intake") == 1.0);
  CHECK(value(in_turn, 1, "energy_intake") == 2.0);
  CHECK(value(in_turn, 1, "steps_per_day") == 3.0);
}

TEST_CASE("a modifier of an unknown input is an error with the nearest name, even where it never acts") {
  const Error unknown = error_of({{"energy_intak", add, 1.0, 5000.0, 6000.0}});
  CHECK(unknown.code() == ErrorCode::unknown_name);
  CHECK(contains(unknown.what(), "\"energy_intak\""));
  CHECK(contains(unknown.what(), "did you mean \"energy_intake\"?"));
}

TEST_CASE("a modifier of what a module owns, or of time, is an error") {
  for (const char* owned : {"weight", "energy_density"}) {
    const Error error = error_of({{owned, add, 1.0, 0.0, 1.0}});
    CHECK(error.code() == ErrorCode::composition);
    CHECK(contains(error.what(), "\"" + std::string(owned) + "\" is owned by eater"));
  }
  const Error error = error_of({{"time", add, 1.0, 0.0, 1.0}});
  CHECK(error.code() == ErrorCode::composition);
  CHECK(contains(error.what(), "\"time\""));
}

std::vector<double> lengths(const std::vector<Leg>& legs, double from_d) {
  std::vector<double> result;
  for (const Leg& leg : legs)
    if (leg.begin_d >= from_d) result.push_back(leg.length_d);
  return result;
}

TEST_CASE("legs have the base length in calm, and grow 2, 2, 4, 8 after a switch") {
  // All numbers here are exact in binary, so are the lengths.
  const std::vector<Leg> calm = lay_legs({}, {160.0}, 16.0);
  CHECK(lengths(calm, 0.0) == std::vector<double>(10, 16.0));
  const std::vector<Leg> legs = lay_legs({32.0}, {160.0}, 16.0);
  CHECK(lengths(legs, 0.0) == std::vector<double>{16, 16, 2, 2, 4, 8, 16, 16, 16, 16, 16, 16, 16});
  CHECK(legs[2].switch_index == 0);
  const std::vector<Leg> at_start = lay_legs({0.0}, {32.0}, 16.0);
  CHECK(lengths(at_start, 0.0) == std::vector<double>{2, 2, 4, 8, 16});
  CHECK(at_start[0].switch_index == 0);
  // A new switch starts the growth again; a report time does not.
  CHECK(lengths(lay_legs({0.0, 8.0}, {32.0, 48.0}, 16.0), 0.0) == std::vector<double>{2, 2, 4, 2, 2, 4, 8, 8, 16});
  // What is left before a stop is cut evenly: 15 is laid as 2, 2, 4, 7 and 21 as 2, 2, 4, 6.5, 6.5.
  CHECK(lengths(lay_legs({0.0}, {15.0}, 16.0), 0.0) == std::vector<double>{2, 2, 4, 7});
  CHECK(lengths(lay_legs({0.0}, {21.0}, 16.0), 0.0) == std::vector<double>{2, 2, 4, 6.5, 6.5});
  // A base step below the first step stays the base step.
  CHECK(lengths(lay_legs({0.0}, {3.0}, 1.0), 0.0) == std::vector<double>{1, 1, 1});
}

TEST_CASE("a report time before the first leg is passed over") {
  const std::vector<Leg> legs = lay_legs({}, {0.0, 10.0}, 16.0);
  REQUIRE(legs.size() == 1);
  CHECK(legs[0].report_index == 1);
}

TEST_CASE("over random schedules the legs land on every switch and report, never pass one, and are never too long") {
  std::mt19937_64 bits(20);  // any seed: the facts hold for all
  const auto between = [&](double a, double b) { return a + (b - a) * static_cast<double>(bits() >> 11) * 0x1p-53; };
  for (int trial = 0; trial < 2000; ++trial) {
    const double horizon = between(1.0, 3000.0), base = between(0.5, 40.0), first = between(0.25, 4.0);
    std::vector<double> switches, reports;
    for (std::uint64_t n = bits() % 8; n > 0; --n) switches.push_back(between(0.0, horizon));
    if (bits() % 2) switches.push_back(0.0);
    for (std::uint64_t n = bits() % 12; n > 0; --n) reports.push_back(between(0.0, horizon));
    if (!switches.empty() && bits() % 2) reports.push_back(std::max(1e-3, switches.front()));  // one on a switch
    // Neighbours in the last place: a leg between them is as short as a leg can be.
    if (bits() % 4 == 0) reports.push_back(std::nextafter(horizon, 0.0));
    reports.push_back(horizon);
    for (auto* times : {&switches, &reports}) {
      std::sort(times->begin(), times->end());
      times->erase(std::unique(times->begin(), times->end()), times->end());
    }

    const std::vector<Leg> legs = lay_legs(switches, reports, base, first);
    REQUIRE(!legs.empty());
    CHECK(legs.front().begin_d == 0.0);
    std::size_t next_switch = 0, next_report = 0;
    double total = 0.0, last_switch = -1e300;
    bool fine = true;
    for (std::size_t i = 0; i < legs.size(); ++i) {
      const Leg& leg = legs[i];
      const double end = i + 1 < legs.size() ? legs[i + 1].begin_d : horizon;
      fine &= leg.length_d > 0.0 && end > leg.begin_d;
      // begin + length is the next beginning, but for its rounding: at most half a unit of 4096 d each for the
      // difference and for the sum.
      fine &= std::fabs(leg.begin_d + leg.length_d - end) <= 0x1p-40;
      if (next_switch < switches.size() && switches[next_switch] == leg.begin_d) {
        fine &= leg.switch_index == static_cast<int>(next_switch++);
        last_switch = leg.begin_d;
      } else {
        fine &= leg.switch_index == -1;
      }
      if (reports[next_report] == end)
        fine &= leg.report_index == static_cast<int>(next_report++);
      else
        fine &= leg.report_index == -1;
      if (next_switch < switches.size()) fine &= end <= switches[next_switch];
      if (next_report < reports.size()) fine &= end <= reports[next_report];
      fine &= leg.length_d <= base;
      fine &= leg.length_d <= std::max(first, leg.begin_d - last_switch);
      total += leg.length_d;
    }
    CHECK(fine);
    CHECK(next_switch == switches.size());
    CHECK(next_report == reports.size());
    // At most 3000 / 0.25 legs, each with a rounding of the sum and of its end below 2^-41 d: 5e-9 d in all.
    CHECK(std::fabs(total - horizon) < 1.2e4 * 0x1p-40);
  }
}

}  // namespace
}  // namespace healthspan
