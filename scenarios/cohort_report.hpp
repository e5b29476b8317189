// What a cohort is like: how many were looked at for it, and its first members at the start.
#pragma once

#include <healthspan/scenarios/system.hpp>

#include <string>
#include <vector>

namespace healthspan::scenarios {

inline constexpr std::uint64_t most_described = 1000;

struct CohortRow {
  std::string name, unit, meaning;
  std::uint64_t known;  // members of whom it is known
  double mean, deviation, q05, median, q95;
};

struct CohortReport {
  std::uint64_t members = 0;  // described: the first ones of the run, at most most_described
  std::uint64_t women = 0;
  std::uint64_t candidates = 0, eligible = 0;  // for these members; of a file, its rows
  std::uint64_t redrawn = 0;                   // eligible people for whom no start shows what was measured
  std::uint64_t other_branch = 0;              // members who start on the other way of life than the one asked for
  std::uint64_t not_placed = 0;                // members for whom nobody was found
  std::uint64_t rows = 0;                      // eligible rows of a file; 0 for a population
  AgeRange ages;
  std::vector<CohortRow> table;
  double acceptance() const { return static_cast<double>(eligible) / static_cast<double>(candidates); }
};

// Of members 0, 1, … of a run of this many.
CohortReport report_on_cohort(const System& system, std::uint64_t members);

std::vector<std::string> warnings_of(const CohortReport& report, std::uint64_t members);

}  // namespace healthspan::scenarios
