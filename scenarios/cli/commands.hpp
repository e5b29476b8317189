// What each command of the command line does. Results go to stdout, progress to stderr.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace healthspan::scenarios {

struct RunArguments {
  std::string scenario, output;
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
  std::vector<std::string> pages;
  int threads = 0;
};

struct CohortArguments {
  std::string scenario, output;
  std::optional<std::int64_t> people, seed;
};

// Each throws Error.
void write_cohort(const CohortArguments& arguments);
void run_scenario(const RunArguments& arguments);
void merge_shards(const MergeArguments& arguments);
void print_uncertainty(const UncertaintyArguments& arguments);
void tell_why(const WhyArguments& arguments);
void weigh_evidence(const EvidenceArguments& arguments);
void check_scenario(const std::string& file);
void describe(const std::string& name, bool as_json);
void print_schema();

}  // namespace healthspan::scenarios
