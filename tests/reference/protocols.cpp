#include "protocols.hpp"

#include <healthspan/core/random.hpp>

#include <cmath>

namespace healthspan::tests {

namespace {

using enum Modifier::Operation;

double healthy_deficits(double age_y) { return 0.10 + 0.006 * (age_y - 67.0); }

}  // namespace

Person average_person(bool male, double age_y) {
  return {male, age_y, male ? 1.63 : 1.50, male ? 62.0 : 51.0, 1.6, healthy_deficits(age_y)};
}

Person trial_sized_person(bool male, double age_y) {
  return {male, age_y, male ? 1.75 : 1.62, male ? 80.0 : 68.0, 1.6, healthy_deficits(age_y)};
}

const Composition& frailty_patient() {
  static const Composition patient = models::compose(models::patient_modules("japan"), models::attribute_names());
  return patient;
}

std::vector<double> settled_life(const Composition& composition, const Person& person, const Settings& settings) {
  std::vector<double> frame = composition.medians(person.male);
  const auto set = [&](const std::string& name, double value) {
    if (const auto slot = composition.find(name)) frame[*slot] = value;
  };
  set("male", person.male);
  set("age_at_start", person.age_y);
  set("height", person.height_m);
  set("weight_at_start", person.weight_kg);
  set("physical_activity_level", person.physical_activity_level);
  set("deficit_burden_at_start", person.deficit_burden);
  for (const auto& [name, value] : settings) frame[composition.slot(name)] = value;
  models::personalise(composition, frame, models::Branch::active);
  return frame;
}

const Composition& patient_on_prescribed_food() {
  static const Composition patient = [] {
    std::vector<std::string> modules = models::patient_modules("japan"), given = models::attribute_names();
    std::erase(modules, "appetite");
    given.push_back("appetite");
    return models::compose(modules, given);
  }();
  return patient;
}

std::vector<double> sampled_life(const Composition& composition, std::uint64_t member, double youngest, double oldest,
                                 double most_deficits) {
  constexpr std::uint64_t seed = 2024;
  const auto uniform = [&](const char* purpose) { return Stream(seed, purpose).uniform(member, 0); };
  const bool male = uniform("male") < 0.5;
  const std::vector<double> medians = composition.medians(male);
  Settings settings;
  for (std::size_t i = 0; i < composition.size(); ++i) {
    const SlotInfo& info = composition.slots()[i];
    if (info.kind != Kind::parameter || info.spread.log_sd == 0) continue;
    const double score = Stream(seed, "parameter:" + info.name).normal(member, 0);
    settings.push_back({info.name, medians[i] * std::exp(info.spread.log_sd * score)});
  }
  const double height = (male ? 1.63 : 1.50) + 0.12 * (uniform("height") - 0.5);
  const double bmi = 17.5 + 15 * uniform("bmi");
  return settled_life(composition,
                      {male, youngest + (oldest - youngest) * uniform("age"), height, bmi * height * height,
                       1.4 + 0.4 * uniform("pal"), 0.05 + (most_deficits - 0.05) * uniform("deficits")},
                      settings);
}

Change change_under(const Composition& composition, const Person& person, const Settings& settings,
                    const std::vector<Modifier>& modifiers, double at_d) {
  std::vector<double> life = settled_life(composition, person, settings);
  const std::vector<double> start = life;
  const Schedule schedule(composition, modifiers, at_d);
  ReferencePath path(composition, 1e-9);
  follow(composition, schedule, lay_legs(schedule.switches(), {at_d}, 15.0), path, life,
         [](std::size_t, const std::vector<double>&) {});
  const auto at = [&](const std::vector<double>& frame, const char* name) { return frame[composition.slot(name)]; };
  const auto gained = [&](const char* name) { return at(life, name) - at(start, name); };
  const auto percent = [&](const char* name) { return 100.0 * gained(name) / at(start, name); };
  const double litres = at(life, "aerobic_capacity") * at(life, "body_weight") /
                        (at(start, "aerobic_capacity") * at(start, "body_weight"));
  return {percent("strength"),    percent("aerobic_capacity"),      100.0 * (litres - 1.0),
          percent("muscle_mass"), gained("appendicular_lean_mass"), gained("body_weight") - gained("fat_mass"),
          gained("fat_mass")};
}

Change ten_days_of_bed_rest(const Composition& composition, bool male, const Settings& settings) {
  return change_under(composition, average_person(male, 67), settings, {{"activity_imposed", replace, 1.0, 0, 10}},
                      10);
}

Change two_weeks_of_few_steps(const Composition& composition, bool male, const Settings& settings) {
  return change_under(
      composition, average_person(male, 72), settings,
      {{"activity_imposed", replace, 1.0, 0, 14}, {"imposed_activity", replace, 1413.0 / 5000.0, 0, 14}}, 14);
}

Change resistance_training(const Composition& composition, const Person& person, const Settings& settings,
                           double weeks) {
  return change_under(composition, person, settings, {{"resistance_dose", replace, 1.0, 0, 7 * weeks}}, 7 * weeks);
}

Change after_resistance_training(const Composition& composition, const Person& person, const Settings& settings) {
  return change_under(composition, person, settings, {{"resistance_dose", replace, 1.0, 0, 84}}, 168);
}

Change aerobic_training(const Composition& composition, bool male, const Settings& settings) {
  return change_under(composition, average_person(male, 67), settings, {{"aerobic_dose", replace, 1.0, 0, 112}}, 112);
}

}  // namespace healthspan::tests
