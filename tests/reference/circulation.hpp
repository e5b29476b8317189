// Blood pressure, lipids, kidneys and smoking by themselves: what they read of the body is given from outside.
#pragma once

#include "protocols.hpp"

#include <algorithm>
#include <cstring>

namespace healthspan::tests {

inline const Composition& circulation_alone() {
  static const Composition composition = models::compose(
      models::module_groups().at("circulation_system"),
      {"age", "age_at_start", "days_per_year", "body_weight", "weight_at_start", "weight_change_6_months",
       "deficit_burden", "deficit_burden_at_start", "hba1c", "muscle_mass", "sodium_intake_change"});
  return composition;
}

// A man or a woman of some age, 80 kg, at the medians of the tables, then `settings`.
inline std::vector<double> circulation_of(bool male, double age_y, const Settings& settings = {}) {
  const Composition& c = circulation_alone();
  std::vector<double> life = c.medians(male);
  const Settings body{{"age", age_y},      {"age_at_start", age_y},    {"days_per_year", 365.25},
                      {"body_weight", 80}, {"weight_at_start", 80},    {"weight_change_6_months", 0},
                      {"hba1c", 5.4},      {"deficit_burden", 0.12},   {"deficit_burden_at_start", 0.12},
                      {"muscle_mass", 25}, {"sodium_intake_change", 0}};
  for (const auto* list : {&body, &settings})
    for (const auto& [name, value] : *list) life[c.slot(name)] = value;
  models::personalise(c, life, models::Branch::active);
  return life;
}

// What it is on each of the days.
inline std::vector<std::vector<double>> circulation_on(std::vector<double> life,
                                                       const std::vector<Modifier>& modifiers,
                                                       const std::vector<double>& days) {
  const Composition& c = circulation_alone();
  const Schedule schedule(c, modifiers, days.back() + 1);
  ReferencePath path(c, 1e-10);
  std::vector<std::vector<double>> found;
  follow(c, schedule, lay_legs(schedule.switches(), days, 15.21875), path, life,
         [&](std::size_t, const std::vector<double>& frame) { found.push_back(frame); });
  return found;
}

// Whether two lives are the same to the last bit.
inline bool same_bits(const std::vector<std::vector<double>>& a, const std::vector<std::vector<double>>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& one, const auto& other) {
    return one.size() == other.size() && std::memcmp(one.data(), other.data(), one.size() * sizeof(double)) == 0;
  });
}

// Changes nothing on day 0, where it makes the path begin anew.
inline const std::vector<Modifier> nothing{{"hba1c", Modifier::Operation::add, 0, 0, 1e9}};

inline double of(const std::vector<double>& life, const char* name) { return life[circulation_alone().slot(name)]; }

// Long enough for pressure, lipids and the flow through the kidneys to settle, and for nothing else.
inline constexpr double settled_d = 200;

}  // namespace healthspan::tests
