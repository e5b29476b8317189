// The pilot: a few members run ahead of the ensemble to choose its step and the ranges of its histograms.
#pragma once

#include <healthspan/core/summary.hpp>
#include <healthspan/scenarios/system.hpp>

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

namespace healthspan::scenarios {

// Packs of the ensemble: a frame of 16 lanes still fits the first-level cache; the bits are those of any width.
using Lanes = Pack<16>;

// What the pilot found for one output: difference between a step and its half, largest over time and arms.
struct StepError {
  std::string output;
  double median = 0, p99 = 0;  // over members, in the output's unit
};

struct Pilot {
  std::uint64_t members = 0;
  int substeps_per_month = 2;
  std::vector<StepError> errors;
  std::uint64_t sensitive = 0;  // members near a separatrix: an output differs by over 5 % of its range
};

struct PilotRun {
  Pilot pilot;
  std::vector<ColumnRange> ranges;  // of each output
};

// Members 0..255 at a step and at its half. The step is halved while the 99th percentile of the error exceeds 1 % of
// an output's range. Throws Error(no_equilibrium) when no member has a start, Error(interrupted) when
// stopped. An adaptive solver has no steps to check; 64 members of it give the ranges.
PilotRun run_pilot(const System& system, const Solver& solver, const std::stop_token& stop);

// The way through time of an adaptive solver.
template <class F>
auto with_path_of(const Solver& solver, const Composition& composition, const F& work) {
  if (solver.method == SolverMethod::rosenbrock)
    return work([&] { return StiffPath(composition, solver.tolerance); });
  return work([&] { return ReferencePath(composition, solver.tolerance); });
}

// Throws Error(interrupted) when a stop has been asked for.
void obey(const std::stop_token& stop);

}  // namespace healthspan::scenarios
