#include <healthspan/scenarios/uncertainty.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace healthspan::scenarios {

namespace {

// Outcomes that every life has, in every arm.
struct Watched {
  std::string name, unit;
};

Scenario with_structure(Scenario scenario, const Structure& structure, std::size_t number) {
  if (scenario.modules.empty())
    scenario.modules = models::patient_modules(country_of(scenario) == Country::japan ? "japan" : "usa");
  for (const auto& [old, other] : structure.replaced) {
    bool found = false;
    for (auto* list : {&scenario.modules, &scenario.added_modules})
      for (std::string& module : *list) {
        found = found || module == old;
        if (module == old) module = other;
      }
    if (!found)
      throw Error(ErrorCode::unknown_name, fmt::format("/structures/{}/replace/{}: the patient has no such module{}",
                                                       number, old, name_hint(old, scenario.modules)));
  }
  for (const auto& [name, change] : structure.parameters) {
    ParameterChange& here = scenario.parameters[name];
    if (change.value) here.value = change.value;
    if (change.log_sd) here.log_sd = change.log_sd;
    if (change.uncertainty) here.uncertainty = change.uncertainty;
  }
  return scenario;
}

// [member][outcome in every arm]; members that failed are NaN.
using Table = std::vector<std::vector<double>>;

struct Collected {
  std::vector<Watched> outcomes;
  Table values;
};

Collected collect(const Scenario& scenario, const LayerSeeds& seeds, std::uint64_t samples,
                  const RunOptions& options) {
  const System system(scenario, seeds);
  const EnsembleSpec spec = system.spec(scenario.numerics ? scenario.numerics->substeps_per_month : 2);
  Collected result;
  if (spec.class_slot) {
    result.outcomes.push_back({"healthy_life_years", "y"});
    result.outcomes.push_back({"life_years", "y"});
  }
  result.outcomes.push_back({"alive", "share"});
  // Who has died has no last value, unless everybody is followed to the end.
  if (spec.weigh_deaths)
    for (const Slot column : spec.columns) {
      const SlotInfo& slot = system.composition().slots()[column];
      result.outcomes.push_back({slot.name, slot.unit});
    }
  result.values.assign(samples, std::vector<double>(spec.arms.size() * result.outcomes.size(), NAN));
  for_each_member<Lanes>(
      spec, system, 0, samples,
      [&](const MemberRow& row) {
        if (row.failed()) return;
        std::vector<double>& values = result.values[row.member];
        auto at = values.begin();
        for (std::size_t a = 0; a < spec.arms.size(); ++a) {
          const MemberOutcome o = outcome_of(spec, row, a);
          if (spec.class_slot) {
            *at++ = o.days_up_to_class[1] / 365.25;
            *at++ = o.days_up_to_class[2] / 365.25;
          }
          *at++ = o.alive;
          for (std::size_t c = 0; spec.weigh_deaths && c < spec.columns.size(); ++c) *at++ = o.values_at_end[c];
        }
      },
      options.threads, options.stop);
  return result;
}

}  // namespace

std::vector<OutcomeLayers> layers_of(const Scenario& given, std::uint64_t samples, const RunOptions& options) {
  Scenario scenario = given;
  scenario.draws = Draws::random;  // the estimators want independent samples
  std::vector<Scenario> structures{scenario};
  for (std::size_t k = 0; k < scenario.structures.size(); ++k)
    structures.push_back(with_structure(scenario, scenario.structures[k], k));

  const std::uint64_t a = scenario.seed, b = scenario.seed ^ name_hash("second sample");
  const std::array<LayerSeeds, 5> runs{{{a, a, a}, {b, b, b}, {b, a, a}, {a, b, a}, {a, a, b}}};
  std::vector<std::vector<Table>> tables(runs.size());  // [run][structure]
  std::vector<Watched> outcomes;
  for (std::size_t r = 0; r < runs.size(); ++r)
    for (const Scenario& structure : structures) {
      Collected collected = collect(structure, runs[r], samples, options);
      outcomes = collected.outcomes;
      tables[r].push_back(std::move(collected.values));
    }
  const auto structure_of = [&](std::uint64_t seed, std::uint64_t sample) {
    const double u = Stream(seed, "structure").uniform(sample, 0);
    return static_cast<std::size_t>(u * static_cast<double>(structures.size()));
  };

  std::vector<OutcomeLayers> result;
  const std::size_t arms = scenario.arms.size(), width = outcomes.size();
  for (std::size_t w = 0; w < width; ++w)
    for (std::size_t k = 0; k < 2 * arms - 1; ++k) {
      const std::size_t arm = k < arms ? k : k - arms + 1;
      const bool difference = k >= arms;
      const auto value = [&](std::size_t run, std::size_t structure, std::uint64_t m) {
        const std::vector<double>& row = tables[run][structure][m];
        return row[arm * width + w] - (difference ? row[w] : 0.0);
      };
      std::vector<double> first, second;
      std::vector<std::vector<double>> exchanged(layer_names.size());
      for (std::uint64_t m = 0; m < samples; ++m) {
        const std::size_t sa = structure_of(a, m), sb = structure_of(b, m);
        const std::array<double, 6> six{value(0, sa, m), value(1, sb, m), value(0, sb, m),
                                        value(2, sa, m), value(3, sa, m), value(4, sa, m)};
        if (std::any_of(six.begin(), six.end(), [](double x) { return std::isnan(x); })) continue;
        first.push_back(six[0]);
        second.push_back(six[1]);
        for (std::size_t l = 0; l < exchanged.size(); ++l) exchanged[l].push_back(six[2 + l]);
      }
      if (first.size() * 100 < samples * 99)
        throw Error(ErrorCode::too_many_failed_lives,
                    fmt::format("{} of {} samples failed numerically", samples - first.size(), samples));
      OutcomeLayers layers{outcomes[w].name,
                           outcomes[w].unit,
                           scenario.arms[arm].name,
                           difference ? scenario.arms[0].name : "",
                           0,
                           0,
                           layer_shares(first, second, exchanged)};
      const double n = 2.0 * static_cast<double>(first.size());
      for (const auto* list : {&first, &second})
        for (const double x : *list) layers.mean += x / n;
      for (const auto* list : {&first, &second})
        for (const double x : *list) layers.deviation += (x - layers.mean) * (x - layers.mean) / (n - 1);
      layers.deviation = std::sqrt(layers.deviation);
      result.push_back(std::move(layers));
    }
  return result;
}

}  // namespace healthspan::scenarios
