#include <healthspan/core/errors.hpp>
#include <healthspan/scenarios/condition.hpp>
#include <healthspan/scenarios/language/units.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <optional>

namespace healthspan::scenarios {

bool Comparison::holds(double value) const {
  switch (is) {
    case Is::below: return value < level;
    case Is::at_most: return value <= level;
    case Is::above: return value > level;
    case Is::at_least: return value >= level;
    case Is::between: return value >= level && value <= upper;
    case Is::equal: return value == level;
  }
  return false;
}

// Recursive descent over
//   either := both ("or" both)*      both := one ("and" one)*      one := "not" one | "(" either ")" | comparison
//   comparison := NAME [("<" | "<=" | ">" | ">=" | "=") NUMBER [UNIT] | "between" NUMBER "and" NUMBER [UNIT]]
// A name by itself holds from one half on; "female" is not "male".
class ConditionParser {
 public:
  explicit ConditionParser(Condition& into) : into_(into), text_(into.text_) {}

  void parse() {
    either();
    skip_space();
    if (at_ < text_.size()) fail("\"and\", \"or\" or the end");
  }

 private:
  using Does = Condition::Step::Does;
  static constexpr int deepest = 50;

  void either() {
    both();
    while (take_word("or")) {
      both();
      into_.steps_.push_back({Does::either});
    }
  }
  void both() {
    one();
    while (take_word("and")) {
      one();
      into_.steps_.push_back({Does::both});
    }
  }
  void one() {
    if (++depth_ > deepest) fail(fmt::format("at most {} levels of \"not\" and parentheses", deepest));
    if (take_word("not")) {
      one();
      into_.steps_.push_back({Does::negate});
    } else if (take("(")) {
      either();
      if (!take(")")) fail("\")\"");
    } else {
      comparison();
    }
    --depth_;
  }
  void comparison() {
    skip_space();
    const std::size_t begin = at_;
    const std::string name = word();
    if (name.empty() || name == "and" || name == "or" || name == "between") {
      at_ = begin;
      fail("the name of a quantity, \"not\" or \"(\"");
    }
    Comparison c;
    using enum Comparison::Is;
    if (take_word("between")) {
      c.is = between;
      c.level = number();
      const std::string unit_of_first = unit();
      if (!take_word("and")) fail("\"and\"");
      c.upper = number();
      c.unit = unit();
      if (!unit_of_first.empty() && unit_of_first != c.unit) fail("the same unit twice");
      if (!(c.level <= c.upper)) fail("the lower end first");
    } else if (const auto is = relation()) {
      c.is = *is;
      c.level = number();
      c.unit = unit();
    } else if (name == "female") {
      c.is = below;
      c.level = 0.5;
    } else {
      c.level = 0.5;
    }
    c.quantity = place_of(name == "female" ? "male" : name);
    into_.steps_.push_back({Does::compare, c});
  }

  std::optional<Comparison::Is> relation() {
    using enum Comparison::Is;
    if (take("<=")) return at_most;
    if (take(">=")) return at_least;
    if (take("<")) return below;
    if (take(">")) return above;
    if (take("==") || take("=")) return equal;
    return std::nullopt;
  }
  std::size_t place_of(const std::string& name) {
    auto& names = into_.names_;
    const auto at = std::find(names.begin(), names.end(), name);
    if (at == names.end()) names.push_back(name);
    return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
  }
  double number() {
    skip_space();
    double value = 0;
    const char* const begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (error != std::errc{} || !std::isfinite(value)) fail("a number");
    at_ += static_cast<std::size_t>(end - begin);
    return value;
  }
  // Letters, "/" and what else stands in units; nothing where a word of the language follows.
  std::string unit() {
    skip_space();
    std::size_t end = at_;
    const auto belongs = [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) || c == '/' || c == '%' || c == '^' || c == '*' || c == '.';
    };  // the point is that of ml/min/1.73m2
    while (end < text_.size() && belongs(text_[end])) ++end;
    const std::string found(text_.substr(at_, end - at_));
    if (found == "and" || found == "or") return "";
    at_ = end;
    return found;
  }
  std::string word() {
    std::size_t end = at_;
    while (end < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[end])) || text_[end] == '_')) ++end;
    const std::string found(text_.substr(at_, end - at_));
    if (!found.empty() && std::isdigit(static_cast<unsigned char>(found[0]))) return "";
    at_ = end;
    return found;
  }
  bool take(std::string_view sign) {
    skip_space();
    if (text_.substr(at_, sign.size()) != sign) return false;
    at_ += sign.size();
    return true;
  }
  bool take_word(std::string_view wanted) {
    skip_space();
    const std::size_t begin = at_;
    if (word() == wanted) return true;
    at_ = begin;
    return false;
  }
  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }
  [[noreturn]] void fail(const std::string& expected) const {
    const std::string rest(text_.substr(at_, 20));
    throw Error(ErrorCode::syntax, fmt::format("character {}: found {}, expected {}", at_ + 1,
                                               rest.empty() ? std::string("the end") : "\"" + rest + "\"", expected));
  }

  Condition& into_;
  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

Condition::Condition(std::string_view text) : text_(text) {
  constexpr std::size_t longest = 2000;
  if (text.size() > longest)
    throw Error(ErrorCode::syntax,
                fmt::format("is a condition of {} characters, expected at most {}", text.size(), longest));
  ConditionParser(*this).parse();
}

void Condition::settle_units(const std::function<std::string(const std::string&)>& unit_of) {
  for (Step& step : steps_) {
    Comparison& c = step.comparison;
    if (step.does != Step::Does::compare || c.unit.empty()) continue;
    const double factor = unit_factor(names_[c.quantity], unit_of(names_[c.quantity]), c.unit);
    c.level *= factor;
    c.upper *= factor;
    c.unit.clear();
  }
}

bool Condition::holds(const std::vector<double>& values) const {
  std::vector<bool> stack;
  for (const Step& step : steps_) {
    if (step.does == Step::Does::compare) {
      stack.push_back(step.comparison.holds(values[step.comparison.quantity]));
    } else if (step.does == Step::Does::negate) {
      stack.back() = !stack.back();
    } else {
      const bool last = stack.back();
      stack.pop_back();
      stack.back() = step.does == Step::Does::both ? stack.back() && last : stack.back() || last;
    }
  }
  return stack.empty() || stack.back();
}

namespace {

using Alternatives = std::vector<std::vector<Comparison>>;

Alternatives negated(const Comparison& c) {
  using enum Comparison::Is;
  const auto with = [&](Comparison::Is is, double level) {
    Comparison other = c;
    other.is = is;
    other.level = level;
    return other;
  };
  switch (c.is) {
    case below: return {{with(at_least, c.level)}};
    case at_most: return {{with(above, c.level)}};
    case above: return {{with(at_most, c.level)}};
    case at_least: return {{with(below, c.level)}};
    case between: return {{with(below, c.level)}, {with(above, c.upper)}};
    case equal: return {{with(below, c.level)}, {with(above, c.level)}};
  }
  return {};
}

void check_size(std::size_t alternatives) {
  constexpr std::size_t most = 64;
  if (alternatives > most)
    throw Error(ErrorCode::out_of_range,
                fmt::format("comes to {} alternatives, expected at most {}", alternatives, most));
}

Alternatives either(Alternatives a, const Alternatives& b) {
  a.insert(a.end(), b.begin(), b.end());
  check_size(a.size());
  return a;
}

Alternatives both(const Alternatives& a, const Alternatives& b) {
  check_size(a.size() * b.size());
  Alternatives product;
  for (const auto& x : a)
    for (const auto& y : b) {
      product.push_back(x);
      product.back().insert(product.back().end(), y.begin(), y.end());
    }
  return product;
}

}  // namespace

Alternatives Condition::alternatives() const {
  struct Case {
    Alternatives yes, no;
  };
  std::vector<Case> stack;
  for (const Step& step : steps_) {
    if (step.does == Step::Does::compare) {
      stack.push_back({{{step.comparison}}, negated(step.comparison)});
    } else if (step.does == Step::Does::negate) {
      std::swap(stack.back().yes, stack.back().no);
    } else {
      const Case last = std::move(stack.back());
      stack.pop_back();
      Case& first = stack.back();
      first = step.does == Step::Does::both ? Case{both(first.yes, last.yes), either(first.no, last.no)}
                                            : Case{either(first.yes, last.yes), both(first.no, last.no)};
    }
  }
  if (stack.empty()) return {{}};
  return stack.back().yes;
}

double unit_factor(const std::string& quantity, const std::string& own, const std::string& given) {
  // A litre is written l or L: people and models each have their way.
  const auto with_litres = [](std::string unit) {
    std::replace(unit.begin(), unit.end(), 'L', 'l');
    return unit;
  };
  const std::string to_unit = with_litres(own), from_unit = with_litres(given);
  if (to_unit == from_unit) return 1;
  // A concentration of mass in one of amount: molar masses from the standard atomic weights.
  struct Substance {
    std::string_view in_name;
    double mg_per_dl_in_mmol_per_l;
  };
  static constexpr Substance substances[] = {{"glucose", 18.016}, {"cholesterol", 38.67}, {"triglycerides", 88.57}};
  for (const Substance& s : substances) {
    if (quantity.find(s.in_name) == std::string::npos) continue;
    if (to_unit == "mmol/l" && from_unit == "mg/dl") return 1 / s.mg_per_dl_in_mmol_per_l;
    if (to_unit == "mg/dl" && from_unit == "mmol/l") return s.mg_per_dl_in_mmol_per_l;
  }
  for (const Dimension* dimension :
       {&dimension_time, &dimension_length, &dimension_mass, &dimension_energy_rate, &dimension_protein_rate}) {
    const UnitName *from = dimension->find(given), *to = dimension->find(own);
    if (from && to) return from->in_canonical / to->in_canonical;
  }
  if (own == "1" && given == "%") return 0.01;
  throw Error(ErrorCode::wrong_unit, fmt::format("found the unit \"{}\" for {}, expected {}", given, quantity,
                                                 own == "1" ? std::string("none") : "\"" + own + "\""));
}

}  // namespace healthspan::scenarios
