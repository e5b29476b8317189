// Numbers in documents.
#pragma once

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdlib>

namespace healthspan::scenarios {

// JSON has no NaN; what does not exist is null. Seven digits are more than any figure here carries, and keep the
// report small.
inline nlohmann::ordered_json number(double value) {
  if (!std::isfinite(value)) return nullptr;
  return std::strtod(fmt::format("{:.7g}", value).c_str(), nullptr);  // std::stod throws at subnormal numbers
}

// A number of members, which is whole unless deaths are weighed.
inline nlohmann::ordered_json count(double members) {
  if (members == std::floor(members)) return static_cast<std::uint64_t>(members);
  return number(members);
}

}  // namespace healthspan::scenarios
