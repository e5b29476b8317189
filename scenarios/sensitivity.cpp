#include <healthspan/core/random.hpp>
#include <healthspan/core/sobol.hpp>
#include <healthspan/scenarios/sensitivity.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace healthspan::scenarios {

namespace {

std::size_t below(std::size_t n, double uniform) {
  return std::min(n - 1, static_cast<std::size_t>(uniform * static_cast<double>(n)));
}

}  // namespace

MorrisDesign morris_design(std::size_t factors, std::size_t trajectories, std::uint64_t seed) {
  constexpr std::size_t levels = 4;
  constexpr double move = 2.0 / 3.0;  // levels / (2 (levels - 1)): every level is visited as often
  const Stream start(seed, "morris: start"), order(seed, "morris: order");
  MorrisDesign design{factors, trajectories, {}, {}};
  for (std::size_t t = 0; t < trajectories; ++t) {
    std::vector<double> point(factors);
    for (std::size_t i = 0; i < factors; ++i)
      point[i] = static_cast<double>(below(levels, start.uniform(t, i))) / static_cast<double>(levels - 1);
    std::vector<std::size_t> turns(factors);
    std::iota(turns.begin(), turns.end(), std::size_t{0});
    for (std::size_t i = factors; i > 1; --i) std::swap(turns[i - 1], turns[below(i, order.uniform(t, i))]);
    design.points.push_back(point);
    for (const std::size_t factor : turns) {
      point[factor] += point[factor] < 0.5 ? move : -move;
      design.points.push_back(point);
      design.moved.push_back(factor);
    }
  }
  return design;
}

std::vector<MorrisEffect> morris_effects(const MorrisDesign& design, const std::vector<double>& values) {
  std::vector<std::vector<double>> effects(design.factors);
  for (std::size_t t = 0; t < design.trajectories; ++t)
    for (std::size_t s = 0; s < design.factors; ++s) {
      const std::size_t at = t * (design.factors + 1) + s, factor = design.moved[t * design.factors + s];
      effects[factor].push_back((values[at + 1] - values[at]) /
                                (design.points[at + 1][factor] - design.points[at][factor]));
    }
  std::vector<MorrisEffect> result;
  for (const std::vector<double>& list : effects) {
    const auto n = static_cast<double>(list.size());
    MorrisEffect e;
    double squares = 0, sizes = 0;
    for (const double x : list) {
      e.mean += x / n;
      e.mean_size += std::fabs(x) / n;
    }
    for (const double x : list) {
      squares += (x - e.mean) * (x - e.mean);
      sizes += (std::fabs(x) - e.mean_size) * (std::fabs(x) - e.mean_size);
    }
    e.deviation = std::sqrt(squares / (n - 1));
    e.mean_size_error = std::sqrt(sizes / (n * (n - 1)));
    result.push_back(e);
  }
  return result;
}

Points sobol_design(std::size_t factors, std::size_t samples, std::uint64_t seed) {
  std::vector<std::string> purposes;
  for (std::size_t d = 0; d < 2 * factors; ++d)
    purposes.push_back("sensitivity: " + std::to_string(d % factors) + (d < factors ? " of A" : " of B"));
  const SobolPoints sequence(seed, purposes);
  Points points((factors + 2) * samples, std::vector<double>(factors));
  for (std::size_t k = 0; k < samples; ++k)
    for (std::size_t i = 0; i < factors; ++i) {
      const double a = sequence.uniform(k, i), b = sequence.uniform(k, factors + i);
      points[k][i] = a;
      points[samples + k][i] = b;
      for (std::size_t other = 0; other < factors; ++other) points[(2 + other) * samples + k][i] = other == i ? b : a;
    }
  return points;
}

namespace {

struct Share {
  double first, total;
};

// Of the samples that `chosen` names, for one factor.
Share jansen(const double* a, const double* b, const double* ab, const std::vector<std::size_t>& chosen) {
  const auto n = static_cast<double>(chosen.size());
  double mean = 0, variance = 0, to_b = 0, to_a = 0;
  for (const std::size_t k : chosen) mean += (a[k] + b[k]) / (2 * n);
  for (const std::size_t k : chosen) {
    variance += ((a[k] - mean) * (a[k] - mean) + (b[k] - mean) * (b[k] - mean)) / (2 * n - 1);
    to_b += (b[k] - ab[k]) * (b[k] - ab[k]) / (2 * n);
    to_a += (a[k] - ab[k]) * (a[k] - ab[k]) / (2 * n);
  }
  return {1 - to_b / variance, to_a / variance};
}

Interval interval_of(double value, std::vector<double> resampled) {
  std::sort(resampled.begin(), resampled.end());
  const auto at = [&](double p) {
    return resampled.empty()
               ? value
               : resampled[static_cast<std::size_t>(p * static_cast<double>(resampled.size() - 1) + 0.5)];
  };
  return {value, at(0.025), at(0.975)};
}

}  // namespace

std::vector<SobolIndex> sobol_indices(std::size_t factors, const std::vector<double>& values, std::size_t resamples,
                                      std::uint64_t seed) {
  const std::size_t samples = values.size() / (factors + 2);
  const double *a = values.data(), *b = a + samples;
  const Stream chance(seed, "sensitivity: resampled");
  std::vector<std::size_t> all(samples), chosen(samples);
  std::iota(all.begin(), all.end(), std::size_t{0});
  std::vector<SobolIndex> result;
  for (std::size_t i = 0; i < factors; ++i) {
    const double* ab = a + (2 + i) * samples;
    const Share share = jansen(a, b, ab, all);
    std::vector<double> first, total;
    for (std::size_t r = 0; r < resamples; ++r) {
      for (std::size_t k = 0; k < samples; ++k) chosen[k] = below(samples, chance.uniform(r, k));
      const Share drawn = jansen(a, b, ab, chosen);
      if (std::isnan(drawn.first)) continue;  // everybody drawn was alike
      first.push_back(drawn.first);
      total.push_back(drawn.total);
    }
    result.push_back({interval_of(share.first, std::move(first)), interval_of(share.total, std::move(total))});
  }
  return result;
}

}  // namespace healthspan::scenarios
