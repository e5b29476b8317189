#include <healthspan/core/errors.hpp>
#include <healthspan/scenarios/cohort.hpp>
#include <healthspan/scenarios/plain_table.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

using namespace healthspan;
using namespace healthspan::scenarios;

namespace {

// Every statistical check below allows five standard errors: one false alarm in 1.7 million, each.
constexpr double allowed = 5.0;

Cohort of_one_age(PopulationName population, Sex sex, double age_y) {
  Cohort cohort;
  cohort.population = population;
  cohort.sex = sex;
  cohort.age = AgeRange{age_y, age_y};
  return cohort;
}

std::vector<Person> sample(const CohortPeople& people, std::uint64_t n) {
  std::vector<Person> all;
  for (std::uint64_t m = 0; m < n; ++m) all.push_back(people.eligible(m, 0).person);
  return all;
}

std::vector<double> values_of(const std::vector<Person>& people, std::size_t quantity) {
  std::vector<double> values;
  for (const Person& p : people) values.push_back(p[quantity]);
  return values;
}

// Normal scores by rank.
std::vector<double> scores_of(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  for (std::size_t k = 0; k < order.size(); ++k) order[k] = k;
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> scores(values.size());
  for (std::size_t k = 0; k < order.size(); ++k)
    scores[order[k]] = normal_quantile((static_cast<double>(k) + 0.5) / static_cast<double>(order.size()));
  return scores;
}

double correlation_of(const std::vector<double>& x, const std::vector<double>& y) {
  double xx = 0, yy = 0, xy = 0;  // scores have mean zero
  for (std::size_t k = 0; k < x.size(); ++k) {
    xx += x[k] * x[k];
    yy += y[k] * y[k];
    xy += x[k] * y[k];
  }
  return xy / std::sqrt(xx * yy);
}

std::string table_of_populations(const char* name) {
  std::ifstream file(std::string(HEALTHSPAN_TEST_DATA "/../../scenarios/populations/") + name);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("population: at the middle of an age band people have the quantiles of its table") {
  const std::string text = table_of_populations("us_adults_quantiles.csv");
  const PlainTable table(text, "us_adults_quantiles.csv");
  constexpr double n = 20000;
  for (const bool male : {false, true}) {
    const std::vector<Person> people =
        sample(CohortPeople(of_one_age(PopulationName::us_adults, male ? Sex::male : Sex::female, 65), 3), 20000);
    for (std::size_t r = 0; r < table.size(); ++r) {
      if ((table.cell(r, table.column("sex")) == "male") != male || table.number(r, table.column("from")) != 60)
        continue;
      const std::string name(table.cell(r, table.column("quantity")));
      if (name == "systolic_pressure" || name == "diastolic_pressure") continue;  // a few pairs are drawn again
      const std::vector<double> values = values_of(people, place_of_quantity(name));
      for (const auto& [column, p] : {std::pair{"p10", 0.10}, {"p50", 0.50}, {"p90", 0.90}}) {
        const double level = table.number(r, table.column(column));
        const double below =
            static_cast<double>(std::count_if(values.begin(), values.end(), [&](double x) { return x < level; }));
        CAPTURE(name);
        CAPTURE(column);
        CHECK(std::fabs(below / n - p) < allowed * std::sqrt(p * (1 - p) / n));
      }
    }
  }
}

TEST_CASE("population: as many smoke and take drugs as in the table of their age and sex") {
  const std::string text = table_of_populations("us_adults_shares.csv");
  const PlainTable table(text, "us_adults_shares.csv");
  constexpr double n = 20000;
  std::size_t checked = 0;
  for (const bool male : {false, true})
    for (const double age : {35.0, 75.0}) {
      const std::vector<Person> people =
          sample(CohortPeople(of_one_age(PopulationName::us_adults, male ? Sex::male : Sex::female, age), 5), 20000);
      for (std::size_t r = 0; r < table.size(); ++r) {
        if ((table.cell(r, table.column("sex")) == "male") != male || table.number(r, table.column("from")) > age ||
            table.number(r, table.column("to")) <= age)
          continue;
        const std::string name(table.cell(r, table.column("quantity")));
        const double share = table.number(r, table.column("share")), value = table.number(r, table.column("value"));
        double have = 0;
        for (const double x : values_of(people, place_of_quantity(name))) {
          CHECK((x == 0 || x == value));
          have += x > 0;
        }
        CAPTURE(name);
        CHECK(std::fabs(have / n - share) <= allowed * std::sqrt(share * (1 - share) / n));
        ++checked;
      }
    }
  CHECK(checked == 24);
}

// The tables are of single measurements: own values measured once more, with the error anew, have to be spread as
// they are, and own values have to be what repeated measurements of the same person scatter about. Four points in a
// hundred: at the corners of the tables, where their slope changes within less than the error, the formula is off by
// three.
TEST_CASE("population: own values with the error of a measurement are distributed as the tables, and unbiased") {
  constexpr double error = 0.048;
  constexpr std::uint64_t n = 20000;
  const std::size_t glucose = place_of_quantity("fasting_glucose");
  for (const Sex sex : {Sex::male, Sex::female}) {
    Cohort cohort = of_one_age(PopulationName::us_adults, sex, 55);
    const std::vector<double> measured = values_of(sample(CohortPeople(cohort, 3), n), glucose);
    cohort.measured = {{{"fasting_glucose", error, true}, std::nullopt}};
    const std::vector<double> own = values_of(sample(CohortPeople(cohort, 3), n), glucose);
    const Stream noise(4, "another day");
    std::vector<double> again = own, sorted = measured;
    for (std::size_t k = 0; k < n; ++k) again[k] *= 1 + error * noise.normal(k, 0);
    std::sort(sorted.begin(), sorted.end());
    for (const double p : {0.1, 0.25, 0.5, 0.75, 0.9}) {
      const double level = sorted[static_cast<std::size_t>(p * n)];
      const auto below =
          static_cast<double>(std::count_if(again.begin(), again.end(), [&](double x) { return x < level; }));
      CAPTURE(p);
      CAPTURE(level);
      MESSAGE("below ", level, " mg/dl: ", p, " measured, ", below / n, " measured again");
      CHECK(std::fabs(below / n - p) < 0.04);
    }
    // Who was measured between 110 and 125 comes out lower the next time, by the fall to the mean and no more.
    double first = 0, second = 0, truth = 0, count = 0;
    for (std::size_t k = 0; k < n; ++k)
      if (measured[k] >= 110 && measured[k] <= 125) {
        first += measured[k];
        second += again[k];
        truth += own[k];
        count += 1;
      }
    MESSAGE("measured ", first / count, ", own ", truth / count, ", again ", second / count, " mg/dl");
    CHECK(first / count - second / count > 1.5);
    CHECK(first / count - second / count < 6);
    CHECK(std::fabs(second / count - truth / count) < allowed * error * 116 / std::sqrt(count));
  }
}

TEST_CASE("population: people are correlated as the tables say") {
  struct Case {
    PopulationName population;
    Sex sex;
    double age;
  };
  for (const Case& c :
       {Case{PopulationName::us_adults, Sex::male, 65}, Case{PopulationName::us_adults, Sex::female, 45},
        Case{PopulationName::japan_65plus, Sex::female, 75}}) {
    const Population& population = Population::of(c.population);
    const std::vector<Person> people = sample(CohortPeople(of_one_age(c.population, c.sex, c.age), 4), 20000);
    std::vector<std::size_t> known;
    std::vector<std::vector<double>> scores;
    for (const std::size_t q : population.sampled()) {
      if (std::isnan(people[0][q]) || person_quantities()[q].unit == "mmHg") continue;
      const std::string& name = person_quantities()[q].name;  // what only some have has no ranks
      if (name == "smoking" || name == "antihypertensive_drugs" || name == "statin_dose" ||
          name.ends_with("_history"))
        continue;
      known.push_back(q);
      scores.push_back(scores_of(values_of(people, q)));
    }
    REQUIRE(known.size() >= 6);
    for (std::size_t i = 0; i < known.size(); ++i)
      for (std::size_t j = 0; j < i; ++j) {
        const double r = population.correlation(c.sex == Sex::male, c.age, known[i], known[j]);
        CAPTURE(person_quantities()[known[i]].name);
        CAPTURE(person_quantities()[known[j]].name);
        // A thousandth more for values that the bounds hold back.
        CHECK(std::fabs(correlation_of(scores[i], scores[j]) - r) <
              allowed * (1 - r * r) / std::sqrt(20000.0) + 1e-3);
      }
  }
}

TEST_CASE(
    "population: Japanese of 74 have the grip and gait that Seino et al. (2014) measured, their age taken out") {
  const std::vector<Person> people =
      sample(CohortPeople(of_one_age(PopulationName::japan_65plus, Sex::male, 74), 5), 20000);
  for (const auto& [name, mean, sd] : {std::tuple{"grip_strength", 31.7, 6.14}, {"gait_speed", 1.29, 0.229}}) {
    double sum = 0, squares = 0;
    for (const double x : values_of(people, place_of_quantity(name))) {
      sum += x / 20000;
      squares += (x - mean) * (x - mean) / 20000;
    }
    CHECK(std::fabs(sum - mean) < allowed * sd / std::sqrt(20000.0));
    CHECK(std::fabs(std::sqrt(squares) - sd) < allowed * sd / std::sqrt(40000.0));
  }
}

TEST_CASE("population: deficits are gamma distributed with the mean of the mortality module") {
  const std::vector<double> burden =
      values_of(sample(CohortPeople(of_one_age(PopulationName::japan_65plus, Sex::female, 75), 6), 20000),
                place_of_quantity("deficit_burden"));
  double mean = 0, variance = 0, third = 0;
  for (const double x : burden) mean += x / 20000;
  for (const double x : burden) variance += (x - mean) * (x - mean) / 20000;
  for (const double x : burden) third += (x - mean) * (x - mean) * (x - mean) / 20000;
  CHECK(std::fabs(mean - 0.174) < allowed * 0.0783 / std::sqrt(20000.0));
  CHECK(std::sqrt(variance) / mean == doctest::Approx(0.45).epsilon(0.03));           // its standard error is 0.7 %
  CHECK(third / std::pow(variance, 1.5) == doctest::Approx(2 * 0.45).epsilon(0.12));  // and 3 % of the skewness
}

TEST_CASE("population: values move evenly with age between the bands, and end where there are none") {
  const Population& usa = Population::of(PopulationName::us_adults);
  const std::size_t height = place_of_quantity("height"), gait = place_of_quantity("gait_speed");
  const double at60 = usa.value(height, true, 60, 0.7), at55 = usa.value(height, true, 55, 0.7),
               at65 = usa.value(height, true, 65, 0.7);
  CHECK(at60 == doctest::Approx(0.5 * (at55 + at65)).epsilon(1e-12));  // the middle of two band centres
  CHECK(std::isnan(usa.value(gait, true, 49.9, 0.0)));
  CHECK(usa.value(gait, true, 50, 0.0) > 1.0);
}

TEST_CASE("age structure: survivors of the life table") {
  const AgeStructure japan(Country::japan, {65, 100}, std::nullopt);
  double women = 0, mean = 0;
  const Stream chance(1, "test");
  for (std::uint64_t m = 0; m < 20000; ++m) {
    const bool male = japan.male(chance.uniform(m, 0));
    women += male ? 0.0 : 1.0 / 20000;
    const double age = japan.age_y(male, chance.uniform(m, 1));
    CHECK((age >= 65 && age <= 100));
    mean += age / 20000;
  }
  // Life expectancies at 65 of 19.5 and 24.4 years, and 0.86 and 0.93 of those aged 50 alive at 65: women are
  // 0.93 * 24.4 / (0.93 * 24.4 + 0.86 * 19.5) = 57.5 % of the living, less those beyond 100.
  CHECK(women == doctest::Approx(0.575).epsilon(0.03));
  CHECK(mean == doctest::Approx(77.4).epsilon(0.01));  // the average age of survivors between 65 and 100
}

TEST_CASE("cohort: as many are accepted as the condition is probable") {
  Cohort cohort = of_one_age(PopulationName::japan_65plus, Sex::male, 74);
  cohort.eligibility = "grip_strength < 31.7 kg";  // the mean of a symmetric quantity: one half
  const CohortPeople people(cohort, 7);
  double tested = 0;
  for (std::uint64_t m = 0; m < 4000; ++m) tested += static_cast<double>(people.eligible(m, 0).tested);
  CHECK(std::fabs(4000 / tested - 0.5) < allowed * std::sqrt(0.25 / tested));
}

TEST_CASE("cohort: everybody is eligible, and nobody depends on others") {
  CHECK(rc::check([] {
    Cohort cohort;
    cohort.population = PopulationName::us_adults;
    cohort.age = AgeRange{50, 85};
    const int low = *rc::gen::inRange(20, 30);
    cohort.eligibility =
        "bmi between " + std::to_string(low) + " and " + std::to_string(low + 6) + " and not gait_speed < 0.8";
    const auto seed = *rc::gen::inRange<std::uint64_t>(0, 1000);
    const CohortPeople one(cohort, seed), other(cohort, seed);
    const auto member = *rc::gen::inRange<std::uint64_t>(0, 100000);
    for (std::uint64_t m = 0; m < 5; ++m) other.eligible(m, 0);
    const auto a = one.eligible(member, 0), b = other.eligible(member, 0);
    RC_ASSERT(a.candidate == b.candidate);
    for (std::size_t q = 0; q < a.person.size(); ++q)
      RC_ASSERT(a.person[q] == b.person[q] || (std::isnan(a.person[q]) && std::isnan(b.person[q])));
    const double bmi = a.person[place_of_quantity("bmi")];
    RC_ASSERT(bmi >= low && bmi <= low + 6);
    RC_ASSERT(a.person[place_of_quantity("gait_speed")] >= 0.8);
    RC_ASSERT(one.eligible(member, a.candidate + 1).candidate > a.candidate);
  }));
}

TEST_CASE("cohort: where nobody is eligible, the acceptance rate is said at once") {
  Cohort cohort;
  cohort.population = PopulationName::us_adults;
  cohort.eligibility = "bmi < 18 and fasting_glucose > 390 mg/dL";
  try {
    CohortPeople people(cohort, 1);
    FAIL("expected an error");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::out_of_range);
    CHECK(std::string(error.what()).find("bmi < 18 and fasting_glucose > 390 mg/dL") != std::string::npos);
    CHECK(std::string(error.what()).find("0 were eligible, an acceptance rate of 0") != std::string::npos);
  }
}

TEST_CASE("cohort: conditions are understood in other units") {
  Cohort cohort = of_one_age(PopulationName::us_adults, Sex::female, 60);
  cohort.eligibility = "fasting_glucose between 5.6 and 6.9 mmol/L and height > 165 cm";
  const CohortPeople people(cohort, 2);
  for (std::uint64_t m = 0; m < 50; ++m) {
    const Person p = people.eligible(m, 0).person;
    CHECK(p[place_of_quantity("fasting_glucose")] > 5.6 * 18.016 - 1e-9);
    CHECK(p[place_of_quantity("fasting_glucose")] < 6.9 * 18.016 + 1e-9);
    CHECK(p[place_of_quantity("height")] > 1.65);
  }
}
