#include <healthspan/models/catalog.hpp>

namespace healthspan::models {

#include "all_modules.inc"

const std::vector<const ModuleType*>& catalog() {
  static const std::vector<const ModuleType*> modules = all_modules();
  return modules;
}

const ModuleType& module_named(std::string_view name) {
  std::vector<std::string> names;
  for (const ModuleType* module : catalog()) {
    if (module->name == name) return *module;
    names.push_back(module->name);
  }
  throw Error(ErrorCode::unknown_name, "there is no module \"" + std::string(name) + "\"" + name_hint(name, names));
}

}  // namespace healthspan::models
