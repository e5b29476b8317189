// The output folder of a run: it appears whole or not at all.
#pragma once

#include <healthspan/scenarios/run.hpp>

#include <filesystem>
#include <optional>

namespace healthspan::scenarios {

struct OutputOptions {
  std::filesystem::path folder;
  bool replace = false;  // an existing folder of an earlier run may be replaced
  int threads = 0;
  bool as_shard = false;                    // with the sums that merge() needs
  std::optional<std::string> events_table;  // instead of the result's own events
  std::string language = "en";              // of the report, one of report_languages
  bool netcdf = false;                      // with results.nc
};

// To be called before the run, so that a bad folder does not cost one. Throws Error(cannot_write).
void check_output(const OutputOptions& options);

// Writes scenario.json, bands.csv, outcomes.csv, run.json, timing.json, report.html (if built) and, where there is
// such a thing, incidence.csv, contrasts.csv, subgroups.csv, cost_effectiveness.csv, member.csv, people.csv,
// events.csv, results.nc, shard.healthspan and snapshot.healthspan. Returns the path of the report, or of the folder.
// Throws Error(cannot_write).
std::filesystem::path write_output(const RunResult& result, const System& system, const OutputOptions& options);

}  // namespace healthspan::scenarios
