#include <healthspan/core/errors.hpp>
#include <healthspan/scenarios/csv.hpp>
#include <healthspan/scenarios/language/binary.hpp>
#include <healthspan/scenarios/language/documents.hpp>
#include <healthspan/scenarios/language/language.hpp>
#include <healthspan/scenarios/netcdf.hpp>
#include <healthspan/scenarios/outcome_tables.hpp>
#include <healthspan/scenarios/output.hpp>
#include <healthspan/scenarios/report/report.hpp>
#include <healthspan/scenarios/story.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <fstream>
#include <set>

namespace healthspan::scenarios {

namespace fs = std::filesystem;

namespace {

std::string bands(const RunResult& r, const Composition& composition) {
  const Summary& s = *r.summary;
  std::string csv = "arm,time_years,quantity,unit,living,mean,mean_error,q05,q25,median,q75,q95\n";
  for (std::size_t a = 0; a < s.spec().arms; ++a)
    for (std::size_t t = 0; t < s.spec().reports; ++t) {
      const std::string lead = fmt::format("{},{},", cell(r.arm_names[a]), cell(r.spec.reports_d[t] / 365.25));
      for (std::size_t c = 0; c < r.spec.columns.size(); ++c) {
        const SlotInfo& slot = composition.slots()[r.spec.columns[c]];
        const Estimate mean = s.mean(a, t, c);
        csv += fmt::format("{}{},{},{},{},{}", lead, slot.name, slot.unit, s.living(a, t), cell(mean.value),
                           cell(mean.error));
        for (const double p : {0.05, 0.25, 0.5, 0.75, 0.95}) csv += "," + cell(s.quantile(a, t, c, p));
        csv += "\n";
      }
      if (!r.spec.class_slot) continue;
      const double n = static_cast<double>(s.members());
      double dead = 1.0;
      const auto share = [&](const char* name, double value) {
        csv += fmt::format("{}{},share of all,{},{},{},,,,,\n", lead, name, s.living(a, t), cell(value),
                           cell(r.spec.weigh_deaths ? NAN : std::sqrt(std::max(0.0, value * (1 - value)) / n)));
      };
      std::size_t which = 0;
      for (const char* name : {"robust", "prefrail", "frail"}) {
        const double value = s.in_class(a, t, which++) / n;
        dead -= value;
        share(name, value);
      }
      share("dead", std::fabs(dead) < 1e-12 ? 0.0 : dead);
    }
  return csv;
}

std::string outcomes(const RunResult& r) {
  const Summary& s = *r.summary;
  std::string csv = "kind,outcome,unit,arm,reference,estimate,error,members,rule\n";
  for (const Outcome& o : r.outcomes)
    for (std::size_t a = 0; a < r.arm_names.size(); ++a) {
      const Estimate e = s.outcome(a, o.index);
      csv += fmt::format("outcome,{},{},{},,{},{},{},\n", o.name, o.unit, cell(r.arm_names[a]),
                         cell(e.value / o.per_unit), cell(e.error / o.per_unit), e.members);
    }
  const auto contrast = [&](const Outcome& o, std::size_t a, const Estimate& e, const std::string& unit,
                            double per_unit, const std::string& rule) {
    csv += fmt::format("contrast,{},{},{},{},{},{},{},{}\n", o.name, unit, cell(r.arm_names[a]), cell(r.arm_names[0]),
                       cell(e.value / per_unit), cell(e.error / per_unit), e.members, rule);
  };
  for (std::size_t a = 1; a < r.arm_names.size(); ++a) {
    for (const Outcome& o : r.outcomes) contrast(o, a, s.paired(a, o.index), o.unit, o.per_unit, rule_of(s, o));
    for (const std::size_t k : r.net_outcomes)
      contrast(r.outcomes[k], a, s.net_higher(a, r.outcomes[k].index), "share higher minus share lower", 1.0,
               "death ranked worst");
  }
  return csv;
}

// One member's life: every output at every report time, in each arm, up to death.
std::string member(const RunResult& r, const System& system) {
  std::string csv = "member,arm,time_years";
  for (const std::string& output : system.outputs()) csv += "," + output;
  csv += ",jchs_criteria\n";
  for (std::size_t a = 0; a < r.arm_names.size(); ++a) {
    const LifeRow& life = r.only_member->arms[a];
    for (std::size_t t = 0; t < r.spec.reports_d.size() && life.alive(r.spec.reports_d[t]); ++t) {
      csv += fmt::format("{},{},{}", r.first_member, cell(r.arm_names[a]), cell(r.spec.reports_d[t] / 365.25));
      for (std::size_t c = 0; c < r.spec.columns.size(); ++c)
        csv += "," + fmt::format("{:.17g}", life.values[t * r.spec.columns.size() + c]);
      csv += "," + (r.spec.class_slot ? cell(life.class_values[t]) : "") + "\n";
    }
  }
  return csv;
}

// Every event of every life.
std::string events(const RunResult& r, const System& system) {
  const Composition& composition = system.composition();
  const std::size_t age_place = place_of_quantity("age");
  const auto age_of = [&](std::uint64_t member) {
    if (!system.people()) return r.resolved.patient.age_y;
    return system.placed(member, 1).front().person[age_place];
  };
  std::uint64_t last = 0;
  double age = r.events->size() > 0 ? age_of(last = r.events->at(0).member) : 0.0;
  std::string csv = "member,arm,time_years,age_years,kind,event,occurrence,cause,quantity,value\n";
  for (std::size_t i = 0; i < r.events->size(); ++i) {
    const EventRecord e = r.events->at(i);
    if (e.member != last) age = age_of(last = e.member);
    const bool measured = e.kind == EventKind::visit;
    const double years = e.time_d / 365.25;
    csv += fmt::format("{},{},{},{},{},{},{},{},{},{}\n", e.member, cell(r.arm_names[e.arm]), cell(years),
                       cell(age + years), to_string(e.kind), cell(name_of(system.arms()[e.arm], e)), e.occurrence,
                       cell(cause_of(system, e)), measured ? composition.slots()[e.quantity].name : "",
                       measured ? cell(e.value) : "");
  }
  return csv;
}

void write_file(const fs::path& file, const std::string& content) {
  std::ofstream stream(file, std::ios::binary);
  stream << content;
  stream.close();
  if (!stream) throw Error(ErrorCode::cannot_write, file.string() + ": cannot be written");
}

fs::path beside(const fs::path& folder, const char* what) {
  const fs::path absolute = fs::absolute(folder).lexically_normal();
  const fs::path clean = absolute.has_filename() ? absolute : absolute.parent_path();
  return clean.parent_path() / fmt::format(".{}.{}-{}", clean.filename().string(), what, getpid());
}

}  // namespace

void check_output(const OutputOptions& options) {
  const fs::path parent = beside(options.folder, "").parent_path();
  std::error_code error;
  for (const fs::path& path : {options.folder, beside(options.folder, "replaced")})  // the longest name we use
    if (fs::status(path, error).type() == fs::file_type::none)
      throw Error(ErrorCode::cannot_write, options.folder.string() + ": cannot be written: " + error.message());
  if (fs::exists(options.folder)) {
    if (!options.replace)
      throw Error(
          ErrorCode::cannot_write,
          options.folder.string() + ": exists already; choose another folder with -o or replace it with --force");
    if (!fs::exists(options.folder / "run.json"))
      throw Error(
          ErrorCode::cannot_write,
          options.folder.string() + ": is not the folder of an earlier run (it has no run.json); not replaced");
    static const std::set<std::string> ours{"scenario.json", "bands.csv",
                                            "outcomes.csv",  "run.json",
                                            "timing.json",   "member.csv",
                                            "report.html",   "events.csv",
                                            shard_name,      snapshot_name,
                                            "incidence.csv", "contrasts.csv",
                                            "subgroups.csv", "cost_effectiveness.csv",
                                            people_name,     netcdf_name};
    for (const fs::directory_entry& entry : fs::directory_iterator(options.folder))
      if (const std::string name = entry.path().filename().string(); !ours.count(name))
        throw Error(ErrorCode::cannot_write,
                    options.folder.string() + ": holds \"" + name + "\", which no run has written; not replaced");
  }
  if (!fs::is_directory(parent) || access(parent.c_str(), W_OK) != 0)
    throw Error(ErrorCode::cannot_write, parent.string() + ": is not a folder that can be written to");
}

fs::path write_output(const RunResult& result, const System& system, const OutputOptions& options) {
  check_output(options);
  const fs::path draft = beside(options.folder, "partial"), old = beside(options.folder, "replaced");
  try {
    fs::create_directory(draft);
    write_file(draft / "scenario.json", write_scenario(result.resolved));
    if (result.resolved.cohort && result.resolved.cohort->people)
      write_file(draft / people_name, *result.resolved.cohort->people_text);
    write_file(draft / "bands.csv", bands(result, system.composition()));
    write_file(draft / "outcomes.csv", outcomes(result));
    write_file(draft / "run.json", run_document(result));
    write_file(draft / "timing.json", timing_document(result, options.threads));
    for (const auto& [name, table] : {std::pair{"incidence.csv", incidence_table(result)},
                                      {"contrasts.csv", contrasts_table(result)},
                                      {"subgroups.csv", subgroups_table(result)},
                                      {"cost_effectiveness.csv", cost_effectiveness_table(result)}})
      if (!table.empty()) write_file(draft / name, table);
    if (result.events)
      write_file(draft / "events.csv", events(result, system));
    else if (options.events_table)
      write_file(draft / "events.csv", *options.events_table);
    if (options.netcdf) write_netcdf(result, system, draft / netcdf_name);
    if (options.as_shard) write_file(draft / shard_name, shard_file(result));
    if (result.put_aside) write_file(draft / snapshot_name, snapshot_file(result));
    if (result.only_member) write_file(draft / "member.csv", member(result, system));
    if (has_report())
      write_file(draft / "report.html",
                 html_report(result.resolved.title, report_document(result, system), options.language));
    if (fs::exists(options.folder)) fs::rename(options.folder, old);
    fs::rename(draft, options.folder);
    fs::remove_all(old);
  } catch (const fs::filesystem_error& error) {
    std::error_code ignored;
    fs::remove_all(draft, ignored);
    if (fs::exists(old) && !fs::exists(options.folder)) fs::rename(old, options.folder, ignored);
    throw Error(ErrorCode::cannot_write, options.folder.string() + ": cannot be written: " + error.code().message());
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(draft, ignored);
    throw;
  }
  return has_report() ? options.folder / "report.html" : options.folder;
}

}  // namespace healthspan::scenarios
