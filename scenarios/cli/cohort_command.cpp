#include <healthspan/core/errors.hpp>
#include <healthspan/scenarios/cli/commands.hpp>
#include <healthspan/scenarios/cohort_report.hpp>
#include <healthspan/scenarios/language/language.hpp>

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

namespace healthspan::scenarios {

namespace {

constexpr std::int64_t most_people = 1000000;

std::int64_t within(const char* option, std::int64_t value, std::int64_t low, std::int64_t high) {
  if (value < low || value > high)
    throw Error(ErrorCode::out_of_range, fmt::format("{}: found {}, expected {} to {}", option, value, low, high));
  return value;
}

}  // namespace

void write_cohort(const CohortArguments& arguments) {
  Scenario scenario = read_scenario(arguments.scenario);
  if (arguments.seed) scenario.seed = static_cast<std::uint64_t>(within("--seed", *arguments.seed, 0, largest_seed));
  const auto members = static_cast<std::int64_t>(scenario.members);
  const auto wanted = static_cast<std::uint64_t>(
      within("-n", arguments.people.value_or(std::min(members, most_people)), 1, most_people));
  if (!arguments.output.empty() && std::filesystem::exists(arguments.output))
    throw Error(ErrorCode::cannot_write, arguments.output + ": exists already; choose another name with -o");
  try {
    const System system(scenario);
    if (!system.people())
      throw Error(ErrorCode::usage, "/patient: is one person, expected a \"cohort\" of which to write the people");
    const CohortReport report = report_on_cohort(system, wanted);
    std::vector<Person> people;
    for (PlacedMember& member : system.placed(0, wanted)) people.push_back(std::move(member.person));
    const std::string csv = write_people(system.people()->quantities(), people);
    if (arguments.output.empty()) {
      fmt::print("{}", csv);
      return;
    }
    std::ofstream stream(arguments.output, std::ios::binary);
    stream << csv;
    stream.close();
    if (!stream) throw Error(ErrorCode::cannot_write, arguments.output + ": cannot be written");
    fmt::print("{} of {} candidates were eligible ({:.3g} %). Of the first {} people {} are women.\n\n",
               report.eligible, report.candidates, 100 * report.acceptance(), report.members, report.women);
    fmt::print("{:<26}{:>14}{:>10}{:>10}{:>10}{:>10}{:>10}\n", "", "unit", "mean", "SD", "p5", "p50", "p95");
    for (const CohortRow& row : report.table)
      fmt::print("{:<26}{:>14}{:>10.4g}{:>10.3g}{:>10.4g}{:>10.4g}{:>10.4g}\n", row.name,
                 row.unit == "1" ? "" : row.unit, row.mean, row.deviation, row.q05, row.median, row.q95);
    fmt::print("\n{}\n", arguments.output);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::cannot_write) throw;
    throw Error(error.code(), arguments.scenario + ": " + error.what());
  }
}

}  // namespace healthspan::scenarios
