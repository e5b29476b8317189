// What each command of the command line does. Results go to stdout, progress to stderr.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace healthspan::scenarios {

struct RunArguments {
  std::string scenario, output;
  std::vector<std::string> sets;  // PATH=VALUE
  std::string format;             // besides the tables
  std::optional<std::string> members, until, from, target_error, deadline;
  std::optional<std::int64_t> member, seed;
  int threads = 0;
  bool events = false, estimate = false, new_chance = false;
  bool quiet = false, force = false;
  std::string language = "en";
};

struct MergeArguments {
  std::vector<std::string> parts;
  std::string output;
  bool quiet = false, force = false;
  std::string language = "en";
};

struct UncertaintyArguments {
  std::string scenario;
  std::int64_t samples = 4096;
  int threads = 0;
  bool csv = false;
};

struct WhyArguments {
  std::string scenario;
  std::int64_t member = 0;
  std::optional<std::int64_t> seed;
  int width = 120;
};

struct EvidenceArguments {
  std::vector<std::string> ids;
  std::string folder = "tests/evidence";
  std::vector<std::string> pages, sets;
  std::string table;  // CSV to write
  int threads = 0;
};

struct CohortArguments {
  std::string scenario, output;
  std::optional<std::int64_t> people, seed;
};

struct ScoreArguments {
  std::string score, people, output, region;
};

struct WhenArguments {
  std::string scenario, intervention, goal;
  std::vector<std::string> sets;
  std::optional<double> keep;
  std::optional<std::string> earliest, latest, precision;
  std::optional<std::int64_t> members, seed;
  std::int64_t points = 13, resamples = 1000;
  int threads = 0;
  std::string csv;
  bool quiet = false;
};

struct SweepArguments {
  std::string scenario, output;
  std::vector<std::string> sets, over;
  std::optional<std::int64_t> members, seed;
  int threads = 0;
  bool quiet = false;
};

struct SensitivityArguments {
  std::string scenario, method = "sobol", outcome, arm, csv, plot;
  std::vector<std::string> sets, over;
  bool difference = false;
  std::optional<std::int64_t> members, seed, samples;
  int threads = 0;
  bool quiet = false;
};

// Each throws Error.
void write_cohort(const CohortArguments& arguments);
void score_table(const ScoreArguments& arguments);
void run_scenario(const RunArguments& arguments);
void merge_shards(const MergeArguments& arguments);
void print_uncertainty(const UncertaintyArguments& arguments);
void tell_why(const WhyArguments& arguments);
void weigh_evidence(const EvidenceArguments& arguments);
void check_scenario(const std::string& file, const std::vector<std::string>& sets);
void describe(const std::string& name, bool as_json);
void print_schema();
void find_latest_start(const WhenArguments& arguments);
void sweep_scenario(const SweepArguments& arguments);
void print_sensitivity(const SensitivityArguments& arguments);
void cite(const std::string& scenario);
void start_scenario(const std::string& file);

}  // namespace healthspan::scenarios
