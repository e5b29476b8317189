// Death by the national life table; that a cohort keeps it, whoever dies first, is for calibration/mortality to show.
#include "csv.hpp"
#include "protocols.hpp"

#include <healthspan/core/ensemble.hpp>
#include <healthspan/models/life_tables.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

namespace healthspan::tests {
namespace {

// Mortality alone: age runs, deficits and gait are given.
Composition mortality(const std::string& country) {
  return models::compose({"ageing", "mortality_" + country},
                         {"age_at_start", "male", "deficit_burden", "gait_speed"});
}

struct Mortality {
  Composition composition;
  std::vector<double> frame;
  Slot age0, time, deficits, gait, rate, factor;

  Mortality(const std::string& country, bool male)
      : composition(mortality(country)),
        frame(composition.medians(male)),
        age0(composition.slot("age_at_start")),
        time(composition.time()),
        deficits(composition.slot("deficit_burden")),
        gait(composition.slot("gait_speed")),
        rate(composition.slot("death_rate")),
        factor(composition.slot("frailty_mortality_factor")) {
    frame[composition.slot("male")] = male;
    frame[time] = 0;
    frame[deficits] = 0.2;
    frame[gait] = 1.2;
  }
  // 1/y
  double at(double age, double burden, double speed) {
    frame[age0] = age;
    frame[deficits] = burden;
    frame[gait] = speed;
    composition.outputs(frame.data());
    return frame[rate];
  }
  double table_rate(double age) { return at(age, 0.2, 1.2) / frame[factor]; }
};

TEST_CASE("the life tables are those of the United Nations") {
  const auto compare = [](const models::LifeTable& table, bool men) {
    std::size_t group = 0;
    for (const auto& row : read_csv("mx_5y_japan_usa_wpp2024.csv")) {
      if (row.at("country") != table.country || row.at("sex") != (men ? "M" : "F")) continue;
      CHECK((men ? table.men : table.women).at(group++) == std::stod(row.at("mx_2015_2020_per_year")));
    }
    CHECK(group == models::life_table_groups);
  };
  for (const bool men : {true, false}) {
    compare(models::life_table_japan, men);
    compare(models::life_table_usa, men);
  }
}

// Computed from the same rates by the usual abridged life table. 0.3 y: the hazard here is log-linear between group
// centres and not constant in each group.
TEST_CASE("life expectancy at 65 is that of the life table") {
  struct Expected {
    const char* country;
    bool male;
    double years;
  };
  for (const Expected& e : {Expected{"japan", true, 19.54}, Expected{"japan", false, 24.36},
                            Expected{"usa", true, 18.00}, Expected{"usa", false, 20.55}}) {
    Mortality m(e.country, e.male);
    double survivors = 1, years = 0;
    constexpr double step = 0.01;
    for (double age = 65; age < 125; age += step) {
      const double after = survivors * std::exp(-step * m.table_rate(age + 0.5 * step));
      years += 0.5 * step * (survivors + after);
      survivors = after;
    }
    MESSAGE(std::string(e.country), std::string(e.male ? ", men: " : ", women: "), years, " y, table ", e.years,
            " y");
    CHECK(std::fabs(years - e.years) < 0.3);
  }
}

TEST_CASE("the hazard rises with age and deficits and falls with gait speed") {
  for (const char* country : {"japan", "usa"})
    for (const bool male : {true, false}) {
      Mortality m(country, male);
      for (double age = 50; age < 115; age += 0.5) CHECK(m.table_rate(age + 0.5) > m.table_rate(age));
      for (double age = 60; age <= 100; age += 10)
        for (double burden = 0.05; burden < 0.6; burden += 0.05)
          for (double speed = 0.3; speed < 1.4; speed += 0.1) {
            CHECK(m.at(age, burden + 0.05, speed) > m.at(age, burden, speed));
            CHECK(m.at(age, burden, speed + 0.1) < m.at(age, burden, speed));
          }
    }
}

// Eight different people from 86 to 96, one for each lane of a pack; deaths differ by chance alone.
using R = Pack<8>;
std::vector<std::vector<double>> eight_people(double extra_deficits) {
  std::vector<std::vector<double>> people;
  for (int i = 0; i < 8; ++i) {
    const bool male = i % 2 == 0;
    people.push_back(settled_life(frailty_patient(), {male, 86.0 + 1.5 * i, male ? 1.63 : 1.50, male ? 60.0 : 50.0,
                                                      1.5, 0.16 + 0.02 * i + extra_deficits}));
  }
  return people;
}

constexpr std::uint64_t deaths = 20'000;
constexpr std::uint64_t seed = 11;

// Days of death of members 0 to count - 1; member i leads the life of person i % 8.
std::vector<double> days_of_death(const std::vector<std::vector<double>>& people, std::uint64_t count) {
  const Composition& composition = frailty_patient();
  const auto start = [&](std::uint64_t, std::vector<R>& frame) {
    frame.resize(composition.size());
    for (std::size_t s = 0; s < frame.size(); ++s)
      for (int i = 0; i < 8; ++i) set_lane(frame[s], i, people[static_cast<std::size_t>(i)][s]);
  };
  EnsembleSpec spec;
  spec.composition = &composition;
  spec.reports_d = {60 * 365.25};
  spec.arms.emplace_back(composition, std::vector<Modifier>{}, spec.reports_d.back());
  spec.seed = seed;
  MemberRunner<R, decltype(start)> runner(spec, start, LanePath<R>(composition));
  std::vector<double> days(count);
  runner.run(0, count, [&](const MemberRow& row) {
    REQUIRE_FALSE(row.failed());
    days[row.member] = row.arms[0].end_d;
  });
  return days;
}

// Time rescaling: whatever the hazard, its integral up to the event is exponential with mean one. The integral is
// taken on the reference path, so this checks the lanes' steps and the place of death within a step as well.
TEST_CASE("the hazard integrated up to each of 20,000 deaths is exponential with mean one") {
  const Composition& composition = frailty_patient();
  const std::vector<std::vector<double>> people = eight_people(0);
  const std::vector<double> days = days_of_death(people, deaths);
  REQUIRE(days.size() == deaths);

  const Slot death = composition.slot("death"), rate = composition.slot("death_rate");
  constexpr double step = 10;
  std::vector<double> integrals, rescaled(deaths);
  double worst = 0;
  for (std::size_t person = 0; person < 8; ++person) {
    // Hazard and its integral every ten days until nobody is left.
    std::vector<double> life = people[person], reports, hazard, integral;
    for (int k = 0; k * step <= 40 * 365.25; ++k) reports.push_back(k * step);
    composition.outputs(life.data());
    hazard.push_back(life[rate] / 365.25);
    integral.push_back(0);
    ReferencePath path(composition, 1e-9);
    follow(composition, Schedule(composition, {}, reports.back()), lay_legs({}, reports, step), path, life,
           [&](std::size_t, const std::vector<double>& at) {
             hazard.push_back(at[rate] / 365.25);
             integral.push_back(at[death]);
           });
    REQUIRE(integral.size() == reports.size());
    for (std::size_t member = person; member < deaths; member += 8) {
      REQUIRE(days[member] < reports.back());
      const std::size_t k = static_cast<std::size_t>(days[member] / step);
      const double s = (days[member] - reports[k]) / step;  // cubic Hermite within ten days
      const double a = integral[k], b = integral[k + 1], u = step * hazard[k], v = step * hazard[k + 1];
      rescaled[member] = a + s * (u + s * (3 * (b - a) - 2 * u - v + s * (u + v - 2 * (b - a))));
      worst = std::max(worst, std::fabs(rescaled[member] - Stream(seed, "death").exponential(member, 0)));
    }
  }
  // Every death is where its own exponential variate says, to the accuracy of the lanes.
  MESSAGE("largest distance from the variate ", worst);
  CHECK(worst < 1e-3);

  std::sort(rescaled.begin(), rescaled.end());
  double distance = 0;
  for (std::size_t i = 0; i < deaths; ++i) {
    const double p = 1 - std::exp(-rescaled[i]);
    distance = std::max({distance, p - static_cast<double>(i) / deaths, static_cast<double>(i + 1) / deaths - p});
  }
  MESSAGE("Kolmogorov-Smirnov distance ", distance, ", bound ", 1.95 / std::sqrt(deaths));
  CHECK(distance < 1.95 / std::sqrt(deaths));  // false alarm 0.001
}

TEST_CASE("with the same chance more deficits never bring a later death") {
  const std::vector<double> fewer = days_of_death(eight_people(0), 2'000),
                            more = days_of_death(eight_people(0.05), 2'000);
  for (std::size_t i = 0; i < fewer.size(); ++i) CHECK(more[i] <= fewer[i]);
}

}  // namespace
}  // namespace healthspan::tests
