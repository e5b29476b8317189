// Events of the heart, the brain and diabetes: that their rates are those of the published equations, and that each
// leaves its history and its dead.
#include "protocols.hpp"

#include <healthspan/models/cardiovascular_events.hpp>
#include <healthspan/models/diabetes_complications.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

namespace healthspan::tests {
namespace {

using namespace healthspan::models;

constexpr double year_d = 365.25;

const Composition& events() {
  static const Composition composition = compose(
      {"ageing", "diabetes_status", "cardiovascular_events", "diabetes_complications"}, {"age_at_start", "male"});
  return composition;
}

// A life with these risk factors, which stay as they are; of average proneness.
std::vector<double> life_of(bool male, double age, const Settings& settings) {
  std::vector<double> life = events().medians(male);
  life[events().slot("male")] = male;
  life[events().slot("age_at_start")] = age;
  life[events().slot("cardiovascular_frailty")] = 1;
  for (const auto& [name, value] : settings) life[events().slot(name)] = value;
  events().personalise(life.data());
  events().anchor(life.data());
  return life;
}
double at(const std::vector<double>& life, const char* name) { return life[events().slot(name)]; }

// The life after each of these years, if nothing happens.
template <class Path>
std::vector<std::vector<double>> lived(Path path, std::vector<double> life, const std::vector<double>& years,
                                       double step_d) {
  std::vector<double> days;
  for (const double y : years) days.push_back(y * year_d);
  const Schedule schedule(events(), {}, days.back() + 1);
  std::vector<std::vector<double>> frames;
  follow(events(), schedule, lay_legs(schedule.switches(), days, step_d), path, life,
         [&](std::size_t, const std::vector<double>& frame) { frames.push_back(frame); });
  return frames;
}
std::vector<std::vector<double>> lived(const std::vector<double>& life, const std::vector<double>& years) {
  return lived(ReferencePath(events(), 1e-10), life, years, year_d);
}

// What is known of somebody, by the names of the system and as PREVENT reads it.
struct Risks {
  double systolic, ldl, hdl, triglycerides, smoking, treated, statin, bmi, egfr, hba1c;

  Settings settings() const {
    return {{"systolic_pressure", systolic},
            {"effective_ldl", ldl},
            {"hdl_cholesterol", hdl},
            {"triglycerides", triglycerides},
            {"smoking", smoking},
            {"antihypertensive_use", treated},
            {"statin_use", statin},
            {"body_mass_index", bmi},
            {"egfr", egfr},
            {"hba1c", hba1c}};
  }
  double prevent(const Prevent& women, const Prevent& men, bool male, double age) const {
    const PreventPerson<double> x{.male = male ? 1.0 : 0.0,
                                  .age = age,
                                  .total_cholesterol = prevent_mmol_per_mg_dl * (ldl + hdl + triglycerides / 5),
                                  .hdl_cholesterol = prevent_mmol_per_mg_dl * hdl,
                                  .systolic_pressure = systolic,
                                  .diabetes = 0,
                                  .smoking = smoking,
                                  .antihypertensive_use = treated,
                                  .statin_use = statin,
                                  .body_mass_index = bmi,
                                  .egfr = egfr,
                                  .hba1c = hba1c};
    return prevent_risk(women, men, x);
  }
};
const std::array people{Risks{118, 110, 55, 110, 0, 0, 0, 24, 95, 5.2},
                        Risks{150, 150, 42, 180, 0, 0, 0, 31, 75, 5.9}, Risks{140, 95, 48, 150, 0, 1, 1, 28, 70, 5.6},
                        Risks{130, 130, 50, 120, 1, 0, 0, 26, 88, 5.4}};

// Rates of ages five years younger give back the risk of ten years as far as a rate grows in a straight line. It
// grows by a share g per year instead, over which the integral is sinh(5 g) / (5 g) of the middle: 1 to 4 % more than
// the risk. That g itself changes with age leaves less than 0.5 %.
TEST_CASE("over ten years without diabetes the rates come to the risks of PREVENT") {
  double least = 2, most = 0;
  for (const bool male : {false, true})
    for (const double age : {40.0, 50.0, 60.0, 70.0})
      for (const Risks& who : people) {
        const std::vector<double> end = lived(life_of(male, age, who.settings()), {10}).back();
        const auto compare = [&](const std::string& event, const Prevent& w, const Prevent& m) {
          INFO(event, " at ", age, male ? " man" : " woman");
          const auto rate = [&](double years) { return -std::log1p(-who.prevent(w, m, male, age + years)); };
          const double ratio = at(end, event.c_str()) / rate(0), g = std::log(rate(5) / rate(-5)) / 10;
          CHECK(std::fabs(ratio / (std::sinh(5 * g) / (5 * g)) - 1) < 0.005);
          least = std::min(least, ratio);
          most = std::max(most, ratio);
        };
        compare("myocardial_infarction", prevent_hba1c_chd_women, prevent_hba1c_chd_men);
        compare("stroke", prevent_hba1c_stroke_women, prevent_hba1c_stroke_men);
        compare("heart_failure", prevent_hba1c_heart_failure_women, prevent_hba1c_heart_failure_men);
      }
  MESSAGE("rates over ten years to risks: ", least, " to ", most);
}

TEST_CASE("beyond the ages of PREVENT rates go on growing by the same share, without a jump") {
  const auto rate = [](double age) { return at(life_of(true, age, people[1].settings()), "stroke_rate"); };
  CHECK(std::fabs(std::log(rate(95) / rate(85)) - 0.75) < 1e-12);
  CHECK(std::fabs(std::log(rate(84 + 1e-6) / rate(84 - 1e-6))) < 1e-6);
  CHECK(std::fabs(std::log(rate(35 + 1e-6) / rate(35 - 1e-6))) < 1e-6);
  CHECK(std::fabs(std::log(rate(30) / rate(25)) - 0.375) < 1e-12);
}

// The base case of the Outcomes Model's own program (version 2.1), for which others published what it yields.
// HDL and LDL are as in the published case of the official program, where they look exchanged.
Settings base_case() {
  return {{"diabetes_at_start", 1},
          {"diabetes_duration_at_start", 8},
          {"hba1c", 8.8},
          {"systolic_pressure", 139},
          {"hdl_cholesterol", 3.08 / prevent_mmol_per_mg_dl},
          {"effective_ldl", 1.19 / prevent_mmol_per_mg_dl},
          {"body_mass_index", 80.7 / (1.58 * 1.58)},
          {"egfr", 70},
          {"heart_rate", 79},
          {"white_cells", 6.6e6},
          {"haemoglobin", 14}};
}
struct Incidence {
  const char* event;
  std::array<double, 2> alone;     // worked out from the equations elsewhere, without death and histories
  std::array<double, 2> official;  // of 1000 simulated people, less death
};
const std::array men{Incidence{"ischaemic_heart_disease", {0.01872, 0.04025}, {0.018, 0.045}},
                     Incidence{"myocardial_infarction", {0.02307, 0.04561}, {0.023, 0.047}},
                     Incidence{"heart_failure", {0.02168, 0.05014}, {0.025, 0.064}},
                     Incidence{"stroke", {0.03100, 0.07018}, {0.035, 0.069}},
                     Incidence{"renal_failure", {0.00236, 0.00472}, {0.002, 0.007}},
                     Incidence{"foot_ulcer", {0.02290, 0.04527}, {0.035, 0.070}},
                     Incidence{"blindness", {0.02759, 0.05443}, {0.020, 0.050}}};
const std::array women{Incidence{"ischaemic_heart_disease", {0.01104, 0.02385}, {0.008, 0.021}},
                       Incidence{"myocardial_infarction", {0.05501, 0.11927}, {0.055, 0.132}},
                       Incidence{"heart_failure", {0.02168, 0.05014}, {0.013, 0.034}},
                       Incidence{"stroke", {0.02048, 0.04668}, {0.014, 0.040}},
                       Incidence{"renal_failure", {0.00099, 0.00198}, {0.002, 0.002}},
                       Incidence{"foot_ulcer", {0.00882, 0.01756}, {0.004, 0.014}},
                       Incidence{"blindness", {0.02759, 0.05443}, {0.024, 0.053}}};

TEST_CASE("in diabetes the hazards come to the incidence of the Outcomes Model's base case") {
  for (const bool male : {true, false}) {
    const auto ends = lived(life_of(male, 57, base_case()), {10, 20});
    for (const Incidence& known : male ? men : women)
      for (std::size_t k = 0; k < ends.size(); ++k) {
        const double p = -std::expm1(-at(ends[k], known.event));
        INFO(known.event, male ? " man" : " woman", " after ", k == 0 ? 10 : 20, " y: ", p);
        CHECK(std::fabs(p - known.alone[k]) < 0.5e-5 * (1 + 1e-9));  // five decimals
        // Four standard errors of 1000 people; those who have had another event add to the official ones.
        CHECK(std::fabs(p - known.official[k]) < 4 * std::sqrt(known.official[k] / 1000));
      }
  }
}

// What an event does at its instant.
std::vector<double> struck(const std::vector<double>& life, const char* now) {
  std::vector<double> after = life;
  after[events().slot(now)] = 1;
  events().at_switch(life.data(), after.data());
  after[events().slot(now)] = 0;
  events().outputs(after.data());
  return after;
}

TEST_CASE("an event leaves its history, and rates after it are those of a second one") {
  const std::vector<double> well = life_of(true, 70, people[1].settings());
  const std::vector<double> after = struck(well, "myocardial_infarction_now");
  CHECK(at(after, "mi_history") == 1);
  CHECK(at(after, "stroke_history") == 0);
  CHECK(std::fabs(at(after, "myocardial_infarction_rate") / at(well, "myocardial_infarction_rate") - 2.6) < 1e-12);
  CHECK(std::fabs(at(after, "stroke_rate") / at(well, "stroke_rate") - 1.6) < 1e-12);
  CHECK(at(after, "cardiovascular_mortality_ratio") == 2);
  // Heart failure is a state that is entered once.
  CHECK(at(struck(well, "heart_failure_now"), "heart_failure_rate") == 0);

  const std::vector<double> diabetic = life_of(true, 57, base_case());
  Om2Person<double> x{};
  x.ldl_cholesterol = 1.19;
  CHECK(std::fabs(at(struck(diabetic, "myocardial_infarction_now"), "myocardial_infarction_rate") /
                      om2_weibull_rate<om2_second_mi>(x) -
                  1) < 1e-12);
  // Of several histories the one that counts most does, and diabetes makes none of them harmless.
  const std::vector<double> all = struck(struck(after, "stroke_now"), "heart_failure_now");
  CHECK(at(all, "cardiovascular_mortality_ratio") == 3);
  CHECK(at(struck(diabetic, "myocardial_infarction_now"), "cardiovascular_mortality_ratio") >= 2);
  // An ulcer changes the rate of amputations, which end with the second.
  const std::vector<double> sore = struck(diabetic, "foot_ulcer_now");
  CHECK(at(sore, "amputation_rate") > 10 * at(diabetic, "amputation_rate"));
  const std::vector<double> once = struck(sore, "amputation_now"), twice = struck(once, "amputation_now");
  CHECK(at(once, "amputation_rate") > at(sore, "amputation_rate"));
  CHECK(at(twice, "amputation_history") == 2);
  CHECK(at(twice, "amputation_rate") == 0);
}

TEST_CASE("of those whom an event strikes, the share dies that it is said to kill") {
  // Ages of the groups of Smolina et al. (2012), table 1, about their middles; one line through five figures misses
  // them by up to 2 %.
  const std::array<std::array<double, 2>, 5> published{{{48, 14.2}, {60, 19.1}, {70, 27.2}, {80, 37.8}, {89, 48.1}}};
  for (const auto& [age, percent] : published) {
    const std::vector<double> life = struck(life_of(true, age, people[1].settings()), "myocardial_infarction_now");
    // Nobody but those whom it struck: later events have no dead until they strike.
    for (const double years : {0.25, 5.0}) {
      const double mass = at(life, "acute_mortality");
      const std::vector<double> end = lived(life, {years}).back();
      CHECK(std::fabs(at(end, "cardiovascular_death") + at(end, "acute_mortality") - mass) < 1e-9 * mass);
      if (years > 1) CHECK(std::fabs(100 * -std::expm1(-at(end, "cardiovascular_death")) - percent) < 2.0);
    }
    // The lanes' steps of half a month integrate what relaxes exactly, and death by their quadrature, to 1e-4.
    const std::vector<double> end = lived(LanePath<double>(events()), life, {5.0}, 15.21875).back();
    CHECK(std::fabs(at(end, "cardiovascular_death") / at(life, "acute_mortality") - 1) < 1e-4);
  }
  // In diabetes by the logistic equation of the year of the event: the first, and one after another.
  const std::vector<double> diabetic = life_of(true, 57, base_case());
  const auto p = [&](const std::vector<double>& life) { return -std::expm1(-at(life, "acute_mortality")); };
  const double first = -6.916 + 0.042 * 8 + 0.058 * 57 + 0.124 * 7.9 + 1.309;
  CHECK(std::fabs(p(struck(diabetic, "myocardial_infarction_now")) - 1 / (1 + std::exp(-first))) < 1e-12);
  const double later = -4.868 + 0.05 * 57 + 0.068 * 30.8 + 0.089 * 6.6 - 0.619;
  std::vector<double> failing = struck(diabetic, "heart_failure_now");
  failing[events().slot("acute_mortality")] = 0;
  CHECK(std::fabs(p(struck(failing, "stroke_now")) - 1 / (1 + std::exp(-later))) < 1e-12);
}

TEST_CASE("the expected rate of death is that of events times their fatality") {
  for (const bool diabetes : {false, true}) {
    const std::vector<double> life =
        diabetes ? life_of(false, 57, base_case()) : life_of(false, 72, people[3].settings());
    double expected = 0;
    for (const char* event : {"myocardial_infarction", "stroke", "heart_failure", "ischaemic_heart_disease"}) {
      const std::vector<double> after = struck(life, (std::string(event) + "_now").c_str());
      expected += at(life, (std::string(event) + "_rate").c_str()) * -std::expm1(-at(after, "acute_mortality"));
    }
    CHECK(std::fabs(at(life, "cardiovascular_death_rate") / expected - 1) < 1e-12);
  }
}

TEST_CASE("nothing strikes where the hazard is zero") {
  Settings settings = people[1].settings();
  settings.push_back({"cardiovascular_calibration", 0});
  const std::vector<double> spared = lived(life_of(true, 70, settings), {10}).back();
  const std::vector<double> healthy = lived(life_of(true, 70, people[1].settings()), {10}).back();
  for (const char* event : {"myocardial_infarction", "stroke", "heart_failure", "cardiovascular_death"})
    CHECK(at(spared, event) == 0);
  CHECK(at(healthy, "stroke") > 0);
  // Without diabetes there is none of what comes with it.
  for (const char* event : {"ischaemic_heart_disease", "blindness", "foot_ulcer", "amputation", "renal_failure"})
    CHECK(at(healthy, event) == 0);
}

TEST_CASE("a drug that is started later moves risk by what it does to pressure alone") {
  const std::vector<double> life = life_of(true, 65, people[1].settings());
  std::vector<double> treated = life;
  treated[events().slot("antihypertensive_use")] = 1;
  treated[events().slot("statin_use")] = 1;
  events().outputs(treated.data());
  CHECK(at(treated, "heart_failure_rate") == at(life, "heart_failure_rate"));
  treated[events().slot("systolic_pressure")] -= 10;
  events().outputs(treated.data());
  CHECK(at(treated, "heart_failure_rate") < at(life, "heart_failure_rate"));
}

TEST_CASE("who is prone has more first events; second ones of diabetes are of the prone already") {
  const auto rate = [](const char* event, double frailty, double history) {
    Settings settings = base_case();
    settings.insert(settings.end(), {{"cardiovascular_frailty", frailty}, {"stroke_history_at_start", history}});
    return at(life_of(true, 57, settings), event);
  };
  CHECK(std::fabs(rate("stroke_rate", 2, 0) / rate("stroke_rate", 1, 0) - 2) < 1e-12);
  CHECK(rate("stroke_rate", 2, 1) == rate("stroke_rate", 1, 1));
  // Its mean over people is 1: the median of the table times exp(variance / 2).
  for (const RowInfo& row : module_named("cardiovascular_events").rows)
    if (row.name == "cardiovascular_frailty")
      CHECK(std::fabs(row.value.men * std::exp(0.5 * row.spread.log_sd * row.spread.log_sd) - 1) < 1e-3);
}

TEST_CASE("diabetes begins with the diagnostic HbA1c, and is not forgotten") {
  std::vector<double> life = life_of(true, 60, {{"hba1c", 6.4}});
  CHECK(at(life, "diabetes") == 0);
  life[events().slot("hba1c")] = 6.5;
  events().outputs(life.data());
  CHECK(at(life, "diabetes") == 1);
  life = lived(life, {2}).back();
  CHECK(std::fabs(at(life, "diabetes_duration") - 2) < 1e-9);
  life[events().slot("hba1c")] = 5.9;
  life[events().slot("age_at_start")] = 62;
  events().outputs(life.data());
  CHECK(at(life, "diabetes") == 1);
  CHECK(at(life_of(true, 60, {{"diabetes_known", 1}}), "diabetes") == 1);
}

}  // namespace
}  // namespace healthspan::tests
