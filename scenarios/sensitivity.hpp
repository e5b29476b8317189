// Which inputs an outcome hangs on: elementary effects (Morris) and shares of its variance (Sobol, Jansen). Both know
// the model only as numbers at points of the unit cube.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace healthspan::scenarios {

using Points = std::vector<std::vector<double>>;  // [point][factor], each in [0, 1]

// Elementary effects. M. D. Morris, Technometrics 33:161 (1991), DOI 10.1080/00401706.1991.10484804; the mean of
// their sizes from F. Campolongo et al., Environ Model Softw 22:1509 (2007), DOI 10.1016/j.envsoft.2006.10.004.
//
// Each trajectory starts at a random point of a grid of four levels and moves one factor after the other, in random
// order, by 2/3 up or down, whichever stays inside.
struct MorrisDesign {
  std::size_t factors = 0, trajectories = 0;
  Points points;                   // [trajectory * (factors + 1) + step]
  std::vector<std::size_t> moved;  // [trajectory * factors + step]: the factor that the step moves
};
MorrisDesign morris_design(std::size_t factors, std::size_t trajectories, std::uint64_t seed);

// Of one factor, in units of the outcome per full range of the factor.
struct MorrisEffect {
  double mean = 0;                            // signed
  double mean_size = 0, mean_size_error = 0;  // mu*, with its standard error over trajectories
  double deviation = 0;                       // sigma: curvature and interaction
};
std::vector<MorrisEffect> morris_effects(const MorrisDesign& design, const std::vector<double>& values);

// The points of two samples A and B and, for each factor i, of A with column i from B:
// [A | B | AB_1 | ... ], `samples` points each. A and B are columns of one scrambled Sobol sequence; `samples` should
// be a power of two.
Points sobol_design(std::size_t factors, std::size_t samples, std::uint64_t seed);

struct Interval {
  double value = 0, low = 0, high = 0;
};
struct SobolIndex {
  Interval first, total;  // share of the variance by the factor alone; with all its interactions
};
// M. J. W. Jansen, Comput Phys Commun 117:35 (1999), DOI 10.1016/S0010-4655(98)00154-4. Intervals hold 95 %, by the
// percentile bootstrap over samples. NaN where the outcome does not vary.
std::vector<SobolIndex> sobol_indices(std::size_t factors, const std::vector<double>& values, std::size_t resamples,
                                      std::uint64_t seed);

}  // namespace healthspan::scenarios
