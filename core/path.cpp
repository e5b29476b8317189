#include <healthspan/core/path.hpp>

namespace healthspan {

double crossing(double start, double end, double start_slope, double end_slope, double threshold) {
  const double c1 = start_slope;
  const double c2 = 3.0 * (end - start) - 2.0 * start_slope - end_slope;
  const double c3 = start_slope + end_slope - 2.0 * (end - start);
  double low = 0, high = 1, s = (threshold - start) / (end - start);
  for (int i = 0; i < 60 && high - low > 1e-15; ++i) {
    const double excess = start + s * (c1 + s * (c2 + s * c3)) - threshold;
    (excess < 0 ? low : high) = s;
    const double slope = c1 + s * (2.0 * c2 + 3.0 * s * c3);
    const double newton = s - excess / slope;
    const double next = newton > low && newton < high ? newton : 0.5 * (low + high);
    if (next == s) break;
    s = next;
  }
  return s;
}

}  // namespace healthspan
