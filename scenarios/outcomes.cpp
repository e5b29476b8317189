#include <healthspan/core/elementary.hpp>
#include <healthspan/scenarios/condition.hpp>
#include <healthspan/scenarios/outcomes.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <string_view>
#include <utility>

namespace healthspan::scenarios {

namespace {

constexpr double year_d = 365.25;

// As days are kept in a summary.
constexpr double day_scale = 0x1p20;

// Events are counted whole, or as sums of probabilities.
constexpr double times_scale = 0x1p30;

double watched(const LifeRow& life, std::size_t report, std::size_t place) {
  return life.watched[report * (life.watched.size() / life.weights.size()) + place];
}

template <class Code>
[[noreturn]] void fail(Code code, const std::string& at, const std::string& message) {
  throw Error(code, fmt::format("{}: {}", at, message));
}

// The report next after the event first struck, and the one a year later; none where the life does not come to it.
struct AfterOnset {
  std::size_t report = 0, year_later = 0;
  bool there = false, and_a_year = false;
};
AfterOnset after_onset(const EnsembleSpec& spec, const LifeRow& life, std::size_t event) {
  const std::vector<double>& reports = spec.reports_d;
  AfterOnset after;
  const auto next = std::upper_bound(reports.begin(), reports.end(), first_d(life, event));
  if (next == reports.end() || !life.alive(*next)) return after;
  after.report = static_cast<std::size_t>(next - reports.begin());
  after.there = true;
  constexpr double slack_d = 1e-6;  // of the sum of twelve months
  const auto later = std::lower_bound(next, reports.end(), *next + year_d - slack_d);
  if (later == reports.end() || !life.alive(*later)) return after;
  after.year_later = static_cast<std::size_t>(later - reports.begin());
  after.and_a_year = true;
  return after;
}

Measured if_finite(double value, double weight) {
  return std::isfinite(value) ? Measured{value, weight} : Measured{0, 0};
}

std::array<double, 3> by_class(const ByState& states) { return {states.robust, states.prefrail, states.frail}; }

}  // namespace

std::string label_of(std::string name) {
  // Written otherwise than with a capital and spaces.
  static constexpr std::pair<std::string_view, std::string_view> written[] = {{"bmi", "BMI"},
                                                                              {"glucose_2h", "Glucose after 2 h"},
                                                                              {"hba1c", "HbA1c"},
                                                                              {"homa_b", "HOMA-B"},
                                                                              {"homa_ir", "HOMA-IR"}};
  for (const auto& [own, label] : written)
    if (name == own) return std::string(label);
  std::replace(name.begin(), name.end(), '_', ' ');
  if (!name.empty()) name[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(name[0])));
  return name;
}

std::string rule_of(const Summary& summary, const Outcome& outcome) {
  if (!outcome.rule.empty()) return outcome.rule;
  const bool of_all = outcome.index == summary.alive_outcome() ||
                      (outcome.index >= summary.days_outcome(0) && outcome.index < summary.column_outcome(0));
  return of_all ? "all members" : "pairs alive in both";
}

Inquiry::Inquiry(const Scenario& scenario, const Composition& composition, const std::vector<Plan>& arms,
                 const std::function<std::vector<double>()>& start) {
  taken_ = {"alive", "frail", "life_years", "healthy_life_years", "qaly", "cost"};
  for (const SlotInfo& slot : composition.slots()) taken_.push_back(slot.name);
  ask_events(composition, arms, scenario.deaths == Deaths::weighed);
  // Each is counted at every report by every thread.
  constexpr double most_counts = 1e6;
  const double reports = std::ceil(12 * scenario.horizon_d / year_d) + 1;
  if (const double counts = static_cast<double>(events_.size() * arms.size()) * reports; counts > most_counts)
    fail(ErrorCode::out_of_range, "/events",
         fmt::format("{} events at {:g} report times in {} arms are {:.0f} counts to keep, expected at most {:.0f}",
                     events_.size(), reports, arms.size(), counts, most_counts));
  if (!composition.find("jchs_criteria")) {
    life_years_ = measures_.size();
    measures_.push_back({"life_years", "Years lived", "y", "all members", year_d, day_scale,
                         [](const EnsembleSpec& spec, const LifeRow& life, std::size_t) {
                           return Measured{lifetime_sum(spec, life, [](std::size_t) { return 1.0; })};
                         },
                         false});
  }
  if (!scenario.asked) return;
  const auto at_most_64 = [](const char* list, std::size_t size) {
    if (size > 64)
      fail(ErrorCode::out_of_range, fmt::format("/asked/{}", list),
           fmt::format("found {} entries, expected at most 64", size));
  };
  at_most_64("years", scenario.asked->years.size());
  at_most_64("onset", scenario.asked->onset.size());
  at_most_64("subgroups", scenario.asked->subgroups.size());
  ask_years(scenario, composition);
  ask_onset(scenario, composition, start);
  ask_worth(scenario, composition);
  ask_subgroups(scenario, composition);
}

// Whatever may happen in any arm, but for visits, which happen to all alike.
void Inquiry::ask_events(const Composition& composition, const std::vector<Plan>& arms, bool weigh_deaths) {
  const auto ends_life = [&](Slot hazard) { return composition.slots()[hazard].recurrence == Recurrence::ends_life; };
  const std::vector<Slot>& hazards = composition.hazards();
  const auto deaths = std::count_if(hazards.begin(), hazards.end(), ends_life);
  for (const Plan& plan : arms) {
    std::vector<bool> looked_for(plan.events().size(), true);
    for (const Plan::BoundVisit& visit : plan.visits()) looked_for[visit.timed.event] = false;
    for (const Plan::BoundVisit& visit : plan.visits())
      for (const Plan::BoundFinding& finding : visit.findings) looked_for[finding.event] = true;
    for (const Plan::Timed& timed : plan.scheduled()) looked_for[timed.event] = true;
    for (const Plan::BoundTrigger& trigger : plan.triggers()) looked_for[trigger.event] = true;
    for (std::size_t e = 0; e < plan.events().size(); ++e) {
      const std::string& name = plan.events()[e].name;
      const bool death = e < hazards.size() && ends_life(hazards[e]);
      // Weights do not tell one cause of death from another.
      if (death && weigh_deaths && deaths > 1) looked_for[e] = false;
      const auto same = [&](const TalliedEvent& known) { return known.name == name; };
      if (looked_for[e] && std::none_of(events_.begin(), events_.end(), same)) events_.push_back({name, death});
    }
  }
  for (std::size_t e = 0; e < events_.size(); ++e) {
    const std::string& name = events_[e].name;
    measures_.push_back({name, label_of(name) + " by the end", "share", "all members", 1, weigh_deaths ? 0x1p39 : 1.0,
                         [e](const EnsembleSpec& spec, const LifeRow& life, std::size_t) {
                           return Measured{had_by(spec, life, e, spec.reports_d.size() - 1)};
                         },
                         false});
    measures_.push_back({name, label_of(name) + ", times", "1", "all members", 1, times_scale,
                         [e](const EnsembleSpec& spec, const LifeRow& life, std::size_t) {
                           return Measured{times_of(spec, life, e)};
                         },
                         false});
  }
}

void Inquiry::ask_years(const Scenario& scenario, const Composition& composition) {
  const std::vector<YearsAsked>& years = scenario.asked->years;
  for (std::size_t k = 0; k < years.size(); ++k) {
    const std::string at = fmt::format("/asked/years/{}", k);
    const Holds holds = bind(years[k].condition, composition, at + "/while");
    add({years[k].name, label_of(years[k].name), "y", "all members", year_d, day_scale,
         [holds](const EnsembleSpec& spec, const LifeRow& life, std::size_t) {
           std::size_t last = spec.reports_d.size();  // a report is asked for twice in a row
           bool counts = false;
           return Measured{lifetime_sum(spec, life, [&](std::size_t report) {
             if (report != last) counts = holds(life, last = report);
             return counts ? 1.0 : 0.0;
           })};
         }},
        at + "/name");
  }
}

void Inquiry::ask_onset(const Scenario& scenario, const Composition& composition,
                        const std::function<std::vector<double>()>& start) {
  onsets_ = scenario.asked->onset;
  first_onset_ = measures_.size();
  for (std::size_t k = 0; k < onsets_.size(); ++k) {
    const std::string at = fmt::format("/asked/onset/{}", k);
    const std::size_t event = this->event(onsets_[k].event, at + "/event");
    if (events_[event].ends_life)
      fail(ErrorCode::out_of_range, at + "/event",
           fmt::format("found \"{}\", expected an event that people live to see", onsets_[k].event));
    const Slot slot = known(onsets_[k].quantity, composition, at + "/quantity");
    const std::size_t place = watch(slot);
    const double magnitude = std::max(1.0, std::fabs(start()[slot]));
    const double scale = ColumnRange::exactly(0, std::isfinite(magnitude) ? magnitude : 1.0).scale;
    const std::string& quantity = onsets_[k].quantity;
    std::string event_name = onsets_[k].event;
    const std::string label = label_of(quantity), when = fmt::format("\"{}\"", event_name);
    std::replace_if(
        event_name.begin(), event_name.end(), [](unsigned char c) { return !std::isalnum(c); }, '_');
    const std::string unit = composition.slots()[slot].unit, rule = "pairs with it in both";
    add({quantity + "_at_" + event_name, label + " at " + when, unit, rule, 1, scale,
         [event, place](const EnsembleSpec& spec, const LifeRow& life, std::size_t) {
           const AfterOnset after = after_onset(spec, life, event);
           if (!after.there) return Measured{0, 0};
           return if_finite(watched(life, after.report, place), life.weights[after.report]);
         }},
        at);
    add({quantity + "_slope_after_" + event_name, label + "'s change after " + when,
         unit == "1" ? "1/y" : unit + "/y", rule, 1, scale,
         [event, place](const EnsembleSpec& spec, const LifeRow& life, std::size_t) {
           const AfterOnset after = after_onset(spec, life, event);
           if (!after.and_a_year) return Measured{0, 0};
           const double years = (spec.reports_d[after.year_later] - spec.reports_d[after.report]) / year_d;
           const double change = watched(life, after.year_later, place) - watched(life, after.report, place);
           return if_finite(change / years, life.weights[after.year_later]);
         }},
        at);
  }
}

void Inquiry::ask_worth(const Scenario& scenario, const Composition& composition) {
  if (!scenario.asked->worth) return;
  const Worth& worth = *scenario.asked->worth;
  const std::string at = "/asked/worth";
  if (!worth.quality && !worth.costs) fail(ErrorCode::missing_value, at, "has neither \"quality\" nor \"costs\"");
  const bool by_state = worth.quality || worth.costs->per_year;
  if (by_state && !composition.find("jchs_criteria"))
    fail(ErrorCode::missing_value, at,
         "needs the states robust, prefrail and frail, but no module of this system has \"jchs_criteria\"");
  const double rate = healthspan::log(1.0 + worth.discount) / year_d;
  const std::string discounted = worth.discount > 0 ? fmt::format(" at {:g} %", 100 * worth.discount) : "";
  const auto per_state = [](const EnsembleSpec& spec, const LifeRow& life, std::size_t report) {
    return class_of(life.class_values[report], spec.class_cuts);
  };
  if (worth.quality) {
    const std::array<double, 3> quality = by_class(*worth.quality);
    qaly_ = measures_.size();
    measures_.push_back({"qaly", "Quality-adjusted years" + discounted, "QALY", "all members", year_d, day_scale,
                         [=](const EnsembleSpec& spec, const LifeRow& life, std::size_t) {
                           return Measured{lifetime_sum(
                               spec, life, [&](std::size_t r) { return quality[per_state(spec, life, r)]; }, rate)};
                         }});
  }
  if (!worth.costs) return;
  const Costs& costs = *worth.costs;
  const auto is_word = [](unsigned char c) { return std::isalnum(c) != 0; };
  if (costs.currency.size() > 16 || !std::all_of(costs.currency.begin(), costs.currency.end(), is_word))
    fail(ErrorCode::out_of_range, at + "/costs/currency",
         fmt::format("found \"{}\", expected up to 16 letters such as \"USD\"", costs.currency));
  const std::array<double, 3> per_year = by_class(costs.per_year.value_or(YearlyCosts{}));
  std::vector<std::pair<std::size_t, double>> per_event;
  std::vector<std::string> arm_names;
  for (const Arm& arm : scenario.arms) arm_names.push_back(arm.name);
  std::vector<double> once(arm_names.size(), 0.0), yearly(arm_names.size(), 0.0);
  double magnitude = 1;  // of a life that stays the dearest and has each event yearly
  const double years = scenario.horizon_d / year_d;
  magnitude += years * *std::max_element(per_year.begin(), per_year.end());
  for (const auto& [name, cost] : costs.per_event) {
    per_event.emplace_back(event(name, at + "/costs/per_event/" + name), cost);
    magnitude += years * cost;
  }
  const auto by_arm = [&](const char* key, const std::map<std::string, double>& given, std::vector<double>& into) {
    for (const auto& [name, cost] : given) {
      const auto place = std::find(arm_names.begin(), arm_names.end(), name);
      if (place == arm_names.end())
        fail(ErrorCode::unknown_name, fmt::format("{}/costs/{}/{}", at, key, name),
             "there is no arm of this name" + name_hint(name, arm_names));
      into[static_cast<std::size_t>(place - arm_names.begin())] = cost;
      magnitude += years * cost;
    }
  };
  by_arm("per_arm", costs.per_arm, once);
  by_arm("per_year_of_arm", costs.per_year_of_arm, yearly);
  cost_ = measures_.size();
  const bool states = costs.per_year.has_value();
  measures_.push_back(
      {"cost", "Cost" + discounted, costs.currency, "all members", 1, ColumnRange::exactly(0, magnitude).scale,
       [=](const EnsembleSpec& spec, const LifeRow& life, std::size_t arm) {
         const double days_cost = lifetime_sum(
             spec, life,
             [&](std::size_t r) { return (states ? per_year[per_state(spec, life, r)] : 0.0) + yearly[arm]; }, rate);
         double cost = once[arm] + days_cost / year_d;
         for (const auto& [event, each] : per_event) cost += each * times_of(spec, life, event, rate);
         return Measured{cost};
       }});
}

void Inquiry::ask_subgroups(const Scenario& scenario, const Composition& composition) {
  const std::vector<Subgroup>& asked = scenario.asked->subgroups;
  for (std::size_t k = 0; k < asked.size(); ++k) {
    const std::string at = fmt::format("/asked/subgroups/{}", k);
    for (std::size_t other = 0; other < k; ++other)
      if (asked[other].name == asked[k].name)
        fail(ErrorCode::unknown_name, at + "/name",
             fmt::format("\"{}\" is the name of two subgroups", asked[k].name));
    const Holds holds = bind(asked[k].condition, composition, at + "/of");
    groups_.push_back([holds](const LifeRow& life) { return holds(life, 0); });
    subgroups_.push_back(asked[k]);
  }
}

Slot Inquiry::known(const std::string& quantity, const Composition& composition, const std::string& at) const {
  if (const auto slot = composition.find(quantity)) return *slot;
  std::vector<std::string> names;
  for (const SlotInfo& slot : composition.slots()) names.push_back(slot.name);
  fail(ErrorCode::unknown_name, at,
       fmt::format("there is no quantity \"{}\" in this system{}", quantity,
                   nearest_name(quantity, names).empty() ? "; \"healthspan describe MODULE\" lists the names"
                                                         : name_hint(quantity, names)));
}

Inquiry::Holds Inquiry::bind(const std::string& text, const Composition& composition, const std::string& at) {
  Condition condition;
  try {
    condition = Condition(text);
  } catch (const Error& error) {
    fail(error.code(), at, error.what());
  }
  std::vector<std::size_t> places;
  for (const std::string& name : condition.names()) places.push_back(watch(known(name, composition, at)));
  try {
    condition.settle_units([&](const std::string& name) { return composition.slots()[composition.slot(name)].unit; });
  } catch (const Error& error) {
    fail(error.code(), at, error.what());
  }
  return [condition, places](const LifeRow& life, std::size_t report) {
    std::vector<double> values;
    for (const std::size_t place : places) values.push_back(watched(life, report, place));
    return condition.holds(values);
  };
}

std::size_t Inquiry::event(const std::string& name, const std::string& at) const {
  std::vector<std::string> names;
  for (std::size_t e = 0; e < events_.size(); ++e) {
    if (events_[e].name == name) return e;
    names.push_back(events_[e].name);
  }
  fail(ErrorCode::unknown_name, at, fmt::format("there is no event \"{}\"{}", name, name_hint(name, names)));
}

std::size_t Inquiry::watch(Slot slot) {
  const auto at = std::find(watched_.begin(), watched_.end(), slot);
  const auto place = static_cast<std::size_t>(at - watched_.begin());
  if (at == watched_.end()) watched_.push_back(slot);
  return place;
}

// Its name stands in tables and commands.
void Inquiry::add(Measure measure, const std::string& at) {
  const auto belongs = [](unsigned char c) { return std::isalnum(c) || c == '_'; };
  if (!std::all_of(measure.name.begin(), measure.name.end(), belongs))
    fail(ErrorCode::out_of_range, at,
         fmt::format("found \"{}\", expected a name of letters, digits and \"_\"", measure.name));
  if (std::find(taken_.begin(), taken_.end(), measure.name) != taken_.end())
    fail(ErrorCode::unknown_name, at, fmt::format("\"{}\" is the name of another outcome or quantity", measure.name));
  taken_.push_back(measure.name);
  measures_.push_back(std::move(measure));
}

void Inquiry::put_into(EnsembleSpec& spec) const {
  spec.events = events_;
  spec.watched = watched_;
  for (const Measure& measure : measures_) spec.measures.push_back(measure.of);
  spec.groups = groups_;
}

SummarySpec Inquiry::shape(const EnsembleSpec& spec) const {
  SummarySpec sums;
  sums.arms = spec.arms.size();
  sums.reports = spec.reports_d.size();
  sums.classes = spec.classes();
  sums.weighted = spec.weigh_deaths;
  for (const Measure& measure : measures_) sums.measures.push_back(measure.scale);
  if (qaly_ && cost_) sums.products.emplace_back(*cost_, *qaly_);
  sums.groups = groups_.size();
  sums.events = events_.size();
  return sums;
}

Outcome Inquiry::outcome(const Summary& summary, std::size_t measure) const {
  const Measure& m = measures_[measure];
  return {m.name, m.label, m.unit, summary.measure_outcome(measure), m.per_unit, m.rule};
}

Outcome Inquiry::life_years(const Summary& summary) const {
  if (life_years_) return outcome(summary, *life_years_);
  return {"life_years", "Years lived", "y", summary.days_outcome(summary.spec().classes - 1), year_d};
}

std::vector<Outcome> Inquiry::outcomes(const Summary& summary) const {
  std::vector<Outcome> result;
  for (std::size_t m = 0; m < measures_.size(); ++m)
    if (measures_[m].listed) result.push_back(outcome(summary, m));
  return result;
}

std::vector<Inquiry::Onset> Inquiry::onsets(const Summary& summary) const {
  std::vector<Onset> result;
  for (std::size_t k = 0; k < onsets_.size(); ++k)
    result.push_back(
        {onsets_[k], outcome(summary, first_onset_ + 2 * k), outcome(summary, first_onset_ + 2 * k + 1)});
  return result;
}

std::optional<Inquiry::Value> Inquiry::value(const Summary& summary) const {
  if (!qaly_ || !cost_) return std::nullopt;
  return Value{outcome(summary, *qaly_), outcome(summary, *cost_), 0};
}

}  // namespace healthspan::scenarios
