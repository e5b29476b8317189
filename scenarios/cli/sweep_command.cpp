#include <healthspan/scenarios/cli/commands.hpp>
#include <healthspan/scenarios/cli/interrupt.hpp>
#include <healthspan/scenarios/cli/source.hpp>
#include <healthspan/scenarios/csv.hpp>
#include <healthspan/scenarios/sweep.hpp>

#include <fmt/format.h>

namespace healthspan::scenarios {

void sweep_scenario(const SweepArguments& arguments) {
  const Source source = source_of(arguments.scenario, arguments.sets);
  std::vector<Factor> factors;
  std::size_t points = 1;
  for (const std::string& text : arguments.over) {
    factors.push_back(factor_of(text, true));
    points *= factors.back().points;
    if (points > 100000)
      throw Error(ErrorCode::out_of_range, "--over: these are more than 100000 points; take fewer values");
  }
  check_writable(arguments.output);
  source.read();  // so that what is wrong with the file itself is said without the values of the first point
  const InterruptGuard guard;
  RunOptions options;
  options.threads = arguments.threads;
  options.stop = guard.token();
  Sweep sweep(source.text, source.name, factors, options, false);
  if (arguments.members) sweep.members = within("--members", *arguments.members, 1, most_members);
  if (arguments.seed) sweep.seed = within("--seed", *arguments.seed, 0, largest_seed);

  std::string csv;
  for (const Factor& f : factors) csv += cell(f.unit.empty() ? f.place : f.place + " " + f.unit) + ",";
  csv += "kind,outcome,unit,arm,reference,estimate,error,members\n";
  std::vector<double> values(factors.size());
  for (std::size_t point = 0; point < points; ++point) {
    std::string lead;
    std::size_t rest = points, place = point;
    for (std::size_t i = 0; i < factors.size(); ++i) {  // the first varies slowest
      rest /= factors[i].points;
      values[i] = factors[i].at(static_cast<double>(place / rest) / static_cast<double>(factors[i].points - 1));
      place %= rest;
      lead += cell(values[i]) + ",";
    }
    for (const SweptOutcome& o : sweep.at(values))
      csv += fmt::format("{}{},{},{},{},{},{},{},{}\n", lead, o.reference.empty() ? "outcome" : "contrast", o.outcome,
                         cell(o.unit), cell(o.arm), cell(o.reference), cell(o.estimate), cell(o.error), o.members);
    if (!arguments.quiet) fmt::print(stderr, "{} of {} points\n", point + 1, points);
  }
  write_whole(arguments.output, csv);
  fmt::print("{}\n", arguments.output);
}

}  // namespace healthspan::scenarios
