#include <healthspan/scenarios/pilot.hpp>

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>

namespace healthspan::scenarios {

namespace {

constexpr std::uint64_t pilot_members = 256;

}  // namespace

void obey(const std::stop_token& stop) {
  if (stop.stop_requested()) throw Error(ErrorCode::interrupted, "the run was interrupted");
}

PilotRun run_pilot(const System& system, const std::stop_token& stop) {
  const std::size_t columns = system.outputs().size();
  const auto errors_at = [&](int substeps, std::vector<std::vector<double>>& errors, std::vector<double>& low,
                             std::vector<double>& high) {
    const EnsembleSpec coarse = system.spec(substeps), fine = system.spec(2 * substeps);
    errors.assign(columns, std::vector<double>(pilot_members, 0.0));
    const std::size_t packs = pilot_members / Lanes::width;
    std::vector<std::vector<double>> lows(packs, std::vector<double>(columns, HUGE_VAL));
    std::vector<std::vector<double>> highs(packs, std::vector<double>(columns, -HUGE_VAL));
    tbb::parallel_for(std::size_t{0}, packs, [&](std::size_t p) {
      if (stop.stop_requested()) return;
      PackRunner<Lanes, System> one(coarse, system, LanePath<Lanes>(system.composition()));
      PackRunner<Lanes, System> two(fine, system, LanePath<Lanes>(system.composition()));
      const PackResult<Lanes>& a = one.run(p * Lanes::width);
      const PackResult<Lanes>& b = two.run(p * Lanes::width);
      for (int i = 0; i < Lanes::width; ++i) {
        if (a.failed[static_cast<std::size_t>(i)] || b.failed[static_cast<std::size_t>(i)]) continue;
        for (std::size_t arm = 0; arm < coarse.arms.size(); ++arm)
          for (std::size_t t = 0; t < coarse.reports_d.size(); ++t) {
            if (!a.alive(arm, i, coarse.reports_d[t]) || !b.alive(arm, i, coarse.reports_d[t])) break;
            for (std::size_t c = 0; c < columns; ++c) {
              const double x = a.arms[arm].values[t * columns + c][i], y = b.arms[arm].values[t * columns + c][i];
              double& error = errors[c][p * Lanes::width + static_cast<std::size_t>(i)];
              error = std::max(error, std::fabs(x - y));
              lows[p][c] = std::min(lows[p][c], x);
              highs[p][c] = std::max(highs[p][c], x);
            }
          }
      }
    });
    obey(stop);
    low.assign(columns, HUGE_VAL);
    high.assign(columns, -HUGE_VAL);
    for (std::size_t p = 0; p < packs; ++p)
      for (std::size_t c = 0; c < columns; ++c) {
        low[c] = std::min(low[c], lows[p][c]);
        high[c] = std::max(high[c], highs[p][c]);
      }
  };

  PilotRun result;
  result.pilot.members = pilot_members;
  std::vector<std::vector<double>> errors;
  std::vector<double> low, high;
  for (int substeps = 2;; substeps *= 2) {
    errors_at(substeps, errors, low, high);
    result.pilot.substeps_per_month = substeps;
    result.pilot.errors.clear();
    bool good = true;
    std::vector<bool> sensitive(pilot_members, false);
    for (std::size_t c = 0; c < columns; ++c) {
      if (!(low[c] <= high[c]))
        throw Error(ErrorCode::no_equilibrium,
                    "no member of the pilot can be followed; see the patient's values, the "
                    "parameters, and what is done from the start on");
      const double range = std::max(high[c] - low[c], 1e-9 * std::fabs(high[c]));
      for (std::size_t m = 0; m < pilot_members; ++m)
        if (errors[c][m] > 0.05 * range) sensitive[m] = true;
      std::sort(errors[c].begin(), errors[c].end());
      const StepError error{system.outputs()[c], errors[c][pilot_members / 2], errors[c][pilot_members * 99 / 100]};
      good = good && error.p99 <= 0.01 * range;
      result.pilot.errors.push_back(error);
    }
    result.pilot.sensitive = static_cast<std::uint64_t>(std::count(sensitive.begin(), sensitive.end(), true));
    if (good || substeps == 8) break;
  }
  for (std::size_t c = 0; c < columns; ++c) result.ranges.push_back(ColumnRange::around(low[c], high[c]));
  return result;
}

}  // namespace healthspan::scenarios
