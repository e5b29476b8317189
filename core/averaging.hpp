// The mean of slow rates over one simulated day. A module that owns a fast subsystem (minutes to hours, driven by the
// time of day) holds its slow states still, follows the fast ones through one periodic day, and averages *rates*:
//
//   slow' = (1 / day) * integral over the day of rate(slow, fast(t)),   fast' = f(slow, fast, forcing(t))
//
// Never rate(mean of fast): where the rate bends in the fast state, that is another number. The error of the mean
// rate is of first order in (slow rate x day), J. A. Sanders, F. Verhulst & J. Murdock, Averaging Methods in
// Nonlinear Dynamical Systems, 2nd ed. (2007), chapter 2. docs/explanation/fast-and-slow.md has it measured.
//
// - The day is found by living through it: `warm_up` days from where the module starts, best from the steady state
//   under the day's mean forcing; then the day that counts. The start is forgotten by exp(-warm_up * day * l), l the
//   slowest fast rate. `first` and `last` of the result tell how far from periodic the day still is.
// - The steps are exponential: linear decay exactly, the rest by the fourth-order method ETDRK4-B of S. Krogstad,
//   J Comput Phys 203:72 (2005), DOI 10.1016/j.jcp.2004.08.006, so that a decay of minutes does not dictate the step.
//   Not the method of etdrk4.hpp, which is the classical Runge-Kutta method too where nothing decays, but falls to
//   second order on the way to h k >> 1, Krogstad's only to third: M. Hochbruck & A. Ostermann, SIAM J Numer Anal
//   43:1069 (2005), DOI 10.1137/040611434. Here h k is about 5.
// - The mean is the trapezoidal sum over the nodes. Over a period it converges faster than any power of the step,
//   L. N. Trefethen & J. A. C. Weideman, SIAM Review 56:385 (2014), DOI 10.1137/130932132; what is left is the error
//   of the nodes, which is the integrator's.
//
// The work is the same on every call, 4 * steps * (warm_up + 1) evaluations of f, and no branch depends on a number:
// lanes cannot influence each other, and a lane has the bits that a double has.
#pragma once

#include <healthspan/core/etdrk4.hpp>

#include <array>
#include <cstddef>
#include <utility>

namespace healthspan {

template <class R, std::size_t Fast, std::size_t Watched>
struct SimulatedDay {
  std::array<R, Watched> mean;      // of what was watched
  std::array<R, Fast> first, last;  // the fast states at the beginning and the end of the day
};

// Coefficients of one step of length h for a state that decays at rate k: stages a, b, c and the sum.
template <class R>
struct KrogstadStep {
  R half, whole, a1, b1, b2, c1, c3, u1, u23, u4;

  KrogstadStep(const R& h, const R& k) {
    const PhiFunctions<R> p(R(-0.5 * h * k));
    const PhiFunctions<R> q(R(-h * k));
    half = p.exp_z;
    whole = q.exp_z;
    a1 = 0.5 * h * p.phi1;
    b1 = h * (0.5 * p.phi1 - p.phi2);
    b2 = h * p.phi2;
    c1 = h * (q.phi1 - 2.0 * q.phi2);
    c3 = 2.0 * h * q.phi2;
    u1 = h * (q.phi1 - 3.0 * q.phi2 + 4.0 * q.phi3);
    u23 = 2.0 * h * (q.phi2 - 2.0 * q.phi3);
    u4 = h * (4.0 * q.phi3 - q.phi2);
  }
};

// Simulates `steps` steps a day. `x` is where the fast states begin the warm-up, at time 0; `decay` the rate constant
// of the linear decay that is part of each one's rate (zero of that unit if there is none). `forcing(time)` drives
// them and has the period of a day; `rates(x, forcing)` are their rates; `watch(x)` is the array of what is to be
// averaged.
template <int steps, int warm_up, class R, std::size_t Fast, class Forcing, class Rates, class Watch>
auto simulate_day(const R& day, std::array<R, Fast> x, const std::array<R, Fast>& decay, const Forcing& forcing,
                  const Rates& rates, const Watch& watch) {
  static_assert(steps > 0 && warm_up >= 0);
  using States = std::array<R, Fast>;
  const R h = day / static_cast<double>(steps);

  // One day of forcing serves for all days; the end of a day is the beginning of the next.
  std::array<decltype(forcing(day)), 2 * steps> forced;  // at nodes and midpoints
  for (int j = 0; j < 2 * steps; ++j) forced[static_cast<std::size_t>(j)] = forcing(R(h * (0.5 * j)));
  const auto at = [&](int j) -> const auto& { return forced[static_cast<std::size_t>(j % (2 * steps))]; };

  const auto steps_of = [&]<std::size_t... i>(std::index_sequence<i...>) {
    return std::array{KrogstadStep<R>(h, decay[i])...};
  }
  (std::make_index_sequence<Fast>{});
  const auto rest = [&](const States& u, const auto& f) {  // what is not linear decay
    States n = rates(u, f);
    for (std::size_t i = 0; i < Fast; ++i) n[i] += decay[i] * u[i];
    return n;
  };
  const auto stage = [&](const auto& formula) {
    States u;
    for (std::size_t i = 0; i < Fast; ++i) u[i] = formula(i, steps_of[i]);
    return u;
  };
  const auto step = [&](int j) {
    const States n1 = rest(x, at(2 * j));
    const States a = stage([&](std::size_t i, const auto& c) { return R(c.half * x[i] + c.a1 * n1[i]); });
    const States n2 = rest(a, at(2 * j + 1));
    const States b =
        stage([&](std::size_t i, const auto& c) { return R(c.half * x[i] + c.b1 * n1[i] + c.b2 * n2[i]); });
    const States n3 = rest(b, at(2 * j + 1));
    const States d =
        stage([&](std::size_t i, const auto& c) { return R(c.whole * x[i] + c.c1 * n1[i] + c.c3 * n3[i]); });
    const States n4 = rest(d, at(2 * j + 2));
    x = stage([&](std::size_t i, const auto& c) {
      return R(c.whole * x[i] + c.u1 * n1[i] + c.u23 * (n2[i] + n3[i]) + c.u4 * n4[i]);
    });
  };

  for (int j = 0; j < warm_up * steps; ++j) step(j % steps);
  const States first = x;
  auto sum = watch(x);
  for (auto& s : sum) s *= 0.5;
  for (int j = 0; j < steps; ++j) {
    step(j);
    const auto seen = watch(x);
    // Both midnights count half, so that a day that does not quite close costs less.
    for (std::size_t m = 0; m < seen.size(); ++m) sum[m] += (j + 1 < steps ? 1.0 : 0.5) * seen[m];
  }
  for (auto& s : sum) s /= static_cast<double>(steps);
  return SimulatedDay<R, Fast, std::tuple_size_v<decltype(sum)>>{sum, first, x};
}

}  // namespace healthspan
