// Every module there is, in the order of models/CMakeLists.txt. To add one: its header, a line there, its test.
#pragma once

#include <healthspan/core/module.hpp>

#include <string_view>
#include <vector>

namespace healthspan::models {

const std::vector<const ModuleType*>& catalog();

// Throws Error(unknown_name) with the nearest name.
const ModuleType& module_named(std::string_view name);

}  // namespace healthspan::models
