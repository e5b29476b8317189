// Who the members of a cohort are: people of a population or of a file, as far as they are eligible.
#pragma once

#include <healthspan/core/random.hpp>
#include <healthspan/scenarios/condition.hpp>
#include <healthspan/scenarios/population.hpp>

#include <memory>

namespace healthspan::scenarios {

class CohortPeople {
 public:
  // Throws Error(unknown_name | wrong_unit | out_of_range | missing_value | syntax) that says where in the scenario,
  // and Error(out_of_range) with the acceptance rate when nobody is eligible.
  CohortPeople(const Cohort& cohort, std::uint64_t seed);

  // An eligible person for a member, as he is; eligible is who was measured so. Candidate 0, 1, 2, … of a member is
  // the same whatever happens to others: it depends on the seed, the member and its number alone. From a file every
  // candidate of a member is the same row.
  struct Eligible {
    Person person;
    std::uint64_t candidate;  // its number
    std::uint64_t tested;     // candidates looked at for it
  };
  // The first eligible one from candidate `from` on. Throws Error(out_of_range) after 10,000 in vain.
  Eligible eligible(std::uint64_t member, std::uint64_t from) const;

  // What its people are known by.
  const std::vector<std::size_t>& quantities() const { return quantities_; }
  Country country() const { return country_; }
  // Where people come from a file: its rows, and those that are eligible.
  std::uint64_t rows() const { return file_.people.size(); }
  std::uint64_t eligible_rows() const { return rows_.size(); }
  // The ages that were asked for, or those of the file.
  AgeRange ages() const { return ages_; }
  // Somebody between all others: medians of the first people of the sex that most of them have.
  Person middle() const;

 private:
  bool fits(const Person& person) const;
  // As measured; false for values that do not go together in one person.
  bool draw(std::uint64_t member, std::uint64_t number, Person& person, std::vector<double>& scores) const;
  // Puts his own values in the place of those measured with an error.
  void unmeasure(std::uint64_t member, std::uint64_t number, const std::vector<double>& scores, Person& person) const;
  std::string rate_in_words() const;

  Condition condition_;
  std::vector<std::size_t> tested_;  // by Condition::names()
  std::vector<std::size_t> quantities_;
  Country country_ = Country::japan;
  AgeRange ages_;
  const Population* population_ = nullptr;
  std::optional<AgeStructure> structure_;
  std::vector<Stream> streams_;  // age, sex, then the sampled quantities
  struct Erring {
    std::size_t quantity;
    double error;
    bool relative;
    Stream stream;
  };
  std::vector<Erring> erring_;
  PeopleTable file_;
  std::vector<std::size_t> rows_;
  std::string text_;
};

// Under this name a run keeps the people of its cohort beside its scenario.
inline constexpr const char* people_name = "people.csv";

// The country whose modules and life table a scenario takes.
Country country_of(const Scenario& scenario);

}  // namespace healthspan::scenarios
