#include <healthspan/core/ensemble.hpp>
#include <healthspan/scenarios/when.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

using namespace healthspan;
using namespace healthspan::scenarios;

namespace {

// clang-format off
// Untreated x' = m + x^2, which runs away in finite time; treated x' = -k + x^2, which returns from below sqrt(k).
struct Runaway {
  static constexpr auto name = "runaway";
  static constexpr auto summary = "";
  static constexpr auto x       = state    <"load">   (       "1", "");
  static constexpr auto treated = input    <"treated">(0.0,   "1", "");
  static constexpr auto m       = parameter<"drift">  (0.04,  "1", fixed, assumed("toy"), "");
  static constexpr auto k       = parameter<"effect"> (0.25,  "1", fixed, assumed("toy"), "");
  static constexpr auto rate    = parameter<"speed">  (1.0, "1/d", fixed, assumed("toy"), "");
  static constexpr auto table = std::tuple{x, treated, m, k, rate};
  template <class R>
  static void rates(const Values<Runaway, R>& v, const Rates<Runaway, R>& d) {
    d[x] = v[rate] * (v[m] - v[treated] * (v[m] + v[k]) + v[x] * v[x]);
  }
};
// clang-format on

// How far below the threshold a life ends that starts at -1 and is treated from some day on; NaN where it ran away.
double margin_of_returning(double treated_from_d) {
  static const Composition system({&module_type<Runaway>()}, {});
  constexpr double horizon_d = 80;  // 1e-6 of T* beside it, a life leaves the threshold by e^(2 sqrt(k) t) in 13 d
  EnsembleSpec spec;
  spec.composition = &system;
  spec.arms = {Plan(system, {{"treated", Modifier::Operation::replace, 1.0, treated_from_d, 1e9}}, horizon_d)};
  spec.reports_d = {0, horizon_d};
  spec.columns = {system.slot("load")};
  spec.base_step_d = 1;
  const auto start = [](std::uint64_t, std::vector<double>& frame) {
    frame = system.medians(true);
    frame[system.slot("load")] = -1;
  };
  MemberRunner<double, decltype(start), ReferencePath> runner(spec, start, ReferencePath(system, 1e-10));
  double end = std::nan("");
  runner.run(0, 1, [&](const MemberRow& row) {
    if (!row.failed()) end = row.arms[0].values.back();
  });
  return 0.5 - end;  // sqrt(k) = 0.5
}

}  // namespace

TEST_CASE("the latest start from which treatment still turns a runaway is that of the closed form") {
  // atan(x / sqrt(m)) / sqrt(m) is the time at which the untreated life passes x; beyond sqrt(k) it does not return.
  const double m = 0.04, k = 0.25, x0 = -1;
  const double exact = (std::atan(std::sqrt(k / m)) - std::atan(x0 / std::sqrt(m))) / std::sqrt(m);
  CHECK(std::fabs(exact - 12.81845358) < 1e-8);
  const LatestStart found = latest_start(0, 20, 11, 1e-6, margin_of_returning);
  REQUIRE(found.at_d.has_value());
  // The search stops within 1e-6 d; a tolerance of 1e-10 a step moves x by 1e-9 or so, and T* by that over m + k.
  CHECK(std::fabs(*found.at_d / exact - 1) < 1e-6);
  CHECK(found.changes == 1);
}

TEST_CASE("a search says how often met and not met take turns, and finds the last of them") {
  const auto islands = [](double t) { return std::sin(t); };  // met from 0 to pi and from 2 pi to 3 pi
  const LatestStart found = latest_start(0, 12, 13, 1e-9, islands);
  REQUIRE(found.at_d.has_value());
  CHECK(std::fabs(*found.at_d - 3 * M_PI) < 1e-9);
  CHECK(found.changes == 3);
}

TEST_CASE("a search says where no start meets, and where even the last does") {
  CHECK_FALSE(latest_start(0, 5, 3, 1, [](double) { return -1.0; }).at_d.has_value());
  CHECK_FALSE(latest_start(0, 5, 3, 1, [](double) { return std::nan(""); }).at_d.has_value());
  const LatestStart all = latest_start(0, 5, 3, 1, [](double) { return 0.0; });
  CHECK(*all.at_d == 5);
  CHECK(all.changes == 0);
  CHECK_THROWS_AS(latest_start(0, 5, 1, 1, [](double) { return 0.0; }), Error);
  CHECK_THROWS_AS(latest_start(5, 5, 2, 1, [](double) { return 0.0; }), Error);
}

TEST_CASE("a search for what cannot be found more closely than numbers lie ends") {
  const LatestStart found = latest_start(0, 1e6, 2, 1e-300, [](double t) { return 1e5 - t; });
  CHECK(*found.at_d == 1e5);
}

TEST_CASE("goals are read as they are written") {
  const Goal frail = goal_of("P(frail at 10 y) <= 0.2", "--goal");
  CHECK(frail.measure == "P(frail at 10 y)");
  CHECK(frail.of == Goal::Of::share);
  CHECK(frail.name == "frail");
  CHECK(*frail.at_d == 3652.5);
  CHECK(frail.is == Goal::Is::at_most);
  CHECK(frail.level == 0.2);
  const Goal speed = goal_of(" mean( gait_speed at 60 months )>=0.8", "--goal");
  CHECK(speed.of == Goal::Of::mean);
  CHECK(*speed.at_d == doctest::Approx(1826.25).epsilon(1e-12));
  CHECK(speed.level == 0.8);
  const Goal years = goal_of("healthy_life_years", "--goal");
  CHECK(years.of == Goal::Of::outcome);
  CHECK(years.is == Goal::Is::open);
  CHECK(goal_of("alive >= 0.5", "--goal").of == Goal::Of::share);
  for (const char* wrong : {"", "P(frail", "P() <= 1", "frail <= ", "frail <= x", "frail < 1", "frail <= nan",
                            "P(frail at 10 y)) <= 1", "mean(x) <= 1 2"})
    CHECK_THROWS_AS(goal_of(wrong, "--goal"), Error);
  CHECK_THROWS_AS(goal_of("P(frail at 10 kg) <= 1", "--goal"), Error);
  CHECK_THROWS_AS(goal_of(std::string(1000, 'x'), "--goal"), Error);
}
