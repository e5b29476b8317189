#include "person_quantities.inc"

#include <healthspan/core/elementary.hpp>
#include <healthspan/core/errors.hpp>
#include <healthspan/models/scores/ckd_epi.hpp>
#include <healthspan/scenarios/language/units.hpp>
#include <healthspan/scenarios/person.hpp>
#include <healthspan/scenarios/plain_table.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>

namespace healthspan::scenarios {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// What is derived and from what, by place.
struct Places {
  std::size_t age = place_of_quantity("age"), male = place_of_quantity("male"), height = place_of_quantity("height"),
              weight = place_of_quantity("weight"), bmi = place_of_quantity("bmi"),
              fat_share = place_of_quantity("fat_share"), fat_mass = place_of_quantity("fat_mass"),
              steps = place_of_quantity("steps"), activity = place_of_quantity("activity"),
              total = place_of_quantity("total_cholesterol"), hdl = place_of_quantity("hdl_cholesterol"),
              ldl = place_of_quantity("ldl_cholesterol"), triglycerides = place_of_quantity("triglycerides"),
              egfr = place_of_quantity("egfr"), creatinine = place_of_quantity("creatinine"),
              drugs = place_of_quantity("antihypertensive_drugs"), use = place_of_quantity("antihypertensive_use"),
              statin = place_of_quantity("statin_dose"), statin_use = place_of_quantity("statin_use"),
              systolic = place_of_quantity("systolic_pressure"), diastolic = place_of_quantity("diastolic_pressure");
};
const Places& places() {
  static const Places all;
  return all;
}

// CKD-EPI 2021 without race, solved for creatinine.
double creatinine_of(double egfr, double age, bool male) {
  const models::CkdEpi& c = male ? models::ckd_epi_creatinine_men : models::ckd_epi_creatinine_women;
  const double ratio = egfr / (c.at_reference * pow(c.per_year, age) * c.sex);
  return c.creatinine_knot * pow(ratio, 1.0 / (ratio > 1.0 ? c.creatinine_below : c.creatinine_above));
}

// A column: its quantity, and the quantity's value where the column's is x: factor * x + offset.
struct Column {
  std::size_t quantity = no_quantity;
  double factor = 1, offset = 0;
};

// Units of the blood that tables come in, besides those of person_quantities(). Cholesterol 386.65 g/mol,
// triglycerides 885.7 g/mol (as triolein); HbA1c: the master equation of NGSP and IFCC, Hoelzel et al., Clin Chem
// 50:166 (2004).
struct OtherUnit {
  std::string_view quantity, unit;
  double factor, offset;
};
constexpr std::array other_units{
    OtherUnit{"total_cholesterol", "mmol_per_L", 38.665, 0}, OtherUnit{"hdl_cholesterol", "mmol_per_L", 38.665, 0},
    OtherUnit{"ldl_cholesterol", "mmol_per_L", 38.665, 0},   OtherUnit{"triglycerides", "mmol_per_L", 88.57, 0},
    OtherUnit{"fasting_glucose", "mmol_per_L", 18.016, 0},   OtherUnit{"creatinine", "umol_per_L", 1 / 88.4, 0},
    OtherUnit{"hba1c", "mmol_per_mol", 0.09148, 2.152},
};

Column column_of(const std::string& name) {
  if (const std::size_t quantity = place_of_quantity(name); quantity != no_quantity) return {quantity};
  for (const OtherUnit& other : other_units)
    if (name == fmt::format("{}_{}", other.quantity, other.unit))
      return {place_of_quantity(other.quantity), other.factor, other.offset};
  const std::size_t bar = name.rfind('_');
  if (bar == std::string::npos) return {};
  const std::size_t quantity = place_of_quantity(name.substr(0, bar));
  if (quantity == no_quantity) return {};
  for (const Dimension* dimension : {&dimension_length, &dimension_mass}) {
    const UnitName *own = dimension->find(person_quantities()[quantity].unit),
                   *given = dimension->find(name.substr(bar + 1));
    if (own && given) return {quantity, given->in_canonical / own->in_canonical};
  }
  return {};
}

// What derive() works out, and from what.
struct Derived {
  std::string_view quantity;
  std::vector<std::string_view> from;
};
const std::vector<Derived>& derived_quantities() {
  static const std::vector<Derived> all{
      {"weight", {"height", "bmi"}},
      {"bmi", {"height", "weight"}},
      {"total_cholesterol", {"hdl_cholesterol", "ldl_cholesterol", "triglycerides"}},
      {"creatinine", {"egfr"}},
      {"egfr", {"creatinine"}},
      {"antihypertensive_use", {"antihypertensive_drugs"}},
      {"statin_use", {"statin_dose"}}};
  return all;
}

// 1 or 0.
bool yes_or_no(const PersonQuantity& q) { return q.unit == "1" && q.lowest == 0 && q.highest == 1; }

}  // namespace

const std::vector<PersonQuantity>& person_quantities() {
  static const std::vector<PersonQuantity> all = [] {
    const PlainTable table(person_quantities_csv, "quantities.csv");
    std::vector<PersonQuantity> list;
    for (std::size_t r = 0; r < table.size(); ++r)
      list.push_back({std::string(table.cell(r, table.column("name"))),
                      std::string(table.cell(r, table.column("unit"))),
                      std::string(table.cell(r, table.column("meaning"))), table.number(r, table.column("lowest")),
                      table.number(r, table.column("highest"))});
    return list;
  }();
  return all;
}

std::size_t place_of_quantity(std::string_view name) {
  const auto& all = person_quantities();
  const auto at = std::find_if(all.begin(), all.end(), [&](const PersonQuantity& q) { return q.name == name; });
  return at == all.end() ? no_quantity : static_cast<std::size_t>(at - all.begin());
}

void derive(Person& person) {
  const Places& p = places();
  const auto known = [&](std::size_t place) { return !std::isnan(person[place]); };
  const double area = person[p.height] * person[p.height];
  if (!known(p.weight)) person[p.weight] = person[p.bmi] * area;
  if (known(p.weight)) person[p.bmi] = person[p.weight] / area;
  if (!known(p.fat_mass)) person[p.fat_mass] = person[p.fat_share] * person[p.weight];
  if (known(p.fat_mass)) person[p.fat_share] = person[p.fat_mass] / person[p.weight];
  constexpr double steps_per_activity = 5000.0;  // as in the module activity
  if (!known(p.steps)) person[p.steps] = person[p.activity] * steps_per_activity;
  person[p.activity] = person[p.steps] / steps_per_activity;
  if (!known(p.total) && person[p.triglycerides] < 400.0)
    person[p.total] = person[p.ldl] + person[p.hdl] + person[p.triglycerides] / 5.0;
  if (!known(p.creatinine) && known(p.egfr))
    person[p.creatinine] = creatinine_of(person[p.egfr], person[p.age], person[p.male] > 0.5);
  if (!known(p.drugs) && known(p.use)) person[p.drugs] = person[p.use];  // who takes some, takes one at least
  if (!known(p.statin) && known(p.statin_use)) person[p.statin] = person[p.statin_use];
  if (!known(p.use) && known(p.drugs)) person[p.use] = person[p.drugs] > 0 ? 1.0 : 0.0;
  if (!known(p.statin_use) && known(p.statin)) person[p.statin_use] = person[p.statin] > 0 ? 1.0 : 0.0;
  if (!known(p.egfr) && known(p.creatinine))
    person[p.egfr] = models::ckd_epi_creatinine(person[p.male], person[p.age], person[p.creatinine]);
}

PeopleTable read_people(std::string_view text, const std::string& name, const std::vector<std::string>& needed) {
  const PlainTable table(text, name);
  const Places& p = places();
  std::vector<std::string> known{"id", "sex"};
  for (const PersonQuantity& q : person_quantities()) known.push_back(q.name);
  std::vector<Column> columns;
  std::vector<std::size_t> given;
  std::size_t id = no_quantity, sex = no_quantity;
  for (std::size_t c = 0; c < table.columns().size(); ++c) {
    const std::string& column = table.columns()[c];
    columns.push_back(column == "id" || column == "sex" ? Column{} : column_of(column));
    if (column == "id") id = c;
    if (column == "sex") sex = c;
    if (column == "id" || column == "sex") continue;
    if (columns.back().quantity == no_quantity || columns.back().quantity == p.male)
      throw Error(ErrorCode::unknown_name,
                  fmt::format("{}: line 1: unknown column \"{}\"{}", name, column,
                              column == "male"                      ? ", expected \"sex\" with male or female"
                              : nearest_name(column, known).empty() ? "; the page on cohorts lists the names"
                                                                    : name_hint(column, known)));
    if (std::find(given.begin(), given.end(), columns.back().quantity) != given.end())
      throw Error(ErrorCode::unknown_name,
                  fmt::format("{}: line 1: the column \"{}\" gives a quantity twice", name, column));
    given.push_back(columns.back().quantity);
  }
  const auto has = [&](std::size_t place) { return std::find(given.begin(), given.end(), place) != given.end(); };
  const auto need = [&](bool there, const std::string& what) {
    if (!there)
      throw Error(ErrorCode::missing_value, fmt::format("{}: line 1: the column {} is missing", name, what));
  };
  need(has(p.age), "\"age\"");
  need(sex != no_quantity, "\"sex\"");
  for (const std::string& quantity : needed) {
    bool there = has(place_of_quantity(quantity));
    std::string what = fmt::format("\"{}\"", quantity);
    for (const Derived& derived : derived_quantities()) {
      if (derived.quantity != quantity) continue;
      there = there || std::all_of(derived.from.begin(), derived.from.end(),
                                   [&](std::string_view q) { return has(place_of_quantity(q)); });
      what += fmt::format(" (or \"{}\")", fmt::join(derived.from, "\" and \""));
    }
    need(there, what);
  }
  for (const auto& [one, other] : {std::pair{p.weight, p.bmi}, {p.fat_mass, p.fat_share}, {p.steps, p.activity}})
    if (has(one) && has(other))
      throw Error(ErrorCode::unknown_name,
                  fmt::format("{}: line 1: \"{}\" and \"{}\" say the same, expected one of the two", name,
                              person_quantities()[one].name, person_quantities()[other].name));

  PeopleTable result;
  std::map<std::string_view, std::size_t> ids;
  for (std::size_t r = 0; r < table.size(); ++r) {
    Person person(person_quantities().size(), nan);
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const std::string_view cell = table.cell(r, c);
      if (cell.empty()) throw Error(ErrorCode::missing_value, table.place(r, c) + ": is missing");
      if (c == id) {
        if (const auto [other, is_new] = ids.emplace(cell, r); !is_new)
          throw Error(ErrorCode::unknown_name, fmt::format("{}: \"{}\" is there twice, also in row {}",
                                                           table.place(r, c), cell, other->second + 1));
      } else if (c == sex) {
        if (cell != "male" && cell != "female")
          throw Error(ErrorCode::wrong_type, fmt::format("{}: found \"{}\", expected male or female",
                                                         table.place(r, c), cell.substr(0, 40)));
        person[p.male] = cell == "male" ? 1.0 : 0.0;
      } else {
        const PersonQuantity& q = person_quantities()[columns[c].quantity];
        const auto [quantity, factor, offset] = columns[c];
        const double value = table.number(r, c) * factor + offset;
        if (yes_or_no(q) && value != 0 && value != 1)
          throw Error(ErrorCode::out_of_range, fmt::format("{}: found {}, expected 0 or 1", table.place(r, c), cell));
        if (!(value >= q.lowest && value <= q.highest))
          throw Error(ErrorCode::out_of_range,
                      fmt::format("{}: found {}, expected {:.4g} to {:.4g}", table.place(r, c), cell,
                                  (q.lowest - offset) / factor, (q.highest - offset) / factor));
        person[columns[c].quantity] = value;
      }
    }
    derive(person);
    for (const std::string& quantity : needed)
      if (std::isnan(person[place_of_quantity(quantity)]))
        throw Error(ErrorCode::missing_value,
                    fmt::format("{}: of the row no {} can be worked out", table.place(r, 0), quantity));
    for (const std::size_t place : {p.weight, p.bmi, p.fat_share}) {
      const PersonQuantity& q = person_quantities()[place];
      if (!std::isnan(person[place]) && !(person[place] >= q.lowest && person[place] <= q.highest))
        throw Error(ErrorCode::out_of_range,
                    fmt::format("{}: the row comes to a {} of {:.4g} {}, expected {:g} to {:g}", table.place(r, 0),
                                q.name, person[place], q.unit == "1" ? "" : q.unit, q.lowest, q.highest));
    }
    if (const double systolic = person[p.systolic], diastolic = person[p.diastolic]; diastolic >= systolic)
      throw Error(
          ErrorCode::out_of_range,
          fmt::format("{}: the row has a diastolic pressure of {:g} mmHg, expected less than the systolic one "
                      "of {:g} mmHg",
                      table.place(r, 0), diastolic, systolic));
    result.ids.push_back(id == no_quantity ? fmt::format("{}", r) : std::string(table.cell(r, id)));
    result.people.push_back(std::move(person));
  }
  for (std::size_t q = 0; q < person_quantities().size(); ++q)
    if (std::any_of(result.people.begin(), result.people.end(), [&](const Person& x) { return !std::isnan(x[q]); }))
      result.quantities.push_back(q);
  return result;
}

std::string write_people(const std::vector<std::size_t>& quantities, const std::vector<Person>& people) {
  const Places& p = places();
  // What is derived is left out, so that nothing is said twice; so is what not everybody has.
  std::vector<std::size_t> written;
  for (const std::size_t q : quantities) {
    const bool derived =
        q == p.male || q == p.bmi || q == p.fat_share || q == p.activity || q == p.total || q == p.creatinine;
    if (!derived && std::none_of(people.begin(), people.end(), [&](const Person& x) { return std::isnan(x[q]); }))
      written.push_back(q);
  }
  std::string csv = "id,sex";
  for (const std::size_t q : written) csv += "," + person_quantities()[q].name;
  csv += "\n";
  for (std::size_t k = 0; k < people.size(); ++k) {
    csv += fmt::format("{},{}", k, people[k][p.male] > 0.5 ? "male" : "female");
    for (const std::size_t q : written) csv += fmt::format(",{}", people[k][q]);
    csv += "\n";
  }
  return csv;
}

}  // namespace healthspan::scenarios
