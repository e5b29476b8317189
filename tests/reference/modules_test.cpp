// The contract of every module: units balance, sources resolve, rates are finite, settle and rates agree.
#include "protocols.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

namespace healthspan::tests {
namespace {

bool integrated(Kind kind) { return kind == Kind::state || kind == Kind::hazard; }

// A frame of one module alone: row i sits in slot i, with a plausible value in its unit. Values of states, inputs
// and constants come from a settled patient where one has a quantity of that name, and are 1 elsewhere.
struct Alone {
  std::vector<Slot> slots;
  std::vector<Checked> frame;
};
Alone alone(const ModuleType& module, bool male) {
  static const std::vector<double> lives[] = {settled_life(frailty_patient(), average_person(false, 75)),
                                              settled_life(frailty_patient(), average_person(true, 75))};
  Alone a;
  for (std::size_t i = 0; i < module.rows.size(); ++i) {
    const RowInfo& row = module.rows[i];
    double value = male ? row.value.men : row.value.women;
    const auto known = frailty_patient().find(row.name);
    if (known && row.kind != Kind::parameter) value = lives[male][*known];
    if (std::isnan(value)) value = 1.0;
    a.slots.push_back(static_cast<Slot>(i));
    a.frame.emplace_back(value, Unit(row.unit), std::bitset<max_rows>{});
  }
  return a;
}

void has_unit(const ModuleType& module, std::size_t row, const Checked& value, const Unit& unit, const char* hook) {
  INFO(module.name, " ", hook, " ", module.rows[row].name, ": ", value.unit.text(), " for ", unit.text());
  CHECK(value.unit == unit);
  CHECK(std::isfinite(value.value));
}

TEST_CASE("the units of every equation of every module balance") {
  const Unit day("d");
  for (const ModuleType* module : models::catalog())
    for (const bool male : {true, false}) {
      const auto& e = std::get<Equations<Checked>>(module->equations);
      const std::size_t n = module->rows.size();
      const auto rows = [&](auto&& wanted, auto&& check) {
        for (std::size_t i = 0; i < n; ++i)
          if (wanted(module->rows[i].kind)) check(i);
      };
      const auto unit = [&](std::size_t i) { return Unit(module->rows[i].unit); };
      INFO("module ", module->name);
      const auto same_units = [&](const std::vector<Checked>& frame, const char* hook) {
        for (std::size_t i = 0; i < n; ++i) has_unit(*module, i, frame[i], unit(i), hook);
      };
      // Each writes into the frame what it is allowed to; all units have to be what they were.
      for (const auto& [hook, function] : {std::pair{"personalise", e.personalise}, std::pair{"anchor", e.anchor},
                                           std::pair{"outputs", e.outputs}}) {
        if (!function) continue;
        Alone a = alone(*module, male);
        CHECK_NOTHROW(function(a.frame.data(), a.slots.data()));
        same_units(a.frame, hook);
      }
      if (e.settle) {
        const Alone a = alone(*module, male);
        std::vector<Checked> settled = a.frame;
        CHECK_NOTHROW(e.settle(a.frame.data(), a.slots.data(), settled.data()));
        same_units(settled, "settle");
      }
      if (e.at_switch) {
        const Alone before = alone(*module, male);
        Alone after = before;
        CHECK_NOTHROW(e.at_switch(before.frame.data(), after.frame.data(), after.slots.data()));
        same_units(after.frame, "at_switch");
      }
      Alone a = alone(*module, male);
      std::vector<Checked> written(n, Checked(0.0, Unit("steps"), {}));  // a mark: no rate has this unit
      if (e.rates) {
        CHECK_NOTHROW(e.rates(a.frame.data(), a.slots.data(), written.data()));
        rows(integrated, [&](std::size_t i) { has_unit(*module, i, written[i], unit(i) / day, "rates"); });
      } else {
        rows(integrated, [&](std::size_t i) { FAIL_CHECK(module->name, " has no rate for ", module->rows[i].name); });
      }
      if (e.relaxation) {
        std::fill(written.begin(), written.end(), Checked(0.0, Unit("steps"), {}));
        CHECK_NOTHROW(e.relaxation(a.frame.data(), a.slots.data(), written.data()));
        rows(integrated, [&](std::size_t i) {
          if (written[i].unit == Unit("steps")) return;  // not every state relaxes
          has_unit(*module, i, written[i], Unit("1/d"), "relaxation");
          CHECK(written[i].value > 0);
        });
      }
    }
}

TEST_CASE("names are lower-case words, unique in their module, and owned once in the patient") {
  const std::regex words("[a-z][a-z0-9]*(_[a-z0-9]+)*");
  std::set<std::string> modules;
  for (const ModuleType* module : models::catalog()) {
    CHECK(std::regex_match(module->name, words));
    CHECK(modules.insert(module->name).second);
    CHECK(!module->summary.empty());
    std::set<std::string> names;
    for (const RowInfo& row : module->rows) {
      INFO(module->name, " ", row.name);
      CHECK(std::regex_match(row.name, words));
      CHECK(names.insert(row.name).second);
      CHECK(!row.meaning.empty());
    }
  }
  for (const char* country : {"japan", "usa"})
    CHECK_NOTHROW(models::compose(models::patient_modules(country), models::attribute_names()));
}

std::set<std::string> bibliography() {
  std::ifstream file(std::string(HEALTHSPAN_TEST_DATA) + "/../../docs/references.bib");
  REQUIRE(file);
  std::stringstream text;
  text << file.rdbuf();
  const std::string all = text.str();
  std::set<std::string> keys;
  const std::regex entry(R"(@\w+\{([^,\s]+),)");
  for (std::sregex_iterator at(all.begin(), all.end(), entry), end; at != end; ++at)
    CHECK_MESSAGE(keys.insert((*at)[1]).second, "two entries of " << (*at)[1]);
  return keys;
}

TEST_CASE("every parameter names its source, and every source is in the bibliography") {
  const std::set<std::string> keys = bibliography();
  int cited_count = 0, calibrated_count = 0, assumed_count = 0;
  for (const ModuleType* module : models::catalog())
    for (const RowInfo& row : module->rows) {
      if (row.kind != Kind::parameter) continue;
      INFO(module->name, " ", row.name, " ", row.source.key);
      CHECK(!row.source.note.empty());
      if (row.source.status == Status::assumed) {
        CHECK(row.source.key.empty());
        ++assumed_count;
      } else {
        CHECK(keys.count(std::string(row.source.key)) == 1);
        ++(row.source.status == Status::cited ? cited_count : calibrated_count);
      }
    }
  MESSAGE(cited_count, " cited, ", calibrated_count, " calibrated, ", assumed_count, " assumed");
}

TEST_CASE("every parameter has a finite value in a unit that parses, and a spread that leaves its sign alone") {
  for (const ModuleType* module : models::catalog())
    for (const RowInfo& row : module->rows) {
      INFO(module->name, " ", row.name);
      CHECK_NOTHROW(Unit(row.unit));
      if (row.kind != Kind::parameter) continue;
      CHECK(std::isfinite(row.value.men));
      CHECK(std::isfinite(row.value.women));
      CHECK(row.spread.log_sd >= 0);
      CHECK(row.spread.log_sd <= 2.0);  // one in six seven times the median: more would be a mistake  // a factor of
                                        // 7 between the 2.5th and 97.5th percentile: nothing is vaguer
      // A log-normal spread is one of positive values.
      if (row.spread.log_sd > 0) CHECK(row.value.men > 0);
      if (row.spread.log_sd > 0) CHECK(row.value.women > 0);
    }
}

TEST_CASE("rates are finite for a thousand sampled patients, in health and in hospital") {
  const Composition& composition = frailty_patient();
  std::vector<double> rates(composition.states());
  int without_start = 0;
  for (std::uint64_t member = 0; member < 1000; ++member) {
    std::vector<double> frame = sampled_life(composition, member);
    if (std::isnan(frame[composition.slot("activity")])) {  // personalise found no steady activity
      ++without_start;
      continue;
    }
    for (const bool in_hospital : {false, true}) {
      if (in_hospital) {
        frame[composition.slot("activity_imposed")] = 1;
        frame[composition.slot("acute_illness")] = 6;
        frame[composition.slot("supplement_energy")] = -800;
      }
      composition.right_hand_side(frame.data(), rates.data());
      for (std::size_t s = 0; s < composition.states(); ++s) {
        INFO("member ", member, " ", composition.slots()[s].name);
        CHECK(std::isfinite(frame[s]));
        CHECK(std::isfinite(rates[s]));
      }
    }
  }
  MESSAGE(without_start, " of 1000 have no steady start");
  CHECK(without_start == 0);
}

// Each state is moved alone to where its module settles it. 1e-12 of its own size per day is rounding.
TEST_CASE("where a module says a state settles, the rate of that state vanishes") {
  const Composition& composition = frailty_patient();
  std::vector<double> rates(composition.states()), relaxation(composition.states());
  std::set<std::string> settled;
  for (std::uint64_t member = 0; member < 40; ++member) {
    std::vector<double> base = sampled_life(composition, member);
    for (const char* name : {"activity", "inflammation", "neural_quality", "oxygen_uptake_at_start_size"})
      base[composition.slot(name)] *= 0.9;  // off balance
    base[composition.slot("resistance_dose")] = 0.4;
    base[composition.slot("supplement_energy")] = -150;
    composition.outputs(base.data());
    for (const ModuleType* module : composition.modules()) {
      std::vector<Slot> slots;
      for (const RowInfo& row : module->rows) slots.push_back(composition.slot(row.name));
      const auto& e = std::get<Equations<double>>(module->equations);
      if (!e.settle) continue;
      std::vector<double> after = base;
      e.settle(base.data(), slots.data(), after.data());
      for (std::size_t i = 0; i < slots.size(); ++i) {
        if (module->rows[i].kind != Kind::state || after[slots[i]] == base[slots[i]]) continue;
        std::vector<double> frame = base;
        frame[slots[i]] = after[slots[i]];
        if (e.outputs) e.outputs(frame.data(), slots.data());
        e.rates(frame.data(), slots.data(), rates.data());
        INFO(module->name, " ", module->rows[i].name, " member ", member);
        CHECK(std::fabs(rates[slots[i]]) <= 1e-12 * std::max(1.0, std::fabs(frame[slots[i]])));
        settled.insert(module->rows[i].name);
      }
    }
    // Whatever relaxes can be settled, and the other way round.
    composition.relaxation(base.data(), relaxation.data());
    for (std::size_t s = 0; s < composition.states(); ++s) {
      INFO(composition.slots()[s].name);
      CHECK((relaxation[s] > 0) == (settled.count(composition.slots()[s].name) == 1));
    }
  }
  MESSAGE(settled.size(), " states settle");
}

}  // namespace
}  // namespace healthspan::tests
