// The start of a life: a person at rest with himself, the same whoever is simulated beside him.
#include <healthspan/core/random.hpp>
#include <healthspan/models/patient.hpp>
#include <healthspan/models/spiral.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace healthspan::tests {
namespace {

constexpr std::uint64_t members = 2048;

const Composition& patient(bool reversed = false) {
  const auto make = [](bool backwards) {
    std::vector<std::string> modules = models::patient_modules("japan");
    if (backwards) std::reverse(modules.begin(), modules.end());
    return models::compose(modules, models::attribute_names());
  };
  static const Composition forward = make(false), backward = make(true);
  return reversed ? backward : forward;
}

// A weak man or woman of 80 with every spread of the tables drawn.
std::vector<double> drawn(const Composition& composition, std::uint64_t member) {
  const bool male = member % 2 == 0;
  std::vector<double> frame = composition.medians(male);
  const auto give = [&](const char* name, double value) { frame[composition.slot(name)] = value; };
  give("age_at_start", 80);
  give("male", male ? 1 : 0);
  give("height", male ? 1.63 : 1.50);
  give("weight_at_start", male ? 62.2 : 51.1);
  give("deficit_burden_at_start", 0.12 + 0.1 * static_cast<double>(member % 11) / 10);
  give("physical_activity_level", 1.45);
  give("relative_fitness", 0.83);
  for (std::size_t s = 0; s < composition.slots().size(); ++s)
    if (const SlotInfo& slot = composition.slots()[s]; slot.spread.log_sd > 0)
      frame[s] *= exp(slot.spread.log_sd * Stream(7, slot.name).normal(member, 0));
  return frame;
}

std::vector<double> started(const Composition& composition, std::uint64_t member, models::Branch branch) {
  std::vector<double> frame = drawn(composition, member);
  models::personalise(composition, frame, branch);
  return frame;
}

TEST_CASE("every drawn life starts in equilibrium, on either branch") {
  const Composition& c = patient();
  std::vector<double> rates(c.states());
  for (const models::Branch branch : {models::Branch::active, models::Branch::inactive})
    for (std::uint64_t m = 0; m < members; ++m) {
      std::vector<double> life = started(c, m, branch);
      c.right_hand_side(life.data(), rates.data());
      INFO("member ", m);
      // The root is closed to 1e-15 of A*(A) - A; the steepest response to it is about twenty.
      for (const char* name : {"activity", "inflammation", "muscle_index", "neural_quality", "trained_skill",
                               "oxygen_uptake_at_start_size", "spontaneous_drive"})
        CHECK(std::fabs(rates[c.slot(name)]) < 1e-12);
      // Energies are of the order of 2,000 kcal/d, fat of its rate times 1/7,000 kg per kcal: rounding of such sums.
      CHECK(std::fabs(rates[c.slot("appetite")]) < 1e-10);
      CHECK(std::fabs(rates[c.slot("fat_mass")]) < 1e-12);
    }
}

TEST_CASE("the active start is never below the inactive one") {
  const Composition& c = patient();
  const Slot A = c.slot("activity");
  for (std::uint64_t m = 0; m < members; ++m) {
    const double active = started(c, m, models::Branch::active)[A],
                 inactive = started(c, m, models::Branch::inactive)[A];
    INFO("member ", m);
    CHECK(active >= inactive - 1e-12);  // the same root, met from two sides
  }
}

// Two searches that share no code: at fixed weight in lanes here, with weight in balance in the map of the spiral.
TEST_CASE("the start is one of the ways of life that the spiral's map finds, and the active start the highest") {
  const Composition& c = patient();
  const Slot A = c.slot("activity");
  for (std::uint64_t m = 0; m < 256; ++m)
    for (const models::Branch branch : {models::Branch::active, models::Branch::inactive}) {
      const std::vector<double> life = started(c, m, branch);
      const models::SpiralReport report = models::analyse_spiral(c, life);
      double nearest = 1;
      for (const models::Equilibrium& e : report.equilibria)
        nearest = std::min(nearest, std::fabs(e.activity - life[A]));
      INFO("member ", m, " starts at ", life[A]);
      CHECK(nearest < 1e-9);  // both close their roots to 1e-14; near a fold that much of g is more of activity
      if (branch == models::Branch::active) CHECK(report.equilibria.front().activity < life[A] + 1e-9);
    }
}

TEST_CASE("a start has the same bits alone and in packs of any width, whoever shares the pack") {
  const Composition& c = patient();
  const auto in_pack = [&]<int W>(Pack<W>, std::uint64_t first) {
    std::vector<Pack<W>> frame(c.size());
    for (int i = 0; i < W; ++i) {
      const std::vector<double> one = drawn(c, first + static_cast<std::uint64_t>(i));
      for (std::size_t s = 0; s < one.size(); ++s) set_lane(frame[s], i, one[s]);
    }
    models::personalise(c, frame, models::Branch::active);
    return frame;
  };
  const auto compare = [&]<int W>(Pack<W> width, std::uint64_t first) {
    const auto frame = in_pack(width, first);
    for (int i = 0; i < W; ++i) {
      const std::vector<double> alone = started(c, first + static_cast<std::uint64_t>(i), models::Branch::active);
      for (std::size_t s = 0; s < alone.size(); ++s) {
        const double mine = lane(frame[s], i);
        INFO("member ", first + static_cast<std::uint64_t>(i), " ", c.slots()[s].name);
        CHECK(std::memcmp(&mine, &alone[s], sizeof mine) == 0);
      }
    }
  };
  for (std::uint64_t first = 0; first < 256; first += 16) {
    compare(Pack<4>{}, first + 3);
    compare(Pack<8>{}, first + 1);
    compare(Pack<16>{}, first);
  }
}

TEST_CASE("the order in which modules are named changes no start") {
  const Composition &forward = patient(), &backward = patient(true);
  for (std::uint64_t m = 0; m < 512; ++m) {
    const std::vector<double> one = started(forward, m, models::Branch::active);
    const std::vector<double> other = started(backward, m, models::Branch::active);
    INFO("member ", m);
    for (const char* name : {"activity", "muscle_index", "inflammation", "weight_reference"})
      CHECK(one[forward.slot(name)] == other[backward.slot(name)]);
  }
}

}  // namespace
}  // namespace healthspan::tests
