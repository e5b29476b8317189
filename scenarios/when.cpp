#include <healthspan/core/random.hpp>
#include <healthspan/scenarios/interventions.hpp>
#include <healthspan/scenarios/language/fields.hpp>
#include <healthspan/scenarios/language/language.hpp>
#include <healthspan/scenarios/when.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <regex>
#include <set>

namespace healthspan::scenarios {

namespace {

std::vector<double> grid_of(double earliest_d, double latest_d, std::size_t points) {
  if (points < 2 || !(earliest_d < latest_d))
    throw Error(ErrorCode::usage, fmt::format("found {} starts from {:g} d to {:g} d, expected two or more and a "
                                              "stretch between them",
                                              points, earliest_d, latest_d));
  const double step = (latest_d - earliest_d) / static_cast<double>(points - 1);
  std::vector<double> grid;
  for (std::size_t k = 0; k + 1 < points; ++k) grid.push_back(earliest_d + step * static_cast<double>(k));
  grid.push_back(latest_d);
  return grid;
}

}  // namespace

LatestStart latest_start(double earliest_d, double latest_d, std::size_t points, double precision_d,
                         const std::function<double(double start_d)>& margin) {
  LatestStart found;
  for (const double start_d : grid_of(earliest_d, latest_d, points)) {
    found.tried.push_back({start_d, margin(start_d)});
    const std::size_t k = found.tried.size() - 1;
    found.changes += k > 0 && found.tried[k].met() != found.tried[k - 1].met();
  }
  const auto last = std::find_if(found.tried.rbegin(), found.tried.rend(), [](const Tried& t) { return t.met(); });
  if (last == found.tried.rend()) return found;
  found.at_d = last->start_d;
  if (last == found.tried.rbegin()) return found;
  double unmet = std::prev(last)->start_d;
  while (unmet - *found.at_d > precision_d) {
    const double middle = 0.5 * (*found.at_d + unmet);
    if (middle <= *found.at_d || middle >= unmet) break;  // neighbouring numbers
    found.tried.push_back({middle, margin(middle)});
    if (found.tried.back().met())
      found.at_d = middle;
    else
      unmet = middle;
  }
  std::sort(found.tried.begin(), found.tried.end(),
            [](const Tried& a, const Tried& b) { return a.start_d < b.start_d; });
  return found;
}

Goal goal_of(const std::string& text, const std::string& option) {
  static const std::regex form(
      R"(\s*((?:(P|mean)\(\s*(\w+)(?:\s+at\s+([^()]+?))?\s*\)|(\w+)))\s*(?:(<=|>=)\s*(\S+))?\s*)");
  std::smatch part;
  const auto fail = [&] {
    throw Error(
        ErrorCode::syntax,
        fmt::format("{}: found \"{}\", expected such as \"P(frail at 10 y) <= 0.2\", \"mean(gait_speed at 5 y) "
                    ">= 0.8\" or \"healthy_life_years >= 5\"",
                    option, text.substr(0, 80)));
  };
  if (text.size() > 200 || !std::regex_match(text, part, form)) fail();
  Goal goal;
  goal.measure = part[1];
  goal.of = part[2] == "P" ? Goal::Of::share : part[2] == "mean" ? Goal::Of::mean : Goal::Of::outcome;
  goal.name = goal.of == Goal::Of::outcome ? part[5] : part[3];
  if (goal.name == "alive" || goal.name == "frail") goal.of = Goal::Of::share;  // the outcomes of these names
  if (part[4].matched) goal.at_d = read_time(part[4], option);
  if (!part[6].matched) return goal;
  goal.is = part[6] == "<=" ? Goal::Is::at_most : Goal::Is::at_least;
  const std::string level = part[7];
  std::size_t used = 0;
  try {
    goal.level = std::stod(level, &used);
  } catch (const std::exception&) {
    used = 0;
  }
  if (used != level.size() || !std::isfinite(goal.level)) fail();
  return goal;
}

namespace {

// A ratio of sums over members: the measure is sum(top) / sum(bottom). Failed members are NaN.
struct Sample {
  std::vector<double> top, bottom;

  double ratio() const {
    double tops = 0, bottoms = 0;
    for (std::size_t m = 0; m < top.size(); ++m)
      if (!std::isnan(top[m])) {
        tops += top[m];
        bottoms += bottom[m];
      }
    return tops / bottoms;
  }
  // How much each member moves the ratio, times their number.
  std::vector<double> influence() const {
    const double r = ratio();
    double bottoms = 0, count = 0;
    for (std::size_t m = 0; m < top.size(); ++m)
      if (!std::isnan(top[m])) {
        bottoms += bottom[m];
        ++count;
      }
    std::vector<double> result(top.size(), 0.0);
    for (std::size_t m = 0; m < top.size(); ++m)
      if (!std::isnan(top[m])) result[m] = (top[m] - r * bottom[m]) * count / bottoms;
    return result;
  }
};

double root_mean_square_error(const std::vector<double>& influence) {
  double sum = 0;
  for (const double x : influence) sum += x * x;
  const auto n = static_cast<double>(influence.size());
  return sqrt(sum / (n * (n - 1)));
}

// Which interventions of which arm are shifted.
struct Shifted {
  std::size_t arm = 0;
  std::vector<std::size_t> which;
  double start_d = std::numeric_limits<double>::infinity();
};

Shifted selection(const Scenario& scenario, const std::string& text) {
  const std::string option = "--intervention";
  std::vector<std::string> arms;
  for (const Arm& arm : scenario.arms) arms.push_back(arm.name);
  auto found = std::find(arms.begin(), arms.end(), text);  // the name of an arm may itself have a slash
  std::string within;
  if (const std::size_t slash = text.rfind('/'); found == arms.end() && slash != std::string::npos) {
    found = std::find(arms.begin(), arms.end(), text.substr(0, slash));
    within = text.substr(slash + 1);
  }
  if (found == arms.end())
    throw Error(ErrorCode::unknown_name,
                fmt::format("{}: there is no arm \"{}\"{}", option, text, name_hint(text, arms)));
  Shifted shifted;
  shifted.arm = static_cast<std::size_t>(found - arms.begin());
  const std::vector<Intervention>& list = scenario.arms[shifted.arm].interventions;
  std::vector<std::string> known;
  bool on_event = false;
  for (std::size_t k = 0; k < list.size(); ++k) {
    const std::string type(name_of(intervention_types, list[k].type));
    known.push_back(std::to_string(k));
    known.push_back(type);
    // A stay befalls somebody: it moves only where it is asked for.
    const bool wanted = within.empty() ? list[k].type != InterventionType::hospital_stay
                                       : within == type || within == std::to_string(k);
    if (!wanted) continue;
    on_event = on_event || list[k].on;
    if (list[k].on) continue;
    shifted.which.push_back(k);
    shifted.start_d = std::min(shifted.start_d, list[k].start_d);
  }
  if (!shifted.which.empty()) return shifted;
  if (on_event)
    throw Error(ErrorCode::usage,
                fmt::format("{}: \"{}\" starts on an event, so there is no start to shift", option, text));
  if (list.empty() || within.empty())
    throw Error(ErrorCode::usage, fmt::format("{}: the arm \"{}\" has no intervention to shift", option, *found));
  throw Error(ErrorCode::unknown_name, fmt::format("{}: the arm \"{}\" has no intervention \"{}\"{}", option, *found,
                                                   within, name_hint(within, known)));
}

Scenario starting_at(const Scenario& scenario, const Shifted& shifted, double start_d) {
  Scenario result = scenario;
  result.arms = {scenario.arms[shifted.arm]};
  for (const std::size_t k : shifted.which) result.arms[0].interventions[k].start_d += start_d - shifted.start_d;
  // What would begin at the end or after it never happens.
  std::erase_if(result.arms[0].interventions,
                [&](const Intervention& i) { return !i.on && i.start_d >= scenario.horizon_d; });
  return result;
}

Scenario without(const Scenario& scenario, const Shifted& shifted) {
  Scenario result = scenario;
  result.arms = {scenario.arms[shifted.arm]};
  auto& list = result.arms[0].interventions;
  for (auto k = shifted.which.rbegin(); k != shifted.which.rend(); ++k)
    list.erase(list.begin() + static_cast<std::ptrdiff_t>(*k));
  return result;
}

// Reads one member's share of the measure off his row.
class Meter {
 public:
  Meter(const System& system, const Goal& goal) : spec_(system.spec(2)), goal_(goal) {
    spec_.composition = nullptr;  // of this system, which need not live as long; rows are read without it
    const auto& reports = spec_.reports_d;
    report_ = reports.size() - 1;
    if (goal.at_d) {
      while (report_ > 0 && std::fabs(reports[report_ - 1] - *goal.at_d) <= std::fabs(reports[report_] - *goal.at_d))
        --report_;
      if (std::fabs(reports[report_] - *goal.at_d) > 1)
        throw Error(ErrorCode::out_of_range, fmt::format("--goal: found {:g} d, expected a report time (every month "
                                                         "of 30.4375 d, and the horizon); the nearest is {:g} d",
                                                         *goal.at_d, reports[report_]));
    }
    static const std::vector<std::string> classes{"robust", "prefrail", "frail"};
    std::vector<std::string> known;
    if (goal.of == Goal::Of::share) {
      known = {"alive"};
      if (spec_.class_slot) known.insert(known.end(), classes.begin(), classes.end());
    } else if (goal.of == Goal::Of::outcome) {
      if (spec_.class_slot) known = {"healthy_life_years", "life_years"};
    } else {
      known = system.outputs();
    }
    const auto at = std::find(known.begin(), known.end(), goal.name);
    if (at == known.end())
      throw Error(ErrorCode::unknown_name,
                  fmt::format("--goal: there is no \"{}\" here{}", goal.name, name_hint(goal.name, known)));
    place_ = static_cast<std::size_t>(at - known.begin());
  }

  double at_d() const { return goal_.of == Goal::Of::outcome ? spec_.horizon_d() : spec_.reports_d[report_]; }

  void read(const MemberRow& row, double& top, double& bottom) const {
    top = bottom = std::numeric_limits<double>::quiet_NaN();
    if (row.failed()) return;
    const LifeRow& life = row.arms[0];
    if (goal_.of == Goal::Of::outcome) {
      top = outcome_of(spec_, row, 0).days_up_to_class[goal_.name == "life_years" ? 2 : 1] / 365.25;
      bottom = 1;
      return;
    }
    const double here = life.alive(spec_.reports_d[report_]) ? life.weights[report_] : 0.0;
    if (goal_.of == Goal::Of::mean) {
      bottom = here;
      top = here > 0 ? here * life.values[report_ * spec_.columns.size() + place_] : 0.0;
    } else if (place_ == 0) {  // alive, of all
      bottom = 1;
      top = here;
    } else {  // a class, of the living
      bottom = here;
      top = here > 0 && class_of(life.class_values[report_], spec_.class_cuts) == place_ - 1 ? here : 0.0;
    }
  }

 private:
  EnsembleSpec spec_;
  Goal goal_;
  std::size_t report_ = 0, place_ = 0;
};

// Where the margin falls below zero behind the last start that meets, linear between starts; and whether none or even
// the last one meets.
struct Crossing {
  double at_d;
  bool never = false, always = false;
};
Crossing last_crossing(const std::vector<Tried>& tried) {
  std::size_t k = tried.size();
  while (k > 0 && !tried[k - 1].met()) --k;
  if (k == 0) return {tried.front().start_d, true, false};
  if (k == tried.size()) return {tried.back().start_d, false, true};
  const Tried &in = tried[k - 1], &out = tried[k];
  if (std::isnan(out.margin)) return {in.start_d};
  return {in.start_d + (out.start_d - in.start_d) * in.margin / (in.margin - out.margin)};
}

}  // namespace

When when(const Scenario& given, const WhenOptions& options, const std::function<void(std::size_t)>& done) {
  if (options.keep.has_value() == (options.goal.is != Goal::Is::open))
    throw Error(ErrorCode::usage,
                options.keep ? "--keep compares with the largest effect, so --goal takes no <= or >= beside it"
                             : "--goal needs <= or >= and a level, or give --keep SHARE");
  const Shifted shifted = selection(given, options.intervention);
  Scenario scenario = given;
  if (options.goal.of == Goal::Of::mean) {
    const System system(scenario);
    const std::vector<std::string> outputs = system.outputs();
    if (!system.composition().find(options.goal.name))
      throw Error(ErrorCode::unknown_name, fmt::format("--goal: there is no quantity \"{}\" in this system{}",
                                                       options.goal.name, name_hint(options.goal.name, outputs)));
    if (!std::count(outputs.begin(), outputs.end(), options.goal.name)) {
      scenario.outputs = outputs;
      scenario.outputs.push_back(options.goal.name);
      scenario.numerics.reset();
    }
  }
  const Meter meter(System(scenario), options.goal);
  const double end_d = std::min(meter.at_d(), scenario.horizon_d - 1);
  const double latest_d = options.latest_d.value_or(end_d);
  if (!(options.earliest_d < latest_d && latest_d <= scenario.horizon_d))
    throw Error(ErrorCode::out_of_range,
                fmt::format("--earliest, --latest: found {:g} d to {:g} d, expected a stretch within the {:g} d that "
                            "count",
                            options.earliest_d, latest_d, scenario.horizon_d));

  RunOptions run_options = options.run;
  run_options.pictures = false;
  std::size_t runs = 0;
  const auto sample_of = [&](const Scenario& variant) {
    Sample sample{std::vector<double>(scenario.members), std::vector<double>(scenario.members)};
    run_options.row = [&](const MemberRow& row) {
      meter.read(row, sample.top[row.member], sample.bottom[row.member]);
    };
    const RunResult result = run(System(variant), variant, run_options);
    if (!scenario.numerics) scenario.numerics = result.resolved.numerics;
    if (done) done(++runs);
    return sample;
  };
  if (!scenario.numerics) {  // one step for all: that of a pilot with the intervention and without it
    Scenario pilot = without(scenario, shifted);
    for (const double start_d : {options.earliest_d, 0.5 * (options.earliest_d + latest_d)}) {
      pilot.arms.push_back(starting_at(scenario, shifted, start_d).arms[0]);
      pilot.arms.back().name += fmt::format(" from day {:g}", start_d);
    }
    pilot.members = 1;
    scenario.numerics = run(System(pilot), pilot, run_options).resolved.numerics;
  }
  const Sample base = sample_of(without(scenario, shifted));
  std::map<double, Sample> samples;
  const auto sample_at = [&](double start_d) -> const Sample& {
    const auto known = samples.find(start_d);
    if (known != samples.end()) return known->second;
    return samples.emplace(start_d, sample_of(starting_at(scenario, shifted, start_d))).first->second;
  };

  When result;
  const std::vector<double> grid = grid_of(options.earliest_d, latest_d, options.points);
  const double nothing = base.ratio();
  double largest = 0;
  for (const double start_d : grid)
    if (const double effect = sample_at(start_d).ratio() - nothing; std::fabs(effect) > std::fabs(largest)) {
      largest = effect;
      result.largest_effect_start_d = start_d;
    }
  const auto margin_of = [&](double value, double value_without, double effect) {
    if (options.keep) return (value - value_without) / effect - *options.keep;
    return options.goal.is == Goal::Is::at_least ? value - options.goal.level : options.goal.level - value;
  };
  const LatestStart found =
      latest_start(options.earliest_d, latest_d, options.points, options.precision_d,
                   [&](double start_d) { return margin_of(sample_at(start_d).ratio(), nothing, largest); });

  const Arm& arm = given.arms[shifted.arm];
  result.arm = arm.name;
  for (const std::size_t k : shifted.which)
    result.interventions.push_back(in_words(arm.interventions[k], given.horizon_d));
  result.given_start_d = shifted.start_d;
  result.members = scenario.members;
  result.without = {0, nothing, root_mean_square_error(base.influence()), 0, false};
  result.without.met = margin_of(nothing, nothing, largest) >= 0;
  result.latest_d = found.at_d;
  result.changes = found.changes;
  result.next_d = std::numeric_limits<double>::infinity();
  for (const Tried& t : found.tried) {
    const Sample& s = samples.at(t.start_d);
    const double value = s.ratio();
    result.starts.push_back(
        {t.start_d, value, root_mean_square_error(s.influence()), (value - nothing) / largest, t.met()});
    if (found.at_d && t.start_d > *found.at_d) result.next_d = std::min(result.next_d, t.start_d);
  }

  // Twelve neighbours and three standard errors: one false alarm in sixty searches.
  const double better = options.keep                            ? (largest > 0 ? 1.0 : -1.0)
                        : options.goal.is == Goal::Is::at_least ? 1.0
                                                                : -1.0;
  const auto rise_between = [&](double from_d, double to_d) {
    const Sample &before = samples.at(from_d), &after = samples.at(to_d);
    std::vector<double> difference = after.influence();
    const std::vector<double> other = before.influence();
    for (std::size_t m = 0; m < difference.size(); ++m) difference[m] -= other[m];
    return Rise{from_d, to_d, after.ratio() - before.ratio(), root_mean_square_error(difference)};
  };
  for (std::size_t k = 1; k < grid.size(); ++k) {
    const Rise rise = rise_between(grid[k - 1], grid[k]);
    if (!(better * rise.by > 3 * rise.error)) continue;
    if (!result.rises.empty() && result.rises.back().to_d == rise.from_d)
      result.rises.back() = rise_between(result.rises.back().from_d, rise.to_d);  // it goes on
    else
      result.rises.push_back(rise);
  }

  // The members drawn again with replacement; the same for every start, as they are the same members.
  const Stream chance(scenario.seed, "when: resampled members");
  const std::size_t n = scenario.members;
  std::vector<double> crossings, weights(n);
  std::vector<Tried> tried = found.tried;
  std::vector<const Sample*> by_start;
  for (const Tried& t : tried) by_start.push_back(&samples.at(t.start_d));
  const auto best = static_cast<std::size_t>(
      std::find_if(tried.begin(), tried.end(),
                   [&](const Tried& t) { return t.start_d == result.largest_effect_start_d; }) -
      tried.begin());
  const auto weighted = [&](const Sample& s) {
    double top = 0, bottom = 0;
    for (std::size_t m = 0; m < n; ++m)
      if (weights[m] > 0 && !std::isnan(s.top[m])) {
        top += weights[m] * s.top[m];
        bottom += weights[m] * s.bottom[m];
      }
    return top / bottom;
  };
  for (std::size_t b = 0; b < options.resamples; ++b) {
    obey(options.run.stop);
    std::fill(weights.begin(), weights.end(), 0.0);
    for (std::size_t k = 0; k < n; ++k)
      weights[std::min(n - 1, static_cast<std::size_t>(chance.uniform(b, k) * static_cast<double>(n)))] += 1;
    const double zero = weighted(base);
    const double effect = best < tried.size() ? weighted(*by_start[best]) - zero : largest;
    for (std::size_t k = 0; k < tried.size(); ++k) tried[k].margin = margin_of(weighted(*by_start[k]), zero, effect);
    const Crossing crossing = last_crossing(tried);
    crossings.push_back(crossing.at_d);
    result.never += crossing.never ? 1.0 / static_cast<double>(options.resamples) : 0.0;
    result.always += crossing.always ? 1.0 / static_cast<double>(options.resamples) : 0.0;
  }
  std::sort(crossings.begin(), crossings.end());
  const auto quantile = [&](double p) {
    return crossings[static_cast<std::size_t>(p * static_cast<double>(crossings.size() - 1) + 0.5)];
  };
  result.low_d = quantile(0.025);
  result.high_d = quantile(0.975);
  return result;
}

}  // namespace healthspan::scenarios
