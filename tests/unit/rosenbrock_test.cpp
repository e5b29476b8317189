#include <healthspan/core/rosenbrock.hpp>

#include <Eigen/LU>
#include <boost/numeric/odeint/integrate/integrate_adaptive.hpp>
#include <boost/numeric/odeint/stepper/controlled_runge_kutta.hpp>
#include <boost/numeric/odeint/stepper/generation/generation_controlled_runge_kutta.hpp>
#include <boost/numeric/odeint/stepper/generation/generation_runge_kutta_dopri5.hpp>
#include <boost/numeric/odeint/stepper/generation/make_controlled.hpp>
#include <boost/numeric/odeint/stepper/runge_kutta_dopri5.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

namespace healthspan {
namespace {

namespace odeint = boost::numeric::odeint;
using States = std::vector<double>;
using System = std::function<void(const States&, States&, double)>;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

static_assert(std::is_same_v<Rosenbrock4::stepper_category, odeint::controlled_stepper_tag>);

// Counts what an integration costs.
struct Counted {
  System system;
  long calls = 0;
  void operator()(const States& x, States& dxdt, double t) {
    ++calls;
    system(x, dxdt, t);
  }
};

struct Run {
  States x;
  long steps, calls;
};

template <class Stepper>
Run integrate(Stepper stepper, const System& system, States x, double end, double first_step) {
  Counted counted{system};
  const auto steps = odeint::integrate_adaptive(stepper, boost::ref(counted), x, 0.0, end, first_step);
  return {x, static_cast<long>(steps), counted.calls};
}

Run rosenbrock(double absolute, double relative, const System& system, const States& x, double end) {
  return integrate(Rosenbrock4(absolute, relative), system, x, end, 1e-6);
}

Run dopri5(double absolute, double relative, const System& system, const States& x, double end) {
  return integrate(odeint::make_controlled<odeint::runge_kutta_dopri5<States>>(absolute, relative), system, x, end,
                   1e-6);
}

// Largest error relative to what is wanted.
double error(const States& got, const States& want) {
  double worst = 0.0;
  for (std::size_t i = 0; i < want.size(); ++i) worst = std::max(worst, std::fabs(got[i] / want[i] - 1.0));
  return worst;
}

// `n` equal steps, all of them accepted because nothing is asked of them.
States even_steps(const System& system, States x, double begin, double end, int n) {
  Rosenbrock4 stepper(1e6, 1e6);
  for (int i = 0; i < n; ++i) {
    double t = begin + (end - begin) * i / n, dt = (end - begin) / n;
    REQUIRE(stepper.try_step(boost::cref(system), x, t, dt) == odeint::success);
  }
  return x;
}

// Mean order over the three halvings from `n` to 8 n steps.
template <class Error>
double measured_order(const Error& error_with, int n) {
  return std::log2(error_with(n) / error_with(8 * n)) / 3.0;
}

// P. Kaps (1981): the solution is (e^-2t, e^-t) for every epsilon. With it the problem is nonlinear and as stiff as
// one likes.
System kaps(double epsilon) {
  return [epsilon](const States& y, States& rate, double) {
    rate[0] = -(1.0 / epsilon + 2.0) * y[0] + y[1] * y[1] / epsilon;
    rate[1] = y[0] - y[1] * (1.0 + y[1]);
  };
}

// H. H. Robertson (1966), the three species of his autocatalytic reaction; rate constants 0.04, 1e4 and 3e7.
void robertson(const States& y, States& rate, double) {
  const double first = 0.04 * y[0], back = 1e4 * y[1] * y[2], second = 3e7 * y[1] * y[1];
  rate[0] = back - first;
  rate[1] = first - back - second;
  rate[2] = second;
}
const States robertson_start{1.0, 0.0, 0.0};
// W. H. Enright & J. D. Pryce, ACM Trans Math Softw 13:1 (1987), algorithm 648, stiff problem D2, in whose units the
// second and third species are 1e4 and 100 times as large. A Taylor series of order 24 in 34 digits, made for this
// test, gives 0.71582706871940509, 9.1855347645577639e-6 and 0.28416374574583035: the two agree to 5e-14.
const States robertson_at_40{0.7158270687193941, 9.185534764557338e-6, 0.2841637457458413};

// Van der Pol's oscillator with mu = 1000.
void van_der_pol(const States& y, States& rate, double) {
  rate[0] = y[1];
  rate[1] = 1000.0 * (1.0 - y[0] * y[0]) * y[1] - y[0];
}
const States van_der_pol_start{2.0, 0.0};
// F. Mazzia & C. Magherini, Test Set for Initial Value Problem Solvers 2.4 (2008), problem VDPOL, at t = 2000.
const States van_der_pol_at_2000{1.706167732170469, -0.8928097010248125e-3};

TEST_CASE("the table satisfies the conditions of order 4, of the embedded order 3, and of stiffness") {
  constexpr auto s = static_cast<Eigen::Index>(Rodasp::stages);
  using Matrix = Eigen::Matrix<double, s, s>;
  using Column = Eigen::Matrix<double, s, 1>;
  using Row = Eigen::Matrix<double, 1, s>;
  // Back to the form of the textbook: Gamma = (I / gamma - C)^-1, alpha = A Gamma (Hairer & Wanner, section IV.7).
  Matrix a = Matrix::Zero(), c = Matrix::Zero();
  Column time, slope;
  for (Eigen::Index i = 0; i < s; ++i) {
    time[i] = Rodasp::alpha[i];
    slope[i] = Rodasp::d[i];
    for (Eigen::Index j = 0; j + 1 < s; ++j) {
      a(i, j) = Rodasp::a[i][j];
      c(i, j) = Rodasp::c[i][j];
    }
  }
  const Matrix gamma = (Matrix::Identity() / Rodasp::gamma - c).inverse();
  const Matrix alpha = a * gamma, beta = alpha + gamma;
  Row weights = a.row(s - 1), embedded = a.row(s - 2);
  weights[s - 1] = embedded[s - 2] = 1.0;
  const Row b = weights * gamma, b_embedded = embedded * gamma;
  const Column one = Column::Ones(), square = time.cwiseProduct(time), sum = beta * one;

  // Sixteen digits of coefficients up to 60 are good to 7e-15; most are smaller and count with weights below one.
  constexpr double rounding = 1e-14;
  const auto holds = [](double left, double right) { return std::fabs(left - right) < rounding; };
  CHECK((alpha * one - time).cwiseAbs().maxCoeff() < rounding);
  CHECK((gamma * one - slope).cwiseAbs().maxCoeff() < rounding);
  for (const Row& w : {b, b_embedded}) {
    CHECK(holds(w.sum(), 1.0));
    CHECK(holds(w.dot(sum), 1.0 / 2));
    CHECK(holds(w.dot(square), 1.0 / 3));
    CHECK(holds(w.dot(beta * sum), 1.0 / 6));
  }
  CHECK(holds(b.dot(square.cwiseProduct(time)), 1.0 / 4));
  CHECK(holds(b.dot(time.cwiseProduct(alpha * sum)), 1.0 / 8));
  CHECK(holds(b.dot(beta * square), 1.0 / 12));
  CHECK(holds(b.dot(beta * beta * sum), 1.0 / 24));
  // The embedded formula misses two of these by far, or the estimate would estimate nothing.
  CHECK(std::fabs(b_embedded.dot(square.cwiseProduct(time)) - 1.0 / 4) > 0.01);
  CHECK(std::fabs(b_embedded.dot(time.cwiseProduct(alpha * sum)) - 1.0 / 8) > 0.01);

  // A-stable: |R| <= 1 on the imaginary axis, where R(z) = 1 + z b (I - z beta)^-1 1, and so on all that is left of
  // it: the only pole is at 1 / gamma. With that L-stable, as both are stiffly accurate: each solves its own last
  // equation.
  using Complex = std::complex<double>;
  for (const Row& w : {b, b_embedded})
    for (double y = 1e-3; y < 1e6; y *= 1.1) {
      const Complex z(0.0, y);
      const auto stages = (Matrix::Identity().cast<Complex>() - z * beta.cast<Complex>()).eval();
      const Complex r = 1.0 + z * (w.cast<Complex>() * stages.inverse() * one.cast<Complex>())(0);
      CHECK(std::abs(r) < 1.0 + rounding);
    }
  CHECK((b - beta.row(s - 1)).cwiseAbs().maxCoeff() < rounding);
  CHECK((b_embedded - beta.row(s - 2)).cwiseAbs().maxCoeff() < rounding);
  // Steinebach's conditions (C. Lubich & A. Ostermann 1995): no reduction of order for linear parabolic problems.
  Row powers = b;
  for (int j = 0; j < s; ++j) {
    CHECK(holds(powers.dot(2.0 * beta * sum - square), 0.0));
    powers = powers * beta;
  }
}

TEST_CASE("the order is 4 on a smooth autonomous nonlinear problem") {
  const auto error_with = [](int n) {
    return error(even_steps(kaps(1.0), {1.0, 1.0}, 0.0, 1.0, n), {std::exp(-2.0), std::exp(-1.0)});
  };
  // From 1/8 to 1/64: the next term of the error is some h = 0.1 of the leading one, log2(1.1) / 3 = 0.05. The
  // differences in place of derivatives cost 1e-8 times the change in a step, 1e-10, a tenth of the smallest error.
  CHECK(std::fabs(measured_order(error_with, 8) - 4.0) < 0.1);
}

TEST_CASE("the order is 4 on a system that knows the time, by a manufactured solution, early and late") {
  // (2 + sin, 1 + cos / 2) of w (t - begin): with what is left over of them added to the rates.
  struct Case {
    double begin, w;
  };
  for (const Case& at : {Case{0.0, 1.0}, Case{20'000.0, 1.0}, Case{20'000.0, 24.0}}) {
    CAPTURE(at.begin);
    CAPTURE(at.w);
    const auto y0 = [&](double t) { return 2.0 + std::sin(at.w * (t - at.begin)); };
    const auto y1 = [&](double t) { return 1.0 + 0.5 * std::cos(at.w * (t - at.begin)); };
    const System system = [&](const States& y, States& rate, double t) {
      const double phase = at.w * (t - at.begin);
      rate[0] = at.w * (-y[0] * y[1] + y0(t) * y1(t) + std::cos(phase));
      rate[1] = at.w * (y[0] - y[1] * y[1] - y0(t) + y1(t) * y1(t) - 0.5 * std::sin(phase));
    };
    const double end = at.begin + 2.0 / at.w;
    const auto error_with = [&](int n) {
      return error(even_steps(system, {y0(at.begin), y1(at.begin)}, at.begin, end, n), {y0(end), y1(end)});
    };
    // From w h = 0.1 on the next term is half of the leading one or less: log2(1.5) / 3 = 0.2. Without df/dt, or with
    // one of its six weights wrong, the order is 1 (measured with d4 of the other sign: 0.95).
    CHECK(std::fabs(measured_order(error_with, 20) - 4.0) < 0.2);
  }
}

TEST_CASE("the order on Prothero and Robinson's problem is 4, and 3 over |lambda| where it is stiff") {
  // x' = lambda (x - p) + p' with x = p. What a step with z = lambda h adds to the error is the sum over k of
  // h^k p^(k) e_k(z). Order 4 makes e_k vanish at z = 0 up to k = 4; Steinebach's conditions make e_2 and e_3 vanish
  // for every z, and stiff accuracy makes e_4 fall as 1 / z. So a step adds h^4 / z = h^3 / lambda, and as R(z) goes
  // to zero no step remembers the ones before. (With METH = 1 of RODAS e_2 is left and the order is 1.)
  const auto p = [](double t) { return 2.0 + std::sin(2.0 * t + 0.2); };
  const auto error_at = [&](double lambda) {
    return [&p, lambda](int n) {
      const System system = [&](const States& x, States& rate, double t) {
        rate[0] = lambda * (x[0] - p(t)) + 2.0 * std::cos(2.0 * t + 0.2);
      };
      return std::fabs(even_steps(system, {p(0.0)}, 0.0, 1.0, n)[0] - p(1.0));
    };
  };
  // The next term is e_5 h p^(5) / (e_4 p^(4)), about h = 0.2 at the longest step: log2(1.2) / 3 = 0.09.
  CHECK(std::fabs(measured_order(error_at(-1.0), 5) - 4.0) < 0.1);
  CHECK(std::fabs(measured_order(error_at(-1e6), 5) - 3.0) < 0.1);
  // 1 / lambda: to 10 per cent, since z = 1e4 is not quite the limit.
  CHECK(error_at(-1e5)(10) / error_at(-1e6)(10) == doctest::Approx(10.0).epsilon(0.1));
  // On the way |z e_4(z)| rises from its limit 0.0025 to 0.0043 at z = -10, which by log2(1.7) / 3 = 0.26 looks like
  // less than 3; with R(z) that is not yet zero, 2.6 at worst.
  for (const double lambda : {-10.0, -100.0, -1e3, -1e4}) {
    CAPTURE(lambda);
    const double order = measured_order(error_at(lambda), 5);
    CHECK(order > 2.6);
    CHECK(order < 4.1);
  }
}

TEST_CASE("the effort does not depend on stiffness, the error neither") {
  // Ten orders of magnitude of epsilon. The reduced order at intermediate stiffness costs up to twice the steps.
  const Run easy = rosenbrock(1e-9, 1e-6, kaps(1.0), {1.0, 1.0}, 10.0);
  for (const double epsilon : {1e-2, 1e-4, 1e-6, 1e-8, 1e-10}) {
    CAPTURE(epsilon);
    const Run stiff = rosenbrock(1e-9, 1e-6, kaps(epsilon), {1.0, 1.0}, 10.0);
    CHECK(stiff.calls < 2 * easy.calls);
    // Errors of e^-t neither grow nor fade relative to it: each of ten units of time leaves at most the tolerance.
    CHECK(std::fabs(stiff.x[1] / std::exp(-10.0) - 1.0) < 10 * 1e-6);
  }
}

TEST_CASE("Robertson's problem at t = 40 has the published digits, and Dormand-Prince has them too") {
  // The problem forgets: what is left is less than the tolerance of a step. The absolute tolerance is out of the way
  // of the second species, 1e-5.
  for (const double tolerance : {1e-4, 1e-6, 1e-8, 1e-10}) {
    CAPTURE(tolerance);
    CHECK(error(rosenbrock(1e-8 * tolerance, tolerance, robertson, robertson_start, 40.0).x, robertson_at_40) <
          tolerance);
  }
  // Bound by stability its steps are far too short for its tolerance; 40,000 of them round at 1e-16: 4e-12 at worst.
  CHECK(error(dopri5(1e-18, 1e-12, robertson, robertson_start, 40.0).x, robertson_at_40) < 4e-12);
}

TEST_CASE("Robertson's problem at t = 1e11 has the published digits") {
  // Mazzia & Magherini (2008), problem ROBER: 16 decades of time from the first step.
  const States want{0.2083340149701255e-7, 0.8333360770334713e-13, 0.9999999791665050};
  const Run run = rosenbrock(1e-24, 1e-8, robertson, robertson_start, 1e11);
  // 1,500 steps, each good to 1e-8, of a solution that forgets; the tolerance once is what is left.
  CHECK(error(run.x, want) < 1e-8);
  CHECK(run.calls < 20'000);  // Dormand-Prince would need 6 |lambda| / 3.3 = 2e4 a unit of time
}

TEST_CASE("Robertson's species keep their sum to rounding") {
  // The columns of an exact Jacobian add up to zero, and so do those of differences of rates that do: here they are
  // sums of the same three terms, with next to no rounding between them. A few hundred steps of up to 1e9 each round
  // sums of about one, some ten times: as random as roundings are, 10 sqrt(500) 1.1e-16 = 2.5e-14.
  for (const double end : {40.0, 1e11}) {
    const Run run = rosenbrock(1e-20, 1e-6, robertson, robertson_start, end);
    CHECK(std::fabs(run.x[0] + run.x[1] + run.x[2] - 1.0) < 2.5e-14);
    CHECK(run.x[2] > 0.1);  // the species did change
  }
}

TEST_CASE("Van der Pol's oscillator agrees with the published value and with a much tighter tolerance") {
  const Run loose = rosenbrock(1e-9, 1e-6, van_der_pol, van_der_pol_start, 2000.0);
  const Run tight = rosenbrock(1e-15, 1e-11, van_der_pol, van_der_pol_start, 2000.0);
  // One jump between two slow stretches: a shift in time of 1e-6 of a stretch moves the end by as much.
  CHECK(error(loose.x, van_der_pol_at_2000) < 1e-6);
  CHECK(error(loose.x, tight.x) < 1e-6);
  // At 1e-11 the increments of the Jacobian, 1e-8 of a step's change, begin to tell; so ten tolerances.
  CHECK(error(tight.x, van_der_pol_at_2000) < 1e-10);
}

TEST_CASE("the gain over Dormand-Prince on a stiff problem is a thousandfold, in calls of the right-hand side") {
  const Run implicit = rosenbrock(1e-9, 1e-6, van_der_pol, van_der_pol_start, 2000.0);
  // A fortieth of the way is enough to know. Its steps are bound to 3.3 / |lambda| = 3.3 / 3000 there, of six calls
  // each: 270,000 calls and the rejected ones.
  const Run explicit_part = dopri5(1e-9, 1e-6, van_der_pol, van_der_pol_start, 50.0);
  CHECK(explicit_part.calls > 270'000);
  CHECK(40 * explicit_part.calls > 1000 * implicit.calls);
}

TEST_CASE("the error is proportional to the tolerance") {
  // The estimate is of order 3, so h goes with the fourth root of the tolerance, and the error of the solution with
  // h^4.
  const auto check = [](const System& system, const States& start, double end, const States& want) {
    double before = 0.0;
    for (const double tolerance : {1e-5, 1e-6, 1e-7, 1e-8, 1e-9}) {
      CAPTURE(tolerance);
      const double share = error(rosenbrock(1e-3 * tolerance, tolerance, system, start, end).x, want) / tolerance;
      CHECK(share < 1.0);
      // From one tolerance to the next it falls ten times, within what the last steps happen to be: up to twice.
      if (before > 0.0) {
        CHECK(share < 2.0 * before);
        CHECK(share > 0.5 * before);
      }
      before = share;
    }
  };
  const System scaled_robertson = [](const States& y, States& rate, double t) {  // all species of size 1
    robertson({y[0], 1e-5 * y[1], y[2]}, rate, t);
    rate[1] *= 1e5;
  };
  check(scaled_robertson, robertson_start, 40.0, {robertson_at_40[0], 1e5 * robertson_at_40[1], robertson_at_40[2]});
  check(van_der_pol, van_der_pol_start, 2000.0, van_der_pol_at_2000);
}

// One attempt at a step, and whether it left everything as the interface says of a failure.
struct Attempt {
  bool accepted, untouched;
  double dt;
};
Attempt attempt(const System& system, const States& start, double dt, double tolerance) {
  Rosenbrock4 stepper(tolerance, tolerance);
  States x = start;
  double t = 0.25, proposed = dt;
  const bool accepted = stepper.try_step(boost::cref(system), x, t, proposed) == odeint::success;
  return {accepted, x == start && t == 0.25, proposed};
}

TEST_CASE("a right-hand side that is never finite shortens the step for ever and is never accepted") {
  for (const double bad : {nan, infinity, -infinity}) {
    CAPTURE(bad);
    const System system = [bad](const States& x, States& rate, double) {
      rate[0] = -x[0];
      rate[1] = bad;
    };
    Rosenbrock4 stepper(1e300, 1e300);
    States x{1.0, 2.0};
    double t = 0.25, dt = 1.0;
    for (int i = 0; i < 30; ++i) {
      const double tried = dt;
      CHECK(stepper.try_step(boost::cref(system), x, t, dt) == odeint::fail);
      CHECK(dt == 0.2 * tried);
      CHECK(x == States{1.0, 2.0});
      CHECK(t == 0.25);
    }
  }
}

TEST_CASE("one value that is not finite in any of the n + 8 calls is a failure") {
  const int n = 2;
  // Elimination skips what is multiplied by zero, so a column that is not finite could hide behind a state that
  // stands.
  for (const double speed : {1.0, 0.0})
    for (const double bad : {nan, infinity})
      for (int bad_call = 1; bad_call <= n + 8; ++bad_call) {
        CAPTURE(speed);
        CAPTURE(bad);
        CAPTURE(bad_call);
        int calls = 0;
        const System system = [&](const States& x, States& rate, double) {
          rate[0] = ++calls == bad_call ? bad : x[1] - x[0];
          rate[1] = -speed * x[1];
        };
        const Attempt made = attempt(system, {1.0, 2.0}, 0.1, 1e300);
        CHECK_FALSE(made.accepted);
        CHECK(made.untouched);
        CHECK(made.dt == 0.2 * 0.1);
      }
}

TEST_CASE("a step takes n + 8 calls, all of them at times within the step, forwards and backwards") {
  for (const double dt : {0.1, -0.1}) {
    int calls = 0;
    const System system = [&](const States& x, States& rate, double t) {
      ++calls;
      CHECK(t >= std::min(0.25, 0.25 + dt));
      CHECK(t <= std::max(0.25, 0.25 + dt));
      for (std::size_t i = 0; i < x.size(); ++i) rate[i] = t - x[i];
    };
    CHECK(attempt(system, {1.0, 2.0, 3.0}, dt, 1.0).accepted);
    CHECK(calls == 3 + 8);
  }
}

TEST_CASE("a right-hand side that ends in the middle is reached, and not passed") {
  const System system = [](const States&, States& rate, double t) { rate[0] = t > 0.7 ? nan : 1.0; };
  Rosenbrock4 stepper(1e-6, 1e-6);
  States x{0.0};
  double t = 0.0, dt = 1.0;
  for (int i = 0; i < 100; ++i) stepper.try_step(boost::cref(system), x, t, dt);
  CHECK(t <= 0.7);
  // A failure divides by five, a success multiplies by six: a hundred tries end within rounding of the edge.
  CHECK(t > 0.7 - 1e-9);
  CHECK(std::fabs(x[0] - t) < 100 * 1.2e-16);  // a sum of steps, both
}

TEST_CASE("a singular matrix is a failure, also where the right-hand side would hide it") {
  // W = I / (h / 4) - 4 at h = 1, exactly: the differences of 4 x are.
  const System growing = [](const States& x, States& rate, double) {
    rate[0] = 4.0 * x[0];
    rate[1] = -x[1];
  };
  for (const double start : {1.0, 0.0}) {  // the zero meets the zero pivot
    CAPTURE(start);
    const Attempt singular = attempt(growing, {start, 1.0}, 1.0, 1e6);
    CHECK_FALSE(singular.accepted);
    CHECK(singular.untouched);
    CHECK(singular.dt == 0.2);
    CHECK(attempt(growing, {start, 1.0}, singular.dt, 1e6).accepted);
  }
}

TEST_CASE("an error above the tolerance is a failure whose next step is shorter, one below it a success") {
  const Attempt refused = attempt(kaps(1.0), {1.0, 1.0}, 2.0, 1e-8);
  CHECK_FALSE(refused.accepted);
  CHECK(refused.untouched);
  CHECK(refused.dt < 0.9 * 2.0);
  CHECK(refused.dt >= 0.2 * 2.0);
  const Attempt taken = attempt(kaps(1.0), {1.0, 1.0}, 1e-3, 1e-8);
  CHECK(taken.accepted);
  CHECK(taken.dt > 1e-3);
  CHECK(taken.dt <= 6.0 * 1e-3);
  // The edge is where the proposed step says that it is: dt falls with the fourth root of the estimate.
  const Attempt scale = attempt(kaps(1.0), {1.0, 1.0}, 0.1, 1e-4);
  const double estimate = 1e-4 * std::pow(0.9 * 0.1 / scale.dt, 4.0);
  CHECK(attempt(kaps(1.0), {1.0, 1.0}, 0.1, 1.001 * estimate).accepted);
  CHECK_FALSE(attempt(kaps(1.0), {1.0, 1.0}, 0.1, 0.999 * estimate).accepted);
}

TEST_CASE("a state that starts from zero is held to what it becomes") {
  const System filling = [](const States& x, States& rate, double) { rate[0] = 1.0 - x[0] * x[0]; };
  Rosenbrock4 stepper(1e-15, 1e-3);
  States x{0.0};
  double t = 0.0, dt = 0.1;
  CHECK(stepper.try_step(filling, x, t, dt) == odeint::success);
  CHECK(std::fabs(x[0] - std::tanh(0.1)) < 1e-3 * 0.1);
  CHECK(std::fabs(x[0] - std::tanh(0.1)) > 1e-15);  // which held to zero would have been refused
}

TEST_CASE("increments go where the state goes: it may start at the edge of where its equations hold") {
  const System leaving_zero = [](const States& x, States& rate, double) {
    rate[0] = x[0] < 0.0 ? nan : 1.0 - x[0] * std::sqrt(x[0]);
  };
  CHECK(attempt(leaving_zero, {0.0}, 0.01, 1e-3).accepted);
  const System leaving_one = [](const States& x, States& rate, double) { rate[0] = x[0] > 1.0 ? nan : -x[0] * x[0]; };
  CHECK(attempt(leaving_one, {1.0}, 0.01, 1e-3).accepted);
}

TEST_CASE("nothing is remembered: a step has the same bits whatever the stepper did before") {
  const auto step = [](Rosenbrock4& stepper) {
    States x{0.8, 1e-5, 0.2};
    double t = 3.0, dt = 1e-4;
    CHECK(stepper.try_step(robertson, x, t, dt) == odeint::success);
    x.insert(x.end(), {t, dt});
    return x;
  };
  const auto same = [](double a, double b) {
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
  };
  Rosenbrock4 fresh(1e-9, 1e-6), used(1e-9, 1e-6);
  const States want = step(fresh);
  States x{2.0, 0.0}, y{0.8, 1e-5, 0.2};
  double t = 0.0, dt = 0.1;
  for (int i = 0; i < 5; ++i) used.try_step(van_der_pol, x, t, dt);  // another system, of another size
  const System broken = [](const States&, States& rate, double) { rate.assign(3, nan); };
  double at = 3.0, length = 1e-4;
  CHECK(used.try_step(boost::cref(broken), y, at, length) == odeint::fail);  // the same x, t and dt, and a failure
  const States got = step(used);
  CHECK(std::equal(got.begin(), got.end(), want.begin(), want.end(), same));
}

TEST_CASE("states that stand by change no step") {
  const System accompanied = [](const States& y, States& rate, double t) {
    States own(y.begin(), y.begin() + 2), own_rate(2);
    van_der_pol(own, own_rate, t);
    std::copy(own_rate.begin(), own_rate.end(), rate.begin());
    std::fill(rate.begin() + 2, rate.end(), 0.0);
  };
  const Run alone = rosenbrock(1e-9, 1e-6, van_der_pol, van_der_pol_start, 100.0);
  const Run together = rosenbrock(1e-9, 1e-6, accompanied, {2.0, 0.0, 5.0, 6.0, 7.0}, 100.0);
  CHECK(together.steps == alone.steps);
  CHECK(together.x[0] == alone.x[0]);  // their rows and columns are those of the unit matrix
  CHECK(together.x[1] == alone.x[1]);
  CHECK(together.x[4] == 7.0);
}

TEST_CASE("it runs backwards in time as well") {
  const System logistic = [](const States& x, States& rate, double) { rate[0] = x[0] * (1.0 - x[0]); };
  States x{0.5};
  odeint::integrate_adaptive(Rosenbrock4(1e-9, 1e-9), logistic, x, 0.0, -2.0, -0.01);
  CHECK(std::fabs(x[0] - 1.0 / (1.0 + std::exp(2.0))) < 1e-9);  // errors fade on the way to zero
}

TEST_CASE("a tolerance that is not positive is refused, and the message has it") {
  for (const double bad : {0.0, -1e-6, nan}) {
    CHECK_THROWS_AS(Rosenbrock4(1e-6, bad), Error);
    try {
      const Rosenbrock4 stepper(bad, 1e-6);
      FAIL("accepted");
    } catch (const Error& refused) {
      CHECK(refused.code() == ErrorCode::out_of_range);
      CHECK(std::string(refused.what()).find(std::to_string(bad)) != std::string::npos);
    }
  }
}

}  // namespace
}  // namespace healthspan
