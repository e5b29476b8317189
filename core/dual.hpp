// Dual<R>: a value with its derivative with respect to one variable, for equations that need their own slope. What is
// written once gives both, at less than twice the price. W. K. Clifford, Proc London Math Soc s1-4:381 (1871).
#pragma once

#include <type_traits>

namespace healthspan {

template <class R>
struct Dual {
  R value, slope;

  friend Dual operator+(const Dual& a, const Dual& b) { return {a.value + b.value, a.slope + b.slope}; }
  friend Dual operator-(const Dual& a, const Dual& b) { return {a.value - b.value, a.slope - b.slope}; }
  friend Dual operator*(const Dual& a, const Dual& b) {
    return {a.value * b.value, a.slope * b.value + a.value * b.slope};
  }
  friend Dual operator/(const Dual& a, const Dual& b) {
    const R inverse = 1.0 / b.value, ratio = a.value * inverse;
    return {ratio, (a.slope - ratio * b.slope) * inverse};
  }

  // With what does not depend on the variable.
  friend Dual operator+(const Dual& a, const R& b) { return {a.value + b, a.slope}; }
  friend Dual operator+(const R& a, const Dual& b) { return b + a; }
  friend Dual operator-(const Dual& a, const R& b) { return {a.value - b, a.slope}; }
  friend Dual operator-(const R& a, const Dual& b) { return {a - b.value, -b.slope}; }
  friend Dual operator*(const Dual& a, const R& b) { return {a.value * b, a.slope * b}; }
  friend Dual operator*(const R& a, const Dual& b) { return b * a; }
  friend Dual operator/(const Dual& a, const R& b) { return a * R(1.0 / b); }
  friend Dual operator/(const R& a, const Dual& b) {
    const R inverse = 1.0 / b.value, ratio = a * inverse;
    return {ratio, -ratio * b.slope * inverse};
  }
  friend Dual operator+(double a, const Dual& b) requires(!std::is_same_v<R, double>) {
    return {a + b.value, b.slope};
  }
  friend Dual operator*(double a, const Dual& b) requires(!std::is_same_v<R, double>) {
    return {a * b.value, a * b.slope};
  }
};

}  // namespace healthspan
