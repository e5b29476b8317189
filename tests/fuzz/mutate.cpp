#include "mutate.hpp"

#include "fuzz.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace healthspan::fuzz {

namespace {

// Values on the edges of what is allowed, and beyond.
constexpr std::array numbers{
    "0",      "-0.0",    "1",    "-1",      "0.5",   "1e-320", "1e-9", "1e9",          "1.8e308", "1e308",
    "-1e308", "28",      "29.5", "18262.5", "36525", "0.01",   "0.99", "4294967296",   "2.5",     "9007199254740991",
    "365.25", "\"2 y\"", "null", "true",    "[]",    "{}",     "\"\"", "\"discharge\""};
constexpr std::array<std::uint64_t, 14> words{0,
                                              1,
                                              2,
                                              0xff,
                                              0xffff'ffff,
                                              0x1'0000'0000,
                                              0x7fff'ffff'ffff'ffff,
                                              0x8000'0000'0000'0000,
                                              0xffff'ffff'ffff'ffff,
                                              0x3ff0'0000'0000'0000,   // 1.0
                                              0xbff0'0000'0000'0000,   // -1.0
                                              0x7ff0'0000'0000'0000,   // infinity
                                              0x7ff8'0000'0000'0000,   // not a number
                                              0x0000'0000'0000'0003};  // the smallest numbers

class Mutation {
 public:
  Mutation(std::string text, const std::string& other, const Stream& chance, std::uint64_t number)
      : text_(std::move(text)), other_(other), chance_(chance), number_(number) {}

  std::string done() {
    for (std::size_t n = 1 + below(4); n > 0; --n) once();
    return std::move(text_);
  }

 private:
  // In [0, n); 0 for n = 0.
  std::size_t below(std::size_t n) {
    const double u = chance_.uniform(number_, draws_++);
    return std::min(static_cast<std::size_t>(u * static_cast<double>(n)), n > 0 ? n - 1 : 0);
  }
  static bool in_number(char c) {
    return std::isdigit(static_cast<unsigned char>(c)) || c == '.' || c == '-' || c == 'e';
  }

  // The next stretch from `at` on, to the end, that holds only what `inside` says.
  template <class Inside>
  static std::pair<std::size_t, std::size_t> stretch(const std::string& text, std::size_t at, const Inside& inside) {
    while (at < text.size() && !inside(text[at])) ++at;
    std::size_t end = at;
    while (end < text.size() && inside(text[end])) ++end;
    return {at, end};
  }
  static bool in_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

  void once() {
    const std::size_t size = text_.size(), at = below(size), length = 1 + below(std::min<std::size_t>(size - at, 64));
    switch (below(9)) {
      case 0:  // a bit
        if (size > 0) text_[at] = static_cast<char>(text_[at] ^ (1 << below(8)));
        break;
      case 1: text_.erase(at, length); break;
      case 2: text_.insert(at, text_.substr(below(size), length)); break;
      case 3: {  // a part of the other input
        const std::size_t from = below(other_.size());
        text_.replace(at, below(length + 1), other_.substr(from, 1 + below(512)));
        break;
      }
      case 4:
      case 5: {  // another number
        const auto [begin, end] = stretch(text_, at, in_number);
        if (begin < end) text_.replace(begin, end - begin, numbers[below(numbers.size())]);
        break;
      }
      case 6: {  // another name, from anywhere
        const auto [begin, end] = stretch(text_, at, in_name);
        const auto [from, to] = stretch(other_, below(other_.size()), in_name);
        if (begin < end && from < to) text_.replace(begin, end - begin, other_.substr(from, to - from));
        break;
      }
      default: {  // a word; those of a container stand at a multiple of eight from its end
        if (size < 16) break;
        const std::size_t place = size - 16 - 8 * below((size - 16) / 8 + 1);
        std::uint64_t word = words[below(words.size())];
        if (below(2)) word = word_at(text_, place) + (below(2) ? 1 : ~std::uint64_t{0});
        text_.replace(place, 8, bytes_of(word));
      }
    }
  }

  std::string text_;
  const std::string& other_;
  const Stream& chance_;
  std::uint64_t number_, draws_ = 0;
};

}  // namespace

std::string mutated(const std::string& input, const std::string& other, const Stream& chance, std::uint64_t number) {
  return Mutation(input, other, chance, number).done();
}

}  // namespace healthspan::fuzz
