#include <healthspan/core/errors.hpp>
#include <healthspan/models/catalog.hpp>
#include <healthspan/scenarios/cli/commands.hpp>
#include <healthspan/scenarios/language/documents.hpp>
#include <healthspan/scenarios/language/language.hpp>

#include <fmt/format.h>

#include <cmath>

namespace healthspan::scenarios {

namespace {

std::string value_of(const RowInfo& row) {
  if (std::isnan(row.value.men)) return "";
  return row.value.men == row.value.women ? fmt::format("{:g}", row.value.men)
                                          : fmt::format("{:g} / {:g}", row.value.men, row.value.women);
}

std::string source_of(const RowInfo& row) {
  if (row.kind != Kind::parameter) return "";
  return fmt::format("{}{}{}", to_string(row.source.status),
                     row.source.key.empty() ? "" : " " + std::string(row.source.key),
                     row.source.note.empty() ? "" : ": " + std::string(row.source.note));
}

void print_row(const RowInfo& row, const std::string& owner) {
  fmt::print("  {:<10}{:<34}{:>16} {:<12}{}{}\n", to_string(row.kind), owner + row.name, value_of(row), row.unit,
             row.meaning, row.spread.log_sd > 0 ? fmt::format(" (log sd {:g})", row.spread.log_sd) : "");
  if (const std::string source = source_of(row); !source.empty()) fmt::print("  {:<10}{:<34}  {}\n", "", "", source);
}

}  // namespace

void describe(const std::string& name, bool as_json) {
  std::vector<std::string> known;
  bool is_module = name.empty();
  std::vector<std::pair<std::string, RowInfo>> quantities;
  for (const ModuleType* module : models::catalog()) {
    known.push_back(module->name);
    is_module = is_module || module->name == name;
    for (const RowInfo& row : module->rows) {
      if (row.kind != Kind::input) known.push_back(row.name);
      if (row.name == name) quantities.emplace_back(module->name + ": ", row);
    }
  }
  if (!is_module && quantities.empty())
    throw Error(ErrorCode::unknown_name,
                "there is no module or quantity \"" + name + "\"" +
                    (nearest_name(name, known).empty() ? "; \"healthspan describe\" lists the modules"
                                                       : name_hint(name, known)));
  if (as_json) {
    if (!is_module) throw Error(ErrorCode::usage, "--json describes modules; \"" + name + "\" is a quantity");
    fmt::print("{}", describe_document(name));
    return;
  }
  if (name.empty()) {
    for (const ModuleType* module : models::catalog()) fmt::print("{:<34}{}\n", module->name, module->summary);
    return;
  }
  if (!is_module) {
    for (const auto& [owner, row] : quantities) print_row(row, owner);
    return;
  }
  const ModuleType& module = models::module_named(name);
  fmt::print("{}: {}\n", module.name, module.summary);
  for (const RowInfo& row : module.rows) print_row(row, "");
}

void print_schema() { fmt::print("{}", scenario_schema()); }

}  // namespace healthspan::scenarios
