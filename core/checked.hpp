// The checking scalar: a number that knows its unit and which rows of a module it was made from.
// Equations instantiated with it prove that their units balance, and tell who reads what; composing a system uses
// the latter to put modules in order.
#pragma once

#include <healthspan/core/elementary.hpp>
#include <healthspan/core/errors.hpp>
#include <healthspan/core/units.hpp>

#include <bitset>

namespace healthspan {

inline constexpr std::size_t max_rows = 128;

struct Checked {
  double value = 0;
  Unit unit;
  std::bitset<max_rows> reads;

  Checked() = default;
  Checked(double number) : value(number) {}  // a bare number has no unit
  Checked(double number, Unit of, std::bitset<max_rows> made_from) : value(number), unit(of), reads(made_from) {}

  Checked& operator+=(const Checked& b) { return *this = *this + b; }
  Checked& operator-=(const Checked& b) { return *this = *this - b; }
  Checked& operator*=(const Checked& b) { return *this = *this * b; }
  Checked& operator/=(const Checked& b) { return *this = *this / b; }

  static void same_unit(const Checked& a, const Checked& b, const char* what) {
    if (!(a.unit == b.unit))
      throw Error(ErrorCode::internal,
                  std::string("units do not balance: ") + a.unit.text() + " " + what + " " + b.unit.text());
  }
  static void no_unit(const Checked& a, const char* what) {
    if (!a.unit.dimensionless())
      throw Error(ErrorCode::internal, std::string("units do not balance: ") + what + " of " + a.unit.text());
  }

  friend Checked operator-(const Checked& a) { return {-a.value, a.unit, a.reads}; }
  friend Checked operator+(const Checked& a, const Checked& b) {
    same_unit(a, b, "+");
    return {a.value + b.value, a.unit, a.reads | b.reads};
  }
  friend Checked operator-(const Checked& a, const Checked& b) {
    same_unit(a, b, "-");
    return {a.value - b.value, a.unit, a.reads | b.reads};
  }
  friend Checked operator*(const Checked& a, const Checked& b) {
    return {a.value * b.value, a.unit * b.unit, a.reads | b.reads};
  }
  friend Checked operator/(const Checked& a, const Checked& b) {
    return {a.value / b.value, a.unit / b.unit, a.reads | b.reads};
  }
};

struct CheckedCondition {
  bool value;
  std::bitset<max_rows> reads;
};
inline CheckedCondition operator<(const Checked& a, const Checked& b) {
  Checked::same_unit(a, b, "<");
  return {a.value < b.value, a.reads | b.reads};
}
inline CheckedCondition operator>(const Checked& a, const Checked& b) { return b < a; }
inline CheckedCondition operator&(const CheckedCondition& a, const CheckedCondition& b) {
  return {a.value && b.value, a.reads | b.reads};
}
inline CheckedCondition operator|(const CheckedCondition& a, const CheckedCondition& b) {
  return {a.value || b.value, a.reads | b.reads};
}
inline Checked select(const CheckedCondition& condition, const Checked& a, const Checked& b) {
  Checked::same_unit(a, b, "or");
  return {condition.value ? a.value : b.value, a.unit, condition.reads | a.reads | b.reads};
}
inline Checked min(const Checked& a, const Checked& b) { return select(a < b, a, b); }
inline Checked max(const Checked& a, const Checked& b) { return select(b < a, a, b); }
inline Checked sqrt(const Checked& a) { return {sqrt(a.value), a.unit.power(0.5), a.reads}; }
inline Checked exp(const Checked& a) {
  Checked::no_unit(a, "exp");
  return {exp(a.value), {}, a.reads};
}
inline Checked log(const Checked& a) {
  Checked::no_unit(a, "log");
  return {log(a.value), {}, a.reads};
}
inline Checked tanh(const Checked& a) {
  Checked::no_unit(a, "tanh");
  return {tanh(a.value), {}, a.reads};
}
inline Checked floor(const Checked& a) {
  Checked::no_unit(a, "floor");
  return {floor(a.value), {}, a.reads};
}
inline Checked pow(const Checked& a, const Checked& b) {
  Checked::no_unit(a, "power");
  Checked::no_unit(b, "exponent");
  return {pow(a.value, b.value), {}, a.reads | b.reads};
}

}  // namespace healthspan
