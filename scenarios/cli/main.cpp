// The command line: healthspan run | merge | why | uncertainty | when | sweep | sensitivity | evidence | cohort |
// score | new | check | describe | cite | schema | completion | version.
#include "version.hpp"

#include <healthspan/core/errors.hpp>
#include <healthspan/scenarios/cli/commands.hpp>
#include <healthspan/scenarios/cli/completion.hpp>
#include <healthspan/scenarios/language/error_document.hpp>
#include <healthspan/scenarios/report/report.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>

namespace {

// Length of the UTF-8 character at the start of the text, 0 where there is none.
std::size_t character_length(std::string_view text) {
  const unsigned char lead = static_cast<unsigned char>(text[0]);
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xC2 ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF5 ? 4
                                           : 0;
  if (length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) return 0;
  return length;
}

// One line of clean text, whatever bytes of names and files are in it; or a line of JSON.
void complain(healthspan::ErrorCode code, const std::string& found, bool as_json) {
  std::string message;
  for (std::size_t i = 0; i < found.size();) {
    const std::size_t length = character_length(std::string_view(found).substr(i));
    if (length == 0 || static_cast<unsigned char>(found[i]) < ' ')
      message += length == 0 ? '?' : ' ';
    else
      message += found.substr(i, length);
    i += std::max<std::size_t>(length, 1);
  }
  if (as_json)
    fmt::print(stderr, "{}", healthspan::scenarios::error_document(code, message));
  else
    fmt::print(stderr, "healthspan: {}\n", message);
}

// Whether "--json" was given, also where the command line could not be understood. After "describe" it asks for the
// tables as JSON.
bool wants_json_errors(int argc, char** argv) {
  bool before_describe = true;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "describe") before_describe = false;
    if (word == "--json" && before_describe) return true;
  }
  return false;
}

// The library says of a wrong command only that one is required.
std::string wrong_use(const CLI::App& app, int argc, char** argv, std::string what) {
  const std::string first = argc > 2 && argv[1] == std::string("--json") ? argv[2] : argc > 1 ? argv[1] : "";
  std::vector<std::string> commands;
  for (const CLI::App* command : app.get_subcommands({})) commands.push_back(command->get_name());
  if (!first.empty() && first[0] != '-' && std::find(commands.begin(), commands.end(), first) == commands.end())
    return "unknown command \"" + first + "\"" + healthspan::name_hint(first, commands);
  if (what == "scenario is required") what = "SCENARIO is missing, expected the path of a scenario file (JSON)";
  if (what == "parts is required") what = "PART is missing, expected the folders of runs with --members A:B";
  if (what == "score is required") what = "SCORE is missing, expected one such as prevent";
  if (what == "people is required") what = "PEOPLE is missing, expected the path of a table of people (CSV)";
  // Of a value that is no number the library says "Could not convert: --seed = x".
  if (const std::string start = "Could not convert: "; what.starts_with(start))
    if (const std::size_t equals = what.find(" = "); equals != std::string::npos)
      what = fmt::format("{}: found \"{}\", expected a whole number",
                         what.substr(start.size(), equals - start.size()), what.substr(equals + 3));
  // Of an option with a range it says "--threads: Value x not in range 0 to 1024", whether x is a number or not.
  const std::size_t value = what.find(": Value "), range = what.find(" not in range ");
  if (value != std::string::npos && range != std::string::npos && value + 8 <= range) {
    const std::string given = what.substr(value + 8, range - value - 8);
    const bool number = !given.empty() && given.find_first_not_of("0123456789", given[0] == '-') == std::string::npos;
    if (!number) what = what.substr(0, value) + ": found \"" + given + "\", expected a whole number";
  }
  return what + "; \"healthspan --help\" lists commands and options";
}

}  // namespace

int healthspan_main(int argc, char** argv);  // called by main in processor.cpp

int healthspan_main(int argc, char** argv) {
  using namespace healthspan;
  using namespace healthspan::scenarios;
  CLI::App app{
      "healthspan: digital twins of disease progression and frailty.\nResearch software, not a medical device."};
  app.require_subcommand(1);
  app.fallthrough();  // so that --json may come last
  bool json_errors = false;
  app.add_flag("--json", json_errors, "An error as one JSON object on standard error");
  const auto add_sets = [](CLI::App* command, std::vector<std::string>& sets) {
    command
        ->add_option("--set", sets,
                     "PATH=VALUE: set a value of the scenario, such as patient.age=75 or "
                     "/arms/1/interventions/0/dose=0.5; may be repeated")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->allow_extra_args(false);
  };

  RunArguments run;
  CLI::App* run_command = app.add_subcommand("run", "Run a scenario and write tables and a report");
  run_command->add_option("scenario", run.scenario, "Scenario file (JSON); - is standard input")->required();
  run_command->add_option("-o,--output", run.output, "Output folder [SCENARIO-results]");
  add_sets(run_command, run.sets);
  run_command->add_option("--format", run.format,
                          "netcdf: also write results.nc, the tables for xarray and its like");
  run_command->add_option("--members", run.members,
                          "Number of simulated lives, instead of the scenario's; A:B runs members A to B - 1, as a "
                          "part for \"healthspan merge\"");
  run_command->add_option("--member", run.member, "Run this member alone");
  run_command->add_option("--seed", run.seed, "Seed of all chance, instead of the scenario's");
  run_command->add_option("--threads", run.threads, "Threads; 0 takes all")->check(CLI::Range(0, 1024));
  run_command->add_flag("--events", run.events, "Write events.csv: every event of every life");
  run_command->add_flag("--estimate", run.estimate, "Print the memory and work of the run, and do not run");
  run_command->add_option("--until", run.until, "Stop after this time and keep the lives in snapshot.healthspan");
  run_command->add_option("--from", run.from, "Go on with the lives of a snapshot, perhaps with other interventions");
  run_command->add_flag("--new-chance", run.new_chance, "With --from: chance from there on comes from --seed");
  run_command->add_option("--target-error", run.target_error,
                          "OUTCOME=ERROR: as many members as it takes, at most the scenario's");
  run_command->add_option("--deadline", run.deadline,
                          "As many members as this time allows, such as 2s; at least 512");
  run_command->add_option("--lang", run.language, "Language of the report: en or ja")
      ->check(CLI::IsMember(std::vector<std::string>(report_languages.begin(), report_languages.end())));
  run_command->add_flag("--quiet", run.quiet, "No progress and no table, only the path of the report");
  run_command->add_flag("--force", run.force, "Replace the folder of an earlier run");

  MergeArguments merged;
  CLI::App* merge_command = app.add_subcommand("merge", "Put the parts of a run together");
  merge_command->add_option("parts", merged.parts, "Folders of runs with --members A:B")->required();
  merge_command->add_option("-o,--output", merged.output, "Output folder")->required();
  merge_command->add_option("--lang", merged.language, "Language of the report: en or ja")
      ->check(CLI::IsMember(std::vector<std::string>(report_languages.begin(), report_languages.end())));
  merge_command->add_flag("--quiet", merged.quiet, "No table, only the path of the report");
  merge_command->add_flag("--force", merged.force, "Replace the folder of an earlier run");

  WhyArguments why;
  CLI::App* why_command = app.add_subcommand("why", "Tell one life as a dated story, the arms side by side");
  why_command->add_option("scenario", why.scenario, "Scenario file (JSON)")->required();
  why_command->add_option("--member", why.member, "Which life")->required();
  why_command->add_option("--seed", why.seed, "Seed of all chance, instead of the scenario's");
  why_command->add_option("--width", why.width, "Columns of the table")->check(CLI::Range(60, 400));

  UncertaintyArguments uncertainty;
  CLI::App* uncertainty_command =
      app.add_subcommand("uncertainty", "Print which layer of uncertainty makes how much of each outcome's spread");
  uncertainty_command->add_option("scenario", uncertainty.scenario, "Scenario file (JSON)")->required();
  uncertainty_command->add_option("--samples", uncertainty.samples, "Independent samples of all layers [4096]");
  uncertainty_command->add_option("--threads", uncertainty.threads, "Threads; 0 takes all")
      ->check(CLI::Range(0, 1024));
  uncertainty_command->add_flag("--csv", uncertainty.csv, "As a table for other programs");

  EvidenceArguments evidence;
  CLI::App* evidence_command = app.add_subcommand(
      "evidence", "Set published figures beside ours; exit 1 where a verdict is not the known one");
  evidence_command->add_option("id", evidence.ids, "Files of the folder by name, without .json [all]");
  evidence_command->add_option("--folder", evidence.folder, "Folder of the evidence [tests/evidence]");
  evidence_command->add_option("--write", evidence.pages,
                               "Also put the tables into these pages, at \"<!-- generated: figures -->\" and "
                               "\"<!-- generated: agreement -->\"");
  evidence_command->add_option("--set", evidence.sets,
                               "PATH=VALUE: set a value of every scenario, such as parameters.NAME=0.5");
  evidence_command->add_option("--table", evidence.table, "Also write the figures as a table (CSV)");
  evidence_command->add_option("--threads", evidence.threads, "Threads; 0 takes all")->check(CLI::Range(0, 1024));

  CohortArguments cohort;
  CLI::App* cohort_command = app.add_subcommand("cohort", "Write the people of a scenario's cohort as a table");
  cohort_command->add_option("scenario", cohort.scenario, "Scenario file (JSON)")->required();
  cohort_command->add_option("-n", cohort.people, "How many [the scenario's members]");
  cohort_command->add_option("-o,--output", cohort.output, "Table to write (CSV); it can be read as \"people\"");
  cohort_command->add_option("--seed", cohort.seed, "Seed of all chance, instead of the scenario's");

  ScoreArguments score;
  CLI::App* score_command = app.add_subcommand("score", "Evaluate a published risk score for a table of people");
  score_command
      ->add_option("score", score.score,
                   "prevent, score2, score2-op, score2-diabetes, framingham, framingham-office or ukpds-om2")
      ->required();
  score_command->add_option("people", score.people, "Table of people (CSV); - is standard input")->required();
  score_command->add_option("-o,--output", score.output, "Table to write (CSV) [standard output]");
  score_command->add_option("--region", score.region, "Of the SCORE2 family: low, moderate, high or very-high");

  std::string check_file;
  CLI::App* check_command = app.add_subcommand("check", "Check a scenario without running it");
  check_command->add_option("scenario", check_file, "Scenario file (JSON); - is standard input")->required();
  std::vector<std::string> check_sets;
  add_sets(check_command, check_sets);

  std::string described;
  bool as_json = false;
  CLI::App* describe_command = app.add_subcommand("describe", "List modules, or show the table of one");
  describe_command->add_option("name", described, "Module or quantity");
  describe_command->add_flag("--json", as_json, "As JSON");

  CLI::App* schema_command = app.add_subcommand("schema", "Print the JSON Schema of scenarios");
  CLI::App* version_command = app.add_subcommand("version", "Print the version");

  const auto many = [](CLI::Option* option) {
    option->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->allow_extra_args(false);
    return option;
  };
  WhenArguments when;
  CLI::App* when_command = app.add_subcommand(
      "when", "Find the latest start of an intervention that meets a goal or keeps a share of what it does");
  when_command->add_option("scenario", when.scenario, "Scenario file (JSON)")->required();
  when_command->add_option("--intervention", when.intervention, "What is shifted: ARM, ARM/TYPE or ARM/NUMBER")
      ->required();
  when_command
      ->add_option(
          "--goal", when.goal,
          "\"P(frail at 10 y) <= 0.2\", \"mean(QUANTITY at 5 y) >= 0.8\", \"healthy_life_years >= 5\"; with --keep "
          "only what is measured")
      ->required();
  when_command->add_option("--keep", when.keep, "Share of the largest effect that is to be kept, such as 0.8");
  when_command->add_option("--earliest", when.earliest, "First start that is tried [0]");
  when_command->add_option("--latest", when.latest, "Last start that is tried [the time of the goal]");
  when_command->add_option("--grid", when.points, "Starts that are tried before the search narrows down [13]");
  when_command->add_option("--precision", when.precision, "How closely the start is found [1 day]");
  when_command->add_option("--resamples", when.resamples, "Of the bootstrap [1000]");
  when_command->add_option("--csv", when.csv, "Write every start that was tried to this file");
  SweepArguments sweep;
  CLI::App* sweep_command =
      app.add_subcommand("sweep", "Run a scenario for each of some values and write a table of outcomes");
  sweep_command->add_option("scenario", sweep.scenario, "Scenario file (JSON)")->required();
  many(sweep_command->add_option("--over", sweep.over,
                                 "PATH=FROM:TO:N, such as patient.age=70:90:5; repeated, every combination is run"))
      ->required();
  sweep_command->add_option("-o,--output", sweep.output, "The table (CSV)")->required();
  SensitivityArguments sensitivity;
  CLI::App* sensitivity_command = app.add_subcommand("sensitivity", "Rank values by how much outcomes hang on them");
  sensitivity_command->add_option("scenario", sensitivity.scenario, "Scenario file (JSON)")->required();
  many(sensitivity_command->add_option("--over", sensitivity.over,
                                       "NAME=LOW:HIGH, such as relative_strength=0.8:1.2; may be repeated"))
      ->required();
  sensitivity_command->add_option("--method", sensitivity.method, "sobol, morris or tornado [sobol]");
  sensitivity_command->add_option("--samples", sensitivity.samples,
                                  "Samples of sobol [128], best a power of two; trajectories of morris [16]");
  sensitivity_command->add_option("--outcome", sensitivity.outcome, "The outcome that is shown [the first]");
  sensitivity_command->add_option("--arm", sensitivity.arm,
                                  "The arm that is shown [the first; with --difference the second]");
  sensitivity_command->add_flag("--difference", sensitivity.difference, "Show its difference from the first arm");
  sensitivity_command->add_option("--csv", sensitivity.csv, "Write all outcomes of all arms to this file");
  sensitivity_command->add_option("--plot", sensitivity.plot, "Draw what is shown (SVG)");
  const auto add_run_options = [&](CLI::App* command, auto& arguments) {
    add_sets(command, arguments.sets);
    command->add_option("--members", arguments.members, "Number of simulated lives, instead of the scenario's");
    command->add_option("--seed", arguments.seed, "Seed of all chance, instead of the scenario's");
    command->add_option("--threads", arguments.threads, "Threads; 0 takes all")->check(CLI::Range(0, 1024));
    command->add_flag("--quiet", arguments.quiet, "No progress");
  };
  add_run_options(when_command, when);
  add_run_options(sweep_command, sweep);
  add_run_options(sensitivity_command, sensitivity);

  std::string cited, started, shell;
  CLI::App* cite_command = app.add_subcommand("cite", "Print the literature behind a scenario's modules (BibTeX)");
  cite_command->add_option("scenario", cited, "Scenario file (JSON)")->required();
  CLI::App* new_command = app.add_subcommand("new", "Write a scenario to start from, and explain it");
  new_command->add_option("file", started, "File to write [standard output]");
  CLI::App* completion_command =
      app.add_subcommand("completion", "Print a script that completes commands and options");
  completion_command->add_option("shell", shell, "bash, zsh or fish")->required();

  try {
    // Such as an unset variable of a script; the library would take it for an option not given.
    for (int i = 1; i < argc; ++i)
      if (const std::string_view given = argv[i]; given.empty() || (given.starts_with("--") && given.ends_with("=")))
        throw CLI::ConversionError(fmt::format("{}: the value is empty", given.empty() ? argv[i - 1] : argv[i]));
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    complain(ErrorCode::usage, wrong_use(app, argc, argv, error.what()), wants_json_errors(argc, argv));
    return entry_of(ErrorCode::usage).exit_status;
  }

  try {
    if (*run_command) run_scenario(run);
    if (*merge_command) merge_shards(merged);
    if (*uncertainty_command) print_uncertainty(uncertainty);
    if (*evidence_command) weigh_evidence(evidence);
    if (*why_command) tell_why(why);
    if (*cohort_command) write_cohort(cohort);
    if (*score_command) score_table(score);
    if (*check_command) check_scenario(check_file, check_sets);
    if (*describe_command) describe(described, as_json);
    if (*schema_command) print_schema();
    if (*when_command) find_latest_start(when);
    if (*sweep_command) sweep_scenario(sweep);
    if (*sensitivity_command) print_sensitivity(sensitivity);
    if (*cite_command) cite(cited);
    if (*new_command) start_scenario(started);
    if (*completion_command) fmt::print("{}", completion_for(app, shell));
    if (*version_command) fmt::print("healthspan {}\n", version);
    if (std::fflush(stdout) != 0) throw std::system_error(errno, std::generic_category());
    return 0;
  } catch (const Error& error) {
    complain(error.code(), error.what(), json_errors);
    return error.exit_status();
  } catch (const std::system_error& error) {  // of which a full disk below stdout is one
    complain(ErrorCode::cannot_write, "cannot write: " + error.code().message(), json_errors);
    return entry_of(ErrorCode::cannot_write).exit_status;
  } catch (const std::exception& error) {
    complain(ErrorCode::internal, fmt::format("internal error: {}; please report it", error.what()), json_errors);
    return entry_of(ErrorCode::internal).exit_status;
  }
}
