// The command line: healthspan run | check | describe | schema | version.
#include <healthspan/core/errors.hpp>
#include <healthspan/scenarios/cli/commands.hpp>
#include "version.hpp"

#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include <cstdio>

int main(int argc, char** argv) {
  using namespace healthspan;
  using namespace healthspan::scenarios;
  CLI::App app{"healthspan: digital twins of disease progression and frailty.\nResearch software, not a medical device."};
  app.require_subcommand(1);

  RunArguments run;
  for (int i = 0; i < argc; ++i) run.command += (i ? " " : "") + std::string(i ? argv[i] : "healthspan");
  CLI::App* run_command = app.add_subcommand("run", "Run a scenario and write tables and a report");
  run_command->add_option("scenario", run.scenario, "Scenario file (JSON)")->required();
  run_command->add_option("-o,--output", run.output, "Output folder [SCENARIO-results]");
  run_command->add_option("--members", run.members, "Number of simulated lives, instead of the scenario's");
  run_command->add_option("--member", run.member, "Run this member alone");
  run_command->add_option("--seed", run.seed, "Seed of all chance, instead of the scenario's");
  run_command->add_option("--threads", run.threads, "Threads; 0 takes all")->check(CLI::Range(0, 1024));
  run_command->add_flag("--quiet", run.quiet, "No progress and no table, only the path of the report");
  run_command->add_flag("--force", run.force, "Replace the folder of an earlier run");

  std::string check_file;
  CLI::App* check_command = app.add_subcommand("check", "Check a scenario without running it");
  check_command->add_option("scenario", check_file, "Scenario file (JSON)")->required();

  std::string described;
  bool as_json = false;
  CLI::App* describe_command = app.add_subcommand("describe", "List modules, or show the table of one");
  describe_command->add_option("name", described, "Module or quantity");
  describe_command->add_flag("--json", as_json, "As JSON");

  CLI::App* schema_command = app.add_subcommand("schema", "Print the JSON Schema of scenarios");
  CLI::App* version_command = app.add_subcommand("version", "Print the version");

  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    app.exit(error);
    return entry_of(ErrorCode::usage).exit_status;
  }

  try {
    require_processor();
    if (*run_command) run_scenario(run);
    if (*check_command) check_scenario(check_file);
    if (*describe_command) describe(described, as_json);
    if (*schema_command) print_schema();
    if (*version_command) fmt::print("healthspan {}\n", version);
    return 0;
  } catch (const Error& error) {
    fmt::print(stderr, "healthspan: {}\n", error.what());
    return error.exit_status();
  } catch (const std::exception& error) {
    fmt::print(stderr, "healthspan: internal error: {}; please report it\n", error.what());
    return entry_of(ErrorCode::internal).exit_status;
  }
}
