#include <healthspan/core/errors.hpp>
#include <healthspan/scenarios/cohort.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace healthspan::scenarios {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr std::uint64_t most_candidates = 10000;   // of one member
constexpr std::uint64_t first_candidates = 20000;  // of the first members, before anything is run
constexpr std::uint64_t per_member = 20;           // of these

}  // namespace

Country country_of(const Scenario& scenario) {
  if (!scenario.cohort) return scenario.patient.country;
  if (scenario.cohort->country) return *scenario.cohort->country;
  return scenario.cohort->population ? Population::of(*scenario.cohort->population).country() : Country::japan;
}

CohortPeople::CohortPeople(const Cohort& cohort, std::uint64_t seed) : text_(cohort.eligibility.value_or("")) {
  const AgeRange wanted = cohort.age.value_or(AgeRange{0, 200});
  if (cohort.population) {
    population_ = &Population::of(*cohort.population);
    const AgeRange whole = population_->ages();
    ages_ = cohort.age.value_or(whole);
    if (ages_.from_y < whole.from_y || ages_.to_y > whole.to_y)
      throw Error(
          ErrorCode::out_of_range,
          fmt::format("/cohort/age: found {:g} to {:g} y, expected ages within {:g} to {:g} y, for which {} is "
                      "described",
                      ages_.from_y, ages_.to_y, whole.from_y, whole.to_y, population_->name()));
    country_ = cohort.country.value_or(population_->country());
    structure_.emplace(population_->country(), ages_, cohort.sex);
    quantities_ = population_->quantities();
    streams_ = {Stream(seed, "person:age"), Stream(seed, "person:sex")};
    for (const std::size_t q : population_->sampled())
      streams_.emplace_back(seed, "person:" + person_quantities()[q].name);
    const std::vector<std::size_t>& sampled = population_->sampled();
    for (const CohortMeasurement& m : cohort.measured)
      if (const std::size_t q = place_of_quantity(m.quantity);
          !m.as && std::find(sampled.begin(), sampled.end(), q) != sampled.end())
        erring_.push_back({q, m.sd, m.relative, Stream(seed, "own:" + m.quantity)});
  } else {
    country_ = cohort.country.value_or(Country::japan);
    file_ = read_people(*cohort.people_text, "/cohort/people: " + *cohort.people);
    quantities_ = file_.quantities;
    ages_ = {200, 0};
  }

  if (!text_.empty()) {
    std::vector<std::string> names;
    for (const std::size_t q : quantities_) names.push_back(person_quantities()[q].name);
    try {
      condition_ = Condition(text_);
      for (const std::string& name : condition_.names()) {
        if (std::find(names.begin(), names.end(), name) == names.end())
          throw Error(ErrorCode::unknown_name,
                      fmt::format("these people have no \"{}\"{}", name, name_hint(name, names)));
        tested_.push_back(place_of_quantity(name));
      }
      condition_.settle_units(
          [](const std::string& name) { return person_quantities()[place_of_quantity(name)].unit; });
    } catch (const Error& error) {
      throw Error(error.code(), std::string("/cohort/eligibility: ") + error.what());
    }
  }

  if (!population_) {
    const std::size_t age = place_of_quantity("age"), male = place_of_quantity("male");
    for (std::size_t r = 0; r < file_.people.size(); ++r) {
      const Person& person = file_.people[r];
      if (!(person[age] >= wanted.from_y && person[age] <= wanted.to_y)) continue;
      if (cohort.sex && (*cohort.sex == Sex::male) != (person[male] > 0.5)) continue;
      if (!fits(person)) continue;
      rows_.push_back(r);
      ages_ = {std::min(ages_.from_y, person[age]), std::max(ages_.to_y, person[age])};
    }
    if (rows_.empty())
      throw Error(ErrorCode::out_of_range,
                  fmt::format("/cohort{}: none of the {} people of {} is eligible",
                              text_.empty() ? "" : "/eligibility", file_.people.size(), *cohort.people));
    return;
  }
  // Whether there is anybody at all, before anything is run.
  Person person;
  std::vector<double> scores;
  for (std::uint64_t member = 0; member < first_candidates / per_member; ++member)
    for (std::uint64_t number = 0; number < per_member; ++number)
      if (draw(member, number, person, scores) && fits(person)) return;
  throw Error(ErrorCode::out_of_range, fmt::format("/cohort/eligibility: \"{}\": {}", text_, rate_in_words()));
}

bool CohortPeople::fits(const Person& person) const {
  if (condition_.empty()) return true;
  std::vector<double> values;
  values.reserve(tested_.size());
  for (const std::size_t q : tested_) values.push_back(person[q]);
  return condition_.holds(values);
}

bool CohortPeople::draw(std::uint64_t member, std::uint64_t number, Person& person,
                        std::vector<double>& scores) const {
  static const std::size_t age = place_of_quantity("age"), male = place_of_quantity("male"),
                           systolic = place_of_quantity("systolic_pressure"),
                           diastolic = place_of_quantity("diastolic_pressure"), weight = place_of_quantity("weight"),
                           fat_mass = place_of_quantity("fat_mass");
  person.assign(person_quantities().size(), nan);
  const bool man = structure_->male(streams_[1].uniform(member, number));
  const double years = structure_->age_y(man, streams_[0].uniform(member, number));
  person[age] = years;
  person[male] = man ? 1.0 : 0.0;
  const std::vector<std::size_t>& sampled = population_->sampled();
  std::vector<double> independent(sampled.size());
  for (std::size_t k = 0; k < sampled.size(); ++k) independent[k] = streams_[2 + k].normal(member, number);
  population_->correlate(man, years, independent, scores);
  for (std::size_t k = 0; k < sampled.size(); ++k)
    person[sampled[k]] = population_->value(sampled[k], man, years, scores[k]);
  derive(person);
  constexpr double least_pulse_pressure = 15.0;  // mmHg
  if (person[systolic] - person[diastolic] < least_pulse_pressure) return false;
  for (const std::size_t q : {weight, fat_mass}) {
    const PersonQuantity& derived = person_quantities()[q];
    if (person[q] < derived.lowest || person[q] > derived.highest) return false;
  }
  return true;
}

void CohortPeople::unmeasure(std::uint64_t member, std::uint64_t number, const std::vector<double>& scores,
                             Person& person) const {
  static const std::size_t age = place_of_quantity("age"), male = place_of_quantity("male");
  const bool man = person[male] > 0.5;
  for (const Erring& e : erring_) {
    const double error = e.relative ? e.error * person[e.quantity] : e.error;
    const double own =
        population_->own_score(e.quantity, man, person[age], scores, error, e.stream.normal(member, number));
    person[e.quantity] = population_->value(e.quantity, man, person[age], own);
  }
  if (erring_.empty()) return;
  const std::vector<std::size_t>& sampled = population_->sampled();
  for (std::size_t q = 0; q < person.size(); ++q)
    if (q != age && q != male && std::find(sampled.begin(), sampled.end(), q) == sampled.end()) person[q] = nan;
  derive(person);
}

CohortPeople::Eligible CohortPeople::eligible(std::uint64_t member, std::uint64_t from) const {
  if (!population_) return {file_.people[rows_[member % rows_.size()]], from, 1};
  Eligible found{{}, from, 0};
  std::vector<double> scores;
  for (; found.candidate < from + most_candidates; ++found.candidate) {
    if (!draw(member, found.candidate, found.person, scores)) continue;
    ++found.tested;
    if (!fits(found.person)) continue;
    unmeasure(member, found.candidate, scores, found.person);
    return found;
  }
  throw Error(ErrorCode::out_of_range,
              fmt::format("/cohort/eligibility: \"{}\": no eligible person among {} candidates for member {}; {}",
                          text_, most_candidates, member, rate_in_words()));
}

std::string CohortPeople::rate_in_words() const {
  std::uint64_t candidates = 0, eligible = 0;
  Person person;
  std::vector<double> scores;
  for (std::uint64_t member = 0; member < first_candidates / per_member; ++member)
    for (std::uint64_t number = 0; number < per_member; ++number) {
      if (!draw(member, number, person, scores)) continue;
      ++candidates;
      eligible += fits(person);
    }
  return fmt::format(
      "of {} candidates for the first members {} {} eligible, an acceptance rate of {:.2g}, expected at "
      "least one in a few thousand",
      candidates, eligible, eligible == 1 ? "was" : "were",
      static_cast<double>(eligible) / static_cast<double>(candidates));
}

Person CohortPeople::middle() const {
  constexpr std::uint64_t people = 101;
  const std::size_t male = place_of_quantity("male");
  std::vector<Person> all;
  std::size_t men = 0;
  for (std::uint64_t m = 0; m < people; ++m) {
    all.push_back(eligible(m, 0).person);
    men += all.back()[male] > 0.5;
  }
  const double most = 2 * men >= people ? 1.0 : 0.0;
  Person middle(person_quantities().size(), nan);
  for (std::size_t q = 0; q < middle.size(); ++q) {
    std::vector<double> values;
    for (const Person& person : all)
      if (person[male] == most && !std::isnan(person[q])) values.push_back(person[q]);
    if (values.empty()) continue;
    std::sort(values.begin(), values.end());
    middle[q] = values[values.size() / 2];
  }
  return middle;
}

}  // namespace healthspan::scenarios
