#include <healthspan/scenarios/evidence.hpp>
#include <healthspan/scenarios/language/language.hpp>
#include <healthspan/scenarios/references.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>

namespace healthspan::scenarios {

namespace {

struct Number {
  double value = 0, error = 0;
};

Number share_of(double part, double whole) {
  const double p = part / whole;
  return {p, sqrt(p * (1 - p) / whole)};
}

// The share of the living with less than `level`: where the quantiles pass it, which is linear within a bin.
double share_below(double level, const Summary& s, std::size_t arm, std::size_t report, std::size_t column) {
  double low = 0, high = 1;
  for (int halving = 0; halving < 40; ++halving) {
    const double p = 0.5 * (low + high);
    (s.quantile(arm, report, column, p) < level ? low : high) = p;
  }
  return low;
}

Number measured(const RunResult& result, const Measure& m, const std::string& at) {
  const Summary& s = *result.summary;
  const auto& names = result.arm_names;
  const auto arm_at = m.arm.empty() ? names.begin() : std::find(names.begin(), names.end(), m.arm);
  if (arm_at == names.end())
    throw Error(ErrorCode::unknown_name, at + "/arm: there is no arm \"" + m.arm + "\"" + name_hint(m.arm, names));
  const auto arm = static_cast<std::size_t>(arm_at - names.begin());
  const std::vector<double>& reports = result.spec.reports_d;
  std::size_t report = reports.size() - 1;
  if (m.at_d) {
    while (report > 0 && std::fabs(reports[report - 1] - *m.at_d) <= std::fabs(reports[report] - *m.at_d)) --report;
    if (std::fabs(reports[report] - *m.at_d) > 1)
      throw Error(ErrorCode::out_of_range, fmt::format("{}/at: found {:g} d, expected a report time (every month of "
                                                       "30.4375 d, and the horizon); the nearest is {:g} d",
                                                       at, *m.at_d, reports[report]));
  }
  std::vector<std::string> known{"alive"};
  const auto& outputs = result.resolved.outputs;
  if (m.below && std::find(outputs.begin(), outputs.end(), m.of) == outputs.end())
    throw Error(ErrorCode::usage, at + "/below: is for an output" + name_hint(m.of, outputs));
  if (m.of == "alive") return share_of(s.living(arm, report), static_cast<double>(s.members()));
  if (result.spec.class_slot) {
    static constexpr const char* classes[] = {"robust", "prefrail", "frail"};
    for (std::size_t c = 0; c < 3; ++c) {
      known.emplace_back(classes[c]);
      if (m.of == classes[c]) return share_of(s.in_class(arm, report, c), s.living(arm, report));
    }
  }
  for (std::size_t c = 0; c < result.spec.columns.size(); ++c) {
    const std::string& name = result.resolved.outputs[c];
    known.push_back(name);
    if (m.of != name) continue;
    if (m.below) {
      const auto living = static_cast<double>(s.living(arm, report));
      return share_of(living * share_below(*m.below, s, arm, report, c), living);
    }
    const Estimate e = s.mean(arm, report, c);
    return {e.value, e.error};
  }
  for (std::size_t e = 0; e < result.inquiry.events().size(); ++e) {
    known.push_back(result.inquiry.events()[e].name);
    if (m.of != known.back()) continue;
    const Estimate had = s.incidence(arm, e, report);
    return {had.value, had.error};
  }
  for (const Outcome& o : result.outcomes) {
    if (std::find(known.begin(), known.end(), o.name) != known.end()) continue;
    known.push_back(o.name);
    if (m.of != o.name) continue;
    if (m.at_d) throw Error(ErrorCode::usage, at + "/at: an outcome is of the whole run");
    const Estimate e = s.outcome(arm, o.index);
    return {e.value / o.per_unit, e.error / o.per_unit};
  }
  throw Error(ErrorCode::unknown_name,
              at + "/of: there is no \"" + m.of + "\" in the results" + name_hint(m.of, known));
}

// The hazard that a share of people has met with, integrated.
Number hazard_of(const Number& share) { return {-std::log1p(-share.value), share.error / (1 - share.value)}; }

Number taken(Take take, const Number& to, const Number& from, double years) {
  const double ratio = to.value / from.value;
  const double ratio_error = std::fabs(ratio) * std::hypot(to.error / to.value, from.error / from.value);
  switch (take) {
    case Take::value: return to;
    case Take::difference: return {to.value - from.value, std::hypot(to.error, from.error)};
    case Take::change_percent: return {100 * (ratio - 1), 100 * ratio_error};
    case Take::ratio: return {ratio, ratio_error};
    case Take::growth_percent_per_year:
      return {100 * std::log(ratio) / years, 100 * ratio_error / std::fabs(ratio) / years};
    case Take::per_100_person_years: {
      const Number hazard = hazard_of(to);
      return {100 * hazard.value / years, 100 * hazard.error / years};
    }
    case Take::hazard_ratio: return taken(Take::ratio, hazard_of(to), hazard_of(from), years);
    case Take::hazard_reduction_percent: {
      const Number change = taken(Take::change_percent, hazard_of(to), hazard_of(from), years);
      return {-change.value, change.error};
    }
  }
  return {};
}

std::string source_in_words(const Figure& figure) {
  for (const Reference& r : references())
    if (r.key == figure.source) {
      const std::string_view authors_and_year = r.text.substr(0, r.text.find(')') + 1);
      return fmt::format("{}{}{}", authors_and_year, figure.locator.empty() ? "" : ", ", figure.locator);
    }
  return figure.source;
}

}  // namespace

bool takes_one(Take take) { return take == Take::value || take == Take::per_100_person_years; }

std::vector<Verdict> judge(const Evidence& evidence, const RunOptions& options) {
  std::map<std::string, RunResult> results;
  const auto run_of = [&](const std::string& name, const std::string& at) -> const RunResult& {
    if (const auto done = results.find(name); done != results.end()) return done->second;
    std::string text = evidence.scenario;
    if (!name.empty()) {
      const auto variation = evidence.variations.find(name);
      std::vector<std::string> names;
      for (const auto& [known, patch] : evidence.variations) names.push_back(known);
      if (variation == evidence.variations.end())
        throw Error(ErrorCode::unknown_name,
                    at + "/run: there is no variation \"" + name + "\"" + name_hint(name, names));
      text = patched(text, variation->second);
    }
    const std::string file = evidence.id + (name.empty() ? ": /scenario" : ": /variations/" + name);
    const Scenario scenario = parse_scenario(text, file);
    const System system(scenario);
    return results.emplace(name, run(system, scenario, options)).first->second;
  };
  std::vector<Verdict> verdicts;
  for (std::size_t k = 0; k < evidence.figures.size(); ++k) {
    const Figure& figure = evidence.figures[k];
    const std::string at = fmt::format("{}: /figures/{}", evidence.id, k);
    const bool known_source = std::any_of(references().begin(), references().end(),
                                          [&](const Reference& r) { return r.key == figure.source; });
    if (!known_source)
      throw Error(ErrorCode::unknown_name,
                  at + "/source: \"" + figure.source + "\" is not among the references of the project");
    const RunResult& to_run = run_of(figure.measure.run, at + "/measure");
    const Number to = measured(to_run, figure.measure, at + "/measure");
    Number from;
    double years = 0;
    if (figure.from) {
      const RunResult& from_run = run_of(figure.from->run, at + "/from");
      from = measured(from_run, *figure.from, at + "/from");
      years = (figure.measure.at_d.value_or(to_run.spec.horizon_d()) -
               figure.from->at_d.value_or(from_run.spec.horizon_d())) /
              365.25;
    }
    if (figure.take == Take::per_100_person_years)
      years = figure.measure.at_d.value_or(to_run.spec.horizon_d()) / 365.25;
    Number ours = taken(figure.take, to, from, years);
    if (figure.per) {
      Measure here = figure.measure, there = *figure.from;
      here.of = there.of = figure.per->of;
      const double power = figure.per->amount / (measured(to_run, here, at + "/per").value -
                                                 measured(run_of(there.run, at), there, at + "/per").value);
      const double error = std::fabs(power) * ours.error / ours.value;
      ours.value = std::pow(ours.value, power);
      ours.error = error * ours.value;
    }
    verdicts.push_back({figure, ours.value, ours.error});
  }
  return verdicts;
}

Agreement agreement_of(const std::vector<Verdict>& verdicts) {
  Agreement a;
  a.figures = verdicts.size();
  double x = 0, y = 0, xx = 0, xy = 0, yy = 0, relative = 0, with_target = 0;
  for (const Verdict& v : verdicts) {
    a.met += v.met() ? 1 : 0;
    x += v.figure.target;
    y += v.ours;
    if (v.figure.target == 0) continue;
    relative += std::fabs(v.ours / v.figure.target - 1);
    with_target += 1;
  }
  const auto n = static_cast<double>(verdicts.size());
  for (const Verdict& v : verdicts) {
    const double dx = v.figure.target - x / n, dy = v.ours - y / n;
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
  }
  a.slope = xy / xx;
  a.intercept = (y - a.slope * x) / n;
  a.r2 = xy * xy / (xx * yy);
  a.mape_percent = 100 * relative / with_target;
  return a;
}

std::string table_in_markdown(const std::vector<Verdict>& verdicts) {
  std::string text =
      "| figure | published | met within | ours | verdict | standing | source |\n|---|---:|---:|---:|---|---|---|\n";
  for (const Verdict& v : verdicts) {
    const Figure& f = v.figure;
    const std::string ours =
        v.error > 0 ? fmt::format("{:.3g} ± {:.1g}", v.ours, v.error) : fmt::format("{:.3g}", v.ours);
    text +=
        fmt::format("| {}{} | {:g} | {:g} to {:g} | {} | {} | {} | {} |\n", f.name,
                    f.unit == "1" ? "" : ", " + f.unit, f.target, f.low, f.high, ours, v.met() ? "met" : "**missed**",
                    f.standing == Standing::dependent ? "dependent" : "independent", source_in_words(f));
  }
  for (const Verdict& v : verdicts)
    if (!v.met())
      text += fmt::format("\nMissed: {}. {}\n", v.figure.name,
                          v.figure.miss.empty() ? "Why is not known yet." : v.figure.miss);
  return text;
}

std::string agreement_in_markdown(const std::vector<Verdict>& verdicts) {
  std::string text =
      "| figures | number | met | slope | intercept | R² | mean absolute error "
      "|\n|---|---:|---:|---:|---:|---:|---:|\n";
  const auto row = [&](const char* name, const std::vector<Verdict>& some) {
    if (some.size() < 3) return;
    const Agreement a = agreement_of(some);
    text += fmt::format("| {} | {} | {} | {:.3f} | {:.2g} | {:.3f} | {:.0f} % |\n", name, a.figures, a.met, a.slope,
                        a.intercept, a.r2, a.mape_percent);
  };
  row("all", verdicts);
  for (const auto& [name, standing] : {std::pair{"dependent: parameters were fitted to them", Standing::dependent},
                                       std::pair{"independent", Standing::independent}}) {
    std::vector<Verdict> some;
    std::copy_if(verdicts.begin(), verdicts.end(), std::back_inserter(some),
                 [&, wanted = standing](const Verdict& v) { return v.figure.standing == wanted; });
    row(name, some);
  }
  return text;
}

void put_between_markers(const std::filesystem::path& file, const std::string& name, const std::string& text) {
  const std::string page = read_file(file), begin = "<!-- generated: " + name + " -->", end = "<!-- end -->";
  const std::size_t from = page.find(begin), to = page.find(end, from);
  if (from == std::string::npos || to == std::string::npos)
    throw Error(ErrorCode::missing_value,
                fmt::format("{}: there is no place between \"{}\" and \"{}\"", file.string(), begin, end));
  const std::filesystem::path part = file.string() + ".part";
  std::ofstream stream(part, std::ios::binary);
  stream << page.substr(0, from + begin.size()) << "\n" << text << page.substr(to);
  stream.close();
  std::error_code failed;
  if (stream) std::filesystem::rename(part, file, failed);
  if (!stream || failed) throw Error(ErrorCode::cannot_write, file.string() + ": cannot be written");
}

}  // namespace healthspan::scenarios
