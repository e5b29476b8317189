#include <healthspan/core/errors.hpp>
#include <healthspan/models/scores/framingham.hpp>
#include <healthspan/models/scores/prevent.hpp>
#include <healthspan/models/scores/ranges.hpp>
#include <healthspan/models/scores/score2.hpp>
#include <healthspan/models/scores/ukpds_om2.hpp>
#include <healthspan/scenarios/csv.hpp>
#include <healthspan/scenarios/person.hpp>
#include <healthspan/scenarios/scores.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace healthspan::scenarios {

namespace {

using models::Score2Europe;

constexpr double mmol_per_mg_dl = 1.0 / 38.665;
constexpr double albuminuria_mg_per_g =
    50.0;  // 50 mg/l of the Outcomes Model, at 1 g of creatinine per litre of urine

// What is known of somebody, by name; `otherwise` where it is not.
class Known {
 public:
  explicit Known(const Person& person) : person_(person) {}
  double operator()(std::string_view name) const { return person_[place_of_quantity(name)]; }
  double operator()(std::string_view name, double otherwise) const {
    const double value = (*this)(name);
    return std::isnan(value) ? otherwise : value;
  }
  bool has(std::string_view name) const { return !std::isnan((*this)(name)); }

 private:
  const Person& person_;
};

std::vector<double> prevent(const Known& x, Score2Europe) {
  const models::PreventPerson<double> person{
      .male = x("male"),
      .age = x("age"),
      .total_cholesterol = models::prevent_mmol_per_mg_dl * x("total_cholesterol"),
      .hdl_cholesterol = models::prevent_mmol_per_mg_dl * x("hdl_cholesterol"),
      .systolic_pressure = x("systolic_pressure"),
      .diabetes = x("diabetes"),
      .smoking = x("smoking"),
      .antihypertensive_use = x("antihypertensive_use"),
      .statin_use = x("statin_use"),
      .body_mass_index = x("bmi"),
      .egfr = x("egfr"),
      .hba1c = x("hba1c", 5.3)};
  using namespace models;
  if (x.has("hba1c"))
    return {prevent_risk(prevent_hba1c_cvd_women, prevent_hba1c_cvd_men, person),
            prevent_risk(prevent_hba1c_ascvd_women, prevent_hba1c_ascvd_men, person),
            prevent_risk(prevent_hba1c_heart_failure_women, prevent_hba1c_heart_failure_men, person),
            prevent_risk(prevent_hba1c_chd_women, prevent_hba1c_chd_men, person),
            prevent_risk(prevent_hba1c_stroke_women, prevent_hba1c_stroke_men, person)};
  return {prevent_risk(prevent_base_cvd_women, prevent_base_cvd_men, person),
          prevent_risk(prevent_base_ascvd_women, prevent_base_ascvd_men, person),
          prevent_risk(prevent_base_heart_failure_women, prevent_base_heart_failure_men, person),
          prevent_risk(prevent_base_chd_women, prevent_base_chd_men, person),
          prevent_risk(prevent_base_stroke_women, prevent_base_stroke_men, person)};
}

models::Score2Person<double> score2_person(const Known& x) {
  return {.male = x("male"),
          .age = x("age"),
          .smoking = x("smoking"),
          .diabetes = x("diabetes", 0.0),
          .systolic_pressure = x("systolic_pressure"),
          .total_cholesterol = mmol_per_mg_dl * x("total_cholesterol"),
          .hdl_cholesterol = mmol_per_mg_dl * x("hdl_cholesterol")};
}
std::vector<double> score2(const Known& x, Score2Europe region) {
  return {models::score2_risk(models::score2(region), score2_person(x))};
}
std::vector<double> score2_op(const Known& x, Score2Europe region) {
  return {models::score2_risk(models::score2_op(region), score2_person(x))};
}
std::vector<double> score2_diabetes(const Known& x, Score2Europe region) {
  models::Score2Person<double> person = score2_person(x);
  person.diabetes = x("diabetes", 1.0);
  person.age_at_diagnosis = x("age") - x("diabetes_duration");
  person.hba1c = (x("hba1c") - 2.152) / 0.09148;  // mmol/mol
  person.egfr = x("egfr");
  return {models::score2_risk(models::score2_diabetes(region), person)};
}

models::FraminghamPerson<double> framingham_person(const Known& x) {
  return {.male = x("male"),
          .age = x("age"),
          .systolic_pressure = x("systolic_pressure"),
          .antihypertensive_use = x("antihypertensive_use"),
          .smoking = x("smoking"),
          .diabetes = x("diabetes")};
}
std::vector<double> framingham(const Known& x, Score2Europe) {
  using namespace models;
  FraminghamPerson<double> person = framingham_person(x);
  person.total_cholesterol = x("total_cholesterol");
  person.hdl_cholesterol = x("hdl_cholesterol");
  return {framingham_risk(framingham_lipids_women, framingham_lipids_men, person)};
}
std::vector<double> framingham_office(const Known& x, Score2Europe) {
  using namespace models;
  FraminghamPerson<double> person = framingham_person(x);
  person.body_mass_index = x("bmi");
  return {framingham_risk(framingham_office_women, framingham_office_men, person)};
}

std::vector<double> ukpds_om2(const Known& x, Score2Europe) {
  using namespace models;
  const Om2Person<double> person{.female = 1.0 - x("male"),
                                 .age_at_diagnosis = x("age") - x("diabetes_duration"),
                                 .duration = x("diabetes_duration"),
                                 .systolic_pressure = x("systolic_pressure"),
                                 .hdl_cholesterol = mmol_per_mg_dl * x("hdl_cholesterol"),
                                 .ldl_cholesterol = mmol_per_mg_dl * x("ldl_cholesterol"),
                                 .hba1c = x("hba1c"),
                                 .body_mass_index = x("bmi"),
                                 .egfr = x("egfr"),
                                 .smoking = x("smoking"),
                                 .albuminuria = x("albuminuria", 0.0) >= albuminuria_mg_per_g ? 1.0 : 0.0,
                                 .heart_rate = x("pulse", Om2Person<double>{}.heart_rate),
                                 .white_cells = x("white_cells", Om2Person<double>{}.white_cells),
                                 .haemoglobin = x("haemoglobin", Om2Person<double>{}.haemoglobin),
                                 .atrial_fibrillation = x("atrial_fibrillation", 0.0),
                                 .peripheral_vascular_disease = x("peripheral_vascular_disease", 0.0),
                                 .afro_caribbean = x("afro_caribbean", 0.0),
                                 .asian_indian = x("asian_indian", 0.0),
                                 .heart_failure_history = x("heart_failure_history", 0.0),
                                 .ihd_history = x("ihd_history", 0.0),
                                 .mi_history = x("mi_history", 0.0),
                                 .stroke_history = x("stroke_history", 0.0),
                                 .blindness_history = x("blindness_history", 0.0),
                                 .ulcer_history = x("ulcer_history", 0.0),
                                 .amputation_history = x("amputation_history", 0.0),
                                 .renal_failure_history = x("renal_failure_history", 0.0)};
  const auto first = [](double history, double p) { return history > 0 ? 0.0 : p; };
  const bool any_history = person.heart_failure_history + person.ihd_history + person.mi_history +
                               person.stroke_history + person.blindness_history + person.ulcer_history +
                               person.amputation_history + person.renal_failure_history >
                           0;
  const double amputation = person.ulcer_history > 0 ? om2_weibull_year<om2_first_amputation_after_ulcer>(person)
                                                     : om2_weibull_year<om2_first_amputation>(person);
  return {first(person.heart_failure_history, om2_weibull_year<om2_heart_failure>(person)),
          first(person.ihd_history, om2_weibull_year<om2_ischaemic_heart_disease>(person)),
          person.mi_history > 0 ? om2_weibull_year<om2_second_mi>(person) : om2_first_mi_year(person),
          person.stroke_history > 0 ? om2_weibull_year<om2_second_stroke>(person)
                                    : om2_weibull_year<om2_first_stroke>(person),
          first(person.blindness_history, om2_weibull_year<om2_blindness>(person)),
          first(person.ulcer_history, om2_logistic_year<om2_ulcer>(person)),
          person.amputation_history > 0 ? om2_weibull_year<om2_second_amputation>(person) : amputation,
          first(person.renal_failure_history, om2_weibull_year<om2_renal_failure>(person)),
          any_history ? om2_gompertz_year<om2_death_with_history>(person)
                      : om2_gompertz_year<om2_death_without_history>(person)};
}

struct Score {
  std::string name;
  bool of_a_region;
  std::vector<std::string> outcomes;
  std::vector<std::string> needed;
  std::vector<double> (*evaluate)(const Known& person, Score2Europe region);
};

const std::vector<Score>& scores() {
  static const std::vector<Score> all{
      {"prevent",
       false,
       {"cvd_10y", "ascvd_10y", "heart_failure_10y", "chd_10y", "stroke_10y"},
       {"total_cholesterol", "hdl_cholesterol", "systolic_pressure", "diabetes", "smoking", "antihypertensive_use",
        "statin_use", "bmi", "egfr"},
       prevent},
      {"score2", true, {"cvd_10y"}, {"smoking", "systolic_pressure", "total_cholesterol", "hdl_cholesterol"}, score2},
      {"score2-op",
       true,
       {"cvd_10y"},
       {"smoking", "systolic_pressure", "total_cholesterol", "hdl_cholesterol"},
       score2_op},
      {"score2-diabetes",
       true,
       {"cvd_10y"},
       {"smoking", "systolic_pressure", "total_cholesterol", "hdl_cholesterol", "diabetes_duration", "hba1c", "egfr"},
       score2_diabetes},
      {"framingham",
       false,
       {"cvd_10y"},
       {"total_cholesterol", "hdl_cholesterol", "systolic_pressure", "antihypertensive_use", "smoking", "diabetes"},
       framingham},
      {"framingham-office",
       false,
       {"cvd_10y"},
       {"bmi", "systolic_pressure", "antihypertensive_use", "smoking", "diabetes"},
       framingham_office},
      {"ukpds-om2",
       false,
       {"heart_failure_1y", "ihd_1y", "mi_1y", "stroke_1y", "blindness_1y", "ulcer_1y", "amputation_1y",
        "renal_failure_1y", "death_without_event_1y"},
       {"diabetes_duration", "systolic_pressure", "hdl_cholesterol", "ldl_cholesterol", "hba1c", "bmi", "egfr",
        "smoking"},
       ukpds_om2}};
  return all;
}

const Score& score_named(const std::string& name) {
  for (const Score& score : scores())
    if (score.name == name) return score;
  throw Error(ErrorCode::unknown_name,
              fmt::format("there is no score \"{}\"{}", name, name_hint(name, score_names())));
}

Score2Europe region_of(const Score& score, const std::string& region) {
  const std::vector<std::string> names(models::score2_region_names.begin(), models::score2_region_names.end());
  if (!score.of_a_region) {
    if (region.empty()) return {};
    throw Error(ErrorCode::usage,
                fmt::format("region: found \"{}\", but {} is not for a region", region, score.name));
  }
  if (region.empty())
    throw Error(ErrorCode::usage, fmt::format("region: is missing, expected one of: {} (the calibration of {})",
                                              "low, moderate, high, very-high", score.name));
  const auto at = std::find(names.begin(), names.end(), region);
  if (at == names.end())
    throw Error(ErrorCode::unknown_name, fmt::format("region: unknown \"{}\"{}", region, name_hint(region, names)));
  return static_cast<Score2Europe>(at - names.begin());
}

// "age 82, expected 30 to below 80; bmi 41, expected 18.5 to below 40"
std::string outside_in_words(const std::string& score, const Known& person) {
  std::string words;
  for (const models::ScoreRange& range : models::score_ranges) {
    if (range.score != score) continue;
    const double value =
        range.quantity == "age_at_diagnosis" ? person("age") - person("diabetes_duration") : person(range.quantity);
    if (std::isnan(value) || range.contains(value)) continue;
    if (!words.empty()) words += "; ";
    words += fmt::format("{} {:.4g}, expected {:g}", range.quantity, value, range.from);
    if (range.to > range.from)
      words += fmt::format(" to {}{:g}", range.end == models::ScoreRange::End::excluded ? "below " : "", range.to);
  }
  return words;
}

}  // namespace

std::vector<std::string> score_names() {
  std::vector<std::string> names;
  for (const Score& score : scores()) names.push_back(score.name);
  return names;
}

ScoreTable score_people(const std::string& name_of_score, const std::string& region_name, std::string_view people,
                        const std::string& name) {
  const Score& score = score_named(name_of_score);
  const Score2Europe region = region_of(score, region_name);
  const PeopleTable table = read_people(people, name, score.needed);
  ScoreTable result{score.outcomes, table.ids, {}, {}};
  for (const Person& person : table.people) {
    const Known known(person);
    result.risks.push_back(score.evaluate(known, region));
    result.outside.push_back(outside_in_words(score.name, known));
  }
  return result;
}

std::string write_scores(const ScoreTable& table) {
  std::string csv = "id";
  for (const std::string& outcome : table.outcomes) csv += "," + outcome;
  csv += ",outside\n";
  for (std::size_t k = 0; k < table.ids.size(); ++k) {
    csv += cell(table.ids[k]);
    for (const double risk : table.risks[k]) csv += "," + cell(risk);
    csv += "," + cell(table.outside[k]) + "\n";
  }
  return csv;
}

}  // namespace healthspan::scenarios
