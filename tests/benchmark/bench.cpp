// How fast, and against what: ratios measured side by side in one run, on the model of examples/two-fates.json.
// Rivals take turns and the median of the turns counts, so a busy machine disturbs all of them alike.
#include <healthspan/models/patient.hpp>
#include <healthspan/scenarios/language/language.hpp>
#include <healthspan/scenarios/run.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <functional>

using namespace healthspan;
using namespace healthspan::scenarios;

namespace {

constexpr std::uint64_t members = 64;
constexpr int turns = 5;

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

// Activity of every member in every arm at every report time while alive, in one order for all rivals; and how many
// years they lived in all, if asked for.
template <class R, class Path>
std::vector<double> activities(const System& system, const EnsembleSpec& spec, const Path& path,
                               double* years = nullptr) {
  MemberRunner<R, System, Path> runner(spec, system, path);
  const std::size_t reports = spec.reports_d.size(), arms = spec.arms.size();
  std::vector<double> values(members * arms * reports, NAN);
  runner.run(0, members, [&](const MemberRow& row) {
    for (std::size_t a = 0; a < arms; ++a) {
      if (years) *years += std::min(row.arms[a].end_d, spec.horizon_d()) / 365.25;
      for (std::size_t t = 0; t < reports && row.arms[a].alive(spec.reports_d[t]); ++t)
        values[(row.member * arms + a) * reports + t] = row.arms[a].values[t * spec.columns.size()];
    }
  });
  return values;
}

// Largest difference of each life, then its median and 99th percentile over lives.
std::pair<double, double> error_of(const std::vector<double>& values, const std::vector<double>& truth,
                                   std::size_t per_life) {
  std::vector<double> worst;
  for (std::size_t life = 0; life < values.size(); life += per_life) {
    double error = 0;
    for (std::size_t k = life; k < life + per_life; ++k)
      if (std::isfinite(values[k]) && std::isfinite(truth[k]))
        error = std::max(error, std::fabs(values[k] - truth[k]));
    worst.push_back(error);
  }
  std::sort(worst.begin(), worst.end());
  return {worst[worst.size() / 2], worst[worst.size() * 99 / 100]};
}

struct Rival {
  const char* name;
  std::function<std::vector<double>()> run;
  std::vector<double> seconds;
};

}  // namespace

int main() {
  const Scenario scenario = read_scenario(HEALTHSPAN_EXAMPLES "/two-fates.json");
  const System system(scenario);
  const EnsembleSpec spec = system.spec(2);
  EnsembleSpec whole_months = spec;  // an adaptive stepper needs no substeps between reports
  whole_months.base_step_d = month_d;
  const Composition& c = system.composition();

  double years = 0;  // deaths fall where they fall for every rival, to the accuracy of its steps
  const std::vector<double> truth = activities<double>(system, whole_months, ReferencePath(c, 1e-10), &years);
  const auto [lane_median, lane_p99] =
      error_of(activities<Pack<8>>(system, spec, LanePath<Pack<8>>(c)), truth, spec.reports_d.size());
  double tolerance = 1e-1;
  std::pair<double, double> rival_error;
  do {
    tolerance /= 2;
    rival_error =
        error_of(activities<double>(system, whole_months, ReferencePath(c, tolerance)), truth, spec.reports_d.size());
  } while (rival_error.first > lane_median || rival_error.second > lane_p99);

  std::vector<Rival> rivals{
      {"Odeint Dormand-Prince, scalar",
       [&] { return activities<double>(system, whole_months, ReferencePath(c, tolerance)); },
       {}},
      {"ETDRK4, scalar", [&] { return activities<double>(system, spec, LanePath<double>(c)); }, {}},
      {"ETDRK4, packs of 4", [&] { return activities<Pack<4>>(system, spec, LanePath<Pack<4>>(c)); }, {}},
      {"ETDRK4, packs of 8", [&] { return activities<Pack<8>>(system, spec, LanePath<Pack<8>>(c)); }, {}},
      {"ETDRK4, packs of 16", [&] { return activities<Pack<16>>(system, spec, LanePath<Pack<16>>(c)); }, {}},
  };
  for (int turn = 0; turn < turns; ++turn)
    for (Rival& rival : rivals) rival.seconds.push_back(seconds_of([&] { rival.run(); }));
  std::printf("Patient-years per second, one thread (%.0f patient-years lived)\n", years);
  std::printf(
      "activity error, median and 99th percentile of lives: ETDRK4 %.1e, %.1e; Dormand-Prince at %.1e: %.1e, %.1e\n",
      lane_median, lane_p99, tolerance, rival_error.first, rival_error.second);
  for (const Rival& rival : rivals) {
    std::vector<double> ratios;
    ratios.reserve(turns);
    for (int turn = 0; turn < turns; ++turn)
      ratios.push_back(rivals[0].seconds[static_cast<std::size_t>(turn)] /
                       rival.seconds[static_cast<std::size_t>(turn)]);
    std::printf("  %-32s %10.0f   x %.1f\n", rival.name, years / median(rival.seconds), median(ratios));
  }

  // What a simulated day in every right-hand side costs: the beta cells alone, on the steps of the patient.
  const Composition beta = models::compose({"topp_day_averaged"}, {"meal_glucose"});
  std::vector<double> start = beta.medians(true);
  start[beta.slot("meal_glucose")] = 600;
  beta.personalise(start.data());
  constexpr double beta_years = 8.0 * 50;
  std::vector<double> beta_seconds;
  for (int turn = 0; turn < turns; ++turn) {
    std::vector<Pack<8>> pack(start.begin(), start.end());
    LanePath<Pack<8>> path(beta);
    beta_seconds.push_back(seconds_of([&] {
      follow(beta, Schedule(beta, {}, 50 * 365.25), lay_legs({}, {50 * 365.25}, spec.base_step_d), path, pack,
             [](std::size_t, const std::vector<Pack<8>>&) {});
    }));
  }
  std::printf("  %-32s %10.0f\n", "topp_day_averaged, packs of 8", beta_years / median(beta_seconds));

  // What more organs cost: the rates of eight lives, the patients taking turns.
  struct Patient {
    const char* name;
    Composition composition;
    std::vector<Pack<8>> frame, rates;
    std::vector<double> seconds;
  };
  std::vector<Patient> patients;
  const auto add_patient = [&](const char* name, const std::vector<std::string>& organs) {
    std::vector<std::string> modules = models::patient_modules("usa");
    for (const std::string& group : organs)
      modules.insert(modules.end(), models::module_groups().at(group).begin(),
                     models::module_groups().at(group).end());
    Composition whole = models::compose(modules, models::attribute_names());
    std::vector<double> life = whole.medians(true);
    for (const auto& [attribute, value] : {std::pair{"age_at_start", 60.0},
                                           {"male", 1.0},
                                           {"height", 1.7},
                                           {"weight_at_start", 80.0},
                                           {"deficit_burden_at_start", 0.1}})
      life[whole.slot(attribute)] = value;
    std::vector<Pack<8>> frame(life.begin(), life.end());
    models::personalise(whole, frame, models::Branch::active);
    const std::size_t states = whole.states();
    patients.push_back({name, std::move(whole), std::move(frame), std::vector<Pack<8>>(states), {}});
  };
  add_patient("frailty patient", {});
  add_patient("with glucose", {"glucose_system"});
  add_patient("with events and circulation", {"circulation_system", "cardiovascular_system"});
  add_patient("with all of them", {"glucose_system", "circulation_system", "cardiovascular_system"});
  constexpr int calls = 20'000;
  for (int turn = 0; turn < turns; ++turn)
    for (Patient& p : patients)
      p.seconds.push_back(seconds_of([&] {
        for (int call = 0; call < calls; ++call) p.composition.right_hand_side(p.frame.data(), p.rates.data());
      }));
  for (const Patient& p : patients)
    std::printf("  rates, %-28s %7.2f us for 8 lives   x %.1f\n", p.name, 1e6 * median(p.seconds) / calls,
                median(p.seconds) / median(patients[0].seconds));

  SummarySpec sums = system.inquiry().shape(spec);
  sums.columns.assign(spec.columns.size(), ColumnRange::exactly(0, 100));
  std::vector<double> speedups;
  for (int turn = 0; turn < turns; ++turn) {
    double time[2];
    for (const int threads : {1, 2}) {
      EnsembleControl control;
      control.threads = threads;
      time[threads - 1] = seconds_of([&] { run_ensemble<Lanes>(spec, sums, system, 0, 2048, control); });
    }
    speedups.push_back(time[0] / time[1]);
  }
  std::printf("Two threads against one: x %.2f\n", median(speedups));

  const double whole = seconds_of([&] { run(system, scenario, {}); });
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("two-fates, %llu lives x %zu arms x %g years with its pictures: %.1f s, %ld MiB at most\n",
              static_cast<unsigned long long>(scenario.members), scenario.arms.size(), scenario.horizon_d / 365.25,
              whole, usage.ru_maxrss / 1024);

  // A year of ever more members; a process never gives back the most it has held, so the order matters.
  Scenario year = scenario;
  year.horizon_d = 365.25;
  for (Arm& arm : year.arms) arm.interventions.clear();
  year.all_arms.clear();
  const auto most_mebibytes = [&](std::uint64_t lives) {
    year.members = lives;
    const double spent = seconds_of([&] { run(System(year), year, {}); });
    getrusage(RUSAGE_SELF, &usage);
    std::printf("%llu lives x %zu arms x 1 year: %.1f s, %ld MiB at most\n", static_cast<unsigned long long>(lives),
                year.arms.size(), spent, usage.ru_maxrss / 1024);
  };
  most_mebibytes(10'000);
  most_mebibytes(1'000'000);
  return 0;
}
