// Any text as a scenario: it is refused, or read, written and read back to the same, and made into a system in which
// a life goes on to the first report.
#include "fuzz.hpp"

#include <healthspan/scenarios/language/language.hpp>
#include <healthspan/scenarios/pilot.hpp>
#include <healthspan/scenarios/system.hpp>

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace healthspan;
  using namespace healthspan::scenarios;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto scenario = fuzz::accepted([&] { return parse_scenario(text, "input"); });
  if (!scenario) return 0;
  const std::string written = write_scenario(*scenario);
  const auto again = fuzz::accepted([&] { return write_scenario(parse_scenario(written, "written")); });
  fuzz::require(again && *again == written, "a scenario that is written reads back to the same");
  fuzz::accepted([&] {
    const System system(*scenario);
    fuzz::require(system.arms().size() == scenario->arms.size(), "a plan for each arm");
    EnsembleSpec spec = system.spec(2);
    fuzz::require(spec.reports_d.size() >= 2, "a report at the start and one at the horizon");
    spec.reports_d.resize(2);
    spec.arms.resize(1, spec.arms[0]);  // many arms take their time
    std::size_t home = 0;
    MemberRunner<Lanes, System> runner(spec, system, LanePath<Lanes>(system.composition()));
    runner.run(0, 1, [&](const MemberRow&) { ++home; });
    fuzz::require(home == 1, "every member comes home");
    fuzz::note_accepted();
    return home;
  });
  return 0;
}
