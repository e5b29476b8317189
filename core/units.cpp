#include <healthspan/core/errors.hpp>
#include <healthspan/core/units.hpp>

#include <cctype>
#include <charconv>

namespace healthspan {

// Recursive descent over   product := factor (('*' | '/') factor)*   factor := ('(' product ')' | symbol) ['^' int]
class UnitParser {
 public:
  explicit UnitParser(std::string_view text) : text_(text) {}

  Unit parse() {
    const Unit unit = product();
    if (at_ != text_.size()) fail();
    return unit;
  }

 private:
  Unit product() {
    Unit unit = factor();
    while (at_ < text_.size() && (text_[at_] == '*' || text_[at_] == '/')) {
      const char sign = text_[at_++];
      unit = sign == '*' ? unit * factor() : unit / factor();
    }
    return unit;
  }

  Unit factor() {
    Unit unit;
    if (at_ < text_.size() && text_[at_] == '(') {
      ++at_;
      unit = product();
      if (at_ >= text_.size() || text_[at_++] != ')') fail();
    } else {
      unit = symbol();
    }
    if (at_ < text_.size() && text_[at_] == '^') {
      const char* const begin = text_.data() + at_ + 1;
      int power = 0;
      const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), power);
      if (error != std::errc{}) fail();
      at_ += 1 + static_cast<std::size_t>(end - begin);
      unit = unit.power(power);
    }
    return unit;
  }

  Unit symbol() {
    std::size_t end = at_;
    const auto in_symbol = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '%' || c == '.'; };
    while (end < text_.size() && in_symbol(text_[end])) ++end;
    const std::string_view name = text_.substr(at_, end - at_);
    if (name == "1") {
      at_ = end;
      return Unit{};
    }
    for (std::size_t i = 0; i < Unit::symbols.size(); ++i) {
      if (Unit::symbols[i] == name) {
        at_ = end;
        Unit unit;
        unit.exponents_[i] = 1;
        return unit;
      }
    }
    fail();
  }

  [[noreturn]] void fail() const {
    throw Error(ErrorCode::internal, "cannot read the unit \"" + std::string(text_) + "\"");
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

Unit::Unit(std::string_view text) : Unit(UnitParser(text).parse()) {}

Unit operator*(const Unit& a, const Unit& b) {
  Unit product = a;
  for (std::size_t i = 0; i < a.exponents_.size(); ++i) product.exponents_[i] += b.exponents_[i];
  return product;
}

Unit operator/(const Unit& a, const Unit& b) { return a * b.power(-1); }

Unit Unit::power(double exponent) const {
  Unit unit = *this;
  for (float& e : unit.exponents_) e = static_cast<float>(e * exponent);
  return unit;
}

std::string Unit::text() const {
  std::string text;
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    if (exponents_[i] == 0) continue;
    if (!text.empty()) text += "*";
    text += symbols[i];
    if (exponents_[i] != 1) {
      std::string e = std::to_string(exponents_[i]);
      e.erase(e.find_last_not_of('0') + 1);
      if (e.back() == '.') e.pop_back();
      text += "^" + e;
    }
  }
  return text.empty() ? "1" : text;
}

}  // namespace healthspan
