#include <healthspan/core/path.hpp>
#include <healthspan/models/hospital_stay.hpp>
#include <healthspan/models/spiral.hpp>

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>
#include <limits>

namespace healthspan::models {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// A root of f between a and b, where f changes sign, to about 1e-14 (Illinois method).
template <class F>
double root_between(F&& f, double a, double fa, double b, double fb) {
  int side = 0;
  double x = a;
  for (int i = 0; i < 100 && std::fabs(b - a) > 1e-15; ++i) {
    x = (a * fb - b * fa) / (fb - fa);
    const double fx = f(x);
    if (std::fabs(fx) < 1e-15) return x;
    if ((fx > 0) == (fa > 0)) {
      a = x;
      fa = fx;
      if (side == 1) fb *= 0.5;
      side = 1;
    } else {
      b = x;
      fb = fx;
      if (side == -1) fa *= 0.5;
      side = -1;
    }
  }
  return x;
}

// The extremum of f in [a, c] around b, by golden section; `sign` +1 for a maximum.
template <class F>
std::pair<double, double> extremum(F&& f, double a, double c, int sign) {
  const double golden = 0.5 * (std::sqrt(5.0) - 1.0);
  double x1 = c - golden * (c - a), x2 = a + golden * (c - a);
  double f1 = sign * f(x1), f2 = sign * f(x2);
  for (int i = 0; i < 22; ++i) {
    if (f1 > f2) {
      c = x2;
      x2 = x1;
      f2 = f1;
      x1 = c - golden * (c - a);
      f1 = sign * f(x1);
    } else {
      a = x1;
      x1 = x2;
      f1 = f2;
      x2 = a + golden * (c - a);
      f2 = sign * f(x2);
    }
  }
  return f1 > f2 ? std::pair{x1, sign * f1} : std::pair{x2, sign * f2};
}

// Slowest time constant of the loop block at the equilibrium that `frame` is at.
double loop_mode_d(const Composition& composition, std::vector<double> frame) {
  const std::vector<Slot> loop{composition.slot("muscle_index"), composition.slot("neural_quality"),
                               composition.slot("oxygen_uptake_at_start_size"), composition.slot("activity"),
                               composition.slot("inflammation")};
  const auto n = static_cast<Eigen::Index>(loop.size());
  Eigen::MatrixXd jacobian(n, n);
  std::vector<double> up(composition.states()), down(composition.states());
  for (Eigen::Index j = 0; j < n; ++j) {
    const Slot s = loop[static_cast<std::size_t>(j)];
    const double at = frame[s], h = 1e-5 * std::max(0.1, std::fabs(at));  // near the cube root of epsilon
    frame[s] = at + h;
    composition.right_hand_side(frame.data(), up.data());
    frame[s] = at - h;
    composition.right_hand_side(frame.data(), down.data());
    frame[s] = at;
    for (Eigen::Index i = 0; i < n; ++i) {
      const Slot row = loop[static_cast<std::size_t>(i)];
      jacobian(i, j) = (up[row] - down[row]) / (2 * h);
    }
  }
  const double slowest = Eigen::EigenSolver<Eigen::MatrixXd>(jacobian, false).eigenvalues().real().maxCoeff();
  return -1.0 / slowest;
}

}  // namespace

std::string_view to_string(SpiralClass c) {
  switch (c) {
    case SpiralClass::monostable: return "monostable";
    case SpiralClass::near_fold: return "near_fold";
    case SpiralClass::bistable: return "bistable";
  }
  return "";
}

ScalarMap::ScalarMap(const Composition& composition, const std::vector<double>& frame)
    : composition_(composition),
      frame_(frame),
      rates_(composition.states()),
      settled_(composition.states()),
      activity_(composition.slot("activity")),
      fat_(composition.slot("fat_mass")),
      intake_(composition.slot("appetite")),
      muscle_(composition.slot("muscle_index")),
      fat_guess_(frame[fat_]) {
  if (composition.slots()[activity_].kind != Kind::state || composition.slots()[intake_].kind != Kind::state)
    throw Error(ErrorCode::composition, "the spiral needs the modules activity and appetite");
}

double ScalarMap::balance(double fat, double activity, double tolerance) {
  frame_[fat_] = fat;
  double target = activity;
  // Intake, drive, protein and muscle read each other; each round brings them about ten times nearer.
  for (int round = 0; round < 40; ++round) {
    const double target_before = target, intake_before = frame_[intake_], muscle_before = frame_[muscle_];
    frame_[activity_] = activity;
    composition_.settle(frame_.data(), settled_.data());
    std::copy(settled_.begin(), settled_.end(), frame_.begin());
    target = frame_[activity_];
    if (round > 2 && std::fabs(target - target_before) <= tolerance &&
        std::fabs(frame_[intake_] - intake_before) <= tolerance * frame_[intake_] &&
        std::fabs(frame_[muscle_] - muscle_before) <= tolerance)
      break;
  }
  frame_[activity_] = activity;
  composition_.right_hand_side(frame_.data(), rates_.data());
  frame_[activity_] = target;  // g() reads it here
  return rates_[fat_];
}

double ScalarMap::g(double activity, double tolerance) {
  double fat = fat_guess_, rate = balance(fat, activity, tolerance);
  for (int i = 0; i < 60; ++i) {
    const double next = std::clamp(fat - rate / fat_slope_, 0.7 * fat, 1.4 * fat);
    if (!(std::fabs(next - fat) > tolerance * fat)) break;
    const double next_rate = balance(next, activity, tolerance);
    const double slope = (next_rate - rate) / (next - fat);
    if (slope < 0) fat_slope_ = slope;
    fat = next;
    rate = next_rate;
  }
  fat_guess_ = fat;
  const double result = frame_[activity_] - activity;
  frame_[activity_] = activity;
  composition_.outputs(frame_.data());
  return result;
}

SpiralReport analyse_spiral(const Composition& composition, const std::vector<double>& frame, double near) {
  ScalarMap map(composition, frame);
  // The scan only has to see signs and extrema; roots are closed to rounding.
  const auto g = [&](double a) { return map.g(a, 1e-6); };
  const auto exact = [&](double a) { return map.g(a, 1e-15); };
  struct Point {
    double a, g;
  };
  std::vector<Point> points;
  constexpr int count = 24;
  // Between a quarter of the floor, to which starvation may bring it, and all that is wanted lies every equilibrium.
  const double floor = frame[composition.slot("activity_floor")], will = frame[composition.slot("activity_will")];
  const double low = 0.25 * floor, high = 1.05 * (floor + will);
  for (int k = 0; k < count; ++k) {
    const double a = low * std::pow(high / low, k / (count - 1.0));
    points.push_back({a, g(a)});
  }
  // Local extrema of the samples are refined and join them: a pair of roots next to a fold lies between samples.
  SpiralReport report{SpiralClass::monostable, {}, nan, nan};
  std::vector<Point> refined = points;
  for (std::size_t k = 1; k + 1 < points.size(); ++k) {
    const double before = points[k].g - points[k - 1].g, after = points[k + 1].g - points[k].g;
    if (before * after >= 0) continue;
    const auto [a, value] = extremum(g, points[k - 1].a, points[k + 1].a, before > 0 ? 1 : -1);
    refined.push_back({a, value});
    if (!(std::fabs(value) >= std::fabs(report.gap))) report.gap = value;
  }
  std::sort(refined.begin(), refined.end(), [](const Point& p, const Point& q) { return p.a < q.a; });

  for (std::size_t k = refined.size() - 1; k > 0; --k) {
    const Point &p = refined[k - 1], &q = refined[k];
    if ((p.g > 0) == (q.g > 0)) continue;
    const double a = root_between(exact, p.a, p.g, q.a, q.g);
    exact(a);
    const std::vector<double>& at = map.frame();
    const bool stable = p.g > 0;
    if (stable && std::isnan(report.loop_mode_d)) report.loop_mode_d = loop_mode_d(composition, at);
    report.equilibria.push_back({a, at[composition.slot("strength")], at[composition.slot("body_weight")], stable});
  }
  if (report.equilibria.size() >= 3)
    report.kind = SpiralClass::bistable;
  else if (std::fabs(report.gap) <= near)
    report.kind = SpiralClass::near_fold;
  return report;
}

std::optional<double> recovery_time_d(const Composition& composition, const std::vector<double>& frame) {
  const double week = 7.0, horizon = 3652.0;
  const HospitalStay stay{0.0, 14.0};
  const Slot activity = composition.slot("activity");
  std::vector<double> reports;
  for (double t = week; t <= horizon; t += week) reports.push_back(t);
  const auto path_of = [&](const std::vector<Modifier>& modifiers) {
    const Schedule schedule(composition, modifiers, horizon);
    std::vector<double> values;
    std::vector<double> life = frame;
    LanePath<double> path(composition);
    follow(composition, schedule, lay_legs(schedule.switches(), reports, 15.21875), path, life,
           [&](std::size_t, const std::vector<double>& at) { values.push_back(at[activity]); });
    return values;
  };
  const std::vector<double> calm = path_of({}), struck = path_of(stay.modifiers());
  double worst = 0;
  for (std::size_t k = 0; k < reports.size(); ++k) {
    const double lost = calm[k] - struck[k];
    worst = std::max(worst, lost);
    // Once ageing has taken the other path down too, there is nothing left to come back to; and who is inactive has
    // nothing to lose.
    if (calm[k] < 0.5 * calm[0]) break;
    if (reports[k] > stay.length_d && worst < 0.1) break;
    if (reports[k] > stay.length_d && lost <= 0.1 * worst) {
      const double before = calm[k - 1] - struck[k - 1], share = (before - 0.1 * worst) / (before - lost);
      return reports[k - 1] + share * (reports[k] - reports[k - 1]) - stay.length_d;
    }
  }
  return std::nullopt;
}

}  // namespace healthspan::models
