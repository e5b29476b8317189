#include <healthspan/core/layers.hpp>

#include <cmath>

namespace healthspan {

namespace {

struct Ratio {
  double value, error;
};

// Ratio of means of paired numbers, its error by linearisation.
template <class Top, class Bottom>
Ratio ratio_of_means(std::size_t n, const Top& top, const Bottom& bottom) {
  double tops = 0, bottoms = 0;
  for (std::size_t i = 0; i < n; ++i) {
    tops += top(i);
    bottoms += bottom(i);
  }
  const double ratio = tops / bottoms, count = static_cast<double>(n);
  double scatter = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double rest = top(i) - ratio * bottom(i);
    scatter += rest * rest;
  }
  return {ratio, std::sqrt(scatter * count / (count - 1)) / std::fabs(bottoms)};
}

}  // namespace

std::vector<LayerShare> layer_shares(const std::vector<double>& first, const std::vector<double>& second,
                                     const std::vector<std::vector<double>>& exchanged) {
  const std::size_t n = first.size();
  double mean = 0;
  for (std::size_t i = 0; i < n; ++i) mean += first[i] + second[i];
  mean /= 2.0 * static_cast<double>(n);
  const auto variance = [&](std::size_t i) {
    return 0.5 * ((first[i] - mean) * (first[i] - mean) + (second[i] - mean) * (second[i] - mean));
  };
  std::vector<LayerShare> shares;
  for (const std::vector<double>& other : exchanged) {
    const Ratio alone = ratio_of_means(
        n, [&](std::size_t i) { return (second[i] - mean) * (other[i] - first[i]); }, variance);
    const Ratio total = ratio_of_means(
        n, [&](std::size_t i) { return 0.5 * (first[i] - other[i]) * (first[i] - other[i]); }, variance);
    shares.push_back({alone.value, alone.error, total.value, total.error});
  }
  return shares;
}

}  // namespace healthspan
