// The frailty spiral: its equilibria, its folds, and which stays in hospital it turns into a fate.
// No cohort proves a second stable state in people. What is tested here is that the model's own claims are exact,
// that they do not hang on the stepper, and that they move the way they have to.
#include "protocols.hpp"

#include <healthspan/models/hospital_stay.hpp>
#include <healthspan/models/spiral.hpp>

#include <Eigen/Eigenvalues>
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace healthspan::tests {
namespace {

using enum Modifier::Operation;
using models::analyse_spiral;
using models::HospitalStay;
using models::ScalarMap;
using models::SpiralClass;
using models::SpiralReport;

constexpr double base_step_d = 15.21875;
constexpr double months_18_d = 547.875;

// 80 years, 163 cm and 62.2 kg or 150 cm and 51.1 kg, a little less fit and less eager than average.
Person weak_person(bool male, double deficits) {
  return {male, 80, male ? 1.63 : 1.50, male ? 62.2 : 51.1, 1.45, deficits};
}
Settings weak_settings(bool male) {
  return {{"relative_fitness", male ? 0.82 : 0.84}, {"activity_will", 0.83 * 1.2}};
}

// The fast half of the patient: age and deficits stand still.
const Composition& frozen() {
  static const Composition composition = [] {
    std::vector<std::string> given = models::attribute_names();
    for (const char* name : {"age", "deficit_burden"}) given.push_back(name);
    return models::compose({"body_composition", "energy_balance", "energy_need", "glycogen_and_fluid_quasi_steady",
                            "diet", "appetite", "muscle", "fitness", "mobility", "activity", "inflammation"},
                           given);
  }();
  return composition;
}

const char* const fast_states[] = {
    "fat_mass",      "adaptive_thermogenesis",      "appetite", "muscle_index",      "neural_quality",
    "trained_skill", "oxygen_uptake_at_start_size", "activity", "spontaneous_drive", "inflammation"};

// Personalised at a burden of 0.10, which is then set to `deficits`.
std::vector<double> frozen_life(const Person& person, double deficits, Settings settings) {
  settings.push_back({"age", person.age_y});
  settings.push_back({"deficit_burden", 0.10});
  std::vector<double> frame = settled_life(frozen(), person, settings);
  frame[frozen().slot("deficit_burden")] = deficits;
  frozen().outputs(frame.data());
  return frame;
}

// One of the patients of these tests: two weak 80-year-olds and two average ones, older.
struct Patient {
  Person person;
  Settings settings;
  std::vector<double> life(double deficits, const Settings& more = {}) const {
    Settings all = settings;
    all.insert(all.end(), more.begin(), more.end());
    return frozen_life(person, deficits, all);
  }
};
std::vector<Patient> patients() {
  Person old_man = weak_person(true, 0.1), old_woman = weak_person(false, 0.1);
  old_man.age_y = 86;
  old_woman.age_y = 88;
  return {{weak_person(true, 0.1), weak_settings(true)},
          {weak_person(false, 0.1), weak_settings(false)},
          {old_man, {}},
          {old_woman, {}}};
}

double largest_residual(const std::vector<double>& at) {
  std::vector<double> frame = at, rates(frozen().states());
  frozen().right_hand_side(frame.data(), rates.data());
  double worst = 0;
  for (const char* name : fast_states) worst = std::max(worst, std::fabs(rates[frozen().slot(name)]));
  return worst;
}

// 1e-10 of kg/d, kcal/d per day and 1/d: the largest terms that cancel there are of order 1 to 1,000.
TEST_CASE("every equilibrium that analyse_spiral finds is one of the whole fast system") {
  CHECK(frozen().states() == std::size(fast_states));
  double worst = 0;
  int found = 0;
  for (const Patient& patient : patients())
    for (const double deficits : {0.14, 0.20, 0.225, 0.24, 0.28}) {
      const std::vector<double> life = patient.life(deficits);
      ScalarMap map(frozen(), life);
      for (const auto& equilibrium : analyse_spiral(frozen(), life).equilibria) {
        map.g(equilibrium.activity, 1e-14);
        worst = std::max(worst, largest_residual(map.frame()));
        ++found;
      }
    }
  MESSAGE(found, " equilibria, largest residual ", worst);
  CHECK(found >= 20);
  CHECK(worst < 1e-10);
}

// Where the fast system goes from the state that is settled at activity `from`.
double end_of(const std::vector<double>& life, double from, double days) {
  ScalarMap map(frozen(), life);
  map.g(from, 1e-14);
  std::vector<double> frame = map.frame();
  LanePath<double> path(frozen());
  follow(frozen(), Schedule(frozen(), {}, days), lay_legs({}, {days}, base_step_d), path, frame,
         [](std::size_t, const std::vector<double>&) {});
  return frame[frozen().slot("activity")];
}

bool bistable(const std::vector<double>& life) {
  return analyse_spiral(frozen(), life).kind == SpiralClass::bistable;
}

// The burden between `low` and `high` at which the class changes between bistable and not, to 1e-5.
double fold(const Patient& patient, double low, double high, const Settings& more = {}) {
  const bool at_low = bistable(patient.life(low, more));
  while (high - low > 1e-5) {
    const double middle = 0.5 * (low + high);
    (bistable(patient.life(middle, more)) == at_low ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

// First and last bistable burden on a grid, refined; nothing where there is none.
std::optional<std::pair<double, double>> window(const Patient& patient, const Settings& more = {}) {
  constexpr double step = 0.01, first = 0.08, last = 0.40;
  double begin = 0, end = 0;
  for (double d = first; d <= last; d += step)
    if (bistable(patient.life(d, more))) {
      if (begin == 0) begin = d;
      end = d;
    }
  if (begin == 0) return std::nullopt;
  return std::pair{begin == first ? first : fold(patient, begin - step, begin, more),
                   fold(patient, end, end + step, more)};
}

// 120,000 days from both ends: next to a fold the ghost of the lost state holds a life for decades.
TEST_CASE("the class of a patient is what two very long lives from both ends say") {
  int checked = 0, two_states = 0, close = 0, wrong = 0;
  const auto check = [&](const std::vector<double>& life) {
    const SpiralReport report = analyse_spiral(frozen(), life);
    const double days = 120'000;
    const double active = end_of(life, 2.0, days), inactive = end_of(life, 0.04, days);
    const bool two = active - inactive > 0.01;
    const bool claimed = report.kind == SpiralClass::bistable;
    two_states += two;
    wrong += two != claimed;
    ++checked;
    CHECK(two == claimed);
    REQUIRE(!report.equilibria.empty());
    // Where the ghost has let go of both lives they end at the highest and lowest equilibrium.
    CHECK(std::fabs(report.equilibria.front().activity - active) < 1e-3);
    CHECK(std::fabs(report.equilibria.back().activity - inactive) < 1e-3);
  };
  for (const Patient& patient : patients()) {
    for (const double deficits : {0.12, 0.16, 0.20, 0.22, 0.24, 0.26, 0.28, 0.30, 0.34})
      check(patient.life(deficits));
    const auto folds = window(patient);
    if (!folds) continue;
    MESSAGE("bistable from ", folds->first, " to ", folds->second);
    for (const double at : {folds->first, folds->second})
      for (const double off : {-0.004, -0.001, 0.001, 0.004}) {
        check(patient.life(at + off));
        ++close;
      }
  }
  MESSAGE(checked, " patients, ", two_states, " with two states, ", close, " within 0.005 of a fold, ", wrong,
          " wrong");
  CHECK(checked >= 50);
  CHECK(close >= 16);
}

TEST_CASE("a steeper threshold widens the bistable window, a higher activity floor narrows it") {
  const auto width = [](const Patient& patient, const Settings& settings) {
    const auto found = window(patient, settings);
    return found ? found->second - found->first : 0.0;
  };
  const std::vector<Patient> all = patients();
  for (const Patient* patient : {&all[0], &all[1]}) {
    std::vector<double> by_steepness, by_floor;
    for (const double steepness : {10.0, 12.0, 14.0})
      by_steepness.push_back(width(*patient, {{"effort_steepness", steepness}}));
    for (const double floor : {0.05, 0.12, 0.20}) by_floor.push_back(width(*patient, {{"activity_floor", floor}}));
    MESSAGE("width at steepness 10, 12, 14: ", by_steepness[0], " ", by_steepness[1], " ", by_steepness[2],
            "; at floor 0.05, 0.12, 0.20: ", by_floor[0], " ", by_floor[1], " ", by_floor[2]);
    CHECK(by_steepness[0] < by_steepness[1]);
    CHECK(by_steepness[1] < by_steepness[2]);
    CHECK(by_floor[0] > by_floor[1]);
    CHECK(by_floor[1] > by_floor[2]);
  }
}

// Slowest time constant of all fast states together at the equilibrium that `at` is settled at.
double slowest_of_all_d(const std::vector<double>& at) {
  const auto n = static_cast<Eigen::Index>(std::size(fast_states));
  std::vector<double> frame = at, up(frozen().states()), down(frozen().states());
  Eigen::MatrixXd jacobian(n, n);
  for (Eigen::Index j = 0; j < n; ++j) {
    const Slot s = frozen().slot(fast_states[j]);
    const double h = 1e-5 * std::max(0.1, std::fabs(at[s]));
    frame[s] = at[s] + h;
    frozen().right_hand_side(frame.data(), up.data());
    frame[s] = at[s] - h;
    frozen().right_hand_side(frame.data(), down.data());
    frame[s] = at[s];
    for (Eigen::Index i = 0; i < n; ++i) {
      const Slot row = frozen().slot(fast_states[i]);
      jacobian(i, j) = (up[row] - down[row]) / (2 * h);
    }
  }
  return -1.0 / Eigen::EigenSolver<Eigen::MatrixXd>(jacobian, false).eigenvalues().real().maxCoeff();
}

TEST_CASE("towards bistability the loop slows down while the slowest mode of everything barely moves") {
  const std::vector<Patient> all = patients();
  for (const Patient* patient : {&all[0], &all[1]}) {
    const double onset = window(*patient)->first;  // of the second state; the active one lives on beyond it
    std::vector<double> loop, everything;
    for (const double off : {0.09, 0.07, 0.05, 0.03, 0.01, 0.0}) {
      const double deficits = onset - off;
      const std::vector<double> life = patient->life(deficits);
      const SpiralReport report = analyse_spiral(frozen(), life);
      ScalarMap map(frozen(), life);
      map.g(report.equilibria.front().activity, 1e-14);
      loop.push_back(report.loop_mode_d);
      everything.push_back(slowest_of_all_d(map.frame()));
      MESSAGE("burden ", deficits, ": loop ", loop.back(), " d, everything ", everything.back(), " d, gap ",
              report.gap);
    }
    for (std::size_t k = 1; k < loop.size(); ++k) CHECK(loop[k] > loop[k - 1]);
    CHECK(loop.back() / loop.front() > 1.7);
    CHECK(std::fabs(everything.back() / everything.front() - 1) < 0.05);
  }
}

// Activity 18 months after discharge from a stay that begins on day 47.3, with ageing and deficits on.
template <class Path>
double activity_after(const std::vector<double>& start, double length_d, Path path) {
  const Composition& composition = frailty_patient();
  const double horizon = 47.3 + length_d + months_18_d;
  std::vector<double> life = start;
  const Schedule schedule(composition,
                          length_d > 0 ? HospitalStay{47.3, length_d}.modifiers() : std::vector<Modifier>{}, horizon);
  follow(composition, schedule, lay_legs(schedule.switches(), {horizon}, base_step_d), path, life,
         [](std::size_t, const std::vector<double>&) {});
  return life[composition.slot("activity")];
}

template <class MakePath>
double critical_stay_d(const std::vector<double>& start, MakePath make_path) {
  double recovers = 0.1, collapses = 40;
  REQUIRE(activity_after(start, recovers, make_path()) > 0.4);
  REQUIRE(activity_after(start, collapses, make_path()) < 0.4);
  while (collapses - recovers > 0.005) {
    const double middle = 0.5 * (recovers + collapses);
    (activity_after(start, middle, make_path()) > 0.4 ? recovers : collapses) = middle;
  }
  return 0.5 * (recovers + collapses);
}

TEST_CASE("the critical stay on the lane path is within 0.1 d of the reference, and falls with deficits") {
  const Composition& composition = frailty_patient();
  for (const bool male : {true, false}) {
    double before = 1e9;
    for (const double deficits : {0.18, 0.19, 0.20}) {
      const std::vector<double> start = settled_life(composition, weak_person(male, deficits), weak_settings(male));
      const double lanes = critical_stay_d(start, [&] { return LanePath<double>(composition); });
      const double reference = critical_stay_d(start, [&] { return ReferencePath(composition, 1e-11); });
      MESSAGE(std::string(male ? "man" : "woman"), ", burden ", deficits, ": ", lanes, " d, reference ", reference,
              " d");
      CHECK(std::fabs(lanes - reference) < 0.1);
      CHECK(reference < before);
      before = reference;
    }
  }
}

TEST_CASE("recovery from the standard stay takes longer with every deficit, and in the end does not come") {
  for (const bool male : {true, false}) {
    std::vector<double> days;
    std::optional<double> last;
    for (const double deficits : {0.12, 0.14, 0.16, 0.20}) {
      last = models::recovery_time_d(
          frailty_patient(), settled_life(frailty_patient(), weak_person(male, deficits), weak_settings(male)));
      if (last) days.push_back(*last);
      MESSAGE(std::string(male ? "man" : "woman"), ", burden ", deficits, ": ", last.value_or(-1), " d");
    }
    CHECK(days.size() == 3);
    CHECK(std::is_sorted(days.begin(), days.end()));
    CHECK(!last);
  }
}

// After a stay of 14 days with a burden of 0.20, a programme of 24 weeks from discharge on; activity one year after
// its end.
TEST_CASE("exercise brings both back to the path without a stay, diet alone does not") {
  const Composition& composition = frailty_patient();
  const double discharge = 30 + 14, end = discharge + 168, look = end + 365.25;
  for (const bool male : {true, false}) {
    const std::vector<double> start = settled_life(composition, weak_person(male, 0.20), weak_settings(male));
    const auto outcome = [&](std::vector<Modifier> programme, bool stay) {
      if (stay)
        for (const Modifier& m : HospitalStay{30, 14}.modifiers()) programme.push_back(m);
      std::vector<double> life = start;
      const Schedule schedule(composition, programme, look);
      LanePath<double> path(composition);
      follow(composition, schedule, lay_legs(schedule.switches(), {look}, base_step_d), path, life,
             [](std::size_t, const std::vector<double>&) {});
      return life[composition.slot("activity")];
    };
    const double calm = outcome({}, false);
    const double nothing = outcome({}, true);
    const double diet = outcome(
        {{"supplement_energy", add, 250, discharge, end}, {"protein_supplement", add, 25, discharge, end}}, true);
    const double exercise =
        outcome({{"resistance_dose", add, 0.7, discharge, end}, {"aerobic_dose", add, 0.7, discharge, end}}, true);
    MESSAGE(std::string(male ? "man" : "woman"), ": no stay ", calm, ", stay ", nothing, ", diet ", diet,
            ", exercise ", exercise);
    CHECK(exercise >= calm - 0.05);
    CHECK(diet < 0.3);
    CHECK(nothing < 0.3);
  }
}

}  // namespace
}  // namespace healthspan::tests
