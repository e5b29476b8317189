#include <healthspan/scenarios/effects.hpp>
#include <healthspan/scenarios/language/json_numbers.hpp>
#include <healthspan/scenarios/language/outcome_documents.hpp>

namespace healthspan::scenarios {

namespace {

using Json = nlohmann::ordered_json;

Json with_error(const Estimate& e, double per_unit) {
  return {{"estimate", number(e.value / per_unit)}, {"error", number(e.error / per_unit)}, {"members", e.members}};
}

Json interval(const Interval& i) {
  return {{"value", number(i.value)}, {"low", number(i.low)}, {"high", number(i.high)}};
}

Json incidence_of(const RunResult& r) {
  const Summary& s = *r.summary;
  const double n = static_cast<double>(s.members());
  Json events = Json::array();
  for (std::size_t e = 0; e < r.inquiry.events().size(); ++e) {
    const TalliedEvent& event = r.inquiry.events()[e];
    Json block{{"event", event.name}, {"label", label_of(event.name)}, {"ends_life", event.ends_life}};
    for (std::size_t a = 0; a < r.arm_names.size(); ++a) {
      Json arm{{"arm", r.arm_names[a]}};
      for (std::size_t t = 0; t < r.spec.reports_d.size(); ++t) {
        const Estimate had = s.incidence(a, e, t);
        arm["time_y"].push_back(number(r.spec.reports_d[t] / 365.25));
        arm["cumulative"].push_back(number(had.value));
        arm["error"].push_back(number(had.error));
        arm["at_risk"].push_back(count(s.at_risk(a, e, t)));
        arm["died"].push_back(number(s.died_without(a, e, t) / n));
      }
      block["arms"].push_back(arm);
    }
    events.push_back(block);
  }
  return events;
}

Json share(const Share& s) {
  return {{"paired", number(s.paired)},
          {"independent", number(s.independent)},
          {"least", number(s.least)},
          {"most", number(s.most)}};
}

Json effects_of(const RunResult& r) {
  const Summary& s = *r.summary;
  Json effects = Json::array();
  for (std::size_t a = 1; a < r.arm_names.size(); ++a)
    for (std::size_t e = 0; e < r.inquiry.events().size(); ++e) {
      const EventEffect effect = event_effect(s, r.inquiry, e, a);
      const Interval range = interval_of(effect.difference);
      const char* to = effect.needed.of == NumberNeeded::Of::benefit ? "benefit"
                       : effect.needed.of == NumberNeeded::Of::harm  ? "harm"
                                                                     : "neither shown";
      effects.push_back({{"arm", r.arm_names[a]},
                         {"reference", r.arm_names[0]},
                         {"event", r.inquiry.events()[e].name},
                         {"label", label_of(r.inquiry.events()[e].name)},
                         {"risk", number(effect.risk.value)},
                         {"reference_risk", number(effect.reference.value)},
                         {"difference",
                          {{"value", number(effect.difference.value)},
                           {"error", number(effect.difference.error)},
                           {"low", number(range.low)},
                           {"high", number(range.high)}}},
                         {"relative_risk", interval(effect.ratio)},
                         {"needed",
                          {{"to", to},
                           {"value", number(effect.needed.number.value)},
                           {"low", number(effect.needed.number.low)},
                           {"high", number(effect.needed.number.high)},
                           {"words", effect.needed.in_words()}}},
                         {"helped", share(effect.helped)},
                         {"harmed", share(effect.harmed)},
                         {"times", number(effect.times.value)},
                         {"times_difference", with_error(effect.times_difference, 1)}});
    }
  return effects;
}

// An outcome in every arm, with paired differences.
Json by_arm(const RunResult& r, const Outcome& o, std::size_t group) {
  const Summary& s = *r.summary;
  Json outcome{
      {"outcome", o.name}, {"label", o.label}, {"unit", o.unit == "1" ? "" : o.unit}, {"rule", rule_of(s, o)}};
  for (std::size_t a = 0; a < r.arm_names.size(); ++a) {
    Json arm{{"arm", r.arm_names[a]}};
    arm.update(with_error(s.outcome(a, o.index, group), o.per_unit));
    if (a > 0) arm["difference"] = with_error(s.paired(a, o.index, group), o.per_unit);
    outcome["arms"].push_back(arm);
  }
  return outcome;
}

Json onset_of(const RunResult& r) {
  Json blocks = Json::array();
  for (const Inquiry::Onset& onset : r.inquiry.onsets(*r.summary))
    blocks.push_back({{"event", onset.asked.event},
                      {"quantity", onset.asked.quantity},
                      {"value", by_arm(r, onset.value, 0)},
                      {"slope", by_arm(r, onset.slope, 0)}});
  return blocks;
}

Json subgroups_of(const RunResult& r) {
  const Summary& s = *r.summary;
  Json groups = Json::array();
  for (std::size_t g = 0; g < r.inquiry.subgroups().size(); ++g) {
    const Subgroup& subgroup = r.inquiry.subgroups()[g];
    Json block{{"name", subgroup.name},
               {"of", subgroup.condition},
               {"members", s.outcome(0, s.alive_outcome(), g + 1).members}};
    for (const Outcome& o : r.outcomes) block["outcomes"].push_back(by_arm(r, o, g + 1));
    for (std::size_t e = 0; e < r.inquiry.events().size(); ++e) {
      const std::string& name = r.inquiry.events()[e].name;
      block["outcomes"].push_back(
          by_arm(r, {name, label_of(name) + " by the end", "share", r.inquiry.had(s, e), 1, "all members"}, g + 1));
    }
    groups.push_back(block);
  }
  return groups;
}

Json cost_effectiveness_of(const RunResult& r) {
  Json blocks = Json::array();
  const auto value = r.inquiry.value(*r.summary);
  for (std::size_t a = 1; value && a < r.arm_names.size(); ++a) {
    const CostEffect effect = cost_effect(*r.summary, *value, a);
    blocks.push_back({{"arm", r.arm_names[a]},
                      {"reference", r.arm_names[0]},
                      {"currency", value->cost.unit},
                      {"cost", with_error(effect.cost, 1)},
                      {"qaly", with_error(effect.qaly, 1)},
                      {"correlation", number(effect.correlation)},
                      {"cost_per_qaly", effect.per_qaly ? interval(*effect.per_qaly) : Json(nullptr)},
                      {"words", effect.in_words(value->cost.unit)}});
  }
  return blocks;
}

}  // namespace

void add_outcome_blocks(const RunResult& r, Json& document) {
  document["incidence"] = incidence_of(r);
  document["effects"] = effects_of(r);
  document["about_the_helped"] = about_the_helped;
  document["onset"] = onset_of(r);
  document["subgroups"] = subgroups_of(r);
  document["cost_effectiveness"] = cost_effectiveness_of(r);
}

}  // namespace healthspan::scenarios
