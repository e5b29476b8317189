#include <healthspan/core/pack.hpp>

#include <doctest/doctest.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <type_traits>

namespace healthspan {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr std::array<double, 14> specials{0.0, -0.0, 1.0,    -1.0,    0.5,   -2.5, 3.0,
                                          inf, -inf, 5e-324, -2e-308, 1e308, nan,  0x1.fffffffffffffp1023};

// The same number, sign of zero included. The payload of a NaN is not part of the promise.
bool same(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) || (a != a && b != b);
}

template <int W>
Pack<W> draw(std::mt19937_64& bits) {
  Pack<W> x;
  for (int i = 0; i < W; ++i) {
    const auto kind = bits() % 3;
    x.set(i, kind == 0   ? specials[bits() % specials.size()]
             : kind == 1 ? std::bit_cast<double>(bits())
                         : static_cast<double>(static_cast<std::int64_t>(bits())) * 0x1p-60);
  }
  return x;
}

// Counts the lanes in which f of packs differs from f of that lane's doubles.
template <int W, class F>
int lanes_that_differ(F f) {
  std::mt19937_64 bits(1);
  int different = 0;
  for (int n = 0; n < 2000; ++n) {
    const Pack<W> a = draw<W>(bits), b = draw<W>(bits), c = draw<W>(bits);
    const auto packed = f(a, b, c);
    for (int i = 0; i < W; ++i) {
      if constexpr (std::is_same_v<decltype(packed), const Mask<W>>) {
        different += packed[i] != static_cast<bool>(f(a[i], b[i], c[i]));
      } else {
        different += !same(packed[i], f(a[i], b[i], c[i]));
      }
    }
  }
  return different;
}

template <class F>
int lanes_that_differ_at_any_width(F f) {
  return lanes_that_differ<4>(f) + lanes_that_differ<8>(f) + lanes_that_differ<12>(f) + lanes_that_differ<16>(f);
}

// An equation as a module would write it, with every kind of operand.
template <class R>
R equation(R x, R y, R z) {
  R r = 2.0 * x + y / 3.0 - 1.0;
  r *= z;
  r += 0.5;
  r -= x;
  r /= 7.0;
  const auto low = (x < 0.25) | !(y >= z);
  r = select(low & (z != 1.0), r, max(0.0, fma(x, y, R(1.0))));
  return -r + sqrt(abs(min(x, 1.0))) * floor(1.0 - y);
}

TEST_CASE("a pack's arithmetic gives in every lane the bits of the same arithmetic on doubles") {
  CHECK(lanes_that_differ_at_any_width([](auto a, auto b, auto) { return a + b; }) == 0);
  CHECK(lanes_that_differ_at_any_width([](auto a, auto b, auto) { return a - b; }) == 0);
  CHECK(lanes_that_differ_at_any_width([](auto a, auto b, auto) { return a * b; }) == 0);
  CHECK(lanes_that_differ_at_any_width([](auto a, auto b, auto) { return a / b; }) == 0);
  CHECK(lanes_that_differ_at_any_width([](auto a, auto, auto) { return -a; }) == 0);
  CHECK(lanes_that_differ_at_any_width([](auto a, auto, auto) { return abs(a); }) == 0);
  CHECK(lanes_that_differ_at_any_width([](auto a, auto, auto) { return sqrt(a); }) == 0);
  CHECK(lanes_that_differ_at_any_width([](auto a, auto, auto) { return floor(a); }) == 0);
  CHECK(lanes_that_differ_at_any_width([](auto a, auto b, auto) { return min(a, b); }) == 0);
  CHECK(lanes_that_differ_at_any_width([](auto a, auto b, auto) { return max(a, b); }) == 0);
  CHECK(lanes_that_differ_at_any_width([](auto a, auto b, auto c) { return fma(a, b, c); }) == 0);
  CHECK(lanes_that_differ_at_any_width([](auto a, auto b, auto c) { return select(a < b, b, c); }) == 0);
}

TEST_CASE("a pack's comparisons give in every lane the truth of the same comparison of doubles") {
  CHECK(lanes_that_differ_at_any_width([](auto a, auto b, auto) { return a < b; }) == 0);
  CHECK(lanes_that_differ_at_any_width([](auto a, auto b, auto) { return a <= b; }) == 0);
  CHECK(lanes_that_differ_at_any_width([](auto a, auto b, auto) { return a > b; }) == 0);
  CHECK(lanes_that_differ_at_any_width([](auto a, auto b, auto) { return a >= b; }) == 0);
  CHECK(lanes_that_differ_at_any_width([](auto a, auto b, auto) { return a == b; }) == 0);
  CHECK(lanes_that_differ_at_any_width([](auto a, auto b, auto) { return a != b; }) == 0);
  CHECK(lanes_that_differ_at_any_width([](auto a, auto, auto) { return finite(a); }) == 0);
  CHECK(lanes_that_differ_at_any_width([](auto a, auto b, auto c) { return (a < b) & (b < c); }) == 0);
  CHECK(lanes_that_differ_at_any_width([](auto a, auto b, auto c) { return (a < b) | !(b < c); }) == 0);
}

TEST_CASE("an equation written once gives the same bits for a double and for packs of 4, 8, 12 and 16") {
  CHECK(lanes_that_differ_at_any_width([](auto a, auto b, auto c) { return equation(a, b, c); }) == 0);
}

TEST_CASE("a double stands for a pack that holds it in every lane") {
  const Pack<8> x = 2.5;
  for (int i = 0; i < 8; ++i) CHECK(x[i] == 2.5);
  CHECK(all(1.0 - x == -1.5));
  CHECK(all(x / 2 == Pack<8>(1.25)));
  CHECK(all(max(0.0, -x) == 0.0));
  CHECK(all(select(x > 2.0, 1.0, Pack<8>(0.0)) == 1.0));
}

TEST_CASE("setting a lane changes that lane alone") {
  for (int lane = 0; lane < 16; ++lane) {
    Pack<16> x = 1.0;
    x.set(lane, 7.0);
    for (int i = 0; i < 16; ++i) CHECK(x[i] == (i == lane ? 7.0 : 1.0));
  }
}

TEST_CASE("any is true from one lane on and all only with every lane") {
  CHECK_FALSE(any(Pack<16>(1.0) < 0.0));
  CHECK(all(Pack<16>(1.0) > 0.0));
  for (int lane = 0; lane < 16; ++lane) {
    Pack<16> x = 1.0;
    x.set(lane, -1.0);
    CHECK(any(x < 0.0));
    CHECK_FALSE(all(x < 0.0));
    CHECK_FALSE(all(x > 0.0));
    for (int i = 0; i < 16; ++i) CHECK((x < 0.0)[i] == (i == lane));
  }
}

TEST_CASE("min and max return their second argument when either is NaN") {
  for (const double x : {-1.0, 0.0, inf}) {
    CHECK(same(min(nan, x), x));
    CHECK(same(max(nan, x), x));
    CHECK(same(min(x, nan), nan));
    CHECK(same(max(x, nan), nan));
    CHECK(same(min(Pack<4>(nan), x)[0], x));
    CHECK(same(max(Pack<4>(x), nan)[3], nan));
  }
}

TEST_CASE("select is not touched by a NaN on the side not taken") {
  const Pack<8> x = select(Pack<8>(1.0) < 2.0, Pack<8>(3.0), sqrt(Pack<8>(-1.0)));
  CHECK(all(x == 3.0));
}

TEST_CASE("finite is false for NaN and both infinities and true for the largest and smallest numbers") {
  Pack<4> x;
  x.set(0, nan);
  x.set(1, -inf);
  x.set(2, std::numeric_limits<double>::max());
  x.set(3, -5e-324);
  CHECK_FALSE(finite(x)[0]);
  CHECK_FALSE(finite(x)[1]);
  CHECK(finite(x)[2]);
  CHECK(finite(x)[3]);
  CHECK_FALSE(finite(inf));
}

TEST_CASE("fma rounds once") {
  // (1 + e)(1 - e) - 1 = -e^2 exactly; with the product rounded first it would be 0.
  const double e = 0x1p-30;
  CHECK(fma(1.0 + e, 1.0 - e, -1.0) == -e * e);
  CHECK(all(fma(Pack<8>(1.0 + e), 1.0 - e, -1.0) == -e * e));
}

TEST_CASE("a pack is exactly its lanes and can be copied as bytes") {
  CHECK(sizeof(Pack<4>) == 4 * sizeof(double));
  CHECK(sizeof(Pack<16>) == 16 * sizeof(double));
  CHECK(std::is_trivially_copyable_v<Pack<8>>);
}

}  // namespace
}  // namespace healthspan
