#include <healthspan/scenarios/bar_plot.hpp>
#include <healthspan/scenarios/cli/commands.hpp>
#include <healthspan/scenarios/cli/interrupt.hpp>
#include <healthspan/scenarios/cli/source.hpp>
#include <healthspan/scenarios/csv.hpp>
#include <healthspan/scenarios/language/documents.hpp>
#include <healthspan/scenarios/sensitivity.hpp>
#include <healthspan/scenarios/sweep.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

namespace healthspan::scenarios {

namespace {

constexpr std::size_t resamples = 1000;

// An outcome at every point of a design.
struct Answer {
  SweptOutcome what;  // of the first point
  std::vector<double> values, errors;

  // Variance of the values that the number of lives alone would make if lives were drawn anew at every point: an
  // upper bound, since they are the same.
  double share_of_noise() const {
    const auto n = static_cast<double>(values.size());
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
    double variance = 0, noise = 0;
    for (std::size_t k = 0; k < values.size(); ++k) {
      variance += (values[k] - mean) * (values[k] - mean) / (n - 1);
      noise += std::isfinite(errors[k]) ? errors[k] * errors[k] / n : 0.0;
    }
    return noise / variance;
  }
  std::string title() const {
    return what.outcome + (what.reference.empty() ? ", " + what.arm : ", " + what.arm + " - " + what.reference) +
           (what.unit == "1" ? "" : ", " + what.unit);
  }
};

Points tornado_design(std::size_t factors) {
  Points points{std::vector<double>(factors, 0.5)};
  for (std::size_t i = 0; i < factors; ++i)
    for (const double end : {0.0, 1.0}) {
      points.push_back(points[0]);
      points.back()[i] = end;
    }
  return points;
}

std::string named(const Factor& f) {
  return fmt::format("{} {:g}:{:g}{}", f.place, f.low, f.high, f.unit.empty() ? "" : " " + f.unit);
}

std::vector<Answer> answers_at(Sweep& sweep, const Points& points, bool quiet) {
  std::vector<Answer> answers;
  std::size_t done = 0;
  for (const std::vector<double>& point : points) {
    std::vector<double> values;
    for (std::size_t i = 0; i < point.size(); ++i) values.push_back(sweep.factors()[i].at(point[i]));
    const std::vector<SweptOutcome> outcomes = sweep.at(values);
    if (answers.empty())
      for (const SweptOutcome& o : outcomes) answers.push_back({o, {}, {}});
    for (std::size_t k = 0; k < outcomes.size(); ++k) {
      answers[k].values.push_back(outcomes[k].estimate);
      answers[k].errors.push_back(outcomes[k].error);
    }
    ++done;
    if (!quiet && (done * 10 / points.size() != (done - 1) * 10 / points.size()))
      fmt::print(stderr, "{} of {} points\n", done, points.size());
  }
  return answers;
}

const Answer& asked_for(const std::vector<Answer>& answers, const SensitivityArguments& arguments,
                        const Scenario& scenario) {
  std::string arm = arguments.arm;
  std::vector<std::string> arms, outcomes;
  for (const Arm& a : scenario.arms) arms.push_back(a.name);
  for (const Answer& a : answers)
    if (!std::count(outcomes.begin(), outcomes.end(), a.what.outcome)) outcomes.push_back(a.what.outcome);
  if (arguments.difference && arms.size() < 2)
    throw Error(ErrorCode::usage, "--difference: the scenario has one arm only");
  if (arm.empty()) arm = arms[arguments.difference ? 1 : 0];
  if (!std::count(arms.begin(), arms.end(), arm))
    throw Error(ErrorCode::unknown_name, "--arm: there is no arm \"" + arm + "\"" + name_hint(arm, arms));
  const std::string outcome = arguments.outcome.empty() ? outcomes.front() : arguments.outcome;
  for (const Answer& a : answers)
    if (a.what.outcome == outcome && a.what.arm == arm && a.what.reference.empty() != arguments.difference) return a;
  throw Error(std::count(outcomes.begin(), outcomes.end(), outcome) ? ErrorCode::usage : ErrorCode::unknown_name,
              std::count(outcomes.begin(), outcomes.end(), outcome)
                  ? "--difference: \"" + arm + "\" is the first arm, from which differences are taken"
                  : "--outcome: there is no outcome \"" + outcome + "\"" + name_hint(outcome, outcomes));
}

// Factors by falling size.
std::vector<std::size_t> ranked(std::size_t n, const auto& size) {
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return size(a) > size(b); });
  return order;
}

std::string in_brackets(const Interval& i) {
  return fmt::format("{:6.3f} ({:.3f} to {:.3f})", i.value, i.low, i.high);
}

struct Table {
  std::string terminal;
  std::vector<std::string> csv;  // "factor,index,value,low,high"
  BarPlot plot;
};

std::string csv_row(const Factor& f, const char* index, double value, double low, double high) {
  return fmt::format("{},{:.10g},{:.10g},{},{},{},{},{}", cell(f.place), f.low, f.high, cell(f.unit), index,
                     cell(value), cell(low), cell(high));
}

Table sobol_table(const Answer& answer, const std::vector<Factor>& factors, std::uint64_t seed) {
  Table table;
  const std::vector<SobolIndex> indices = sobol_indices(factors.size(), answer.values, resamples, seed);
  table.terminal = fmt::format("{}{}{}\n", padded("", 44), padded("first order (95 %)", 28), "total (95 %)");
  table.plot = {"", "", "share of the variance, with 95 % interval", {"first order", "total, with interactions"},
                {}, 0};
  for (const std::size_t i : ranked(factors.size(), [&](std::size_t k) { return indices[k].total.value; })) {
    const auto& [first, total] = indices[i];
    table.terminal += padded(named(factors[i]), 44) + padded(in_brackets(first), 28) + in_brackets(total) + "\n";
    table.plot.groups.push_back(
        {factors[i].place, {{0, first.value, first.low, first.high, 0}, {0, total.value, total.low, total.high, 1}}});
  }
  for (std::size_t i = 0; i < factors.size(); ++i) {
    const auto& [first, total] = indices[i];
    table.csv.push_back(csv_row(factors[i], "first_order", first.value, first.low, first.high));
    table.csv.push_back(csv_row(factors[i], "total", total.value, total.low, total.high));
  }
  return table;
}

Table morris_table(const Answer& answer, const std::vector<Factor>& factors, const MorrisDesign& design) {
  Table table;
  const std::vector<MorrisEffect> effects = morris_effects(design, answer.values);
  table.terminal = fmt::format("{}{}{}{}\n", padded("change over the whole range", 44), padded("mu* (mean size)", 22),
                               padded("mu (mean)", 14), "sigma (SD)");
  table.plot = {"", "", "change over the whole range of the factor", {"mu*, with standard error", "sigma"}, {}, 0};
  for (const std::size_t i : ranked(factors.size(), [&](std::size_t k) { return effects[k].mean_size; })) {
    const MorrisEffect& e = effects[i];
    table.terminal += padded(named(factors[i]), 44) + padded(with_error(e.mean_size, e.mean_size_error), 22) +
                      padded(fmt::format("{:.3g}", e.mean), 14) + fmt::format("{:.3g}\n", e.deviation);
    table.plot.groups.push_back(
        {factors[i].place,
         {{0, e.mean_size, e.mean_size - e.mean_size_error, e.mean_size + e.mean_size_error, 0},
          {0, e.deviation, 0, 0, 1}}});
  }
  for (std::size_t i = 0; i < factors.size(); ++i) {
    const MorrisEffect& e = effects[i];
    table.csv.push_back(csv_row(factors[i], "mu_star", e.mean_size, e.mean_size - 1.96 * e.mean_size_error,
                                e.mean_size + 1.96 * e.mean_size_error));
    table.csv.push_back(csv_row(factors[i], "mu", e.mean, NAN, NAN));
    table.csv.push_back(csv_row(factors[i], "sigma", e.deviation, NAN, NAN));
  }
  return table;
}

Table tornado_table(const Answer& answer, const std::vector<Factor>& factors) {
  Table table;
  const double middle = answer.values[0];
  const auto low = [&](std::size_t i) { return answer.values[1 + 2 * i]; };
  const auto high = [&](std::size_t i) { return answer.values[2 + 2 * i]; };
  table.terminal =
      fmt::format("{}{}{}\n{}{}\n", padded("one at a time", 44), padded("at the low end", 20), "at the high end",
                  padded("all in the middle", 44), with_error(middle, answer.errors[0]));
  table.plot = {"",
                "",
                answer.what.outcome + (answer.what.unit == "1" ? "" : ", " + answer.what.unit),
                {"at the low end", "at the high end"},
                {},
                middle};
  for (const std::size_t i : ranked(factors.size(), [&](std::size_t k) { return std::fabs(high(k) - low(k)); })) {
    table.terminal += padded(named(factors[i]), 44) + padded(with_error(low(i), answer.errors[1 + 2 * i]), 20) +
                      with_error(high(i), answer.errors[2 + 2 * i]) + "\n";
    table.plot.groups.push_back({factors[i].place, {{middle, low(i), 0, 0, 0}, {middle, high(i), 0, 0, 1}}});
  }
  for (std::size_t i = 0; i < factors.size(); ++i)
    table.csv.push_back(csv_row(factors[i], "range", high(i) - low(i), low(i), high(i)));
  return table;
}

}  // namespace

void print_sensitivity(const SensitivityArguments& arguments) {
  const Source source = source_of(arguments.scenario, arguments.sets);
  const Scenario scenario = source.read();
  std::vector<Factor> factors;
  for (const std::string& text : arguments.over) factors.push_back(factor_of(text, false));
  const bool sobol = arguments.method == "sobol", morris = arguments.method == "morris";
  if (!sobol && !morris && arguments.method != "tornado")
    throw Error(ErrorCode::unknown_name, "--method: there is no method \"" + arguments.method + "\"" +
                                             name_hint(arguments.method, {"morris", "sobol", "tornado"}));
  if (sobol && factors.size() < 2)
    throw Error(ErrorCode::usage, "--over: shares of the variance need two factors or more; \"sweep\" varies one");
  if (arguments.samples && arguments.method == "tornado")
    throw Error(ErrorCode::usage, "--samples: a tornado takes the two ends of each factor and no samples");
  const std::uint64_t samples =
      within("--samples", arguments.samples.value_or(sobol ? 128 : 16), sobol ? 8 : 2, 1000000);
  for (const std::string& file : {arguments.csv, arguments.plot})
    if (!file.empty()) check_writable(file);
  const InterruptGuard guard;
  RunOptions options;
  options.threads = arguments.threads;
  options.stop = guard.token();
  Sweep sweep(source.text, source.name, factors, options, true);
  sweep.members = scenario.members;
  if (arguments.members) sweep.members = within("--members", *arguments.members, 2, most_members);
  if (arguments.seed) sweep.seed = within("--seed", *arguments.seed, 0, largest_seed);
  const std::uint64_t seed = sweep.seed.value_or(scenario.seed);

  MorrisDesign design;
  if (morris) design = morris_design(factors.size(), samples, seed);
  const Points points = sobol    ? sobol_design(factors.size(), samples, seed)
                        : morris ? design.points
                                 : tornado_design(factors.size());
  // Before the long run, one with two lives: what has no name is not to be found out at the end.
  Sweep trial(source.text, source.name, factors, options, true);
  trial.members = 2;
  asked_for(answers_at(trial, {points.front()}, true), arguments, scenario);
  const std::vector<Answer> answers = answers_at(sweep, points, arguments.quiet);
  const auto table_of = [&](const Answer& a) {
    return sobol    ? sobol_table(a, factors, seed)
           : morris ? morris_table(a, factors, design)
                    : tornado_table(a, factors);
  };
  if (!arguments.csv.empty()) {
    std::string csv =
        "kind,outcome,unit,arm,reference,factor,factor_low,factor_high,factor_unit,index,value,low,high\n";
    for (const Answer& a : answers)
      for (const std::string& row : table_of(a).csv)
        csv += fmt::format("{},{},{},{},{},{}\n", a.what.reference.empty() ? "outcome" : "contrast", a.what.outcome,
                           cell(a.what.unit), cell(a.what.arm), cell(a.what.reference), row);
    write_whole(arguments.csv, csv);
  }
  const Answer& asked = asked_for(answers, arguments, scenario);
  Table table = table_of(asked);
  const std::string noise =
      fmt::format("{} lives at each of {} points, the same with the same luck.", *sweep.members, points.size());
  if (!arguments.plot.empty()) {
    table.plot.title = asked.title();
    table.plot.subtitle = fmt::format("{}. {}", scenario.title.substr(0, 70), disclaimer);
    write_whole(arguments.plot, svg_of(table.plot));
  }
  fmt::print("{}\n{} {}\n\n{}\n{}", scenario.title, noise, disclaimer, asked.title(), table.terminal);
  if (arguments.method != "tornado")
    fmt::print(
        "\nIf lives were drawn anew at every point, their number would make {:.2g} % of the variance between points; "
        "as "
        "they are the same, it makes less.\n",
        100 * asked.share_of_noise());
}

}  // namespace healthspan::scenarios
