// The language of scenarios, declared once. Reading, writing and the JSON Schema all visit these declarations.
#pragma once

#include <healthspan/scenarios/language/units.hpp>
#include <healthspan/scenarios/scenario.hpp>

#include <array>
#include <utility>

namespace healthspan::scenarios {

template <class E>
using Choices = std::vector<std::pair<std::string_view, E>>;

inline const Choices<Sex> sexes{{"male", Sex::male}, {"female", Sex::female}};
inline const Choices<Country> countries{{"japan", Country::japan}, {"usa", Country::usa}};
inline const Choices<StartBranch> start_branches{{"active", StartBranch::active},
                                                 {"inactive", StartBranch::inactive}};
inline const Choices<InterventionType> intervention_types{
    {"resistance_exercise", InterventionType::resistance_exercise},
    {"aerobic_exercise", InterventionType::aerobic_exercise},
    {"diet", InterventionType::diet},
    {"hospital_stay", InterventionType::hospital_stay}};

template <class E>
std::string_view name_of(const Choices<E>& choices, E value) {
  for (const auto& [name, choice] : choices)
    if (choice == value) return name;
  return "";
}

struct Range {
  double low, high;
};

enum class Presence { required, optional };

template <class V>
void visit_fields(V& v, Patient& p) {
  using enum Presence;
  v.quantity("age", p.age_y, dimension_age, Range{50, 105}, required, "Age at the start");
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
}

template <class V>
void visit_fields(V& v, Intervention& i) {
  using enum Presence;
  v.choice("type", i.type, intervention_types, required, "What is done");
  v.start("start", i.start_d, i.at_discharge, "When it starts; \"discharge\" is the end of the arm's first stay");
  const bool stay = i.type == InterventionType::hospital_stay;
  v.quantity("duration", i.duration_d, dimension_time, Range{0.01, 36525}, stay ? required : optional,
             "How long it lasts; to the horizon where not given");
  if (stay) {
    v.flag("mobilised", i.mobilised, "Got up and trained in hospital");
    return;
  }
  if (i.type == InterventionType::diet) {
    v.quantity("energy", i.energy_kcal_per_d, dimension_energy_rate, Range{-1500, 1500}, optional,
               "Energy eaten beyond appetite");
    v.quantity("protein", i.protein_g_per_d, dimension_protein_rate, Range{0, 100}, optional,
               "Protein eaten beyond the usual share");
  } else {
    v.quantity("dose", i.dose, dimension_none, Range{0, 1}, optional, "1 is the full programme of the trials");
  }
  v.quantity("adherence", i.adherence, dimension_none, Range{0, 1}, optional, "Share of the dose that is taken");
}

template <class V>
void visit_fields(V& v, Arm& a) {
  v.text("name", a.name, Presence::required, "Name of the arm");
  v.list("interventions", a.interventions, Presence::optional, "What is done in this arm");
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
  v.object("patient", s.patient, required, "Who");
  v.parameters("parameters", s.parameters,
               "Parameters set apart from their tables: a number, or {\"value\", \"log_sd\"}");
  v.names("modules", s.modules, "Modules of the system; the frailty patient where not given");
  v.names("outputs", s.outputs, "Quantities watched over time; the usual ones where not given");
  v.list("all_arms", s.all_arms, optional, "What happens in every arm");
  v.list("arms", s.arms, required, "The arms; the first is the reference");
  v.quantity("horizon", s.horizon_d, dimension_time, Range{28, 18262.5}, required,
             "How long the members are followed");
  v.integer("members", s.members, Range{1, most_members}, optional, "Number of simulated lives");
  v.integer("seed", s.seed, Range{0, largest_seed}, optional, "Seed of all chance");
  v.object("numerics", s.numerics, "Fixed by the pilot of an earlier run, so that it can be rerun exactly");
}

}  // namespace healthspan::scenarios
