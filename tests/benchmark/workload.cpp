// Fixed work for counting instructions: lives of the man of examples/two-fates.json under one kind of chance.
//   healthspan_workload calm|events|deaths|whole MEMBERS YEARS
// calm: nobody dies and nothing strikes (sums are those of the living, so that they cost the same); events: about two
// admissions to hospital that change nothing; deaths: lives end; whole: calm, with glucose, circulation and the
// events of heart and brain, none of which strikes. Prints the patient-years that were lived.
#include <healthspan/scenarios/language/language.hpp>
#include <healthspan/scenarios/pilot.hpp>

#include <cstdio>
#include <cstdlib>
#include <string>

using namespace healthspan;
using namespace healthspan::scenarios;

int main(int argc, char** argv) {
  if (argc != 4)
    return std::fprintf(stderr, "usage: healthspan_workload calm|events|deaths|whole MEMBERS YEARS\n"), 2;
  const std::string kind = argv[1];
  Scenario scenario = read_scenario(HEALTHSPAN_EXAMPLES "/two-fates.json");
  scenario.members = std::strtoull(argv[2], nullptr, 10);
  const double years = std::strtod(argv[3], nullptr);
  scenario.horizon_d = years * 365.25;
  scenario.all_arms.clear();
  scenario.arms = {{"nothing", {}}};
  scenario.added_modules = {"admission"};
  scenario.deaths = kind == "deaths" ? Deaths::sampled : Deaths::weighed;
  for (const char* flat : {"admission_age_slope", "admission_deficit_slope", "admission_damage"})
    scenario.parameters[flat].value = 0.0;
  scenario.parameters["admission_base_rate"].value = kind == "events" ? 2.0 / years : 1e-9;
  if (kind == "whole") {
    scenario.patient.country = Country::usa;
    for (const char* group : {"glucose_system", "circulation_system", "cardiovascular_system"})
      scenario.added_modules.push_back(group);
    scenario.parameters["cardiovascular_calibration"].value = 1e-9;
  }
  const System system(scenario);
  const EnsembleSpec spec = system.spec(2);
  SummarySpec sums = system.inquiry().shape(spec);
  sums.columns.assign(spec.columns.size(), ColumnRange::exactly(0, 100));
  EnsembleControl control;
  control.threads = 1;
  EventLog log;
  control.log = &log;
  const Summary summary = run_ensemble<Lanes>(spec, sums, system, 0, scenario.members, control);
  double lived_d = 0;
  for (std::size_t t = 1; t < sums.reports; ++t)
    lived_d += (spec.weigh_deaths ? static_cast<double>(scenario.members) : summary.living(0, t)) *
               (spec.reports_d[t] - spec.reports_d[t - 1]);
  std::printf("%.1f patient-years, %zu events\n", lived_d / 365.25, log.size());
  return 0;
}
