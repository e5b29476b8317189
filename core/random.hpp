// Chance by counters: a variate is a pure function of (seed, purpose, member, index), so neither the order of
// calls nor a new module, arm or thread changes anyone else's luck. Every variate is made from one uniform by
// its inverse distribution function, so common random numbers and quasi-random points carry over.
#pragma once

#include <healthspan/core/elementary.hpp>

#include <array>
#include <cstdint>
#include <limits>
#include <string_view>

namespace healthspan {

// The 64-bit FNV-1a hash of a public name (G. Fowler, L. C. Noll & K.-P. Vo 1991; draft-eastlake-fnv).
constexpr std::uint64_t name_hash(std::string_view name) {
  std::uint64_t hash = 0xcbf2'9ce4'8422'2325u;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100'0000'01b3u;
  return hash;
}

using PhiloxCounter = std::array<std::uint32_t, 4>;
using PhiloxKey = std::array<std::uint32_t, 2>;

// Philox4x32-10: J. K. Salmon, M. A. Moraes, R. O. Dror & D. E. Shaw 2011, DOI 10.1145/2063384.2063405.
constexpr PhiloxCounter philox4x32_10(PhiloxCounter c, PhiloxKey key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t{0xd251'1f53u} * c[0];
    const std::uint64_t b = std::uint64_t{0xcd9e'8d57u} * c[2];
    c = {static_cast<std::uint32_t>(b >> 32) ^ c[1] ^ key[0], static_cast<std::uint32_t>(b),
         static_cast<std::uint32_t>(a >> 32) ^ c[3] ^ key[1], static_cast<std::uint32_t>(a)};
    key = {key[0] + 0x9e37'79b9u, key[1] + 0xbb67'ae85u};
  }
  return c;
}

// The standard normal quantile for a probability p in (0, 1); -infinity at 0, infinity at 1, NaN elsewhere.
// Algorithm AS 241, PPND16: M. J. Wichura 1988, Applied Statistics 37:477, DOI 10.2307/2347330; relative
// accuracy about 1e-16.
inline double normal_quantile(double p) {
  const auto ratio = [](double r, const double(&top)[8], const double(&bottom)[8]) {
    double numerator = top[7], denominator = bottom[7];
    for (int i = 6; i >= 0; --i) {
      numerator = numerator * r + top[i];
      denominator = denominator * r + bottom[i];
    }
    return numerator / denominator;
  };
  const double q = p - 0.5;
  if (abs(q) <= 0.425) {
    constexpr double a[8] = {3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
                             1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
                             3.3430575583588128105e4, 2.5090809287301226727e3};
    constexpr double b[8] = {1.0,
                             4.2313330701600911252e1,
                             6.8718700749205790830e2,
                             5.3941960214247511077e3,
                             2.1213794301586595867e4,
                             3.9307895800092710610e4,
                             2.8729085735721942674e4,
                             5.2264952788528545610e3};
    return q * ratio(0.180625 - q * q, a, b);
  }
  const double tail = q < 0.0 ? p : 1.0 - p;
  if (!(tail > 0.0)) {
    constexpr double infinite = std::numeric_limits<double>::infinity();
    return tail == 0.0 ? (q < 0.0 ? -infinite : infinite) : std::numeric_limits<double>::quiet_NaN();
  }
  const double r = sqrt(-log(tail));
  double z;
  if (r <= 5.0) {
    constexpr double c[8] = {1.42343711074968357734e0,  4.63033784615654529590e0, 5.76949722146069140550e0,
                             3.64784832476320460504e0,  1.27045825245236838258e0, 2.41780725177450611770e-1,
                             2.27238449892691845833e-2, 7.74545014278341407640e-4};
    constexpr double d[8] = {1.0,
                             2.05319162663775882187e0,
                             1.67638483018380384940e0,
                             6.89767334985100004550e-1,
                             1.48103976427480074590e-1,
                             1.51986665636164571966e-2,
                             5.47593808499534494600e-4,
                             1.05075007164441684324e-9};
    z = ratio(r - 1.6, c, d);
  } else {
    constexpr double e[8] = {6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,
                             2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                             2.71155556874348757815e-5, 2.01033439929228813265e-7};
    constexpr double f[8] = {1.0,
                             5.99832206555887937690e-1,
                             1.36929880922735805310e-1,
                             1.48753612908506148525e-2,
                             7.86869131145613259100e-4,
                             1.84631831751005468180e-5,
                             1.42151175831644588870e-7,
                             2.04426310338993978564e-15};
    z = ratio(r - 5.0, e, f);
  }
  return q < 0.0 ? -z : z;
}

// The double in (0, 1) that the upper 53 bits stand for: a multiple of 2^-53, or 2^-54 in the place of 0.
// Never 0 or 1.
constexpr double open_unit(std::uint64_t bits) {
  const std::uint64_t n = bits >> 11;
  return n == 0 ? 0x1p-54 : static_cast<double>(n) * 0x1p-53;
}

// All the chance of one purpose (a public name such as "death" or "parameter:muscle.training_response") under
// one seed. member is who it happens to and index the how-manieth draw; the same four always give the same
// variate.
//
// The Philox counter is (member, index), low words first. The Philox key is itself a Philox block, of the
// counter (name_hash(purpose), 2^64 - 1) under the key seed: its first two words. So any pair of seed and
// purpose has a key of its own (two of them share one with probability 2^-64).
struct Stream {
  Stream(std::uint64_t seed, std::string_view purpose) {
    const auto block = philox4x32_10(counter(name_hash(purpose), ~std::uint64_t{0}), {low(seed), high(seed)});
    key_ = {block[0], block[1]};
  }

  // In (0, 1), as open_unit.
  double uniform(std::uint64_t member, std::uint64_t index) const {
    const auto block = philox4x32_10(counter(member, index), key_);
    return open_unit(std::uint64_t{block[1]} << 32 | block[0]);
  }

  // Mean 1, in (0, 37.5).
  double exponential(std::uint64_t member, std::uint64_t index) const { return -log(uniform(member, index)); }

  // Mean 0, standard deviation 1, in (-8.4, 8.3).
  double normal(std::uint64_t member, std::uint64_t index) const { return normal_quantile(uniform(member, index)); }

 private:
  static constexpr std::uint32_t low(std::uint64_t x) { return static_cast<std::uint32_t>(x); }
  static constexpr std::uint32_t high(std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); }
  static constexpr PhiloxCounter counter(std::uint64_t a, std::uint64_t b) {
    return {low(a), high(a), low(b), high(b)};
  }

  PhiloxKey key_;
};

}  // namespace healthspan
