#include <healthspan/models/patient.hpp>

namespace healthspan::models {

std::vector<std::string> patient_modules(std::string_view country) {
  return {"ageing",
          "body_composition",
          "energy_balance",
          "energy_need",
          "glycogen_and_fluid_quasi_steady",
          "diet",
          "appetite",
          "muscle",
          "fitness",
          "mobility",
          "activity",
          "inflammation",
          "deficits",
          "weight_memory",
          "frailty_phenotype",
          "mortality_" + std::string(country)};
}

const std::map<std::string, std::vector<std::string>>& module_groups() {
  static const std::map<std::string, std::vector<std::string>> groups{
      {"circulation_system", {"blood_pressure", "lipids", "kidney", "smoking"}},
      {"cardiovascular_system", {"diabetes_status", "treatment_effects", "cardiovascular_events"}},
      {"glucose_system", {"insulin_action", "glucose", "glycation", "glucose_tolerance"}},
      {"glucose_system_topp", {"insulin_action", "glucose_topp", "glycation"}}};
  return groups;
}

std::vector<std::string> attribute_names() {
  return {
      "age_at_start",           "male", "height", "weight_at_start", "fat_mass_measured", "physical_activity_level",
      "deficit_burden_at_start"};
}

Composition compose(const std::vector<std::string>& modules, const std::vector<std::string>& given) {
  std::vector<const ModuleType*> types;
  for (const std::string& name : modules) types.push_back(&module_named(name));
  return Composition(std::move(types), given);
}

}  // namespace healthspan::models
