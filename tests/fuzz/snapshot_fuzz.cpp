// Any bytes as a snapshot: refused, or lives that are written as they were read and go on to the next report.
#include "fuzz.hpp"

#include <healthspan/core/words.hpp>
#include <healthspan/scenarios/language/binary.hpp>

#include <algorithm>

namespace {

using namespace healthspan;
using namespace healthspan::scenarios;

template <class R, class Path>
void go_on(const EnsembleSpec& spec, const System& system, const Aside& lives, Path path) {
  RunExtras extras;
  extras.taken_up = &lives;
  MemberRunner<R, System, Path> runner(spec, system, std::move(path));
  const std::uint64_t members = std::min<std::uint64_t>(lives.lives.size() / lives.names.size(), 2);
  runner.run(
      lives.first, members, [](const MemberRow&) {}, extras);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  fuzz::accepted([&] { return parse_snapshot(input, "input").at_d; });
  const auto snapshot = fuzz::accepted([&] { return parse_snapshot(fuzz::repaired(input), "repaired"); });
  if (!snapshot) return 0;

  const System system(snapshot->resolved);
  EnsembleSpec spec = system.spec(2);
  std::vector<double>& reports = spec.reports_d;
  const auto here = std::find(reports.begin(), reports.end(), snapshot->at_d);
  fuzz::require(here != reports.end(), "a snapshot stands at a report");
  EnsembleSpec then = spec;
  then.reports_d.assign(reports.begin(), here + 1);
  if (reports.end() - here > 2) reports.erase(here + 2, reports.end());

  const Aside& lives = snapshot->lives;
  const std::vector<std::uint64_t> words = words_of(lives);
  const std::size_t members = lives.lives.size() / lives.names.size();
  fuzz::require(words_of(aside_from(then, lives.first, members, lives.names, words)) == words,
                "lives that are written read back to the same");
  const Solver solver = snapshot->resolved.solver.value_or(Solver{});
  const double tolerance = std::max(solver.tolerance, 1e-8);
  switch (solver.method) {
    case SolverMethod::lanes: go_on<Lanes>(spec, system, lives, LanePath<Lanes>(system.composition())); break;
    case SolverMethod::reference:
      go_on<double>(spec, system, lives, ReferencePath(system.composition(), tolerance));
      break;
    case SolverMethod::rosenbrock:
      go_on<double>(spec, system, lives, StiffPath(system.composition(), tolerance));
      break;
  }
  fuzz::note_accepted();
  return 0;
}
