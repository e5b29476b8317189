// What each command of the command line does. Results go to stdout, progress to stderr.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace healthspan::scenarios {

struct RunArguments {
  std::string scenario, output, command;
  std::optional<std::int64_t> members, member, seed;
  int threads = 0;
  bool quiet = false, force = false;
};

// Each throws Error.
void run_scenario(const RunArguments& arguments);
void check_scenario(const std::string& file);
void describe(const std::string& name, bool as_json);
void print_schema();

}  // namespace healthspan::scenarios
