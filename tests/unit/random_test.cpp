#include <healthspan/core/random.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace healthspan {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

TEST_CASE("philox4x32_10 gives the known answers of Random123") {
  // The three vectors "philox4x32 10" of Random123's tests/kat_vectors.
  CHECK(philox4x32_10({0, 0, 0, 0}, {0, 0}) == PhiloxCounter{0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u});
  constexpr std::uint32_t ones = 0xffffffffu;
  CHECK(philox4x32_10({ones, ones, ones, ones}, {ones, ones}) ==
        PhiloxCounter{0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu});
  CHECK(philox4x32_10({0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u}, {0xa4093822u, 0x299f31d0u}) ==
        PhiloxCounter{0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u});
}

TEST_CASE("name_hash gives the published values of FNV-1a in 64 bits") {
  CHECK(name_hash("") == 0xcbf29ce484222325u);
  CHECK(name_hash("a") == 0xaf63dc4c8601ec8cu);
  CHECK(name_hash("foobar") == 0x85944171f73967e8u);
}

TEST_CASE("a stream's numbers are those of an independent implementation of its documented layout") {
  // Computed in Python from the text above Stream. They pin the layout: changing it changes every simulated
  // life.
  CHECK(Stream(42, "death").uniform(0, 0) == 0x1.f01f3ac7c0090p-1);
  CHECK(Stream(42, "death").uniform(7, 3) == 0x1.6143d6f8714d0p-1);
  CHECK(Stream(0xfedcba9876543210u, "parameter:muscle.training_response")
            .uniform(0x123456789abcdef0u, 0x0fedcba987654321u) == 0x1.fd5a3656a5b0cp-1);
}

TEST_CASE("a variate does not depend on what was drawn before it") {
  const Stream stream(1, "death");
  std::vector<double> forwards, backwards;
  for (std::uint64_t i = 0; i < 1000; ++i) forwards.push_back(stream.normal(i % 10, i / 10));
  for (std::uint64_t i = 1000; i-- > 0;) {
    Stream(2, "something else").uniform(i, i);
    backwards.push_back(Stream(1, "death").normal(i % 10, i / 10));
  }
  std::reverse(backwards.begin(), backwards.end());
  CHECK(forwards == backwards);
}

TEST_CASE("no bits make a uniform of 0 or 1 and the order of the bits is kept") {
  CHECK(open_unit(0) == 0x1p-54);
  CHECK(open_unit(0x7ff) == 0x1p-54);
  CHECK(open_unit(0x800) == 0x1p-53);
  CHECK(open_unit(std::uint64_t{1} << 63) == 0.5);
  CHECK(open_unit(~std::uint64_t{0}) == 1.0 - 0x1p-53);
}

TEST_CASE("all variates made from the extreme uniforms are finite and positive times are positive") {
  CHECK(-log(open_unit(~std::uint64_t{0})) > 0.0);
  CHECK(-log(open_unit(0)) < 37.5);
  CHECK(normal_quantile(open_unit(0)) > -8.4);
  CHECK(normal_quantile(open_unit(~std::uint64_t{0})) < 8.3);
}

// sqrt(n) times the largest distance between the sample's distribution and u uniform (Kolmogorov 1933).
double kolmogorov(std::vector<double> u) {
  std::sort(u.begin(), u.end());
  const double n = static_cast<double>(u.size());
  double distance = 0.0;
  for (std::size_t i = 0; i < u.size(); ++i) {
    const double k = static_cast<double>(i);
    distance = std::max({distance, u[i] - k / n, (k + 1.0) / n - u[i]});
  }
  return std::sqrt(n) * distance;
}

// P(statistic > x) is about 2 exp(-2 x^2): 2.7 is passed by a true sample in all but one of a million seeds.
constexpr double kolmogorov_limit = 2.7;

TEST_CASE("uniforms, exponentials and normals follow their distributions over members and over indices") {
  const Stream stream(2024, "distribution");
  constexpr std::uint64_t n = 200'000;
  for (const bool over_members : {true, false}) {
    std::vector<double> uniform, exponential, normal;
    for (std::uint64_t i = 0; i < n; ++i) {
      const std::uint64_t member = over_members ? i : 5, index = over_members ? 5 : i;
      uniform.push_back(stream.uniform(member, index));
      exponential.push_back(-std::expm1(-stream.exponential(member, index)));
      normal.push_back(0.5 * std::erfc(-stream.normal(member, index) / std::sqrt(2.0)));
    }
    CHECK(kolmogorov(uniform) < kolmogorov_limit);
    CHECK(kolmogorov(exponential) < kolmogorov_limit);
    CHECK(kolmogorov(normal) < kolmogorov_limit);
  }
}

TEST_CASE("the Kolmogorov test used here sees a distribution that is wrong by one part in a hundred") {
  const Stream stream(2024, "distribution");
  std::vector<double> u;
  for (std::uint64_t i = 0; i < 200'000; ++i) u.push_back(0.99 * stream.uniform(i, 0));
  CHECK(kolmogorov(u) > kolmogorov_limit);
}

TEST_CASE("streams of other purposes, seeds, members and indices are uncorrelated") {
  // The correlation of n independent pairs is about normal with deviation 1 / sqrt(n); 6 of them are exceeded
  // by one true pair in 5e8, so by one of these 190 once in some million seeds.
  constexpr std::uint64_t n = 20'000;
  std::vector<std::vector<double>> samples;
  const auto sample = [&](auto draw) {
    std::vector<double> z;
    for (std::uint64_t i = 0; i < n; ++i) z.push_back(draw(i));
    samples.push_back(z);
  };
  for (const char* purpose : {"death", "deatH", "death ", "fracture", "", "a", "b", "parameter:a.b"}) {
    sample([s = Stream(1, purpose)](std::uint64_t i) { return s.normal(i, 0); });
  }
  constexpr std::uint64_t one = 1;
  for (const std::uint64_t seed : {0 * one, 2 * one, one << 32, ~(0 * one)}) {
    sample([s = Stream(seed, "death")](std::uint64_t i) { return s.normal(i, 0); });
  }
  const Stream s(1, "death");
  sample([&](std::uint64_t i) { return s.normal(i, 1); });
  sample([&](std::uint64_t i) { return s.normal(i, std::uint64_t{1} << 32); });
  sample([&](std::uint64_t i) { return s.normal(i + n, 0); });
  sample([&](std::uint64_t i) { return s.normal(i + (std::uint64_t{1} << 32), 0); });
  sample([&](std::uint64_t i) { return s.normal(0, i + 2); });
  sample([&](std::uint64_t i) { return s.normal(1, i + 2); });
  sample([&](std::uint64_t i) { return s.normal(i, i + 2); });
  sample([&](std::uint64_t i) { return s.normal(i << 32, 2); });
  REQUIRE(samples.size() == 20);
  double largest = 0.0;
  for (std::size_t a = 0; a < samples.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      double sum = 0.0;
      for (std::size_t i = 0; i < n; ++i) sum += samples[a][i] * samples[b][i];
      largest = std::max(largest, std::fabs(sum / static_cast<double>(n)));
    }
  }
  CHECK(largest < 6.0 / std::sqrt(static_cast<double>(n)));
}

TEST_CASE("normal_quantile agrees with 20 digits computed elsewhere") {
  // mpmath, 40 digits. The double nearest the limits of AS 241's three regions are among the points.
  struct Known {
    double p, z;
  };
  constexpr Known known[] = {{0x1.8p-1, 0.6744897501960817432},
                             {0x1.999999999999ap-4, -1.2815515655446004353},
                             {0x1.3333333333333p-4, -1.4395314709384559349},
                             {0x1.3333333333334p-4, -1.4395314709384558369},
                             {0x1.ep-1, 1.5341205443525463117},
                             {0x1p-10, -3.0972690781987844624},
                             {0x1.9p-20, -4.6721775066247104477},
                             {0x1p-36, -6.6510353798930105467},
                             {0x1p-37, -6.7523004314070149646},
                             {0x1p-53, -8.2095361516013868556},
                             {0x1p-54, -8.2923610758135955382},
                             {0x1.fffffffffffffp-1, 8.2095361516013868556},
                             {0x1p-300, -20.199856642545821698},
                             {0x1p-1000, -37.11101193716479141},
                             {0x1p-1074, -38.467405617144346251}};
  for (const Known& point : known) {
    const double p = point.p, z = point.z;
    CAPTURE(p);
    // The paper claims 1e-16; two polynomials of degree 7 in doubles add a few roundings of 1.1e-16 each.
    CHECK(std::fabs(normal_quantile(p) - z) <= 8e-16 * std::fabs(z));
  }
  CHECK(normal_quantile(0.5) == 0.0);
}

TEST_CASE("normal_quantile inverts the normal distribution function to 15 digits in both tails") {
  // dz = dp / density, with the distribution function from the C library's erfc in long double.
  if (std::numeric_limits<long double>::digits < 64) return;
  double worst = 0.0;
  for (int i = 1; i <= 100'000; ++i) {
    const double p = i % 2 ? std::ldexp(0.5 + i * 5e-6, -(i % 50)) : i * 0.5e-5;
    const double z = normal_quantile(p);
    if (p == 0.5) continue;  // z = 0 has no relative error
    const long double exact_z = z;
    const long double back = 0.5L * std::erfc(-exact_z / std::sqrt(2.0L));
    const long double density = std::exp(-0.5L * exact_z * exact_z) * 0.3989422804014326779399L;
    worst = std::max(worst, static_cast<double>(std::fabs((back - p) / (density * exact_z))));
  }
  CHECK(worst < 1e-15);  // as above, and the reference's own error of about 1e-18
}

TEST_CASE("normal_quantile is antisymmetric, infinite at 0 and 1 and NaN outside") {
  for (int i = 1; i < 512; ++i) {
    const double p = i / 1024.0;  // 1 - p is exact
    CHECK(normal_quantile(1.0 - p) == -normal_quantile(p));
  }
  CHECK(normal_quantile(0.0) == -inf);
  CHECK(normal_quantile(1.0) == inf);
  for (const double p : {-0.1, 1.1, -inf, inf, std::numeric_limits<double>::quiet_NaN()}) {
    CHECK(std::isnan(normal_quantile(p)));
  }
}

}  // namespace
}  // namespace healthspan
