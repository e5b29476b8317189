// exp, log, pow and tanh for double and Pack<W>.
//
// Own code and not libm's, because libm picks its variants by CPU: a life must have the same bits on every
// machine, and in every lane of a pack. Each function is one branch-free template over "double or chunk".
// The largest errors seen in 10^7 samples, in units in the last place: exp 0.67, log 0.87, tanh 1.00, pow
// 0.93; exp and pow 0.78 where the result is subnormal (tests/unit/elementary_test.cpp).
//
// Methods: argument reduction in two parts (W. J. Cody & W. Waite, Software Manual for the Elementary
// Functions, 1980), exp by a polynomial on [-ln2/2, ln2/2], log by the series of 2 atanh((m - 1) / (m + 1)),
// carried in two doubles (T. J. Dekker 1971, DOI 10.1007/BF01397083) so that pow stays accurate where |y log
// x| is large. Coefficients: weighted minimax by Remez's algorithm in 60 digits, then rounded.
#pragma once

#include <healthspan/core/pack.hpp>

#include <bit>
#include <cstdint>
#include <limits>

namespace healthspan {
namespace detail {

// What the templates below need and double and Chunk spell differently.
template <class T>
struct Lanes;
template <>
struct Lanes<double> {
  using Bits = std::uint64_t;
  static double all(double x) { return x; }
  static Bits bits(double x) { return std::bit_cast<Bits>(x); }
  static double value(Bits x) { return std::bit_cast<double>(x); }
};
template <>
struct Lanes<Chunk> {
  using Bits = ChunkBits;
  HEALTHSPAN_INLINE static Chunk all(double x) { return broadcast(x); }
  HEALTHSPAN_INLINE static Bits bits(Chunk x) { return reinterpret_cast<Bits>(x); }
  HEALTHSPAN_INLINE static Chunk value(Bits x) { return reinterpret_cast<Chunk>(x); }
};

// A value as an unevaluated sum, |low| at most about an ulp of high.
template <class T>
struct Sum {
  T high, low;
};

inline constexpr double infinity = std::numeric_limits<double>::infinity();
inline constexpr double quiet_nan = std::numeric_limits<double>::quiet_NaN();
// Adding this rounds a double below 2^51 to an integer k and leaves k + 1023 in the low bits.
inline constexpr double to_exponent = 0x1.8p52 + 1023.0;
inline constexpr double ln2_high = 0x1.62e42fefa38p-1;  // 42 bits: an 11-bit integer times it is exact
inline constexpr double ln2_low = 0x1.ef35793c7673p-45;
inline constexpr double log2_e = 0x1.71547652b82fep+0;
inline constexpr double two_thirds = 0x1.5555555555555p-1;
inline constexpr double two_thirds_low = 0x1.5555555555555p-55;
inline constexpr std::uint64_t one_bits = 0x3ff0'0000'0000'0000u;
inline constexpr std::uint64_t two_52_bits = 0x4330'0000'0000'0000u;
inline constexpr std::uint64_t sqrt_half_bits = 0x3fe6'a09e'667f'3bcdu;
inline constexpr std::uint64_t mantissa_bits = 0x000f'ffff'ffff'ffffu;
inline constexpr std::uint64_t sign_bit = 0x8000'0000'0000'0000u;

template <class T>
HEALTHSPAN_INLINE T horner(T, double c) {
  return Lanes<T>::all(c);
}
template <class T, class... More>
HEALTHSPAN_INLINE T horner(T x, double c, More... more) {
  return fma(x, horner(x, more...), Lanes<T>::all(c));
}

// 2^k from k + to_exponent, for an integral k in [-1022, 1023].
template <class T>
HEALTHSPAN_INLINE T power_of_two(T shifted) {
  return Lanes<T>::value(Lanes<T>::bits(shifted) << 52);
}

// x + x_low = k ln2 + r, |r| <= ln2 / 2 and a little; exp(r) = 1 + r + tail, with |tail| below 0.07.
template <class T>
struct Reduced {
  T shifted, k, r, tail;  // shifted = k + to_exponent
};

template <class T>
HEALTHSPAN_INLINE Reduced<T> reduce_exp(T x, T x_low) {
  using L = Lanes<T>;
  const T shifted = fma(x, L::all(log2_e), L::all(to_exponent));
  const T k = shifted - to_exponent;
  const T r_high = fma(k, L::all(-ln2_high), x);  // exact
  const T low = fma(k, L::all(-ln2_low), x_low);
  const T r = r_high + low;
  const T r_low = low - (r - r_high);
  // (exp(r) - 1 - r) / r^2, error below 2^-63 of exp(r); two chains for the pipeline's sake.
  const T r2 = r * r;
  const T even = horner(r2, 0x1p-1, 0x1.5555555555503p-5, 0x1.6c16c16c3043ap-10, 0x1.a01a01369f3b3p-16,
                        0x1.27e5b434334bep-22, 0x1.1e3d34fb11332p-29);
  const T odd = horner(r2, 0x1.555555555555bp-3, 0x1.111111110ec65p-7, 0x1.a01a01b37b4a3p-13, 0x1.71ddf02847e7p-19,
                       0x1.af6bda9aa48cep-26);
  return {shifted, k, r, fma(r, fma(r, fma(r, odd, even), r_low), r_low)};
}

// exp(x + x_low). The power of two is applied in halves so that the result can overflow to infinity and
// underflow through the subnormals. A NaN passes min and max because it stands second.
template <class T>
HEALTHSPAN_INLINE T exp_kernel(T x, T x_low) {
  using L = Lanes<T>;
  const auto e = reduce_exp(min(L::all(710.0), max(L::all(-746.0), x)), x_low);
  const T high = 1.0 + e.r;
  const T mantissa = high + ((e.r - (high - 1.0)) + e.tail);
  const T half = fma(e.k, L::all(0.5), L::all(to_exponent));
  const T rest = (e.k - (half - to_exponent)) + to_exponent;
  return mantissa * power_of_two(half) * power_of_two(rest);
}

// tanh a = n / (n + 2) with n = exp(2 a) - 1, n and n + 2 carried as sums; beyond a = 20 the result is 1.
template <class T>
HEALTHSPAN_INLINE T tanh_kernel(T x) {
  using L = Lanes<T>;
  const T a = min(L::all(20.0), abs(x));
  const auto e = reduce_exp(a + a, L::all(0.0));
  const T scale = power_of_two(e.shifted);
  const T whole = scale - 1.0;
  const T high = fma(scale, e.r, whole);
  const T low = fma(scale, e.tail, fma(scale, e.r, whole - high));
  const T n = high + low;
  const T n_low = low - (n - high);
  const T d = n + 2.0;
  const T d_low = (n - (d - 2.0)) + n_low;
  const T inverse = 1.0 / d;
  const T q = n * inverse;
  const T remainder = fma(-q, d, n) + fma(-q, d_low, n_low);
  return L::value(L::bits(fma(remainder, inverse, q)) | (L::bits(x) & sign_bit));
}

// x = 2^k m with m in [sqrt(1/2), sqrt(2)), s = (m - 1) / (m + 1), and log m = 2 s + s^3 (2/3 + tail).
template <class T>
struct LogParts {
  T k, f, sum, inverse, s, z, tail;  // f = m - 1 (exact), sum = m + 1 (rounded), z = s^2
};

template <class T>
HEALTHSPAN_INLINE LogParts<T> reduce_log(T x) {
  using L = Lanes<T>;
  const auto subnormal = x < std::numeric_limits<double>::min();
  const auto bits = L::bits(select(subnormal, x * 0x1p52, x)) + (one_bits - sqrt_half_bits);
  const T m = L::value((bits & mantissa_bits) + sqrt_half_bits);
  // The biased exponent becomes a double as the low bits of 2^52.
  const T k = L::value((bits >> 52) | two_52_bits) -
              select(subnormal, L::all(0x1p52 + 1023.0 + 52.0), L::all(0x1p52 + 1023.0));
  const T f = m - 1.0;
  const T sum = m + 1.0;
  const T inverse = 1.0 / sum;
  const T s = f * inverse;
  const T z = s * s;
  const T z2 = z * z;
  // (2 atanh(s) - 2 s) / s^3 - 2/3, error below 2^-66 of log m.
  const T tail =
      z * fma(z, horner(z2, 0x1.2492492457db2p-2, 0x1.745ce9e63fbf5p-3, 0x1.0f7ff67f1d076p-3),
              horner(z2, 0x1.9999999999b3p-2, 0x1.c71c722d5e543p-3, 0x1.3b1eeb81008a9p-3, 0x1.0e4232138028ap-3));
  return {k, f, sum, inverse, s, z, tail};
}

// The result where x is positive and finite, and the limits elsewhere.
template <class T>
HEALTHSPAN_INLINE T log_edges(T x, T usual) {
  using L = Lanes<T>;
  const T edge = select(x == 0.0, L::all(-infinity), select(x == infinity, x, L::all(quiet_nan)));
  return select((x > 0.0) & (x < infinity), usual, edge);
}

template <class T>
HEALTHSPAN_INLINE T log_kernel(T x) {
  using L = Lanes<T>;
  const auto p = reduce_log(x);
  // 2 s = f - s f, and s^3 (...) joins s f^2 / 2 - f^2 / 2: only small terms are rounded.
  const T half_f2 = 0.5 * p.f * p.f;
  const T small = fma(p.s, fma(p.z, p.tail + two_thirds, half_f2), p.k * ln2_low) - half_f2;
  return log_edges(x, fma(p.k, L::all(ln2_high), p.f + small));
}

// log(x) as a sum with a relative error below 2^-63.6, for pow, which multiplies it by up to 745. At the
// limits only the high part means anything.
template <class T>
HEALTHSPAN_INLINE Sum<T> log_sum(T x) {
  using L = Lanes<T>;
  const auto p = reduce_log(x);
  const T s_low = (fma(-p.s, p.sum, p.f) - p.s * (p.f - (p.sum - 2.0))) * p.inverse;
  const T two_s = p.s + p.s;
  const T z_low = fma(p.s, p.s, -p.z) + two_s * s_low;
  const T s3 = p.s * p.z;
  const T s3_low = fma(p.s, p.z, -s3) + fma(p.s, z_low, s_low * p.z);
  const T cubic = s3 * two_thirds;
  const T tail = p.tail + fma(L::all(0.4), z_low, L::all(two_thirds_low));
  const T cubic_low = fma(s3, L::all(two_thirds), -cubic) + fma(s3, tail, s3_low * (two_thirds + p.tail));
  const T log_m = two_s + cubic;
  const T log_m_low = (cubic - (log_m - two_s)) + fma(L::all(2.0), s_low, cubic_low);
  const T k_ln2 = p.k * ln2_high;  // exact
  const T high = k_ln2 + log_m;
  const T low = (log_m - (high - k_ln2)) + fma(p.k, L::all(ln2_low), log_m_low);
  const T usual = high + low;
  return {log_edges(x, usual), low - (usual - high)};
}

template <class T>
HEALTHSPAN_INLINE T pow_kernel(T x, T y) {
  using L = Lanes<T>;
  const Sum<T> l = log_sum(x);
  const T p = y * l.high;
  // Beyond exp's range the low part may be infinity - infinity, and is of no use.
  const T p_low = select(abs(p) < 800.0, fma(y, l.high, -p) + y * l.low, L::all(0.0));
  const T usual = exp_kernel(p, p_low);
  const T one = select((x == 1.0) | (y == 0.0), L::all(1.0), usual);
  return select(x < 0.0, L::all(quiet_nan), one);
}

}  // namespace detail

// e^x. Largest finite result at x = 709.78; subnormal below -708.4, 0 below -745.14. exp(NaN) is NaN.
inline double exp(double x) { return detail::exp_kernel(x, 0.0); }

// Natural logarithm. log(0) = -infinity (of either sign of 0), log(x < 0) = NaN, log(infinity) = infinity.
inline double log(double x) { return detail::log_kernel(x); }

// Hyperbolic tangent; odd, tanh(-0) = -0.
inline double tanh(double x) { return detail::tanh_kernel(x); }

// x^y for x >= 0 as in C99 (F.9.4.4), so pow(x, 0) = pow(1, y) = 1 even if the other is NaN or infinite; -0
// counts as 0. Unlike in C, x < 0 gives NaN for every y, 0 too: here a negative base is a mistake.
inline double pow(double x, double y) { return detail::pow_kernel(x, y); }

// The same for packs, out of line: inlined into a large right-hand side they make it compile for minutes and
// run no faster. Inside, g++ would call some of them chunk by chunk, as it pleases in each program; inlined, the
// chunks overlap (pow takes a seventh less time).
template <int W>
[[gnu::noinline]] Pack<W> exp(const Pack<W>& x) {
  return Pack<W>::map([&](int i) __attribute__((always_inline)) {
    return detail::exp_kernel(x.chunk[i], detail::broadcast(0.0));
  });
}
template <int W>
[[gnu::noinline]] Pack<W> log(const Pack<W>& x) {
  return Pack<W>::map([&](int i) __attribute__((always_inline)) { return detail::log_kernel(x.chunk[i]); });
}
template <int W>
[[gnu::noinline]] Pack<W> tanh(const Pack<W>& x) {
  return Pack<W>::map([&](int i) __attribute__((always_inline)) { return detail::tanh_kernel(x.chunk[i]); });
}
template <int W>
[[gnu::noinline]] Pack<W> pow(const Pack<W>& x, const Pack<W>& y) {
  return Pack<W>::map([&](int i)
                          __attribute__((always_inline)) { return detail::pow_kernel(x.chunk[i], y.chunk[i]); });
}
template <int W>
Pack<W> pow(const Pack<W>& x, double y) {
  return pow(x, Pack<W>(y));
}
template <int W>
Pack<W> pow(double x, const Pack<W>& y) {
  return pow(Pack<W>(x), y);
}

}  // namespace healthspan
