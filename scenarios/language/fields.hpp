// The language of scenarios, declared once. Reading, writing and the JSON Schema all visit these declarations.
#pragma once

#include <healthspan/scenarios/evidence.hpp>
#include <healthspan/scenarios/language/units.hpp>

#include <array>
#include <utility>

namespace healthspan::scenarios {

template <class E>
using Choices = std::vector<std::pair<std::string_view, E>>;

inline const Choices<Sex> sexes{{"male", Sex::male}, {"female", Sex::female}};
inline const Choices<Country> countries{{"japan", Country::japan}, {"usa", Country::usa}};
inline const Choices<StartBranch> start_branches{{"active", StartBranch::active},
                                                 {"inactive", StartBranch::inactive}};
inline const Choices<PopulationName> population_names{{"japan-65plus", PopulationName::japan_65plus},
                                                      {"us-adults", PopulationName::us_adults}};
inline const Choices<InterventionType> intervention_types{
    {"resistance_exercise", InterventionType::resistance_exercise},
    {"aerobic_exercise", InterventionType::aerobic_exercise},
    {"diet", InterventionType::diet},
    {"hospital_stay", InterventionType::hospital_stay},
    {"multicomponent_exercise", InterventionType::multicomponent_exercise},
    {"balance_exercise", InterventionType::balance_exercise},
    {"protein_supplement", InterventionType::protein_supplement},
    {"weight_loss_diet", InterventionType::weight_loss_diet},
    {"prescribed_diet", InterventionType::prescribed_diet},
    {"glp1_agonist", InterventionType::glp1_agonist},
    {"metformin", InterventionType::metformin},
    {"sulfonylurea", InterventionType::sulfonylurea},
    {"sglt2_inhibitor", InterventionType::sglt2_inhibitor},
    {"insulin", InterventionType::insulin},
    {"step_limit", InterventionType::step_limit},
    {"antihypertensive", InterventionType::antihypertensive},
    {"statin", InterventionType::statin},
    {"smoking_cessation", InterventionType::smoking_cessation},
    {"salt_reduction", InterventionType::salt_reduction}};

// Objects of which one key says what kind they are.
inline const Choices<RuleKind> rule_kinds{
    {"on", RuleKind::event}, {"age", RuleKind::age}, {"when", RuleKind::condition}};
inline const Choices<RuleKind>& kinds_of(const Rule&) { return rule_kinds; }
inline const Choices<Does> policy_actions{{"start", Does::start}, {"stop", Does::stop}};
inline const Choices<Does>& kinds_of(const PolicyAction&) { return policy_actions; }

inline const Choices<EventType> event_types{
    {"scheduled", EventType::scheduled}, {"trigger", EventType::trigger}, {"visit", EventType::visit}};
inline const Choices<Side> sides{{"above", Side::above}, {"below", Side::below}};
inline const Choices<SolverMethod> solver_methods{
    {"lanes", SolverMethod::lanes}, {"reference", SolverMethod::reference}, {"rosenbrock", SolverMethod::rosenbrock}};
inline const Choices<Draws> draw_kinds{{"random", Draws::random}, {"sobol", Draws::sobol}};
inline const Choices<Take> takes{{"value", Take::value},
                                 {"difference", Take::difference},
                                 {"change_percent", Take::change_percent},
                                 {"ratio", Take::ratio},
                                 {"growth_percent_per_year", Take::growth_percent_per_year},
                                 {"per_100_person_years", Take::per_100_person_years},
                                 {"hazard_ratio", Take::hazard_ratio},
                                 {"hazard_reduction_percent", Take::hazard_reduction_percent}};
inline const Choices<Standing> standings{{"dependent", Standing::dependent}, {"independent", Standing::independent}};
inline const Choices<Deaths> death_modes{{"sampled", Deaths::sampled}, {"weighed", Deaths::weighed}};

template <class E>
std::string_view name_of(const Choices<E>& choices, E value) {
  for (const auto& [name, choice] : choices)
    if (choice == value) return name;
  return "";
}

struct Range {
  double low, high;
  bool or_zero = false;  // 0 is allowed besides
};

enum class Presence { required, optional };

template <class V>
void visit_fields(V& v, Measurements& m) {
  using enum Presence;
  v.quantity("grip_strength", m.grip_strength_kg, dimension_mass, Range{3, 90}, optional, "Grip strength");
  v.quantity("gait_speed", m.gait_speed_m_per_s, dimension_speed, Range{0.15, 2.5}, optional, "Usual gait speed");
  v.quantity("aerobic_capacity", m.aerobic_capacity, dimension_none, Range{5, 80}, optional,
             "Peak oxygen uptake in ml/kg/min");
  v.quantity("steps", m.steps, dimension_none, Range{100, 40000}, optional, "Steps per day");
  v.quantity("activity", m.activity, dimension_none, Range{0.02, 8}, optional,
             "Habitual activity, 1 = 5,000 steps/d; instead of steps");
}

template <class V>
void visit_fields(V& v, Labs& l) {
  using enum Presence;
  v.quantity("fasting_glucose", l.fasting_glucose_mg_per_dl, dimension_glucose, Range{50, 400}, optional,
             "Fasting plasma glucose");
  v.quantity("fasting_insulin", l.fasting_insulin_uu_per_ml, dimension_insulin, Range{0.5, 300}, optional,
             "Fasting insulin");
  v.quantity("hba1c", l.hba1c_percent, dimension_percent, Range{3.5, 20}, optional, "Glycated haemoglobin");
  v.quantity("systolic_pressure", l.systolic_mmhg, dimension_pressure, Range{70, 260}, optional,
             "Systolic blood pressure");
  v.quantity("diastolic_pressure", l.diastolic_mmhg, dimension_pressure, Range{25, 150}, optional,
             "Diastolic blood pressure");
  v.quantity("ldl_cholesterol", l.ldl_mg_per_dl, dimension_cholesterol, Range{10, 500}, optional, "LDL cholesterol");
  v.quantity("hdl_cholesterol", l.hdl_mg_per_dl, dimension_cholesterol, Range{10, 200}, optional, "HDL cholesterol");
  v.quantity("triglycerides", l.triglycerides_mg_per_dl, dimension_triglycerides, Range{15, 3000}, optional,
             "Triglycerides");
  v.quantity("egfr", l.egfr, dimension_none, Range{2, 180}, optional,
             "Filtration of the kidneys, estimated from creatinine, in ml/min/1.73m2");
  v.quantity("creatinine", l.creatinine_mg_per_dl, dimension_creatinine, Range{0.2, 15}, optional,
             "Creatinine in blood; instead of egfr, by CKD-EPI 2021");
  v.quantity("albuminuria", l.albuminuria_mg_per_g, dimension_albuminuria, Range{0.5, 20000}, optional,
             "Albumin in urine, per g of creatinine");
}

inline constexpr double most_drugs = 5;   // for blood pressure
inline constexpr double most_statin = 8;  // 80 mg of atorvastatin

template <class V>
void visit_fields(V& v, AgeRange& a) {
  using enum Presence;
  v.quantity("from", a.from_y, dimension_age, Range{20, 105}, required, "Youngest");
  v.quantity("to", a.to_y, dimension_age, Range{20, 105}, required, "Oldest");
}

template <class V>
void visit_fields(V& v, Measurement& m) {
  using enum Presence;
  v.text("quantity", m.quantity, required, "What is measured");
  v.quantity("error", m.sd, dimension_none, Range{0, 1e9}, optional, "Standard deviation of one measurement");
  v.flag("relative", m.relative, "Whether the error is a share of the value");
}

template <class V>
void visit_fields(V& v, CohortMeasurement& m) {
  visit_fields(v, static_cast<Measurement&>(m));
  v.text("as", m.as, "Name of another test of it, for eligibility_at_start");
}

template <class V>
void visit_fields(V& v, Cohort& c) {
  using enum Presence;
  v.choice("population", c.population, population_names, "A built-in population, or");
  v.text("people", c.people, "a table of people (CSV), its path from the scenario's folder");
  v.text("people_checksum", c.people_checksum, "Written by a run: what the table has to be");
  v.choice("country", c.country, countries, "Country of the life table; that of the population where not given");
  v.choice("sex", c.sex, sexes, "Only people of this sex");
  v.object("age", c.age, "Only people of these ages");
  v.text("eligibility", c.eligibility,
         "Who may take part: a condition such as \"bmi >= 24 and gait_speed < 1.0 m/s\"");
  v.text("eligibility_at_start", c.eligibility_at_start,
         "The same on quantities of the model, as they are at the start: \"glucose_2h between 140 and 199 mg/dL\"");
  v.list("measured", c.measured, optional,
         "What is measured with an error: eligibility goes by the measured value, the model starts from the person's "
         "own");
}

template <class V>
void visit_fields(V& v, History& h) {
  v.quantity("diabetes", h.diabetes_y, dimension_age, Range{0, 80}, Presence::optional,
             "Time since diabetes was found; 0 = just now");
  v.flag("myocardial_infarction", h.infarction, "Whether the patient has had a myocardial infarction");
  v.flag("stroke", h.stroke, "Whether the patient has had a stroke");
  v.flag("heart_failure", h.heart_failure, "Whether the patient has heart failure");
  v.flag("angina", h.angina, "Whether the patient has angina; it counts with diabetes alone");
  v.flag("foot_ulcer", h.foot_ulcer, "Whether the patient has had an ulcer of the foot in diabetes");
  v.flag("amputation", h.amputation, "Whether the patient has had an amputation in diabetes");
  v.flag("blindness", h.blindness, "Whether the patient is blind in one eye by diabetes");
  v.flag("renal_failure", h.renal_failure, "Whether the patient has renal failure by diabetes");
}

template <class V>
void visit_fields(V& v, Patient& p) {
  using enum Presence;
  v.quantity("age", p.age_y, dimension_age, Range{20, 105}, required, "Age at the start");
  v.choice("sex", p.sex, sexes, required, "Sex");
  v.choice("country", p.country, countries, optional, "Country of the life table");
  v.quantity("height", p.height_m, dimension_length, Range{1.2, 2.2}, required, "Body height");
  v.quantity("weight", p.weight_kg, dimension_mass, Range{30, 250}, required, "Body weight at the start");
  v.quantity("fat_mass", p.fat_mass_kg, dimension_mass, Range{2, 150}, optional,
             "Fat mass at the start by BIA or DXA; Jackson's formula where not given");
  v.quantity("deficit_burden", p.deficit_burden, dimension_none, Range{0.02, 0.6}, required,
             "Share of health deficits present (frailty index)");
  v.quantity("physical_activity_level", p.physical_activity_level, dimension_none, Range{1.2, 2.5}, optional,
             "Total over resting energy expenditure at the start; 1.2 + 0.2 per 5,000 steps/d where not given");
  v.choice("start", p.start, start_branches, optional,
           "Which way of life the patient leads at the start, where two are steady");
  v.object("measurements", p.measurements, "What was measured; the model starts from these values");
  v.object(
      "labs", p.labs,
      "Blood pressure and values of blood and urine; the modules of glucose and of the circulation start from them");
  v.object("history", p.history, "What has happened to the patient before; the modules of events begin from it");
  v.flag("smoker", p.smoker, "Whether the patient smokes");
  v.quantity("antihypertensive_drugs", p.antihypertensive_drugs, dimension_none, Range{0, most_drugs}, optional,
             "How many drugs for blood pressure the patient takes at the start, each at its standard dose");
  v.quantity("statin_dose", p.statin_dose, dimension_none, Range{0, most_statin}, optional,
             "Statin that the patient takes at the start; 1 is 10 mg of atorvastatin a day");
}

// Levels of quantities are in the unit that `healthspan describe` gives for them.
inline constexpr Range any_level{-1e9, 1e9};

template <class V>
void visit_fields(V& v, Rule& r) {
  using enum Presence;
  switch (r.kind) {
    case RuleKind::event: v.text("on", r.event, required, "The event at which it happens"); break;
    case RuleKind::age:
      v.quantity("age", r.age_y, dimension_age, Range{50, 120}, required, "The age at which it happens");
      break;
    case RuleKind::condition:
      v.text("when", r.condition, required,
             "It happens when this comes to hold: one comparison, such as \"gait_speed < 0.8 m/s\"");
      break;
  }
}

template <class V>
void visit_fields(V& v, OnEvent& o) {
  using enum Presence;
  visit_fields(v, static_cast<Rule&>(o));
  v.quantity("delay", o.delay_d, dimension_time, Range{0, 36525}, optional, "How long after the event it starts");
  v.integer("most_times", o.most_times, Range{1, 100000},
            "How often it may start in one life; no limit where not given");
}

template <class V>
void visit_fields(V& v, VisitFinding& f) {
  using enum Presence;
  v.text("name", f.name, required, "Name of the event");
  v.text("quantity", f.quantity, required, "The measurement that it rests on");
  v.choice("side", f.side, sides, required, "On which side of the level");
  v.quantity("level", f.level, dimension_none, any_level, required, "Level, in the quantity's unit");
  v.quantity("delay", f.delay_d, dimension_time, Range{0, 3652.5}, optional, "How long after the visit it is known");
}

template <class V>
void visit_fields(V& v, Event& e) {
  using enum Presence;
  v.choice("type", e.type, event_types, required, "What brings it about");
  v.text("name", e.name, required, "Name of the event");
  if (e.type == EventType::trigger) {
    v.text("quantity", e.quantity, required, "The quantity that is watched");
    v.choice("side", e.side, sides, required, "It strikes where the quantity gets to this side of the level");
    v.quantity("level", e.level, dimension_none, any_level, required, "Level, in the quantity's unit");
    v.quantity("hysteresis", e.hysteresis, dimension_none, Range{0, 1e9}, optional,
               "How far back the quantity has to go before it can strike again");
    v.flag("at_start", e.at_start, "Whether it strikes at once where the quantity starts beyond the level");
    return;
  }
  v.quantity("start", e.start_d, dimension_time, Range{0, 36525}, optional, "When it first happens");
  v.quantity("every", e.every_d, dimension_time, Range{1, 36525, true}, optional,
             "How often it happens again; once where 0");
  if (e.type == EventType::visit) {
    v.list("measurements", e.measurements, required, "What is measured");
    v.list("findings", e.findings, optional, "What is concluded from it");
  }
}

template <class V>
void visit_fields(V& v, Solver& s) {
  using enum Presence;
  v.choice("method", s.method, solver_methods, required,
           "Fixed steps in lanes, the adaptive reference, or Rosenbrock for stiff modules");
  v.quantity("tolerance", s.tolerance, dimension_none, Range{1e-13, 1e-2}, optional,
             "Relative tolerance of an adaptive method");
}

template <class V>
void visit_fields(V& v, Repeat& r) {
  using enum Presence;
  v.quantity("every", r.every_d, dimension_time, Range{1, 36525}, required, "From one beginning to the next");
  v.integer("times", r.times, Range{1, 1000}, required, "How often in all");
}

template <class V>
void visit_fields(V& v, Adherence& a) {
  using enum Presence;
  v.quantity("level", a.level, dimension_none, Range{0, 1}, required,
             "Share of the dose that the median person takes at first");
  v.quantity("half_life", a.half_life_d, dimension_time, Range{7, 36525}, optional,
             "In what time the share that is taken halves, in monthly steps; it does not where not given");
  v.quantity("drop_out", a.drop_out, dimension_none, Range{0, 0.999}, optional,
             "Share of those still at it who give up within a year");
  v.quantity("spread", a.spread, dimension_none, Range{0, 3}, optional,
             "Between persons: standard deviation of the logit of the share");
}

template <class V>
void visit_fields(V& v, PolicyVisit& p) {
  using enum Presence;
  v.quantity("every", p.every_d, dimension_time, Range{1, 36525}, required, "From one visit to the next");
  v.quantity("start", p.start_d, dimension_time, Range{0, 36525}, optional, "When the first one is");
  v.list("measure", p.measurements, required, "What is measured");
  v.quantity("missed", p.missed, dimension_none, Range{0, 1}, optional,
             "Share of the visits to which the person does not come");
}

template <class V>
void visit_fields(V& v, PolicyAction& p) {
  using enum Presence;
  if (p.kind == Does::start)
    v.text("start", p.what, required, "The programme that is started");
  else
    v.text("stop", p.what, required, "The programme or intervention that is ended");
}

template <class V>
void visit_fields(V& v, Policy& p) {
  using enum Presence;
  v.text("name", p.name, required, "Name of the policy, and of the event that it raises");
  v.object("visit", p.visit, required, "When the person is seen, and what is measured");
  v.text("if", p.condition, required, "When it acts: a condition on what the visit measures");
  v.confirm("confirm", p.confirm,
            "Whether it has to hold at two visits running; {\"after\": TIME} asks for a visit of its own");
  v.quantity("delay", p.delay_d, dimension_time, Range{0, 3652.5}, optional,
             "How long after the visit it is acted upon");
  v.object("then", p.then, required, "What is done");
  v.integer("most_times", p.most_times, Range{1, 100000},
            "How often it may start the programme in one life; no limit where not given");
}

// What a dose of 1 is, and how much may be given.
struct DoseMeaning {
  InterventionType type;
  double most;
  const char* meaning;
};
inline constexpr DoseMeaning dose_of_exercise{InterventionType::resistance_exercise, 1,
                                              "1 is the full programme of the trials"};
inline constexpr std::array doses_of_drugs{
    DoseMeaning{InterventionType::glp1_agonist, 1, "1 is 2.4 mg of semaglutide a week"},
    DoseMeaning{InterventionType::metformin, 1, "1 is 2,000 mg a day"},
    DoseMeaning{InterventionType::sulfonylurea, 1, "1 is a full dose, such as 10 mg of glibenclamide a day"},
    DoseMeaning{InterventionType::sglt2_inhibitor, 1, "1 is a full dose, such as 300 mg of canagliflozin a day"},
    DoseMeaning{InterventionType::insulin, 1,
                "1 is basal insulin as much as fasting glucose asks for, 0.5 half of it"},
    DoseMeaning{InterventionType::antihypertensive, 2, "Of each drug; 1 is its standard dose"},
    DoseMeaning{InterventionType::statin, most_statin, "1 is 10 mg of atorvastatin a day, 8 is 80 mg"}};
constexpr const DoseMeaning& dose_of(InterventionType type) {
  for (const DoseMeaning& dose : doses_of_drugs)
    if (dose.type == type) return dose;
  return dose_of_exercise;
}

template <class V>
void visit_fields(V& v, Intervention& i) {
  using enum Presence;
  v.choice("type", i.type, intervention_types, required, "What is done");
  v.text("name", i.name, "By which it is told and stopped, and shares its luck; its type where not given");
  v.start("start", i.start_d, i.at_discharge, i.on,
          "When it starts; \"discharge\" is the end of the arm's first stay, {\"on\": EVENT} each time it strikes, "
          "{\"age\": …} at an age, {\"when\": CONDITION} each time it comes to hold");
  const bool stay = i.type == InterventionType::hospital_stay;
  v.quantity("duration", i.duration_d, dimension_time, Range{0.01, 36525}, stay ? required : optional,
             "How long it lasts; to the horizon where not given");
  v.object("repeat", i.repeat, "The same again and again");
  if (stay) {
    v.flag("mobilised", i.mobilised, "Got up and trained in hospital");
    return;
  }
  if (i.type == InterventionType::step_limit) {
    v.quantity("steps", i.steps_per_d, dimension_none, Range{0, 30000}, required,
               "Steps a day that are imposed; 0 is bed rest, without the illness of a hospital stay");
    return;
  }
  v.quantity("ramp", i.ramp_d, dimension_time, Range{0, 3652.5}, optional,
             i.type == InterventionType::glp1_agonist
                 ? "In what time the dose grows to its full, in weekly steps; 16 weeks where not given"
                 : "In what time the dose grows to its full, in weekly steps");
  v.object("stop", i.stop, "What ends it before");
  switch (i.type) {
    case InterventionType::diet:
      v.quantity("energy", i.energy_kcal_per_d, dimension_energy_rate, Range{-1500, 1500}, optional,
                 "Energy eaten beyond appetite");
      v.quantity("protein", i.protein_g_per_d, dimension_protein_rate, Range{0, 100}, optional,
                 "Protein eaten beyond the usual share");
      break;
    case InterventionType::protein_supplement:
      v.quantity("protein", i.protein_g_per_d, dimension_protein_rate, Range{0, 100}, required,
                 "Protein eaten beyond the usual share");
      v.quantity("energy", i.brought_kcal_per_d, dimension_energy_rate, Range{0, 1500}, optional,
                 "Energy that comes with it; 4 kcal per gram of protein where not given");
      break;
    case InterventionType::weight_loss_diet:
      v.quantity("deficit", i.deficit_kcal_per_d, dimension_energy_rate, Range{0, 1500}, required,
                 "Energy left out of what appetite asks for, which grows as weight is lost");
      v.quantity("protein", i.protein_g_per_d, dimension_protein_rate, Range{0, 100}, optional,
                 "Protein eaten beyond the usual share");
      break;
    case InterventionType::prescribed_diet:
      v.quantity("energy", i.prescribed_kcal_per_d, dimension_energy_rate, Range{200, 8000}, required,
                 "Energy eaten instead of what appetite asks for");
      v.quantity("protein", i.prescribed_protein_g_per_d, dimension_protein_rate, Range{1, 500}, optional,
                 "Protein eaten with it; the usual share of the energy where not given");
      break;
    case InterventionType::smoking_cessation: break;
    case InterventionType::salt_reduction:
      v.quantity("salt", i.salt_g_per_d, dimension_salt_rate, Range{0, 15}, required, "Salt left out");
      break;
    case InterventionType::antihypertensive:
      v.quantity("drugs", i.drugs, dimension_none, Range{0, most_drugs}, optional,
                 "How many drugs of different kinds; 1 where not given");
      [[fallthrough]];
    default: {
      const DoseMeaning& dose = dose_of(i.type);
      v.quantity("dose", i.dose, dimension_none, Range{0, dose.most}, optional, dose.meaning);
    }
  }
  v.adherence("adherence", i.adherence,
              "Share of the dose that is taken: a number, or {\"level\", \"half_life\", \"drop_out\", \"spread\"}");
}

template <class V>
void visit_fields(V& v, Structure& s) {
  v.text("name", s.name, Presence::required, "Name of the structure");
  v.replacements("replace", s.replaced, "Modules that take the place of others: {\"old\": \"new\"}");
  v.parameters("parameters", s.parameters, "Parameters set apart from the scenario's");
}

template <class V>
void visit_fields(V& v, Arm& a) {
  v.text("name", a.name, Presence::required, "Name of the arm");
  v.list("interventions", a.interventions, Presence::optional, "What is done in this arm");
  v.names("programmes", a.programmes, "Programmes that begin at the start of this arm");
  v.list("policies", a.policies, Presence::optional, "What is done in this arm when visits find something");
}

template <class V>
void visit_fields(V& v, YearsAsked& y) {
  v.text("name", y.name, Presence::required, "Name of the outcome");
  v.text("while", y.condition, Presence::required, "The condition under which a year counts");
}

template <class V>
void visit_fields(V& v, OnsetAsked& o) {
  v.text("event", o.event, Presence::required, "The event");
  v.text("quantity", o.quantity, Presence::required, "The quantity that says how severe it is");
}

template <class V>
void visit_fields(V& v, Quality& q) {
  const auto state = [&](const char* name, double& quality) {
    v.quantity(name, quality, dimension_none, Range{-1, 1}, Presence::required,
               "What a year in this state is worth: 1 is full health, 0 as good as dead");
  };
  state("robust", q.robust);
  state("prefrail", q.prefrail);
  state("frail", q.frail);
}

inline constexpr Range any_cost{0, 1e9};

template <class V>
void visit_fields(V& v, YearlyCosts& c) {
  const auto state = [&](const char* name, double& cost) {
    v.quantity(name, cost, dimension_none, any_cost, Presence::required, "What a year in this state costs");
  };
  state("robust", c.robust);
  state("prefrail", c.prefrail);
  state("frail", c.frail);
}

template <class V>
void visit_fields(V& v, Costs& c) {
  v.text("currency", c.currency, Presence::required, "Currency, such as \"USD\"");
  v.object("per_year", c.per_year, "What a year in each state costs");
  v.amounts("per_event", c.per_event, any_cost, "What each event costs: {\"admission\": 8000}");
  v.amounts("per_arm", c.per_arm, any_cost, "What an arm costs once, at the start: {\"prevention\": 600}");
  v.amounts("per_year_of_arm", c.per_year_of_arm, any_cost, "What each year of life in an arm costs");
}

template <class V>
void visit_fields(V& v, Worth& w) {
  v.object("quality", w.quality, "Quality of life in each state, for quality-adjusted life-years");
  v.object("costs", w.costs, "What is paid");
  v.quantity("discount", w.discount, dimension_none, Range{0, 0.2}, Presence::optional,
             "Per year: what comes a year later is worth 1 / (1 + discount)");
}

template <class V>
void visit_fields(V& v, Subgroup& g) {
  v.text("name", g.name, Presence::required, "Name of the subgroup");
  v.text("of", g.condition, Presence::required, "The condition at the start that its people meet");
}

template <class V>
void visit_fields(V& v, Asked& a) {
  using enum Presence;
  v.list("years", a.years, optional, "Years lived while a condition holds");
  v.list("onset", a.onset, optional,
         "How severe a quantity is, and how fast it changes, where an event first strikes");
  v.object("worth", a.worth, "Quality of life, costs and discount");
  v.list("subgroups", a.subgroups, optional, "People told apart by how they are at the start");
}

template <class V>
void visit_fields(V& v, Numerics& n) {
  using enum Presence;
  v.integer("substeps_per_month", n.substeps_per_month, Range{1, 32}, required, "Steps of the ensemble stepper");
  v.pairs("ranges", n.ranges, true, required, "Lowest and highest value of each output's histogram");
  v.integer("pilot_members", n.pilot_members, Range{0, most_members}, optional, "Members of the pilot");
  v.integer("near_separatrix", n.near_separatrix, Range{0, most_members}, optional,
            "Pilot members that a small error may send to another way of life");
  v.pairs("step_errors", n.step_errors, false, optional,
          "Median and 99th percentile of each output's error in the pilot");
}

template <class V>
void visit_fields(V& v, Scenario& s) {
  using enum Presence;
  v.text("title", s.title, required, "Title of the report");
  v.text("question", s.question, optional, "The question in a sentence");
  v.one_of("patient", s.patient, "Who", "cohort", s.cohort, "Many people instead of one");
  v.parameters("parameters", s.parameters,
               "Parameters set apart from their tables: a number, or {\"value\", \"log_sd\", \"uncertainty\"}");
  v.list("structures", s.structures, optional, "Other structures that are as likely, for healthspan uncertainty");
  v.names("modules", s.modules, "Modules of the system; the frailty patient where not given");
  v.names("added_modules", s.added_modules, "Modules besides those of the frailty patient");
  v.names("outputs", s.outputs, "Quantities watched over time; the usual ones where not given");
  v.list("events", s.events, optional, "What may happen and start an intervention");
  v.programmes("programmes", s.programmes,
               "Lists of interventions that are started together, by name; their starts count from the beginning");
  v.list("policies", s.policies, optional, "What is done in every arm when visits find something");
  v.list("all_arms", s.all_arms, optional, "What happens in every arm");
  v.list("arms", s.arms, required, "The arms; the first is the reference");
  v.object("asked", s.asked, "What is asked besides the usual outcomes");
  v.quantity("horizon", s.horizon_d, dimension_time, Range{28, 18262.5}, required,
             "How long the members are followed");
  v.integer("members", s.members, Range{1, most_members}, optional, "Number of simulated lives");
  v.integer("seed", s.seed, Range{0, largest_seed}, optional, "Seed of all chance");
  v.choice("draws", s.draws, draw_kinds, optional,
           "How members draw their parameters: independently, or as points of a scrambled Sobol sequence");
  v.choice("deaths", s.deaths, death_modes, optional,
           "Sampled, or every life followed to the end and weighed with its probability");
  v.object("solver", s.solver, "How the equations are integrated; in lanes where not given");
  v.object("numerics", s.numerics, "Fixed by the pilot of an earlier run, so that it can be rerun exactly");
}

template <class V>
void visit_fields(V& v, Measure& m) {
  using enum Presence;
  v.text("run", m.run, optional, "A variation; the scenario as it stands where not given");
  v.text("arm", m.arm, optional, "The arm; the first where not given");
  v.text("of", m.of, required, "An output, \"alive\", a class such as \"frail\", an event, or an outcome");
  v.quantity("at", m.at_d, dimension_time, Range{0, 36525}, optional, "A report time; the horizon where not given");
  v.quantity("below", m.below, dimension_none, any_level, optional,
             "Of an output: the share of the living who have less than this");
}

template <class V>
void visit_fields(V& v, Per& p) {
  using enum Presence;
  v.text("of", p.of, required, "A quantity in whose mean the two measures differ");
  v.quantity("amount", p.amount, dimension_none, any_level, required, "For how much of that difference");
}

template <class V>
void visit_fields(V& v, Figure& f) {
  using enum Presence;
  v.text("name", f.name, required, "What it says");
  v.text("unit", f.unit, required, "Its unit");
  v.text("source", f.source, required, "Key in docs/references.bib");
  v.text("locator", f.locator, optional, "Where in the source");
  v.choice("take", f.take, takes, optional, "How the two measures make the figure");
  v.object("measure", f.measure, required, "What is measured");
  v.object("from", f.from, "What it is compared with");
  v.object("per", f.per, "Of a hazard ratio: for how much of a difference");
  v.quantity("target", f.target, dimension_none, any_level, required, "The published figure");
  v.quantity("low", f.low, dimension_none, any_level, required, "Met from here");
  v.quantity("high", f.high, dimension_none, any_level, required, "to here");
  v.text("tolerance", f.tolerance, required, "Why these bounds");
  v.choice("standing", f.standing, standings, required, "Whether parameters were fitted to it");
  v.text("miss", f.miss, optional, "Why it is missed");
}

template <class V>
void visit_fields(V& v, Evidence& e) {
  using enum Presence;
  v.text("title", e.title, required, "What it is about");
  v.document("scenario", e.scenario, "The scenario");
  v.documents("variations", e.variations, "Merge patches of the scenario");
  v.list("figures", e.figures, required, "The figures");
}

}  // namespace healthspan::scenarios
