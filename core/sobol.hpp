// Quasi-random points for what differs between members: they fill the cube more evenly than chance does, so the mean
// over N members of a smooth outcome has a variance that falls faster than the 1 / N of independent draws. Each
// coordinate of each point is still uniform by itself, and the mean over seeds has no bias.
#pragma once

#include <healthspan/core/random.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace healthspan {

// Points of a scrambled Sobol sequence: a coordinate is a pure function of (seed, name of its purpose, its place
// among the purposes, point). A purpose added at the end changes no other's numbers; one added before them does.
// The first places are spread best together: what matters most goes there.
//
// The sequence is that of S. Joe & F. Y. Kuo, SIAM J. Sci. Comput. 30:2635 (2008), DOI 10.1137/070709359, file
// new-joe-kuo-6.21201, as Boost.Random has it, in the order of its Gray code (I. A. Antonov & V. M. Saleev 1979,
// DOI 10.1016/0041-5553(79)90085-5). The first 2^m points, and every later 2^m that begin at a multiple of 2^m, are
// a net; the points 1 ... 2^m are none and lose much of the gain (A. B. Owen 2020, arXiv:2008.08051).
//
// The scramble is the nested uniform one (A. B. Owen 1995, DOI 10.1007/978-1-4612-2552-2_19): each of the first 53
// binary digits is flipped by a fair coin of its own for every value of the digits before it; the rest are dropped.
// It keeps every net and gives the mean of a smooth function a variance near 1 / N^3 (A. B. Owen 1997,
// DOI 10.1214/aos/1031594731). The points of one seed are not independent: only several seeds show the error of
// their mean, and the variance among the points as a rule overstates it.
//
// The coins are bits of Philox blocks. Their key is the first two words of the block of the counter
// (name_hash(purpose), 2^64 - 2) under the key seed, where Stream takes 2^64 - 1; so a Stream of that purpose is
// independent of the points. The block of the counter (the first 7 k digits read as a whole number, 7 k) holds the
// coins of the digits 7 k + 1 ... 7 k + 7: the coin after the digits d_1 ... d_j of these seven is its bit number
// 1 d_1 ... d_j (binary), counted from the lowest bit of its first word.
class SobolPoints {
 public:
  static constexpr std::size_t max_dimensions = 3667;

  // Coordinate d belongs to purposes[d]. Throws out_of_range for more than max_dimensions purposes and internal for
  // a name that comes twice, since two coordinates with the same coins are not independent.
  SobolPoints(std::uint64_t seed, const std::vector<std::string>& purposes);

  std::size_t dimensions() const { return keys_.size(); }

  // In (0, 1), as open_unit. For any point; dimension < dimensions().
  double uniform(std::uint64_t point, std::size_t dimension) const;

  // Mean 0, standard deviation 1, in (-8.4, 8.3).
  double normal(std::uint64_t point, std::size_t dimension) const {
    return normal_quantile(uniform(point, dimension));
  }

  // The coordinate before scrambling, in units of 2^-64.
  std::uint64_t unscrambled(std::uint64_t point, std::size_t dimension) const;

 private:
  std::vector<PhiloxKey> keys_;            // [dimension]
  std::vector<std::uint64_t> directions_;  // [dimension][bit of the point's Gray code], in units of 2^-64
};

}  // namespace healthspan
