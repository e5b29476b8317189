// Shapes that all equations share: the one smooth replacement for max(0, x), its derivative, powers, Hill functions.
#pragma once

#include <healthspan/core/elementary.hpp>

namespace healthspan {

// Half-width of the rounded corner; arguments are dimensionless and of order one. It is part of the model: the
// thresholds of activity were calibrated with it, and a sharper corner lets a patient stand longer hospital stays.
inline constexpr double ramp_width = 0.04;

// max(0, x) with a rounded corner: exact to ramp_width^2 / (4 |x|) away from it.
template <class R>
R ramp(const R& x) {
  return 0.5 * (x + sqrt(x * x + ramp_width * ramp_width));
}

// The derivative of ramp: 0 below, 1 above, 1/2 at zero.
template <class R>
R step(const R& x) {
  return 0.5 + 0.5 * x / sqrt(x * x + ramp_width * ramp_width);
}

// min(1, x) with the same corner.
template <class R>
R at_most_one(const R& x) {
  return 1.0 - ramp(R(1.0 - x));
}

// x^n for x > 0 and moderate |n log x|: good to about |n log x| ulp, at little more than half the price of pow.
template <class R>
R power(const R& x, const R& n) {
  return exp(R(n * log(x)));
}

// Hill function x^n / (1 + x^n) for x > 0.
template <class R>
R hill(const R& x, const R& n) {
  return 1.0 / (1.0 + power(x, R(-n)));
}

}  // namespace healthspan
