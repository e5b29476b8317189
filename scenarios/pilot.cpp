#include <healthspan/scenarios/pilot.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace healthspan::scenarios {

namespace {

constexpr std::uint64_t pilot_members = 256;
constexpr const char* nobody_can_be_followed =
    "no member of the pilot can be followed; see the patient's values, the parameters, and what is done from the "
    "start "
    "on";

// Members of one pack, in their order.
std::vector<MemberRow> rows_of_pack(const System& system, const EnsembleSpec& spec, std::uint64_t first) {
  std::vector<MemberRow> rows(Lanes::width);
  MemberRunner<Lanes, System> runner(spec, system, LanePath<Lanes>(system.composition()));
  runner.run(first, rows.size(), [&](const MemberRow& row) { rows[row.member - first] = row; });
  return rows;
}

PilotRun adaptive_pilot(const System& system, const Solver& solver, const std::stop_token& stop) {
  constexpr std::uint64_t members = 64;
  const EnsembleSpec spec = system.spec(2);
  const std::size_t columns = spec.columns.size();
  std::vector<std::vector<double>> low(members, std::vector<double>(columns, HUGE_VAL)), high = low;
  for_each_index(members, [&](std::uint64_t m) {
    if (stop.stop_requested()) return;
    for (double& value : high[m]) value = -HUGE_VAL;
    with_path_of(solver, system.composition(), [&](const auto& make_path) {
      MemberRunner<double, System, decltype(make_path())> runner(spec, system, make_path());
      runner.run(m, 1, [&](const MemberRow& row) {
        for (const LifeRow& life : row.arms)
          for (std::size_t t = 0; !row.failed() && t < spec.reports_d.size() && life.alive(spec.reports_d[t]); ++t)
            for (std::size_t c = 0; c < columns; ++c) {
              low[m][c] = std::min(low[m][c], life.values[t * columns + c]);
              high[m][c] = std::max(high[m][c], life.values[t * columns + c]);
            }
      });
    });
  });
  obey(stop);
  PilotRun result;
  result.pilot.members = members;
  for (std::size_t c = 0; c < columns; ++c) {
    double least = HUGE_VAL, most = -HUGE_VAL;
    for (std::size_t m = 0; m < members; ++m) {
      least = std::min(least, low[m][c]);
      most = std::max(most, high[m][c]);
    }
    if (!(least <= most)) throw Error(ErrorCode::no_equilibrium, nobody_can_be_followed);
    result.ranges.push_back(ColumnRange::around(least, most));
  }
  return result;
}

}  // namespace

void obey(const std::stop_token& stop) {
  if (stop.stop_requested()) throw Error(ErrorCode::interrupted, "the run was interrupted");
}

PilotRun run_pilot(const System& system, const Solver& solver, const std::stop_token& stop) {
  const std::size_t columns = system.outputs().size();
  if (solver.method != SolverMethod::lanes) return adaptive_pilot(system, solver, stop);
  const auto errors_at = [&](int substeps, std::vector<std::vector<double>>& errors, std::vector<double>& low,
                             std::vector<double>& high) {
    const EnsembleSpec coarse = system.spec(substeps), fine = system.spec(2 * substeps);
    errors.assign(columns, std::vector<double>(pilot_members, 0.0));
    const std::size_t packs = pilot_members / Lanes::width;
    std::vector<std::vector<double>> lows(packs, std::vector<double>(columns, HUGE_VAL));
    std::vector<std::vector<double>> highs(packs, std::vector<double>(columns, -HUGE_VAL));
    for_each_index(packs, [&](std::size_t p) {
      if (stop.stop_requested()) return;
      const std::vector<MemberRow> one = rows_of_pack(system, coarse, p * Lanes::width),
                                   two = rows_of_pack(system, fine, p * Lanes::width);
      for (std::size_t i = 0; i < one.size(); ++i) {
        if (one[i].failed() || two[i].failed()) continue;
        for (std::size_t arm = 0; arm < coarse.arms.size(); ++arm)
          for (std::size_t t = 0; t < coarse.reports_d.size(); ++t) {
            const LifeRow &a = one[i].arms[arm], &b = two[i].arms[arm];
            if (!a.alive(coarse.reports_d[t]) || !b.alive(coarse.reports_d[t])) break;
            for (std::size_t c = 0; c < columns; ++c) {
              const double x = a.values[t * columns + c], y = b.values[t * columns + c];
              double& error = errors[c][p * Lanes::width + i];
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
      if (!(low[c] <= high[c])) throw Error(ErrorCode::no_equilibrium, nobody_can_be_followed);
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
