#include "version.hpp"

#include <healthspan/scenarios/language/documents.hpp>
#include <healthspan/scenarios/language/fields.hpp>
#include <healthspan/scenarios/language/json_numbers.hpp>
#include <healthspan/scenarios/language/language.hpp>
#include <healthspan/scenarios/language/outcome_documents.hpp>
#include <healthspan/scenarios/references.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <set>

namespace healthspan::scenarios {

namespace {

using Json = nlohmann::ordered_json;

Json maybe(const std::optional<double>& value) { return value ? number(*value) : Json(nullptr); }
Json numbers(const std::vector<double>& values) {
  Json array = Json::array();
  for (const double value : values) array.push_back(number(value));
  return array;
}

// What it is in a few words, without the remarks after them.
std::string words_for(const CohortRow& row) { return row.meaning.substr(0, row.meaning.find(';')); }

Json cohort_of(const RunResult& r) {
  const CohortReport& c = *r.cohort;
  Json rows = Json::array();
  for (const CohortRow& row : c.table)
    rows.push_back({{"name", row.name},
                    {"label", words_for(row)},
                    {"unit", row.unit == "1" ? "" : row.unit},
                    {"meaning", row.meaning},
                    {"known", row.known},
                    {"mean", number(row.mean)},
                    {"sd", number(row.deviation)},
                    {"p5", number(row.q05)},
                    {"p50", number(row.median)},
                    {"p95", number(row.q95)}});
  const Cohort& cohort = *r.resolved.cohort;
  return {{"population", cohort.population ? std::string(name_of(population_names, *cohort.population)) : ""},
          {"people", cohort.people.value_or("")},
          {"eligibility", cohort.eligibility.value_or("")},
          {"eligibility_at_start", cohort.eligibility_at_start.value_or("")},
          {"age_from", number(c.ages.from_y)},
          {"age_to", number(c.ages.to_y)},
          {"members", r.resolved.members},
          {"described", c.members},
          {"women", c.women},
          {"candidates", c.candidates},
          {"eligible", c.eligible},
          {"acceptance_rate", number(c.acceptance())},
          {"redrawn", c.redrawn},
          {"other_way_of_life", c.other_branch},
          {"not_placed", c.not_placed},
          {"table", rows}};
}

Json patient_rows(const RunResult& r) {
  const Scenario& s = r.resolved;
  const Patient& p = s.patient;
  Json rows = Json::array();
  const auto add = [&](const std::string& label, const std::string& value, const std::string& unit) {
    rows.push_back({{"label", label}, {"value", value}, {"unit", unit}});
  };
  if (r.cohort) {
    const CohortReport& c = *r.cohort;
    if (s.cohort->population) add("Population", std::string(name_of(population_names, *s.cohort->population)), "");
    if (s.cohort->people) add("People", *s.cohort->people, "");
    if (s.cohort->eligibility) add("Eligibility", *s.cohort->eligibility, "");
    if (s.cohort->eligibility_at_start) add("Eligibility at the start", *s.cohort->eligibility_at_start, "");
    add("Eligible", fmt::format("{} of {} candidates", c.eligible, c.candidates), "");
    add("Women", fmt::format("{} of {}", c.women, c.members), "");
    for (const CohortRow& row : c.table)
      add(words_for(row), fmt::format("{:.3g} (SD {:.2g})", row.mean, row.deviation),
          row.unit == "1" ? "" : row.unit);
    add("Life table", std::string(name_of(countries, p.country)), "");
    return rows;
  }
  add("Age", fmt::format("{:g}", p.age_y), "years");
  add("Sex", std::string(name_of(sexes, p.sex)), "");
  add("Height", fmt::format("{:g}", 100 * p.height_m), "cm");
  add("Weight", fmt::format("{:g}", p.weight_kg), "kg");
  if (p.fat_mass_kg) add("Fat mass", fmt::format("{:g}", *p.fat_mass_kg), "kg");
  add("Deficit burden", fmt::format("{:g}", p.deficit_burden), "");
  if (p.physical_activity_level)
    add("Physical activity level", fmt::format("{:.3g}", *p.physical_activity_level), "");
  if (const auto& m = p.measurements) {
    const auto measured = [&](const char* label, const std::optional<double>& value, const char* unit) {
      if (value) add(label, fmt::format("{:g}", *value), unit);
    };
    measured("Grip strength, measured", m->grip_strength_kg, "kg");
    measured("Gait speed, measured", m->gait_speed_m_per_s, "m/s");
    measured("Aerobic capacity, measured", m->aerobic_capacity, "ml/kg/min");
    measured("Steps, measured", m->steps, "per day");
    measured("Activity, measured", m->activity, "");
  }
  if (p.labs) {
    const auto lab = [&](const char* label, const std::optional<double>& value, const char* unit) {
      if (value) add(label, fmt::format("{:g}", *value), unit);
    };
    lab("Fasting glucose", p.labs->fasting_glucose_mg_per_dl, "mg/dL");
    lab("Fasting insulin", p.labs->fasting_insulin_uu_per_ml, "uU/mL");
    lab("HbA1c", p.labs->hba1c_percent, "%");
    lab("Systolic pressure", p.labs->systolic_mmhg, "mmHg");
    lab("Diastolic pressure", p.labs->diastolic_mmhg, "mmHg");
    lab("LDL cholesterol", p.labs->ldl_mg_per_dl, "mg/dL");
    lab("HDL cholesterol", p.labs->hdl_mg_per_dl, "mg/dL");
    lab("Triglycerides", p.labs->triglycerides_mg_per_dl, "mg/dL");
    lab("eGFR", p.labs->egfr, "ml/min/1.73m2");
    lab("Creatinine", p.labs->creatinine_mg_per_dl, "mg/dL");
    lab("Albumin in urine", p.labs->albuminuria_mg_per_g, "mg/g");
  }
  if (p.history) {
    if (p.history->diabetes_y) add("Diabetes known for", fmt::format("{:g}", *p.history->diabetes_y), "y");
    for (const auto& [label, has] : {std::pair{"Myocardial infarction before", p.history->infarction},
                                     {"Stroke before", p.history->stroke},
                                     {"Heart failure before", p.history->heart_failure},
                                     {"Angina before", p.history->angina},
                                     {"Foot ulcer before", p.history->foot_ulcer},
                                     {"Amputation before", p.history->amputation},
                                     {"Blindness before", p.history->blindness},
                                     {"Renal failure before", p.history->renal_failure}})
      if (has) add(label, "yes", "");
  }
  if (p.smoker) add("Smoker", "yes", "");
  if (p.antihypertensive_drugs) add("Drugs for blood pressure", fmt::format("{:g}", *p.antihypertensive_drugs), "");
  if (p.statin_dose) add("Statin, as atorvastatin", fmt::format("{:g}", 10 * *p.statin_dose), "mg/d");
  add("Life table", std::string(name_of(countries, p.country)), "");
  for (const auto& [name, change] : s.parameters) {
    std::string value = change.value ? fmt::format("{:g}", *change.value) : "as tabulated";
    if (change.log_sd) value += *change.log_sd > 0 ? fmt::format(" (spread {:g})", *change.log_sd) : " (fixed)";
    add(label_of(name), value, "");
  }
  return rows;
}

Json column_of(const RunResult& r, const Composition& composition, std::size_t c) {
  constexpr std::size_t strip_bins = 64, strips = 11;
  const Summary& s = *r.summary;
  const SlotInfo& slot = composition.slots()[r.spec.columns[c]];
  const ColumnRange& range = s.spec().columns[c];
  const std::size_t times = r.spec.reports_d.size();
  Json column{{"name", slot.name},
              {"label", label_of(slot.name)},
              {"meaning", slot.meaning},
              {"unit", slot.unit == "1" ? "" : slot.unit},
              {"edges", {{"low", number(range.low)}, {"high", number(range.high)}, {"bins", histogram_bins}}}};
  for (std::size_t a = 0; a < s.spec().arms; ++a) {
    Json arm;
    for (const auto& [name, p] :
         {std::pair{"median", 0.5}, {"q05", 0.05}, {"q25", 0.25}, {"q75", 0.75}, {"q95", 0.95}}) {
      Json line = Json::array();
      for (std::size_t t = 0; t < times; ++t) line.push_back(number(s.quantile(a, t, c, p)));
      arm[name] = line;
    }
    for (std::size_t t = 0; t < times; ++t) arm["alive"].push_back(count(s.living(a, t)));
    for (std::size_t k = 0; k < strips; ++k) {
      const std::size_t t = k * (times - 1) / (strips - 1);
      std::vector<double> strip(strip_bins);
      for (std::size_t b = 0; b < histogram_bins; ++b) strip[b * strip_bins / histogram_bins] += s.in_bin(a, t, c, b);
      Json counts = Json::array();
      for (const double members : strip) counts.push_back(count(members));
      arm["strips"].push_back({{"time_years", number(r.spec.reports_d[t] / 365.25)}, {"counts", counts}});
    }
    column["arms"].push_back(arm);
  }
  return column;
}

Json occupancy_of(const RunResult& r) {
  const Summary& s = *r.summary;
  Json arms = Json::array();
  for (std::size_t a = 0; a < s.spec().arms; ++a) {
    Json arm;
    for (std::size_t t = 0; t < s.spec().reports; ++t) {
      const double n = static_cast<double>(s.members());
      double dead = n;
      std::size_t which = 0;
      for (const char* name : {"robust", "prefrail", "frail"}) {
        const double members = s.in_class(a, t, which++);
        arm[name].push_back(number(members / n));
        dead -= members;
      }
      arm["dead"].push_back(number(dead / n));
    }
    arms.push_back(arm);
  }
  return arms;
}

Json evidence_of(const Composition& composition) {
  std::map<Status, std::size_t> total;
  Json modules = Json::array(), assumptions = Json::array();
  std::set<std::string> keys;
  for (const ModuleType* module : composition.modules()) {
    std::map<Status, std::size_t> counts;
    for (const RowInfo& row : module->rows) {
      if (row.kind != Kind::parameter) continue;
      ++counts[row.source.status];
      ++total[row.source.status];
      if (!row.source.key.empty()) keys.insert(std::string(row.source.key));
      if (row.source.status == Status::assumed)
        assumptions.push_back({{"module", module->name},
                               {"name", row.name},
                               {"men", number(row.value.men)},
                               {"women", number(row.value.women)},
                               {"unit", row.unit == "1" ? "" : row.unit},
                               {"log_sd", number(row.spread.log_sd)},
                               {"why", row.source.note}});
    }
    modules.push_back({{"name", module->name},
                       {"cited", counts[Status::cited]},
                       {"calibrated", counts[Status::calibrated]},
                       {"assumed", counts[Status::assumed]}});
  }
  Json literature = Json::array();
  for (const Reference& reference : references())
    if (keys.count(std::string(reference.key)))
      literature.push_back({{"key", reference.key}, {"text", reference.text}, {"doi", reference.doi}});
  return {{"cited", total[Status::cited]},     {"calibrated", total[Status::calibrated]},
          {"assumed", total[Status::assumed]}, {"modules", modules},
          {"assumptions", assumptions},        {"references", literature}};
}

Json lives_of(const RunResult& r) {
  constexpr double year_d = 365.25;
  Json members = Json::array();
  for (const MemberLifelines& member : r.lifelines) {
    Json arms = Json::array();
    for (const Lifeline& line : member.arms) {
      Json states = Json::array(), done = Json::array(), happenings = Json::array();
      for (const Lifeline::State& state : line.states)
        states.push_back({{"since", number(state.since_d / year_d)}, {"state", state.of}});
      for (const Lifeline::Done& d : line.done)
        done.push_back(
            {{"from", number(d.from_d / year_d)}, {"until", number(d.until_d / year_d)}, {"what", d.what}});
      for (const Lifeline::Happening& h : line.happenings) {
        Json happening{
            {"time", number(h.time_d / year_d)}, {"kind", to_string(h.kind)}, {"name", h.name}, {"cause", h.cause}};
        if (h.value)
          happening.update(
              {{"quantity", h.quantity}, {"unit", h.unit == "1" ? "" : h.unit}, {"value", number(*h.value)}});
        happenings.push_back(happening);
      }
      arms.push_back({{"states", states},
                      {"done", done},
                      {"happenings", happenings},
                      {"end", number(line.end_d / year_d)},
                      {"dies", line.dies}});
    }
    members.push_back({{"member", member.member}, {"arms", arms}});
  }
  return members;
}

Json pilot_of(const Pilot& pilot) {
  Json errors = Json::array();
  for (const StepError& e : pilot.errors)
    errors.push_back({{"output", e.output}, {"median", number(e.median)}, {"percentile_99", number(e.p99)}});
  return {{"members", pilot.members},
          {"substeps_per_month", pilot.substeps_per_month},
          {"near_separatrix", pilot.sensitive},
          {"step_errors", errors}};
}

// Who acts on each input of an arm. A stretch counts its days from where its intervention begins.
Json composition_of(const RunResult& r) {
  Json arms = Json::array();
  for (std::size_t a = 0; a < r.arm_names.size(); ++a) {
    Json inputs = Json::object();
    for (const Acting& acting : r.composition[a]) {
      Json stretches = Json::array();
      for (const Acting::Stretch& s : acting.stretches)
        stretches.push_back(
            {{"from_day", number(s.begin_d)}, {"to_day", number(s.end_d)}, {"value", number(s.value)}});
      inputs[acting.input].push_back({{"by", acting.by},
                                      {"operation", acting.operation},
                                      {"counted_from", acting.begins},
                                      {"stretches", stretches}});
    }
    arms.push_back({{"arm", r.arm_names[a]}, {"inputs", inputs}});
  }
  return {{"rule", "replace, then at_least (of several the largest), then multiply, then add"}, {"arms", arms}};
}

// What gives the same report again, typed in the folder of the results.
std::string command_of(const RunResult& r) {
  std::string command = "healthspan run scenario.json" + r.command_options;
  if (r.members == 1 && r.resolved.members > 1) return command + fmt::format(" --member {}", r.first_member);
  if (r.first_member > 0 || r.members < r.resolved.members)
    command += " --members " + in_words({r.first_member, r.members});
  return command;
}

}  // namespace

std::string run_document(const RunResult& r) {
  Json document{{"healthspan", version},
                {"disclaimer", disclaimer},
                {"title", r.resolved.title},
                {"seed", r.resolved.seed},
                {"first_member", r.first_member},
                {"members", r.members},
                {"members_failed", r.summary->failed()},
                {"modules", r.resolved.modules},
                {"substeps_per_month", r.pilot.substeps_per_month},
                {"pilot", r.pilot.members ? pilot_of(r.pilot) : Json("ranges and steps were given")},
                {"values_outside_histograms", r.summary->outside()},
                {"composition", composition_of(r)},
                {"warnings", r.warnings}};
  add_outcome_blocks(r, document);
  if (r.cohort) document["cohort"] = cohort_of(r);
  return document.dump(2) + "\n";
}

std::string timing_document(const RunResult& r, int threads) {
  Json seconds = Json::object();
  for (const auto& [stage, time] : r.seconds) seconds[stage] = std::round(time * 1000) / 1000;
  const double years = static_cast<double>(r.members * r.spec.arms.size()) * r.spec.reports_d.back() / 365.25;
  Json document{{"threads", threads}, {"seconds", seconds}};
  // Where parts were only put together, nobody was simulated.
  if (const auto ensemble = r.seconds.find("ensemble"); ensemble != r.seconds.end())
    document["patient_years_per_second"] = std::round(years / ensemble->second);
  return document.dump(2) + "\n";
}

std::string report_document(const RunResult& r, const System& system) {
  const Summary& s = *r.summary;
  Json d{{"title", r.resolved.title},
         {"question", r.resolved.question},
         {"disclaimer", disclaimer},
         {"version", version},
         {"command", command_of(r)},
         {"seed", r.resolved.seed},
         {"members", r.members},
         {"failed", s.failed().size()},
         {"horizon_years", number(r.spec.reports_d.back() / 365.25)},
         {"substeps_per_month", r.pilot.substeps_per_month},
         {"patient", patient_rows(r)}};
  if (r.cohort) d["cohort"] = cohort_of(r);
  for (std::size_t a = 0; a < r.arm_names.size(); ++a)
    d["arms"].push_back({{"name", r.arm_names[a]}, {"words", r.arm_words[a]}});
  for (const double t : r.spec.reports_d) d["times_years"].push_back(number(t / 365.25));
  for (std::size_t c = 0; c < r.spec.columns.size(); ++c)
    d["columns"].push_back(column_of(r, system.composition(), c));
  d["occupancy"] = r.spec.class_slot ? occupancy_of(r) : Json(nullptr);

  d["portrait"] = nullptr;
  d["spiral"] = nullptr;
  d["stay_map"] = nullptr;
  if (r.portrait) {
    Json portrait{{"x", "activity"},
                  {"y", "strength"},
                  {"equilibria", Json::array()},
                  {"note",
                   "The member at median parameters, not followed to death. Equilibria are those of the start: "
                   "age and deficits held still."}};
    for (const Portrait::Path& path : r.portrait->arms)
      portrait["arms"].push_back(
          {{"x", numbers(path.activity)}, {"y", numbers(path.strength)}, {"time_years", numbers(path.time_y)}});
    for (const models::Equilibrium& e : r.portrait->equilibria)
      portrait["equilibria"].push_back({{"x", number(e.activity)}, {"y", number(e.strength)}, {"stable", e.stable}});
    d["portrait"] = portrait;
  }
  if (r.spiral) {
    d["spiral"] = {{"members", r.spiral->members},
                   {"class_share",
                    {{"monostable", number(r.spiral->monostable)},
                     {"near_fold", number(r.spiral->near_fold)},
                     {"bistable", number(r.spiral->bistable)}}},
                   {"median_member",
                    {{"class", models::to_string(r.spiral->median.kind)},
                     {"gap", number(r.spiral->median.gap)},
                     {"loop_mode_days", number(r.spiral->median.loop_mode_d)},
                     {"recovery_days", maybe(r.spiral->recovery_d)}}},
                   {"note",
                    "Recovery: days after the standard 14-day stay until 90 % of the lost activity is back, with "
                    "ageing on. Most second fates are slow recovery overtaken by ageing, not a second stable "
                    "state; the activity floor and the steepness that decide on it are assumed and drawn."}};
  }
  if (r.stay_map) {
    const StayMap& m = *r.stay_map;
    Json rows = Json::array(), critical = Json::array();
    for (const auto& row : m.activity) rows.push_back(numbers(row));
    for (const auto& length : m.critical_d) critical.push_back(maybe(length));
    d["stay_map"] = {{"lengths_days", numbers(m.lengths_d)},
                     {"deficits", numbers(m.deficits)},
                     {"activity", rows},
                     {"critical_days", critical},
                     {"patient_deficit", number(m.patient_deficit)},
                     {"patient_length_days", number(m.patient_length_d)},
                     {"months", number(m.months)},
                     {"threshold", number(m.threshold)}};
  }

  const auto unit_of = [](const std::string& unit) { return unit == "1" ? std::string() : unit; };
  for (const Outcome& o : r.outcomes) {
    Json outcome{{"name", o.name}, {"label", o.label}, {"unit", unit_of(o.unit)}};
    for (std::size_t a = 0; a < r.arm_names.size(); ++a) {
      const Estimate e = s.outcome(a, o.index);
      outcome["arms"].push_back(
          {{"estimate", number(e.value / o.per_unit)}, {"error", number(e.error / o.per_unit)}});
    }
    d["outcomes"].push_back(outcome);
  }
  d["contrasts"] = Json::array();
  const auto add_contrast = [&](const Outcome& o, std::size_t arm, const Estimate& e, const std::string& unit,
                                double per_unit, const std::string& rule) {
    d["contrasts"].push_back({{"arm", r.arm_names[arm]},
                              {"outcome", o.name},
                              {"label", o.label},
                              {"unit", unit},
                              {"estimate", number(e.value / per_unit)},
                              {"error", number(e.error / per_unit)},
                              {"pairs", e.members},
                              {"rule", rule}});
  };
  for (std::size_t k = 0; k < r.outcomes.size(); ++k)
    for (std::size_t a = 1; a < r.arm_names.size(); ++a) {
      const Outcome& o = r.outcomes[k];
      add_contrast(o, a, s.paired(a, o.index), unit_of(o.unit), o.per_unit, rule_of(s, o));
    }
  for (const std::size_t k : r.net_outcomes)
    for (std::size_t a = 1; a < r.arm_names.size(); ++a)
      add_contrast(r.outcomes[k], a, s.net_higher(a, r.outcomes[k].index), "share higher minus share lower", 1.0,
                   "death ranked worst");
  add_outcome_blocks(r, d);
  d["evidence"] = evidence_of(system.composition());
  d["warnings"] = r.warnings;
  d["lifelines"] = lives_of(r);
  // What run.json says of the run besides.
  const Json run = Json::parse(run_document(r));
  for (const auto& [key, block] : run.items())
    if (!d.contains(key)) d[key] = block;
  d["scenario"] = Json::parse(write_scenario(r.resolved));
  return d.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string describe_document(const std::string& name) {
  Json modules = Json::array();
  for (const ModuleType* module : models::catalog()) {
    if (!name.empty() && module->name != name) continue;
    Json rows = Json::array();
    for (const RowInfo& row : module->rows) {
      Json entry{{"name", row.name}, {"kind", to_string(row.kind)}, {"unit", row.unit}, {"meaning", row.meaning}};
      if (row.kind == Kind::parameter) {
        if (row.value.men == row.value.women)
          entry["value"] = row.value.men;
        else
          entry["value"] = {{"men", row.value.men}, {"women", row.value.women}};
        entry["log_sd"] = row.spread.log_sd;
        entry["source"] = {
            {"status", to_string(row.source.status)}, {"key", row.source.key}, {"note", row.source.note}};
      } else if (row.kind == Kind::input && !std::isnan(row.value.men)) {
        entry["default"] = row.value.men;
      }
      rows.push_back(entry);
    }
    modules.push_back({{"name", module->name}, {"summary", module->summary}, {"rows", rows}});
  }
  return Json(modules).dump(2) + "\n";
}

}  // namespace healthspan::scenarios
