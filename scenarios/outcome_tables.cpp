#include <healthspan/scenarios/csv.hpp>
#include <healthspan/scenarios/effects.hpp>
#include <healthspan/scenarios/outcome_tables.hpp>

#include <fmt/format.h>

namespace healthspan::scenarios {

namespace {

// A table that is only its header says nothing.
std::string unless_bare(const std::string& header, const std::string& rows) {
  return rows.empty() ? "" : header + rows;
}

std::string cells(std::initializer_list<double> values) {
  std::string row;
  for (const double value : values) row += "," + cell(value);
  return row;
}

std::string_view in_word(NumberNeeded::Of of) {
  switch (of) {
    case NumberNeeded::Of::benefit: return "benefit";
    case NumberNeeded::Of::harm: return "harm";
    case NumberNeeded::Of::neither: return "neither shown";
  }
  return "";
}

}  // namespace

std::string incidence_table(const RunResult& r) {
  const Summary& s = *r.summary;
  const double n = static_cast<double>(s.members());
  std::string rows;
  for (std::size_t a = 0; a < r.arm_names.size(); ++a)
    for (std::size_t e = 0; e < r.inquiry.events().size(); ++e)
      for (std::size_t t = 0; t < r.spec.reports_d.size(); ++t) {
        const Estimate had = s.incidence(a, e, t);
        rows += fmt::format("{},{},{},{}{}\n", cell(r.arm_names[a]), cell(r.inquiry.events()[e].name),
                            cell(r.spec.reports_d[t] / 365.25), cell(s.at_risk(a, e, t)),
                            cells({had.value, had.error, s.died_without(a, e, t) / n}));
      }
  return unless_bare("arm,event,time_years,at_risk,cumulative_incidence,standard_error,died_without\n", rows);
}

std::string contrasts_table(const RunResult& r) {
  const Summary& s = *r.summary;
  std::string rows;
  for (std::size_t a = 1; a < r.arm_names.size(); ++a) {
    const auto row = [&](const std::string& outcome, const std::string& unit, const Estimate& here,
                         const Estimate& there, const Estimate& difference, double per_unit,
                         const std::string& rest) {
      const Interval range = interval_of(difference);
      rows +=
          fmt::format("{},{},{},{}{},{},{}\n", cell(r.arm_names[a]), cell(r.arm_names[0]), cell(outcome), cell(unit),
                      cells({here.value / per_unit, there.value / per_unit, difference.value / per_unit,
                             difference.error / per_unit, range.low / per_unit, range.high / per_unit}),
                      difference.members, rest);
    };
    const std::string nothing(14, ',');
    for (std::size_t e = 0; e < r.inquiry.events().size(); ++e) {
      const std::string& name = r.inquiry.events()[e].name;
      const EventEffect effect = event_effect(s, r.inquiry, e, a);
      const Interval& needed = effect.needed.number;
      std::string rest = cells({effect.ratio.value, effect.ratio.low, effect.ratio.high}).substr(1);
      rest += fmt::format(",{}{}", in_word(effect.needed.of), cells({needed.value, needed.low, needed.high}));
      for (const Share& share : {effect.helped, effect.harmed})
        rest += cells({share.paired, share.independent, share.least, share.most});
      row(name, "share", effect.risk, effect.reference, effect.difference, 1,
          rest + ",\"" + "the share helped or harmed is not observable; paired and independent are suppositions\"");
      const std::size_t times = r.inquiry.times(s, e);
      if (!r.inquiry.events()[e].ends_life)
        row(name, "times", effect.times, s.outcome(0, times), effect.times_difference, 1, nothing + ",");
    }
    std::vector<Outcome> others{r.inquiry.life_years(s)};
    for (const Outcome& o : r.inquiry.outcomes(s)) others.push_back(o);
    for (const Outcome& o : others)
      row(o.name, o.unit, s.outcome(a, o.index), s.outcome(0, o.index), s.paired(a, o.index), o.per_unit,
          nothing + "," + (o.rule.empty() ? "all members" : o.rule));
  }
  return unless_bare(
      "arm,reference,outcome,unit,value,reference_value,difference,error,low,high,members,relative_risk,"
      "relative_risk_low,relative_risk_high,needed_to,needed,needed_low,needed_high,helped_paired,"
      "helped_independent,helped_least,helped_most,harmed_paired,harmed_independent,harmed_least,harmed_most,note\n",
      rows);
}

std::string subgroups_table(const RunResult& r) {
  const Summary& s = *r.summary;
  std::vector<Outcome> outcomes = r.outcomes;
  for (std::size_t e = 0; e < r.inquiry.events().size(); ++e)
    outcomes.push_back({r.inquiry.events()[e].name, "", "share", r.inquiry.had(s, e), 1, "all members"});
  std::string rows;
  for (std::size_t g = 0; g < r.inquiry.subgroups().size(); ++g)
    for (std::size_t a = 0; a < r.arm_names.size(); ++a)
      for (const Outcome& o : outcomes) {
        const auto row = [&](const char* kind, const Estimate& e, const std::string& reference,
                             const std::string& rule) {
          rows += fmt::format("{},{},{},{},{},{},{},{},{},{}\n", cell(r.inquiry.subgroups()[g].name), kind,
                              cell(o.name), cell(o.unit), cell(r.arm_names[a]), cell(reference),
                              cell(e.value / o.per_unit), cell(e.error / o.per_unit), e.members, rule);
        };
        row("outcome", s.outcome(a, o.index, g + 1), "", "");
        if (a > 0) row("contrast", s.paired(a, o.index, g + 1), r.arm_names[0], rule_of(s, o));
      }
  return unless_bare("subgroup,kind,outcome,unit,arm,reference,estimate,error,members,rule\n", rows);
}

std::string cost_effectiveness_table(const RunResult& r) {
  const auto value = r.inquiry.value(*r.summary);
  std::string rows;
  for (std::size_t a = 1; value && a < r.arm_names.size(); ++a) {
    const CostEffect effect = cost_effect(*r.summary, *value, a);
    const Interval ratio = effect.per_qaly.value_or(Interval{NAN, NAN, NAN});
    rows += fmt::format("{},{},{}{},{}\n", cell(r.arm_names[a]), cell(r.arm_names[0]), value->cost.unit,
                        cells({effect.cost.value, effect.cost.error, effect.qaly.value, effect.qaly.error,
                               effect.correlation, ratio.value, ratio.low, ratio.high}),
                        cell(effect.in_words(value->cost.unit)));
  }
  return unless_bare(
      "arm,reference,currency,cost_difference,cost_error,qaly_difference,qaly_error,correlation,cost_per_qaly,low,"
      "high,in_words\n",
      rows);
}

}  // namespace healthspan::scenarios
