// Pack<W>: W doubles that go through the same arithmetic side by side, one simulated member per lane.
//
// An equation written as template <class R> runs with R = double and with R = Pack<W> and gives the same bits
// in every lane: each operation here is correctly rounded IEEE 754 (or a plain selection), the same one in
// both cases. This holds for -ffp-contract=off, with or without -mavx2 -mfma. The sign and payload of a NaN
// are not part of the promise. Do not link objects compiled with and without -mavx2 -mfma together: packs
// differ in alignment, and inline functions of one name would differ in code.
//
// Call the functions unqualified from inside namespace healthspan: outside it, exp(x) with a double would
// find the C library's.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#if defined(__AVX2__) && defined(__FMA__)
#include <immintrin.h>
#endif

namespace healthspan {

// The scalar face of the functions that Pack has. min and max are "a < b ? a : b" and "a > b ? a : b": if
// either argument is NaN the result is b, so min(bound, x) keeps a NaN in x and min(x, bound) replaces it.
inline double select(bool condition, double a, double b) { return condition ? a : b; }
inline double min(double a, double b) { return a < b ? a : b; }
inline double max(double a, double b) { return a > b ? a : b; }
inline double abs(double x) { return std::fabs(x); }
inline double sqrt(double x) { return std::sqrt(x); }
inline double floor(double x) { return std::floor(x); }
inline double fma(double a, double b, double c) { return std::fma(a, b, c); }
inline bool finite(double x) { return std::fabs(x) <= std::numeric_limits<double>::max(); }
inline bool any(bool mask) { return mask; }
inline bool all(bool mask) { return mask; }

namespace detail {

// The piece that packs are made of: one machine register. Wider generic vectors are lowered badly by g++, and
// without AVX passing a 32-byte vector by value draws -Wpsabi; so a Pack is an array of these.
#if defined(__AVX2__) && defined(__FMA__)
inline constexpr int chunk_lanes = 4;
#else
inline constexpr int chunk_lanes = 2;
#endif
typedef double Chunk __attribute__((vector_size(chunk_lanes * sizeof(double))));
typedef decltype(Chunk{} < Chunk{}) ChunkMask;  // 64-bit integers, all ones or all zeros
typedef std::uint64_t ChunkBits __attribute__((vector_size(chunk_lanes * sizeof(double))));

// Forced, because one call that is not inlined sends every register around it through memory.
#define HEALTHSPAN_INLINE [[gnu::always_inline]] inline

using healthspan::abs;
using healthspan::floor;
using healthspan::fma;
using healthspan::max;
using healthspan::min;
using healthspan::select;
using healthspan::sqrt;

#if defined(__AVX2__) && defined(__FMA__)
HEALTHSPAN_INLINE Chunk broadcast(double x) { return Chunk{x, x, x, x}; }
HEALTHSPAN_INLINE Chunk select(ChunkMask m, Chunk a, Chunk b) {
  return _mm256_blendv_pd(b, a, reinterpret_cast<Chunk>(m));
}
HEALTHSPAN_INLINE Chunk min(Chunk a, Chunk b) { return _mm256_min_pd(a, b); }
HEALTHSPAN_INLINE Chunk max(Chunk a, Chunk b) { return _mm256_max_pd(a, b); }
HEALTHSPAN_INLINE Chunk sqrt(Chunk x) { return _mm256_sqrt_pd(x); }
HEALTHSPAN_INLINE Chunk floor(Chunk x) { return _mm256_floor_pd(x); }
HEALTHSPAN_INLINE Chunk fma(Chunk a, Chunk b, Chunk c) { return _mm256_fmadd_pd(a, b, c); }
HEALTHSPAN_INLINE int sign_bits(ChunkMask m) { return _mm256_movemask_pd(reinterpret_cast<Chunk>(m)); }
inline constexpr int all_lanes = 15;
#else
HEALTHSPAN_INLINE Chunk broadcast(double x) { return Chunk{x, x}; }
HEALTHSPAN_INLINE Chunk select(ChunkMask m, Chunk a, Chunk b) {
  const ChunkMask a_bits = reinterpret_cast<ChunkMask>(a), b_bits = reinterpret_cast<ChunkMask>(b);
  return reinterpret_cast<Chunk>((m & a_bits) | (~m & b_bits));
}
HEALTHSPAN_INLINE Chunk min(Chunk a, Chunk b) { return select(a < b, a, b); }
HEALTHSPAN_INLINE Chunk max(Chunk a, Chunk b) { return select(a > b, a, b); }
HEALTHSPAN_INLINE Chunk sqrt(Chunk x) { return Chunk{std::sqrt(x[0]), std::sqrt(x[1])}; }
HEALTHSPAN_INLINE Chunk floor(Chunk x) { return Chunk{std::floor(x[0]), std::floor(x[1])}; }
HEALTHSPAN_INLINE Chunk fma(Chunk a, Chunk b, Chunk c) {
  return Chunk{std::fma(a[0], b[0], c[0]), std::fma(a[1], b[1], c[1])};
}
HEALTHSPAN_INLINE int sign_bits(ChunkMask m) { return (m[0] ? 1 : 0) | (m[1] ? 2 : 0); }
inline constexpr int all_lanes = 3;
#endif

HEALTHSPAN_INLINE Chunk abs(Chunk x) {
  return reinterpret_cast<Chunk>(reinterpret_cast<ChunkBits>(x) & 0x7fff'ffff'ffff'ffffu);
}

// f(0), f(1), ..., f(N - 1) written out: at -O2 g++ keeps even short loops as loops.
template <int N, class F>
HEALTHSPAN_INLINE void unrolled(F f) {
  [&]<int... i>(std::integer_sequence<int, i...>) __attribute__((always_inline)) { (f(i), ...); }
  (std::make_integer_sequence<int, N>{});
}

}  // namespace detail

template <int W>
struct Pack;

// One truth value per lane, the result of comparing packs.
template <int W>
struct Mask {
  static_assert(W > 0 && W % 4 == 0, "the width of a pack is a multiple of four");
  static constexpr int chunks = W / detail::chunk_lanes;
  detail::ChunkMask chunk[chunks];

  bool operator[](int lane) const { return chunk[lane / detail::chunk_lanes][lane % detail::chunk_lanes] != 0; }

  friend Mask operator&(const Mask& a, const Mask& b) {
    return map([&](int i) { return a.chunk[i] & b.chunk[i]; });
  }
  friend Mask operator|(const Mask& a, const Mask& b) {
    return map([&](int i) { return a.chunk[i] | b.chunk[i]; });
  }
  friend Mask operator!(const Mask& a) {
    return map([&](int i) { return ~a.chunk[i]; });
  }
  friend bool any(const Mask& a) {
    int bits = 0;
    detail::unrolled<chunks>([&](int i) { bits |= detail::sign_bits(a.chunk[i]); });
    return bits != 0;
  }
  friend bool all(const Mask& a) {
    int bits = detail::all_lanes;
    detail::unrolled<chunks>([&](int i) { bits &= detail::sign_bits(a.chunk[i]); });
    return bits == detail::all_lanes;
  }
  // Lane by lane, condition ? a : b. Both sides have been computed already; a NaN in the one not taken is
  // harmless.
  friend Pack<W> select(const Mask& condition, const Pack<W>& a, const Pack<W>& b) {
    return Pack<W>::map([&](int i) { return detail::select(condition.chunk[i], a.chunk[i], b.chunk[i]); });
  }

  template <class F>
  HEALTHSPAN_INLINE static Mask map(F f) {
    Mask r;
    detail::unrolled<chunks>([&](int i) __attribute__((always_inline)) { r.chunk[i] = f(i); });
    return r;
  }
};

template <int W>
struct Pack {
  static_assert(W > 0 && W % 4 == 0, "the width of a pack is a multiple of four");
  static constexpr int width = W;
  static constexpr int chunks = W / detail::chunk_lanes;
  detail::Chunk chunk[chunks];

  Pack() = default;
  Pack(double x) {
    detail::unrolled<chunks>([&](int i) { chunk[i] = detail::broadcast(x); });
  }

  double operator[](int lane) const { return chunk[lane / detail::chunk_lanes][lane % detail::chunk_lanes]; }
  void set(int lane, double x) { chunk[lane / detail::chunk_lanes][lane % detail::chunk_lanes] = x; }

  // The pack whose i-th chunk is f(i).
  template <class F>
  HEALTHSPAN_INLINE static Pack map(F f) {
    Pack r;
    detail::unrolled<chunks>([&](int i) __attribute__((always_inline)) { r.chunk[i] = f(i); });
    return r;
  }

  friend Pack operator+(const Pack& a, const Pack& b) {
    return map([&](int i) { return a.chunk[i] + b.chunk[i]; });
  }
  friend Pack operator-(const Pack& a, const Pack& b) {
    return map([&](int i) { return a.chunk[i] - b.chunk[i]; });
  }
  friend Pack operator*(const Pack& a, const Pack& b) {
    return map([&](int i) { return a.chunk[i] * b.chunk[i]; });
  }
  friend Pack operator/(const Pack& a, const Pack& b) {
    return map([&](int i) { return a.chunk[i] / b.chunk[i]; });
  }
  friend Pack operator-(const Pack& a) {
    return map([&](int i) { return -a.chunk[i]; });
  }
  friend Pack operator+(const Pack& a) { return a; }
  Pack& operator+=(const Pack& b) { return *this = *this + b; }
  Pack& operator-=(const Pack& b) { return *this = *this - b; }
  Pack& operator*=(const Pack& b) { return *this = *this * b; }
  Pack& operator/=(const Pack& b) { return *this = *this / b; }

  friend Mask<W> operator<(const Pack& a, const Pack& b) {
    return Mask<W>::map([&](int i) { return a.chunk[i] < b.chunk[i]; });
  }
  friend Mask<W> operator<=(const Pack& a, const Pack& b) {
    return Mask<W>::map([&](int i) { return a.chunk[i] <= b.chunk[i]; });
  }
  friend Mask<W> operator>(const Pack& a, const Pack& b) { return b < a; }
  friend Mask<W> operator>=(const Pack& a, const Pack& b) { return b <= a; }
  friend Mask<W> operator==(const Pack& a, const Pack& b) {
    return Mask<W>::map([&](int i) { return a.chunk[i] == b.chunk[i]; });
  }
  friend Mask<W> operator!=(const Pack& a, const Pack& b) {
    return Mask<W>::map([&](int i) { return a.chunk[i] != b.chunk[i]; });
  }

  friend Pack min(const Pack& a, const Pack& b) {
    return map([&](int i) { return detail::min(a.chunk[i], b.chunk[i]); });
  }
  friend Pack max(const Pack& a, const Pack& b) {
    return map([&](int i) { return detail::max(a.chunk[i], b.chunk[i]); });
  }
  friend Pack abs(const Pack& a) {
    return map([&](int i) { return detail::abs(a.chunk[i]); });
  }
  friend Pack sqrt(const Pack& a) {
    return map([&](int i) { return detail::sqrt(a.chunk[i]); });
  }
  friend Pack floor(const Pack& a) {
    return map([&](int i) { return detail::floor(a.chunk[i]); });
  }
  friend Pack fma(const Pack& a, const Pack& b, const Pack& c) {
    return map([&](int i) { return detail::fma(a.chunk[i], b.chunk[i], c.chunk[i]); });
  }
  // True where the lane is neither NaN nor infinite.
  friend Mask<W> finite(const Pack& a) { return abs(a) <= Pack(std::numeric_limits<double>::max()); }
};

// One lane of a scalar or a pack.
template <class R>
inline constexpr int lanes_of = 1;
template <int W>
inline constexpr int lanes_of<Pack<W>> = W;

inline double lane(double value, int) { return value; }
template <int W>
double lane(const Pack<W>& value, int i) {
  return value[i];
}
inline void set_lane(double& value, int, double number) { value = number; }
template <int W>
void set_lane(Pack<W>& value, int i, double number) {
  value.set(i, number);
}

}  // namespace healthspan
