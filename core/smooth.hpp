// The one smooth replacement for max(0, x) that all equations share, and its derivative.
#pragma once

#include <healthspan/core/elementary.hpp>

namespace healthspan {

// Half-width of the rounded corner; arguments are dimensionless and of order one.
inline constexpr double ramp_width = 0.01;

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

// Hill function x^n / (1 + x^n) for x > 0.
template <class R, class N>
R hill(const R& x, const N& n) {
  return 1.0 / (1.0 + pow(x, R(-n)));
}

}  // namespace healthspan
