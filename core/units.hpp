// Units as symbols with exponents. "g" and "kg" are different symbols on purpose: a conversion in an equation
// has to be a declared constant, so nothing converts silently.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace healthspan {

class Unit {
 public:
  Unit() = default;
  // Parses "kg", "kcal/(kg*d)", "ml/kg/min", "kg/m^2", "1". Throws Error(internal) on anything else.
  explicit Unit(std::string_view text);

  friend Unit operator*(const Unit& a, const Unit& b);
  friend Unit operator/(const Unit& a, const Unit& b);
  Unit power(double exponent) const;
  bool operator==(const Unit& other) const { return exponents_ == other.exponents_; }
  bool dimensionless() const { return *this == Unit{}; }
  std::string text() const;

 private:
  // "1.73m2" is the body surface that filtration by the kidneys is stated for.
  static constexpr std::array<std::string_view, 17> symbols{
      "kg", "g", "mg", "m", "L", "s", "steps", "ml", "kcal", "d", "min", "y", "dl", "uU", "%", "mmHg", "1.73m2"};
  std::array<float, symbols.size()> exponents_{};
  friend class UnitParser;
};

}  // namespace healthspan
