#include "version.hpp"

#include <healthspan/models/catalog.hpp>
#include <healthspan/scenarios/cli/commands.hpp>
#include <healthspan/scenarios/cli/source.hpp>
#include <healthspan/scenarios/references.hpp>
#include <healthspan/scenarios/system.hpp>

#include <fmt/format.h>

#include <set>

namespace healthspan::scenarios {

void cite(const std::string& file) {
  const Source source = source_of(file);
  const Scenario scenario = source.read();
  const System system = naming(source.name, [&] { return System(scenario); });
  std::set<std::string> keys;
  for (const ModuleType* module : system.composition().modules())
    for (const RowInfo& row : module->rows)
      if (row.kind == Kind::parameter && !row.source.key.empty()) keys.insert(std::string(row.source.key));
  fmt::print(
      "@software{{healthspan,\n  author = {{{{The healthspan developers}}}},\n  title = {{healthspan: a simulator "
      "of human ageing, disease and care over whole lives}},\n  version = {{{}}},\n}}\n",
      version);
  for (const Reference& reference : references())
    if (keys.count(std::string(reference.key))) fmt::print("\n{}\n", reference.bibtex);
}

}  // namespace healthspan::scenarios
