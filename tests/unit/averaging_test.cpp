#include <healthspan/core/averaging.hpp>
#include <healthspan/core/checked.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>

namespace healthspan {
namespace {

using std::numbers::pi;

// x follows cos(2 pi t) at rate k: after the start is forgotten, an oscillation of mean 0 and mean square
// (1/2) / (1 + (2 pi / k)^2).
double mean_square(double k) { return 0.5 / (1.0 + (2.0 * pi / k) * (2.0 * pi / k)); }

template <int steps, int warm_up>
SimulatedDay<double, 1, 2> follower(double k, double start, double decay) {
  return simulate_day<steps, warm_up>(
      1.0, std::array{start}, std::array{decay}, [](double time) { return std::cos(2.0 * pi * time); },
      [k](const std::array<double, 1>& x, double f) { return std::array{k * (f - x[0])}; },
      [](const std::array<double, 1>& x) {
        return std::array{x[0], x[0] * x[0]};
      });
}

template <int steps>
double error(double k, double decay) {
  return std::fabs(follower<steps, 4>(k, 0.0, decay).mean[1] - mean_square(k));
}

// Halving the step of a fourth-order method divides its error by 16; 12 leaves room for the next order. A step of
// 1/32 leaves about (2 pi / 32)^4 / 5! = 1.2e-5.
TEST_CASE("the mean of a square over a day is found to fourth order, and is not the square of the mean") {
  for (const double decay : {0.0, 8.0}) {  // with nothing taken as linear decay it is the classical method
    INFO("decay ", decay);
    CHECK(error<32>(8.0, decay) < 2e-5);
    CHECK(error<16>(8.0, decay) > 12.0 * error<32>(8.0, decay));
    CHECK(error<32>(8.0, decay) > 12.0 * error<64>(8.0, decay));
  }
  const auto day = follower<64, 4>(8.0, 0.0, 8.0);
  CHECK(std::fabs(day.mean[0]) < 1e-12);  // by symmetry, but for exp(-32) of the start; its square is not 0.31
  CHECK(mean_square(8.0) > 0.3);
}

// At 400 per day and 96 steps h k is 4, beyond the 2.8 at which the classical method breaks up.
TEST_CASE("a decay of minutes does not dictate the step, and costs at most one order") {
  CHECK(error<96>(400.0, 400.0) < 1e-6);                           // (2 pi / 96)^4 / 5! = 1.5e-7
  CHECK(error<48>(400.0, 400.0) > 6.0 * error<96>(400.0, 400.0));  // 8 for the third order
  CHECK_FALSE(error<96>(400.0, 0.0) < 1.0);
}

// exp(-k) a day, to the accuracy of the integrator.
TEST_CASE("the start is forgotten at the rate of the fast state, and the day says how far from periodic it is") {
  const double k = 2.0;
  const auto near = follower<64, 2>(k, 0.0, k), far = follower<64, 2>(k, 10.0, k);
  CHECK(std::fabs((far.first[0] - near.first[0]) - 10.0 * std::exp(-2 * k)) < 1e-12);
  CHECK(std::fabs((far.last[0] - near.last[0]) - 10.0 * std::exp(-3 * k)) < 1e-12);
  CHECK(std::fabs(far.last[0] - far.first[0]) > 0.1);
  const auto settled = follower<64, 16>(k, 10.0, k);
  CHECK(std::fabs(settled.last[0] - settled.first[0]) < 1e-12);
}

TEST_CASE("the work is the same whatever the numbers: four evaluations a step, and the forcing of one day") {
  for (const double start : {0.0, 1e6, std::nan("")}) {
    int evaluations = 0, forcings = 0, watched = 0;
    simulate_day<10, 2>(
        1.0, std::array{start, start}, std::array{1.0, 0.0},
        [&](double) {
          ++forcings;
          return 0.0;
        },
        [&](const std::array<double, 2>& x, double) {
          ++evaluations;
          return std::array{-x[0], x[0] - x[1]};
        },
        [&](const std::array<double, 2>& x) {
          ++watched;
          return std::array{x[1]};
        });
    CHECK(evaluations == 4 * 10 * (2 + 1));
    CHECK(forcings == 2 * 10);
    CHECK(watched == 10 + 1);
  }
}

TEST_CASE("units are checked through the day: the mean has the unit of what is watched, and a wrong one throws") {
  const auto simulate = [](const char* decay_unit) {
    const Checked day(1.0, Unit("d"), {}), k(3.0, Unit(decay_unit), {}), level(2.0, Unit("kg"), {});
    return simulate_day<4, 1>(
        day, std::array{level}, std::array{k}, [&](const Checked& time) { return level * (time / day); },
        [&](const std::array<Checked, 1>& x, const Checked& f) { return std::array{k * (f - x[0])}; },
        [](const std::array<Checked, 1>& x) { return std::array{x[0] * x[0]}; });
  };
  CHECK(simulate("1/d").mean[0].unit == Unit("kg^2"));
  CHECK_THROWS_AS(simulate("1/min"), Error);
}

}  // namespace
}  // namespace healthspan
