// What may be known of a person, and people read from a table.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace healthspan::scenarios {

struct PersonQuantity {
  std::string name, unit, meaning;
  double lowest, highest;  // what is believed
};

// All of them, from populations/quantities.csv.
const std::vector<PersonQuantity>& person_quantities();

// Place of a quantity in person_quantities(); npos where there is none of this name.
std::size_t place_of_quantity(std::string_view name);
inline constexpr std::size_t no_quantity = static_cast<std::size_t>(-1);

// By place in person_quantities(), in its units; NaN where not known.
using Person = std::vector<double>;

// Weight from body mass index and the other way round, fat mass from its share, and what else follows from the rest:
// total cholesterol after Friedewald (triglycerides below 400 mg/dL), creatinine and eGFR from each other by CKD-EPI
// 2021.
void derive(Person& person);

// A file of people: which quantities every one of them has, and the rows.
struct PeopleTable {
  std::vector<std::size_t> quantities;
  std::vector<std::string> ids;  // the numbers of the rows from 0 on where they have none
  std::vector<Person> people;
};

// What the simulation of a person needs besides age and sex.
inline const std::vector<std::string> needed_to_simulate{"height", "weight", "deficit_burden"};

// Columns: id (optional), age, sex (male or female), what is needed or what it follows from (weight from bmi), and
// any other quantity by its name, with its unit behind it where it is another one: of length or mass (height_cm), of
// cholesterol (hdl_cholesterol_mmol_per_L), or of hba1c (hba1c_mmol_per_mol). Throws Error(syntax | unknown_name |
// missing_value | wrong_type | out_of_range) that says in which line and column.
PeopleTable read_people(std::string_view text, const std::string& name,
                        const std::vector<std::string>& needed = needed_to_simulate);

// The same as a table; row k is the person at place k.
std::string write_people(const std::vector<std::size_t>& quantities, const std::vector<Person>& people);

}  // namespace healthspan::scenarios
