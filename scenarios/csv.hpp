// Cells of tables.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <string>

namespace healthspan::scenarios {

// Empty for what does not exist, as tidy-data tools expect.
inline std::string cell(double value) { return std::isfinite(value) ? fmt::format("{:.10g}", value) : ""; }

inline std::string cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string result = "\"";
  for (const char c : text) result += c == '"' ? std::string("\"\"") : std::string(1, c);
  return result + "\"";
}

}  // namespace healthspan::scenarios
