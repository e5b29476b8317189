// When at the latest: how long an intervention can wait and still reach a goal, or keep a share of what it does.
#pragma once

#include <healthspan/scenarios/run.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace healthspan::scenarios {

// One start that was tried; the goal is met where the margin is 0 or more. NaN counts as not met.
struct Tried {
  double start_d = 0, margin = 0;
  bool met() const { return margin >= 0; }
};

struct LatestStart {
  std::vector<Tried> tried;    // by start
  std::optional<double> at_d;  // the latest start that was seen to meet; none where no start did
  std::size_t changes = 0;     // between met and not met along the grid: more than one is no single latest start
};

// A grid of `points` starts, since the response need not be monotone; then bisection behind the last start that
// meets, to within `precision_d`. Throws Error(usage) for fewer than two points, an empty stretch, or no precision.
LatestStart latest_start(double earliest_d, double latest_d, std::size_t points, double precision_d,
                         const std::function<double(double start_d)>& margin);

// What is asked of one arm: "P(frail at 10 y) <= 0.2", "mean(gait_speed at 5 years) >= 0.8",
// "healthy_life_years >= 5"; without a comparison only what is measured.
struct Goal {
  enum class Of { share, mean, outcome };
  enum class Is { open, at_most, at_least };

  std::string measure;  // as written, without the comparison
  Of of = Of::outcome;
  std::string name;            // of the class, quantity or outcome
  std::optional<double> at_d;  // the horizon where not given
  Is is = Is::open;
  double level = 0;
};

// Throws Error(syntax | wrong_unit | out_of_range) that begins with `option`.
Goal goal_of(const std::string& text, const std::string& option);

struct WhenOptions {
  std::string intervention;  // ARM, ARM/INDEX or ARM/TYPE
  Goal goal;
  std::optional<double> keep;  // this share of the largest effect, instead of a level
  double earliest_d = 0;
  std::optional<double> latest_d;  // the goal's time where not given
  std::size_t points = 13;
  double precision_d = 1;
  std::size_t resamples = 1000;
  RunOptions run;
};

struct TriedStart {
  double start_d = 0;
  double value = 0, error = 0;  // of the goal's measure, with its Monte Carlo error
  double kept = 0;              // share of the largest effect
  bool met = false;
};

// A stretch of the grid along which every later start does better than the one before it, beyond chance.
struct Rise {
  double from_d = 0, to_d = 0, by = 0, error = 0;
};

struct When {
  std::string arm;
  std::vector<std::string> interventions;  // in words, as the scenario has them
  double given_start_d = 0;                // of the earliest of them
  std::uint64_t members = 0;
  TriedStart without;              // the same arm without them
  std::vector<TriedStart> starts;  // by start
  std::optional<double> latest_d;  // none where no start meets
  double next_d = 0;               // the start after it that was seen not to meet; infinite where there is none
  double low_d = 0, high_d = 0;    // 95 % bootstrap interval over members
  double never = 0, always = 0;    // shares of the resamples in which no start, or even the last, meets
  std::size_t changes = 0;         // as in LatestStart
  std::vector<Rise> rises;         // each step by more than three standard errors
  double largest_effect_start_d = 0;
};

// All starts have the same members with the same luck, so what differs between them is the start. The interval is the
// percentile bootstrap over members. `done` is told of each start that was run. Throws Error(unknown_name | usage |
// out_of_range), and what run() throws.
When when(const Scenario& scenario, const WhenOptions& options,
          const std::function<void(std::size_t starts)>& done = {});

}  // namespace healthspan::scenarios
