#include <healthspan/core/checked.hpp>
#include <healthspan/core/smooth.hpp>

#include <doctest/doctest.h>

#include <initializer_list>
#include <iterator>
#include <ostream>
#include <random>
#include <string>
#include <string_view>

namespace healthspan {
namespace {

ErrorCode code_of(std::string_view text) {
  try {
    const Unit unit(text);
  } catch (const Error& e) {
    CHECK(std::string(e.what()).find("\"" + std::string(text) + "\"") != std::string::npos);
    return e.code();
  }
  FAIL("accepted the unit \"" << text << "\"");
  return ErrorCode::usage;
}

// The message of the Error(internal) that f throws, or "" if it throws none.
template <class F>
std::string complaint(F f) {
  try {
    f();
  } catch (const Error& e) {
    CHECK(e.code() == ErrorCode::internal);
    return e.what();
  }
  return "";
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

Checked quantity(double value, std::string_view unit, std::size_t row) {
  std::bitset<max_rows> reads;
  reads.set(row);
  return {value, Unit(unit), reads};
}

std::bitset<max_rows> rows(std::initializer_list<std::size_t> list) {
  std::bitset<max_rows> set;
  for (const std::size_t row : list) set.set(row);
  return set;
}

TEST_CASE("a unit is the product of its symbols' powers, however it is written") {
  CHECK(Unit("kcal/(kg*d)") == Unit("kcal/kg/d"));
  CHECK(Unit("kcal/(kg*d)") == Unit("kcal*kg^-1*d^-1"));
  CHECK(Unit("kg/m^2") == Unit("kg") / (Unit("m") * Unit("m")));
  CHECK(Unit("(kg/m)^2") == Unit("kg^2/m^2"));
  CHECK(Unit("1/d") == Unit("d").power(-1));
  CHECK(Unit("ml/kg/min") == Unit("ml") / Unit("kg") / Unit("min"));
  CHECK(Unit("ml/min/1.73m2") == Unit("ml") / Unit("min") / Unit("1.73m2"));
  CHECK(Unit("kg/(m/(s*d))") == Unit("kg*s*d/m"));
  CHECK(Unit("m^0") == Unit("1"));
  CHECK(Unit("1").dimensionless());
  CHECK(Unit("kg/kg").dimensionless());
  CHECK_FALSE(Unit("kg/g").dimensionless());
}

TEST_CASE("symbols are taken whole, so mg, ml, min and m are four different units") {
  const char* symbols[] = {"kg", "g",   "mg", "m",  "L",  "s", "steps", "ml",    "kcal",
                           "d",  "min", "y",  "dl", "uU", "%", "mmHg",  "1.73m2"};
  for (const char* a : symbols)
    for (const char* b : symbols) CHECK((Unit(a) == Unit(b)) == (std::string_view(a) == b));
}

TEST_CASE("products and powers of units follow the laws of exponents") {
  const Unit speed("m/s");
  CHECK(speed * speed == speed.power(2));
  CHECK(speed / speed == Unit());
  CHECK(speed.power(0) == Unit());
  CHECK(speed.power(0.5) * speed.power(0.5) == speed);
  CHECK(speed.power(-2) == Unit() / (speed * speed));
  CHECK_FALSE(speed.power(0.5) == speed);
}

TEST_CASE("the text of a unit names every symbol once and reads back as the same unit") {
  CHECK(Unit().text() == "1");
  CHECK(Unit("kg/m^2").text() == "kg*m^-2");
  CHECK(Unit("m").power(0.5).text() == "m^0.5");
  // 300 random units of up to four factors, exponents -3 to 3; the seed is any.
  std::mt19937_64 bits(1);
  const char* symbols[] = {"kg", "g",   "mg", "m",  "L",  "s", "steps", "ml",    "kcal",
                           "d",  "min", "y",  "dl", "uU", "%", "mmHg",  "1.73m2"};
  for (int trial = 0; trial < 300; ++trial) {
    Unit unit;
    for (int factor = 0; factor < 4; ++factor)
      unit = unit * Unit(symbols[bits() % std::size(symbols)]).power(static_cast<double>(bits() % 7) - 3.0);
    CHECK(Unit(unit.text()) == unit);
  }
}

TEST_CASE("what is not a unit is an internal error that quotes it") {
  for (const char* text : {"",    " ",  "kilo", "KG", "kgm", "kg*",  "*kg",    "kg/",   "kg//m", "kg m", "(kg",
                           "kg)", "()", "2",    "10", "kg^", "kg^x", "kg^2.5", "kg^^2", "kg^ 2", "^2"})
    CHECK(code_of(text) == ErrorCode::internal);
}

TEST_CASE("an exponent that is only a sign, or too large for an integer, is an internal error too") {
  for (const char* text : {"kg^-", "kg^--2", "kg^-x", "kg^99999999999999999999"})
    CHECK(code_of(text) == ErrorCode::internal);
}

TEST_CASE("adding kilograms to a bare number throws, and so do subtracting and comparing") {
  const Checked weight = quantity(70.0, "kg", 0);
  CHECK(contains(complaint([&] { weight + Checked(1.0); }), "kg + 1"));
  CHECK(contains(complaint([&] { Checked(1.0) + weight; }), "1 + kg"));
  CHECK(contains(complaint([&] { 1.0 - weight; }), "1 - kg"));
  CHECK(contains(complaint([&] { void(weight < 1.0); }), "kg < 1"));
  CHECK(contains(complaint([&] { void(weight > 1.0); }), "1 < kg"));
  CHECK(contains(complaint([&] { min(weight, 1.0); }), "<"));
  CHECK(contains(complaint([&] { max(0.0, weight); }), "<"));
  CHECK(contains(complaint([&] {
                   Checked sum(0.0);
                   sum += weight;
                 }),
                 "1 + kg"));
  CHECK(complaint([&] { weight + quantity(1.0, "kg", 1); }) == "");
}

TEST_CASE("kilograms and grams do not add") {
  CHECK(contains(complaint([] { quantity(1.0, "kg", 0) + quantity(1.0, "g", 1); }), "kg + g"));
}

TEST_CASE("the two sides of a choice must have one unit, and the choice reads both and its condition") {
  const Checked weight = quantity(70.0, "kg", 0), height = quantity(1.8, "m", 1), other = quantity(60.0, "kg", 2);
  const CheckedCondition tall = height > quantity(1.7, "m", 3);
  CHECK(contains(complaint([&] { select(tall, weight, height); }), "kg or m"));
  const Checked chosen = select(tall, weight, other);
  CHECK(chosen.value == 70.0);
  CHECK(chosen.unit == Unit("kg"));
  CHECK(chosen.reads == rows({0, 1, 2, 3}));
  CHECK((tall & (weight < other)).reads == rows({0, 1, 2, 3}));
  CHECK_FALSE((tall & (weight < other)).value);
  CHECK((tall | (weight < other)).value);
}

TEST_CASE("exp, log, tanh, pow and floor take no unit, neither do ramp, step and hill") {
  const Checked weight = quantity(2.0, "kg", 0), ratio = quantity(2.0, "1", 1);
  CHECK(contains(complaint([&] { exp(weight); }), "exp of kg"));
  CHECK(contains(complaint([&] { log(weight); }), "log of kg"));
  CHECK(contains(complaint([&] { tanh(weight); }), "tanh of kg"));
  CHECK(contains(complaint([&] { floor(weight); }), "floor of kg"));
  CHECK(floor(quantity(-1.5, "1", 1)).value == -2.0);
  CHECK(contains(complaint([&] { pow(weight, ratio); }), "power of kg"));
  CHECK(contains(complaint([&] { pow(ratio, weight); }), "exponent of kg"));
  CHECK(complaint([&] { ramp(weight); }) != "");
  CHECK(complaint([&] { step(weight); }) != "");
  CHECK(complaint([&] { hill(weight, ratio); }) != "");
  CHECK(complaint([&] { exp(log(ratio)) + tanh(ratio) + pow(ratio, ratio) + ramp(ratio) + hill(ratio, ratio); }) ==
        "");
}

TEST_CASE("products, quotients and roots carry their units") {
  const Checked weight = quantity(80.0, "kg", 0), height = quantity(2.0, "m", 1);
  const Checked bmi = weight / (height * height);
  CHECK(bmi.value == 20.0);
  CHECK(bmi.unit == Unit("kg/m^2"));
  CHECK(sqrt(height * height).unit == Unit("m"));
  CHECK((-bmi).unit == Unit("kg/m^2"));
  CHECK(exp(weight / quantity(10.0, "kg", 2)).unit.dimensionless());
}

TEST_CASE("a checked number has the value that a double has, and knows every row it was made from") {
  const double a = 1.7, b = 0.6;
  const auto formula = [](const auto& x, const auto& y) {
    return exp(x) * pow(y, x) / (1.0 + tanh(y)) - log(x) + sqrt(x * y) + min(x, y) + select(x < y, x, y);
  };
  const Checked checked = formula(quantity(a, "1", 5), quantity(b, "1", 127));
  CHECK(checked.value == formula(a, b));
  CHECK(checked.reads == rows({5, 127}));
  Checked sum(0.0);
  CHECK(sum.reads.none());
  sum += quantity(1.0, "1", 3);
  sum *= quantity(2.0, "kg", 4);
  CHECK(sum.reads == rows({3, 4}));
  sum -= quantity(1.0, "kg", 6);
  sum /= quantity(1.0, "kg", 7);
  CHECK(sum.reads == rows({3, 4, 6, 7}));
  CHECK(sum.value == 1.0);
  CHECK((-exp(log(sum))).reads == rows({3, 4, 6, 7}));
}

}  // namespace
}  // namespace healthspan
