// Lives by their dates: how long each is robust, prefrail or frail, what happens to it and what is done.
#pragma once

#include <healthspan/core/life.hpp>
#include <healthspan/scenarios/system.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace healthspan::scenarios {

// One member in one arm; times in days from the start.
struct Lifeline {
  struct State {
    double since_d;
    std::size_t of;  // 0 robust, 1 prefrail, 2 frail, as seen at the report times
  };
  struct Done {
    double from_d, until_d;  // until at most the end of the life
    std::string what;
  };
  struct Happening {
    double time_d;
    EventKind kind;
    std::string name, cause;
    std::string quantity, unit;   // of what a visit measured
    std::optional<double> value;  // what it measured
  };
  std::vector<State> states;
  std::vector<Done> done;
  std::vector<Happening> happenings;
  double end_d = 0;
  bool dies = false;
};

struct MemberLifelines {
  std::uint64_t member;
  std::vector<Lifeline> arms;
};

// Of members [first, first + count), without those that the solver could not follow.
std::vector<MemberLifelines> lifelines_of(const System& system, const Scenario& resolved, std::uint64_t first,
                                          std::uint64_t count);

}  // namespace healthspan::scenarios
