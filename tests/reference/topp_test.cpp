// Glucose, insulin and beta cells: Topp et al., J Theor Biol 206:605 (2000); with meals, the growth of the beta cells
// averaged over a simulated day against the same equations followed minute by minute.
#include "compiled.hpp"
#include "csv.hpp"
#include "protocols.hpp"

#include <healthspan/models/topp.hpp>

#include <Eigen/Eigenvalues>
#include <boost/math/tools/roots.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <sstream>

namespace healthspan::tests {
namespace {

using models::ToppDayAveraged;
using models::ToppFull;

// A module of this test: the averaged one with another step, or driven by the mean of the state, which is wrong.
enum class Average { rate, state };
template <Average of, int steps>
struct Variant : models::ToppRows, OfThisTest {
  static constexpr auto name = "topp_variant";
  static constexpr auto summary = "Beta cells that grow by some average of the simulated day";
  static constexpr auto table = ToppDayAveraged::table;
  template <class R>
  static void outputs(const Values<Variant, R>& x, const Outputs<Variant, R>& y) {
    using Topp = ToppDayAveraged;
    y[Topp::B] = x[Topp::B0] * exp(x[Topp::U]);
    const std::array<R, 3> mean = Topp::simulated_day < std::is_same_v<R, Checked> ? 4 : steps > (x, y[Topp::B]).mean;
    y[Topp::growth_mean] = of == Average::rate ? mean[0] : growth(x, mean[1]);
    y[Topp::G_mean] = mean[1];
    y[Topp::I_mean] = mean[2];
  }
  template <class R>
  static void rates(const Values<Variant, R>& x, const Rates<Variant, R>& d) {
    d[ToppDayAveraged::U] = x[ToppDayAveraged::growth_mean];
  }
};
using ToppStateAveraged = Variant<Average::state, 96>;
using ToppFineDay = Variant<Average::rate, 384>;  // its step leaves 1e-7: only the error of averaging is left

// A module of this test: sums up the mass of the beta cells, for its mean over a day.
struct MassLedger : OfThisTest {
  static constexpr auto name = "mass_ledger";
  static constexpr auto summary = "Sums up the mass of the beta cells";
  static constexpr auto sum = state<"mass_days">("mg*d", "Mass of the beta cells times time");
  static constexpr auto B = input<"beta_cell_mass">("mg", "Mass of the beta cells");
  static constexpr auto table = std::tuple{sum, B};
  template <class R>
  static void rates(const Values<MassLedger, R>& x, const Rates<MassLedger, R>& d) {
    d[sum] = x[B];
  }
};

template <class... M>
const Composition& composed() {
  static const Composition composition({&compiled<M>()...}, {});
  return composition;
}

// A frame at the table's values, and these.
std::vector<double> frame_of(const Composition& composition, const Settings& settings) {
  std::vector<double> frame = composition.medians(true);
  composition.personalise(frame.data());
  for (const auto& [name, value] : settings) frame[composition.slot(name)] = value;
  return frame;
}

// What `names` are at `days` on the reference path, one column each.
std::vector<std::vector<double>> courses(const Composition& composition, const Settings& settings,
                                         const std::vector<double>& days, double tolerance,
                                         const std::vector<std::string>& names) {
  std::vector<std::vector<double>> columns(names.size());
  std::vector<double> life = frame_of(composition, settings);
  ReferencePath path(composition, tolerance);
  follow(composition, Schedule(composition, {}, days.back()), lay_legs({}, days, 1e5), path, life,
         [&](std::size_t, const std::vector<double>& at) {
           for (std::size_t c = 0; c < names.size(); ++c) columns[c].push_back(at[composition.slot(names[c])]);
         });
  return columns;
}
std::vector<double> course(const Composition& composition, const Settings& settings, const std::vector<double>& days,
                           double tolerance, const std::string& name = "beta_cell_mass") {
  return courses(composition, settings, days, tolerance, {name})[0];
}

Settings joined(Settings a, const Settings& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// ---------------------------------------------------------------- without meals: the paper

using CsvRow = std::map<std::string, std::string>;
double number(const CsvRow& row, const char* column) { return std::stod(row.at(column)); }

std::map<std::string, std::vector<CsvRow>> golden_trajectories() {
  std::map<std::string, std::vector<CsvRow>> cases;
  for (const CsvRow& row : read_csv("topp2000_trajectories.csv")) cases[row.at("case")].push_back(row);
  CHECK(cases.size() == 7);
  return cases;
}
// The files say in words what differs from the table.
Settings parameters_of(const std::string& text) {
  if (text.find("0.36") != std::string::npos) return {{"insulin_sensitivity", 0.36}};
  if (text.find("0.18") != std::string::npos) return {{"insulin_sensitivity", 0.18}};
  if (text.find("r1=0.00070") != std::string::npos) return {{"beta_cell_glucose_growth", 0.70e-3}};
  return {};
}

// The file has ten digits: half a unit in the last is up to 5e-10 of a value. 1e-10 more is for the path, at 1e-12,
// and the last column for the solvers of the file. What they have below 1e-9 is their tolerance, and means none.
TEST_CASE("glucose, insulin and beta cells follow the independently solved trajectories of Topp's model") {
  const Composition& full = composed<ToppFull>();
  const std::vector<std::string> names{"glucose", "insulin", "beta_cell_mass"};
  const char* columns[] = {"G_mg_per_dl", "I_uU_per_ml", "B_mg"};
  double worst = 0;
  int compared = 0, gone = 0;
  for (const auto& golden : golden_trajectories()) {
    const auto& name = golden.first;
    const auto& rows = golden.second;
    std::vector<double> days;
    for (std::size_t k = 1; k < rows.size(); ++k) days.push_back(number(rows[k], "t_day"));
    Settings start = parameters_of(name);
    for (std::size_t c = 0; c < 3; ++c) start.push_back({names[c], number(rows[0], columns[c])});
    const std::vector<std::vector<double>> found = courses(full, start, days, 1e-12, names);
    for (std::size_t c = 0; c < 3; ++c)
      for (std::size_t k = 0; k < days.size(); ++k) {
        const double expected = number(rows[k + 1], columns[c]);
        INFO(name, " day ", days[k], " ", names[c]);
        if (std::fabs(expected) < 1e-9) {
          CHECK(std::fabs(found[c][k]) < 1e-9);
          ++gone;
          continue;
        }
        const double error = std::fabs(found[c][k] / expected - 1);
        CHECK(error < 6e-10 + number(rows[k + 1], "rel_diff_Radau_vs_DOP853"));
        worst = std::max(worst, error);
        ++compared;
      }
  }
  CHECK(compared == 7 * 9 * 3 - gone);
  CHECK(gone == 12);  // insulin and beta cells, after collapse
  MESSAGE("largest relative error ", worst);
}

// Central differences of fourth order with steps of a thousandth: 1e-12 of truncation, 1e-11 of rounding.
Eigen::VectorXd eigenvalues(const Composition& composition, const std::vector<double>& at) {
  const std::size_t n = composition.states();
  Eigen::MatrixXd jacobian(n, n);
  const auto rates = [&](std::size_t j, double h) {
    std::vector<double> frame = at, r(n);
    frame[j] += h;
    composition.right_hand_side(frame.data(), r.data());
    return Eigen::Map<Eigen::VectorXd>(r.data(), static_cast<Eigen::Index>(n)).eval();
  };
  for (std::size_t j = 0; j < n; ++j) {
    const double h = 1e-3 * std::max(std::fabs(at[j]), 1.0);
    jacobian.col(static_cast<Eigen::Index>(j)) =
        (8.0 * (rates(j, h) - rates(j, -h)) - (rates(j, 2 * h) - rates(j, -2 * h))) / (12.0 * h);
  }
  const Eigen::VectorXcd values = Eigen::EigenSolver<Eigen::MatrixXd>(jacobian, false).eigenvalues();
  CHECK(values.imag().cwiseAbs().maxCoeff() == 0.0);
  Eigen::VectorXd real = values.real();
  std::sort(real.begin(), real.end());
  return real;
}

// Rates: 1e-12 of the terms that cancel in them (864 mg/dl/d, 432 I, 0.06 B). Eigenvalues: the file has eight digits,
// and 1e-9 per day of the largest of 432 is what the differences leave in the smallest of 0.014.
TEST_CASE("each steady state of the file is one, with its eigenvalues, and the averaged model shares the slow one") {
  const Composition& full = composed<ToppFull>();
  const Composition& averaged = composed<ToppDayAveraged>();
  int states = 0;
  for (const CsvRow& row : read_csv("topp2000_steady_states.csv")) {
    INFO(row.at("parameters"), " ", row.at("state"));
    const Settings parameters = parameters_of(row.at("parameters"));
    const double G = number(row, "G_mg_per_dl"), I = number(row, "I_uU_per_ml"), B = number(row, "B_mg");
    std::vector<double> frame =
        frame_of(full, joined(parameters, {{"glucose", G}, {"insulin", I}, {"beta_cell_mass", B}}));
    std::vector<double> rates(full.states());
    full.right_hand_side(frame.data(), rates.data());
    CHECK(std::fabs(rates[full.slot("glucose")]) <= 1e-12 * 864.0);
    CHECK(std::fabs(rates[full.slot("insulin")]) <= 1e-12 * 432.0 * I);
    CHECK(std::fabs(rates[full.slot("beta_cell_mass")]) <= 1e-12 * 0.06 * B);

    std::istringstream listed(row.at("eigenvalues_per_day"));
    const Eigen::VectorXd found = eigenvalues(full, frame);
    std::vector<double> expected;
    for (std::string value; listed >> value;) expected.push_back(std::stod(value));  // the imaginary part is 0
    std::sort(expected.begin(), expected.end());
    REQUIRE(expected.size() == 3);
    for (int i = 0; i < 3; ++i)
      CHECK(std::fabs(found[i] - expected[static_cast<std::size_t>(i)]) <
            1e-7 * std::fabs(expected[static_cast<std::size_t>(i)]) + 1e-9);
    ++states;
    if (B == 0) continue;

    // The slow eigenvalue of the averaged model is right to first order in slow over fast.
    std::vector<double> slow = frame_of(averaged, joined(parameters, {{"beta_cell_mass_at_start", B}}));
    std::vector<double> growth(1);
    averaged.right_hand_side(slow.data(), growth.data());
    CHECK(std::fabs(growth[0]) < 1e-12);
    const double l = eigenvalues(averaged, slow)[0], epsilon = std::fabs(found[2] / found[1]);
    MESSAGE(row.at("state"), ": slow eigenvalue ", found[2], ", averaged ", l, ", slow over fast ", epsilon);
    CHECK(std::fabs(l / found[2] - 1) < 2 * epsilon);
  }
  CHECK(states == 9);
}

// A second way to the same number: bracketing on glucose. 1e-12 of the terms of the growth, 0.06 to 0.9, is rounding.
TEST_CASE("without meals the averaged growth is that of the quasi-steady glucose, and the day stands still") {
  for (const double sensitivity : {0.18, 0.72, 2.0})
    for (const double mass : {0.0, 1.0, 37.0, 300.0, 2000.0}) {
      std::vector<double> frame = frame_of(composed<ToppDayAveraged>(),
                                           {{"insulin_sensitivity", sensitivity}, {"beta_cell_mass_at_start", mass}});
      std::vector<double> growth(1);
      composed<ToppDayAveraged>().right_hand_side(frame.data(), growth.data());
      const auto excess = [&](double G) {
        const double I = mass * 43.2 * G * G / ((20000.0 + G * G) * 432.0);
        return 864.0 - (1.44 + sensitivity * I) * G;
      };
      std::uintmax_t rounds = 200;
      const auto [low, high] = boost::math::tools::toms748_solve(
          excess, 1.0, 601.0, boost::math::tools::eps_tolerance<double>(52), rounds);
      const double G = 0.5 * (low + high);
      INFO("sensitivity ", sensitivity, " mass ", mass);
      CHECK(std::fabs(growth[0] - (-0.06 + 0.84e-3 * G - 0.24e-5 * G * G)) <
            1e-12 * (0.06 + 0.84e-3 * G + 0.24e-5 * G * G));
      CHECK(std::fabs(frame[composed<ToppDayAveraged>().slot("glucose_day_mean")] / G - 1) < 1e-12);
    }
}

// From day 7 of the file, when glucose and insulin have followed. What is left is of the order of slow rate over fast
// rate. In health that is 0.0142 / 18.7. Beta cells leave the watershed by seven e-foldings to day 180, at a rate
// that is wrong by 0.0406 / 4.48, and about half of the mass has come by then: four times that. The same on the way
// down, as long as the loss is slow against the return of glucose; below 10 mg (0.2 against 2 per day) nothing is
// slow any more, and only the fate is compared.
TEST_CASE("without meals the averaged model follows the trajectories after the first week") {
  for (const auto& golden : golden_trajectories()) {
    const auto& name = golden.first;
    const auto& rows = golden.second;
    const bool watershed = name.find("saddle") != std::string::npos;
    const bool lost = name.find("pathological") != std::string::npos || name.find("defect") != std::string::npos;
    const double bound = watershed || lost ? 4 * 0.0406 / 4.48 : 0.0142 / 18.7;
    std::vector<double> days, expected;
    for (const CsvRow& row : rows)
      if (number(row, "t_day") >= 7) {
        days.push_back(number(row, "t_day"));
        expected.push_back(number(row, "B_mg"));
      }
    const double first = days[0];
    for (double& day : days) day -= first;
    days.erase(days.begin());
    const Settings start = joined(parameters_of(name), {{"beta_cell_mass_at_start", expected[0]}});
    const std::vector<double> found = course(composed<ToppDayAveraged>(), start, days, 1e-10);
    double worst = 0;
    for (std::size_t k = 0; k < days.size(); ++k) {
      INFO(name, " day ", first + days[k]);
      if (expected[k + 1] < 10) {
        CHECK(lost);
        CHECK(found[k] < 10);
      } else {
        worst = std::max(worst, std::fabs(found[k] / expected[k + 1] - 1));
      }
    }
    MESSAGE(name, ": largest relative error ", worst, ", bound ", bound);
    CHECK(worst < bound);
  }
}

// ---------------------------------------------------------------- with meals

TEST_CASE("three meals bring the glucose that the input says, and none of it at night") {
  const Composition& full = composed<ToppFull>();
  const auto supply = [&](double glucose, double time) {
    std::vector<double> frame = frame_of(full, {{"meal_glucose", glucose}, {"time", time}});
    full.outputs(frame.data());
    return frame[full.slot("glucose_supply")];
  };
  double mean = 0;
  for (int k = 0; k < 288; ++k) mean += supply(600.0, 5 + k / 288.0) / 288.0;
  CHECK(std::fabs(mean - 1464.0) < 1e-9);  // the trapezoidal sum is exact to rounding
  CHECK(supply(0.0, 0.8) == 864.0);        // to the bit: without meals it is Topp's model
  // Four standard deviations before breakfast 600 * 0.25 * 24 * 0.4 e^-8 is left; at dinner it is 600 * 0.40 * 24 *
  // 0.4.
  CHECK(supply(600.0, 3.0 / 24) < 864.0 + 1.0);
  CHECK(supply(600.0, 19.0 / 24) > 864.0 + 2000.0);
  CHECK(std::fabs(supply(600.0, 7.25) - supply(600.0, 0.25)) < 1e-6);  // every day, to rounding of the time
}

struct Setting {
  std::string what;
  double sensitivity, meal_glucose;
  Settings settings(int slower = 1) const {
    return {{"insulin_sensitivity", sensitivity},
            {"meal_glucose", meal_glucose},
            {"beta_cell_death", 0.06 / slower},
            {"beta_cell_glucose_growth", 0.84e-3 / slower},
            {"beta_cell_glucose_toxicity", 0.24e-5 / slower}};
  }
};
const Setting baseline{"baseline", 0.72, 600}, resistant{"half the sensitivity to insulin", 0.36, 600},
    larger{"twice the meals", 0.72, 1200}, both{"half the sensitivity, 1.5 times the meals", 0.36, 900},
    too_much{"half the sensitivity, twice the meals", 0.36, 1200};

// The ends of months, at midnight.
std::vector<double> months(int slower = 1, int count = 36) {
  std::vector<double> days;
  for (int month = 1; month <= count; ++month) days.push_back(std::round(30.4375 * month) * slower);
  return days;
}

// The mean of the mass of beta cells over the day around each of these midnights, every meal followed. At a tolerance
// of 1e-8 the path is 1e-9 from one at 1e-9, a ten-thousandth of the errors to be measured.
std::vector<double> truth(const Setting& setting, const std::vector<double>& days, int slower = 1) {
  std::vector<double> half_days;
  for (const double day : days)
    for (const double half : {-0.5, 0.5}) half_days.push_back(day + half);
  // 300 mg, as in health at the table's values; glucose and insulin as in health without meals.
  const Settings start = joined(setting.settings(slower), {{"beta_cell_mass", 300}, {"mass_days", 0}});
  const std::vector<double> sums = course(composed<ToppFull, MassLedger>(), start, half_days, 1e-8, "mass_days");
  std::vector<double> means;
  for (std::size_t k = 0; k < days.size(); ++k) means.push_back(sums[2 * k + 1] - sums[2 * k]);
  return means;
}

template <class M>
std::vector<double> averaged(const Setting& setting, const std::vector<double>& days, int slower = 1) {
  const Settings start = joined(setting.settings(slower), {{"beta_cell_mass_at_start", 300}});
  return course(composed<M>(), start, days, 1e-10);
}

struct Error {
  double end, worst;
};
Error error_of(const std::vector<double>& found, const std::vector<double>& expected) {
  Error e{found.back() / expected.back() - 1, 0};
  for (std::size_t k = 0; k < found.size(); ++k) e.worst = std::max(e.worst, std::fabs(found[k] / expected[k] - 1));
  return e;
}

// Averaging is wrong to first order in growth times a day. In health beta cells grow by at most r1^2 / 4 r2 - d0 =
// 0.0135 a day; a tenth of that is allowed, because within a day the meals drive growth up and down and most of it
// cancels. The mean of the state is no approximation of any order: it leaves out curvature times variance of glucose,
// at baseline 2.4e-6 * 18^2 = 8e-4 per day against a return to health of 0.0142 per day, however slow the beta cells
// are. A hundredfold difference is what makes a rule of it.
TEST_CASE("after three years of meals the averaged rate is right to 1.4e-3, and the averaged state 100 times worse") {
  constexpr double bound = 0.1 * 0.0135;
  for (const Setting& s : {baseline, resistant, larger, both}) {
    const std::vector<double> expected = truth(s, months());
    const Error rate = error_of(averaged<ToppDayAveraged>(s, months()), expected);
    const Error state = error_of(averaged<ToppStateAveraged>(s, months()), expected);
    MESSAGE("averaging: ", s.what, "; ", s.sensitivity, "; ", s.meal_glucose, "; ", expected.back(), "; ", rate.end,
            "; ", rate.worst, "; ", state.end, "; ", state.worst);
    CHECK(std::fabs(rate.end) < bound);
    CHECK(rate.worst < bound);
    CHECK(std::fabs(state.end) > 100 * std::fabs(rate.end));
    CHECK(state.worst > 100 * rate.worst);
    CHECK(std::fabs(state.end) > 0.01);
  }
}

// First order: with everything slow at half the pace, and twice the time, the error halves. The next order is smaller
// by growth times a day, 1e-2; 5 % are allowed. The step of the day is so fine that it does not show.
TEST_CASE("the error of the averaged rate falls in proportion to the pace of the beta cells") {
  for (const Setting& s : {baseline, both}) {
    double errors[3];
    const int paces[] = {1, 2, 4};
    for (int k = 0; k < 3; ++k) {
      const std::vector<double> days = months(paces[k], 12);
      errors[k] = error_of(averaged<ToppFineDay>(s, days, paces[k]), truth(s, days, paces[k])).worst;
    }
    MESSAGE("slowed: ", s.what, "; ", errors[0], "; ", errors[1], "; ", errors[2]);
    CHECK(std::fabs(errors[0] / errors[1] - 2) < 0.1);
    CHECK(std::fabs(errors[1] / errors[2] - 2) < 0.1);
  }
}

// The mean rate is negative where the rate of the mean is positive: the wrong average decides on the wrong fate. Half
// of the beta cells are gone on the same day but for the first order of averaging, which is no longer small: by then
// they die at 0.07 per day.
TEST_CASE("where meals cost the beta cells, the averaged rate loses them in time and the averaged state keeps them") {
  std::vector<double> days;
  for (int day = 2; day <= 1095; day += 2) days.push_back(day);
  const std::vector<double> expected = truth(too_much, days);
  const std::vector<double> rate = averaged<ToppDayAveraged>(too_much, days);
  const std::vector<double> state = averaged<ToppStateAveraged>(too_much, days);
  const auto halved = [&](const std::vector<double>& mass) {  // the day, on the line between two reports
    std::size_t k = 1;
    while (k < mass.size() && mass[k] >= 150) ++k;
    if (k == mass.size()) return 1e9;
    return days[k - 1] + (days[k] - days[k - 1]) * (mass[k - 1] - 150) / (mass[k - 1] - mass[k]);
  };
  MESSAGE("fate: ", too_much.what, "; ", halved(expected), "; ", halved(rate), "; ", state.back());
  CHECK(expected.back() < 1e-9);
  CHECK(rate.back() < 1e-9);
  CHECK(std::fabs(halved(rate) - halved(expected)) < 0.07 * halved(expected));
  CHECK(state.back() > 1000);
}

// ---------------------------------------------------------------- the simulated day

// The rows of the averaged module by themselves.
class Rows {
 public:
  Rows(const Settings& settings) {
    const ModuleType& type = compiled<ToppDayAveraged>();
    for (std::size_t i = 0; i < type.rows.size(); ++i) {
      frame_.push_back(type.rows[i].value.men);
      slots_.push_back(static_cast<Slot>(i));
      for (const auto& [name, value] : settings)
        if (type.rows[i].name == name) frame_[i] = value;
    }
  }
  Values<ToppDayAveraged, double> values() const { return {frame_.data(), slots_.data()}; }
  template <int steps, int warm_up>
  SimulatedDay<double, 2, 3> day(double mass) const {
    return ToppDayAveraged::simulated_day<steps, warm_up>(values(), mass);
  }

 private:
  std::vector<double> frame_;
  std::vector<Slot> slots_;
};

// Third order while h k is about 5 (8 per halving), fourth below that (16): at least 6 and 8, more than second order.
// 3e-6 per day against a return to health of 0.0142 per day is 2e-4 of the mass, as much as averaging itself.
TEST_CASE("the mean growth converges with the step of the day, and its own step leaves 3e-6 per day") {
  double worst = 0;
  for (const double meal_glucose : {600.0, 1200.0})
    for (const double mass : {37.0, 100.0, 300.0, 500.0, 1000.0}) {
      const Rows rows({{"meal_glucose", meal_glucose}});
      const double exact = rows.day<1536, 1>(mass).mean[0];
      const auto error = [&](const SimulatedDay<double, 2, 3>& day) { return std::fabs(day.mean[0] - exact); };
      const double errors[] = {error(rows.day<96, 1>(mass)), error(rows.day<192, 1>(mass)),
                               error(rows.day<384, 1>(mass))};
      INFO("meals ", meal_glucose, " mass ", mass);
      CHECK(errors[0] < 3e-6);
      CHECK(errors[0] > 6 * errors[1]);
      CHECK(errors[1] > 8 * errors[2]);
      worst = std::max(worst, errors[0]);
    }
  MESSAGE("largest error of the growth ", worst, " per day");
}

// Where beta cells can live, glucose returns at 4.5 per day and more: of the up to 30 mg/dl that the start is off by,
// exp(-2 * 4.5) are left on the second day, 4e-3 mg/dl; growth changes by 4e-4 per mg/dl and day there, and only a
// quarter of the day is touched: 4e-7. Without beta cells exp(-1.44) = 1/4 of the first day's 4 % is left.
TEST_CASE("one day of warm-up forgets the start wherever beta cells can live, and nearly so where they cannot") {
  for (const double meal_glucose : {600.0, 1200.0})
    for (const double sensitivity : {0.18, 0.72})
      for (const double mass : {0.0, 5.0, 37.0, 60.0, 80.0, 100.0, 150.0, 300.0, 1000.0, 2000.0}) {
        const Rows rows({{"meal_glucose", meal_glucose}, {"insulin_sensitivity", sensitivity}});
        const double periodic = rows.day<96, 8>(mass).mean[0], error = rows.day<96, 1>(mass).mean[0] - periodic;
        INFO("meals ", meal_glucose, " sensitivity ", sensitivity, " mass ", mass, " growth ", periodic);
        CHECK(std::fabs(error) < (periodic > -0.01 ? 4e-7 : 0.011 * std::fabs(periodic)));
      }
}

// The range that models/topp.hpp promises; 1e-14 of the supply is rounding.
TEST_CASE("Newton's method finds where glucose settles, for every mass, sensitivity and supply") {
  double worst = 0;
  for (const double sensitivity : {0.05, 0.18, 0.72, 2.88})
    for (const double supply : {86.4, 400.0, 864.0, 2000.0, 8640.0})
      for (double mass = 0; mass <= 5000; mass = 1.3 * mass + 0.1) {
        const Rows rows({{"insulin_sensitivity", sensitivity}});
        const auto [G, I] = models::ToppRows::settled(rows.values(), mass, supply);
        const auto [glucose, insulin] = models::ToppRows::fast(rows.values(), mass, G, I, supply);
        worst = std::max(worst, std::fabs(glucose) / supply);
        CHECK(G > 0);
        CHECK(std::fabs(insulin) <= 1e-13 * 432.0 * I);
      }
  MESSAGE("largest residual ", worst);
  CHECK(worst < 1e-14);
}

// ---------------------------------------------------------------- in lanes

// Sixteen lives from health to collapse, with meals and without.
std::vector<double> member(const Composition& composition, int i) {
  std::vector<double> frame = frame_of(
      composition,
      {{"insulin_sensitivity", 0.18 + 0.06 * (i % 7)}, {"meal_glucose", 100.0 * (i % 5) * (i % 3)}, {"time", 0.0}});
  const double mass = i == 15 ? 0.0 : 20.0 + 90.0 * i;
  if (const auto slot = composition.find("beta_cell_mass_at_start")) {
    frame[*slot] = mass;
    frame[composition.slot("beta_cell_log_mass")] = -0.1 * i;
  } else {
    frame[composition.slot("beta_cell_mass")] = mass;
    frame[composition.slot("glucose")] = 60.0 + 30.0 * i;
    frame[composition.slot("time")] = 0.07 * i;
  }
  return frame;
}

template <class R>
std::vector<double> rates_in_lanes(const Composition& composition) {
  std::vector<double> values;
  for (int first = 0; first < 16; first += lanes_of<R>) {
    std::vector<R> frame(composition.size()), rates(composition.states());
    for (int i = 0; i < lanes_of<R>; ++i) {
      const std::vector<double> life = member(composition, first + i);
      for (std::size_t s = 0; s < life.size(); ++s) set_lane(frame[s], i, life[s]);
    }
    composition.right_hand_side(frame.data(), rates.data());
    composition.outputs(frame.data());
    for (int i = 0; i < lanes_of<R>; ++i) {
      for (const R& rate : rates) values.push_back(lane(rate, i));
      for (const R& value : frame) values.push_back(lane(value, i));
    }
  }
  return values;
}

bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

TEST_CASE("rates and outputs have the same bits in every width of lanes, whoever the neighbours are") {
  for (const Composition* composition : {&composed<ToppFull>(), &composed<ToppDayAveraged>()}) {
    const std::vector<double> alone = rates_in_lanes<double>(*composition);
    for (const double value : alone) CHECK(std::isfinite(value));
    CHECK(same_bits(rates_in_lanes<Pack<4>>(*composition), alone));
    CHECK(same_bits(rates_in_lanes<Pack<8>>(*composition), alone));
    CHECK(same_bits(rates_in_lanes<Pack<16>>(*composition), alone));
  }
}

// Half a month is (0.0142 * 15)^4 / 5! = 2e-5 per step of fourth order in health.
TEST_CASE("in steps of half a month the averaged model keeps the mass to 1e-4, and the fate beyond the watershed") {
  constexpr double base_step_d = 15.21875;
  const Composition& composition = composed<ToppDayAveraged>();
  struct Case {
    Setting setting;
    double start_mg;
    bool lives;
  };
  for (const Case& c : {Case{baseline, 300, true}, Case{resistant, 300, true}, Case{larger, 300, true},
                        Case{both, 300, true}, Case{{"no meals, above the watershed", 0.72, 0}, 60, true},
                        Case{{"no meals, below the watershed", 0.72, 0}, 30, false}, Case{too_much, 300, false}}) {
    const Settings start = joined(c.setting.settings(), {{"beta_cell_mass_at_start", c.start_mg}});
    std::vector<double> found, life = frame_of(composition, start);
    LanePath<double> path(composition);
    follow(
        composition, Schedule(composition, {}, 1100), lay_legs({}, months(), base_step_d), path, life,
        [&](std::size_t, const std::vector<double>& at) { found.push_back(at[composition.slot("beta_cell_mass")]); });
    const std::vector<double> expected = course(composition, start, months(), 1e-10);
    INFO(c.setting.what);
    if (c.lives) {
      CHECK(error_of(found, expected).worst < 1e-4);
    } else {
      CHECK(expected.back() < 1e-9);
      CHECK(found.back() < 1e-9);
    }
  }
}

}  // namespace
}  // namespace healthspan::tests
