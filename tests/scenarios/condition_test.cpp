#include <healthspan/core/errors.hpp>
#include <healthspan/scenarios/condition.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <string>

using namespace healthspan;
using namespace healthspan::scenarios;

namespace {

bool holds(const char* text, const std::vector<double>& values) { return Condition(text).holds(values); }

std::string complaint(const std::string& text) {
  try {
    Condition condition(text);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::syntax);
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a condition compares, and binds \"and\" before \"or\"") {
  CHECK(holds("age >= 70", {70}));
  CHECK_FALSE(holds("age > 70", {70}));
  CHECK(holds("bmi between 24 and 30", {30}));
  CHECK(holds("egfr >= 45.5 ml/min/1.73m2", {45.5}));  // a unit with a point
  CHECK(holds("a < 1 or b < 1 and c < 1", {0, 2, 2}));
  CHECK_FALSE(holds("(a < 1 or b < 1) and c < 1", {0, 2, 2}));
  CHECK(holds("not a < 1 and not b = 2", {1, 3}));
  CHECK(holds("female and frail", {0, 1}));
  CHECK_FALSE(holds("male", {0}));
  CHECK(Condition("a < 1 and b < 2 or a > 5").names() == std::vector<std::string>{"a", "b"});
  CHECK(Condition().holds({}));
}

TEST_CASE("what is not a number fails every comparison with it") {
  for (const char* text : {"a < 1", "a <= 1", "a > 1", "a >= 1", "a = 1", "a between 0 and 2"})
    CHECK_FALSE(holds(text, {std::nan("")}));
}

TEST_CASE("a litre in a unit is l or L") {
  CHECK(unit_factor("glucose_2h", "mg/dl", "mg/dL") == 1);
  CHECK(unit_factor("glucose_2h", "mg/dl", "mmol/L") == 18.016);
  CHECK(unit_factor("glucose_2h", "mg/dl", "mmol/l") == 18.016);
  CHECK(unit_factor("fasting_insulin", "uU/ml", "uU/mL") == 1);
  CHECK_THROWS_AS(unit_factor("glucose_2h", "mg/dl", "mg/ml"), Error);
}

TEST_CASE("levels come to the unit of their quantity") {
  Condition c("fasting_glucose between 95 and 125 mg/dL and height < 160 cm");
  c.settle_units([](const std::string& name) { return name == "height" ? "m" : "mmol/L"; });
  CHECK(c.holds({100 / 18.016, 1.5}));
  CHECK_FALSE(c.holds({94.9 / 18.016, 1.5}));
  CHECK_FALSE(c.holds({100 / 18.016, 1.6000001}));
  Condition wrong("height < 160 kg");
  CHECK_THROWS_WITH_AS(wrong.settle_units([](const std::string&) { return "m"; }),
                       "found the unit \"kg\" for height, expected \"m\"", Error);
}

TEST_CASE("a litre may be written with either letter") {
  Condition c("fasting_glucose < 126 mg/dl and glucose_2h < 11.1 mmol/l");
  c.settle_units([](const std::string& name) { return name == "glucose_2h" ? "mg/dl" : "mg/dL"; });
  CHECK(c.holds({125.9, 11.0 * 18.016}));
  CHECK_FALSE(c.holds({126, 11.0 * 18.016}));
  CHECK_FALSE(c.holds({125.9, 11.2 * 18.016}));
}

TEST_CASE("what cannot be understood is shown with its place") {
  CHECK(complaint("") == "character 1: found the end, expected the name of a quantity, \"not\" or \"(\"");
  CHECK(complaint("age >=") == "character 7: found the end, expected a number");
  CHECK(complaint("age >= old") == "character 8: found \"old\", expected a number");
  CHECK(complaint("(age > 70") == "character 10: found the end, expected \")\"");
  CHECK(complaint("age > 70 years bmi") == "character 16: found \"bmi\", expected \"and\", \"or\" or the end");
  CHECK(complaint("age between 80 and 70") == "character 22: found the end, expected the lower end first");
  CHECK(complaint("age > 1e999") == "character 7: found \"1e999\", expected a number");
  CHECK(complaint(std::string(60, '(')).find("at most 50 levels") != std::string::npos);
  CHECK(complaint(std::string(3000, 'x')).find("3000 characters") != std::string::npos);
}

TEST_CASE("alternatives say the same as the condition") {
  // Built at random over three quantities with levels 0..3, so that equality happens too.
  const auto text = [](const auto& self, int depth) -> std::string {
    const int kind = depth == 0 ? 0 : *rc::gen::inRange(0, 4);
    if (kind == 1) return "not (" + self(self, depth - 1) + ")";
    if (kind >= 2) return "(" + self(self, depth - 1) + (kind == 2 ? " and " : " or ") + self(self, depth - 1) + ")";
    const std::string name(1, static_cast<char>('a' + *rc::gen::inRange(0, 3)));
    const int level = *rc::gen::inRange(0, 3);
    static const char* const relations[] = {"<", "<=", ">", ">=", "="};
    const int relation = *rc::gen::inRange(0, 6);
    if (relation == 5) return name + " between " + std::to_string(level) + " and " + std::to_string(level + 1);
    return name + " " + relations[relation] + " " + std::to_string(level);
  };
  CHECK(rc::check([&] {
    const Condition condition(text(text, 3));
    const auto alternatives = condition.alternatives();
    for (int i = 0; i < 64; ++i) {
      const std::vector<double> by_name{double(i % 4), double(i / 4 % 4), double(i / 16)};
      std::vector<double> values;
      for (const std::string& name : condition.names()) values.push_back(by_name[std::size_t(name[0] - 'a')]);
      bool any = false;
      for (const auto& together : alternatives) {
        bool all = true;
        for (const Comparison& c : together) all = all && c.holds(values[c.quantity]);
        any = any || all;
      }
      RC_ASSERT(any == condition.holds(values));
    }
  }));
}
