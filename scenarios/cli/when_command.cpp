#include <healthspan/scenarios/cli/commands.hpp>
#include <healthspan/scenarios/cli/interrupt.hpp>
#include <healthspan/scenarios/cli/source.hpp>
#include <healthspan/scenarios/csv.hpp>
#include <healthspan/scenarios/language/documents.hpp>
#include <healthspan/scenarios/language/language.hpp>
#include <healthspan/scenarios/when.hpp>

#include <fmt/format.h>

#include <cmath>

namespace healthspan::scenarios {

namespace {

// A start as it is typed, from 0 on; read_time() knows no time below a day.
double start_of(const std::string& text, const char* option) { return text == "0" ? 0.0 : read_time(text, option); }

std::string at_age(double days, const Scenario& scenario) {
  return fmt::format("{:.4g} years ({:.0f} d), at the age of {:.1f}", days / 365.25, days,
                     scenario.patient.age_y + days / 365.25);
}

void print_answer(const When& w, const WhenOptions& o, const Scenario& scenario) {
  const std::string meets =
      o.keep ? fmt::format("keeps {:g} % of the largest effect", 100 * *o.keep) : "meets the goal";
  if (!w.latest_d) {
    fmt::print("No start that was tried {}.", meets);
    if (w.never < 1) fmt::print(" In {:.1f} % of the resamples one does.", 100 * (1 - w.never));
    fmt::print("\n");
  } else if (std::isinf(w.next_d)) {
    fmt::print("Every start up to the last one tried, {}, {}.\n", at_age(*w.latest_d, scenario), meets);
  } else {
    fmt::print("The latest start that {}: {}.\n95 % interval: {:.4g} to {:.4g} years{}.\n", meets,
               at_age(*w.latest_d, scenario), w.low_d / 365.25, w.high_d / 365.25,
               w.never + w.always < 0.0005
                   ? ""
                   : fmt::format("; in {:.1f} % of the resamples no start does, in {:.1f} % even the last one",
                                 100 * w.never, 100 * w.always));
  }
  if (w.without.met) fmt::print("Note: the goal is met without the intervention, too.\n");
  if (w.changes > 1)
    fmt::print(
        "Note: the response is not monotone: along the grid, met and not met take turns {} times. An earlier "
        "start may not {}.\n",
        w.changes, o.keep ? "keep as much" : "meet the goal");
  for (const Rise& r : w.rises)
    fmt::print(
        "Note: the response is not monotone: between {:.4g} and {:.4g} years a later start does better, by "
        "{}.\n",
        r.from_d / 365.25, r.to_d / 365.25, with_error(std::fabs(r.by), r.error));
}

}  // namespace

void find_latest_start(const WhenArguments& arguments) {
  const Source source = source_of(arguments.scenario, arguments.sets);
  Scenario scenario = source.read();
  if (arguments.members) scenario.members = within("--members", *arguments.members, 2, 10000000);
  if (arguments.seed) scenario.seed = within("--seed", *arguments.seed, 0, largest_seed);
  WhenOptions options;
  options.intervention = arguments.intervention;
  options.goal = goal_of(arguments.goal, "--goal");
  options.keep = arguments.keep;
  if (options.keep && !(*options.keep > 0 && *options.keep <= 1))
    throw Error(ErrorCode::out_of_range,
                fmt::format("--keep: found {:g}, expected more than 0, up to 1", *options.keep));
  if (arguments.earliest) options.earliest_d = start_of(*arguments.earliest, "--earliest");
  if (arguments.latest) options.latest_d = start_of(*arguments.latest, "--latest");
  if (arguments.precision) options.precision_d = read_time(*arguments.precision, "--precision");
  options.points = within("--grid", arguments.points, 2, 1000);
  options.resamples = within("--resamples", arguments.resamples, 100, 100000);
  if (!arguments.csv.empty()) check_writable(arguments.csv);
  const InterruptGuard guard;
  options.run.threads = arguments.threads;
  options.run.stop = guard.token();
  const When w = naming(source.name, [&] {
    return when(scenario, options, [&](std::size_t starts) {
      if (!arguments.quiet) fmt::print(stderr, "{} starts\n", starts);
    });
  });

  if (!arguments.csv.empty()) {
    std::string csv = "start_days,start_years,measure,value,error,share_of_largest_effect,met\n";
    for (const TriedStart& s : w.starts)
      csv +=
          fmt::format("{},{},{},{},{},{},{}\n", cell(s.start_d), cell(s.start_d / 365.25), cell(options.goal.measure),
                      cell(s.value), cell(s.error), cell(s.kept), s.met ? "yes" : "no");
    write_whole(arguments.csv, csv);
  }
  fmt::print("{}\n{} lives for each start, the same with the same luck. {}\n\nShifted in \"{}\":\n", scenario.title,
             w.members, disclaimer, w.arm);
  for (const std::string& words : w.interventions) fmt::print("  {}\n", words);
  fmt::print("\n{}{}{}\n", padded("start", 24), padded(options.goal.measure, 30),
             options.keep ? "kept     met" : "met");
  const auto line = [&](const std::string& start, const TriedStart& s, const char* met) {
    fmt::print("{}{}{}{}\n", padded(start, 24), padded(with_error(s.value, s.error), 30),
               options.keep ? padded(fmt::format("{:.1f} %", 100 * s.kept), 9) : "", met);
  };
  for (const TriedStart& s : w.starts) line(fmt::format("{:.4g} years", s.start_d / 365.25), s, s.met ? "yes" : "no");
  line("never", w.without, w.without.met ? "yes" : "no");
  fmt::print("\n");
  print_answer(w, options, scenario);
}

}  // namespace healthspan::scenarios
