// What is watched of lives, what was seen of one, and the outcomes that follow from it.
#pragma once

#include <healthspan/core/etdrk4.hpp>
#include <healthspan/core/occasions.hpp>
#include <healthspan/core/summary.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace healthspan {

struct EnsembleSpec;
struct LifeRow;

// An event that is counted in every arm that has it.
struct TalliedEvent {
  std::string name;
  bool ends_life = false;

  bool operator==(const TalliedEvent&) const = default;
};

// A measure of one life in an arm, of what its row holds.
using MeasureOfLife = std::function<Measured(const EnsembleSpec&, const LifeRow&, std::size_t arm)>;

// What is run and what is watched.
struct EnsembleSpec : Course {
  std::vector<Slot> columns;       // quantities watched at every report time
  std::optional<Slot> class_slot;  // a quantity that sorts lives into classes by `class_cuts`
  std::vector<double> class_cuts;  // class = number of cuts at or below the value
  std::vector<Slot> watched;       // further quantities noted at every report time, for measures and groups
  std::vector<TalliedEvent> events;
  std::vector<MeasureOfLife> measures;
  std::vector<std::function<bool(const LifeRow&)>> groups;  // whom they hold, by the row in the first arm

  std::size_t classes() const { return class_slot ? class_cuts.size() + 1 : 0; }
};

// What was seen of one life.
struct LifeRow {
  struct Happened {
    std::uint32_t event;  // of EnsembleSpec::events
    double time_d;

    bool operator==(const Happened&) const = default;
  };

  std::vector<double> values;        // [report][column]
  std::vector<double> class_values;  // [report]
  std::vector<double> watched;       // [report][quantity watched]
  std::vector<Happened> happened;    // events that are tallied, in the order in which they came
  std::vector<double> weights;       // [report]; the probability of being alive, where deaths are weighed
  std::vector<double> risks;         // of each cause of death, its integral up to the horizon, where they are weighed
  double end_d = std::numeric_limits<double>::infinity();
  bool failed = false;

  bool alive(double at_d) const { return at_d < end_d; }
};

// One member in every arm.
struct MemberRow {
  std::uint64_t member = 0;
  std::vector<LifeRow> arms;

  bool failed() const {
    return std::any_of(arms.begin(), arms.end(), [](const LifeRow& life) { return life.failed; });
  }
};

inline std::size_t class_of(double value, const std::vector<double>& cuts) {
  std::size_t c = 0;
  while (c < cuts.size() && value >= cuts[c]) ++c;
  return c;
}

// A part of a life in which it counts as it stood at one report.
struct Span {
  std::size_t report;
  double begin_d, length_d;
  double weight = 1;  // the probability of being alive at its beginning
  double fall = 0;    // the logarithm of its ratio at the end; it falls exponentially
  double mean = 1;    // of the weight over the span, as a share of that at its beginning

  // Days lived in it, worth e^(-rate t) each at time t: rate 0 counts every day as one.
  double lived_d(double rate_per_d = 0) const {
    if (!(rate_per_d > 0)) return length_d * weight * mean;
    return length_d * weight * PhiFunctions<double>(fall - rate_per_d * length_d).phi1 * exp(-rate_per_d * begin_d);
  }
};

// Half of each interval of the report grid counts for the report at either end; the interval of death for that at its
// beginning. Between reports a probability of being alive falls exponentially.
template <class Visit>
void each_span(const EnsembleSpec& spec, const LifeRow& life, Visit&& visit) {
  for (std::size_t t = 0; t + 1 < spec.reports_d.size() && life.alive(spec.reports_d[t]); ++t) {
    const double begin = spec.reports_d[t], end = spec.reports_d[t + 1], half = 0.5 * (end - begin);
    if (!life.alive(end)) {
      visit(Span{t, begin, life.end_d - begin});
      continue;
    }
    const double now = life.weights[t], middle = sqrt(now * life.weights[t + 1]);
    const double fall = spec.weigh_deaths && middle > 0 ? log(middle / now) : 0.0;
    const double mean = spec.weigh_deaths ? PhiFunctions<double>(fall).phi1 : 1.0;
    visit(Span{t, begin, half, now, fall, mean});
    visit(Span{t + 1, begin + half, half, middle, fall, mean});
  }
}

// The sum of `per_day(report)` over all days lived, a day at time t worth e^(-rate t).
template <class PerDay>
double lifetime_sum(const EnsembleSpec& spec, const LifeRow& life, PerDay&& per_day, double rate_per_d = 0) {
  double sum = 0;
  each_span(spec, life, [&](const Span& span) { sum += span.lived_d(rate_per_d) * per_day(span.report); });
  return sum;
}

// The probability of being alive at a time that the life has come to, exponential between reports.
inline double weight_at(const EnsembleSpec& spec, const LifeRow& life, double at_d) {
  if (!spec.weigh_deaths) return 1;
  const auto after = std::upper_bound(spec.reports_d.begin(), spec.reports_d.end(), at_d);
  const auto next = static_cast<std::size_t>(after - spec.reports_d.begin());
  if (next == spec.reports_d.size()) return life.weights.back();
  const double begin = spec.reports_d[next - 1], now = life.weights[next - 1], then = life.weights[next];
  return then > 0 ? now * exp(log(then / now) * (at_d - begin) / (spec.reports_d[next] - begin)) : 0.0;
}

// When an event first struck; infinite where it never did.
inline double first_d(const LifeRow& life, std::size_t event) {
  for (const LifeRow::Happened& h : life.happened)
    if (h.event == event) return h.time_d;
  return std::numeric_limits<double>::infinity();
}

// How often it struck: the sum of the probabilities of living to see it, where deaths are weighed. A day on which it
// strikes at time t is worth e^(-rate t).
inline double times_of(const EnsembleSpec& spec, const LifeRow& life, std::size_t event, double rate_per_d = 0) {
  double times = 0;
  if (spec.weigh_deaths && spec.events[event].ends_life) {
    if (!(rate_per_d > 0)) return 1 - life.weights.back();
    each_span(spec, life, [&](const Span& s) { times += s.lived_d(rate_per_d) * -s.fall / s.length_d; });
    return times;
  }
  for (const LifeRow::Happened& h : life.happened)
    if (h.event == event)
      times += weight_at(spec, life, h.time_d) * (rate_per_d > 0 ? exp(-rate_per_d * h.time_d) : 1.0);
  return times;
}

// The probability of having had an event by a report: 0 or 1 where deaths are sampled, else the weight that the life
// had when it struck.
inline double had_by(const EnsembleSpec& spec, const LifeRow& life, std::size_t event, std::size_t report) {
  if (spec.weigh_deaths && spec.events[event].ends_life) return 1 - life.weights[report];
  const double first = first_d(life, event);
  return first <= spec.reports_d[report] ? weight_at(spec, life, first) : 0.0;
}

inline MemberOutcome outcome_of(const EnsembleSpec& spec, const MemberRow& member, std::size_t arm) {
  MemberOutcome o;
  const LifeRow& life = member.arms[arm];
  const double horizon = spec.horizon_d();
  o.failed = member.failed();
  const bool there = life.alive(horizon);
  o.alive = there ? life.weights.back() : 0.0;
  o.days_up_to_class.assign(spec.classes(), 0.0);
  if (spec.class_slot) {
    each_span(spec, life, [&](const Span& span) {
      for (std::size_t c = class_of(life.class_values[span.report], spec.class_cuts); c < spec.classes(); ++c)
        o.days_up_to_class[c] += span.lived_d();
    });
    o.class_at_end = there ? class_of(life.class_values.back(), spec.class_cuts) : 0;
  }
  const std::size_t columns = spec.columns.size();
  o.values_at_end.assign(columns, 0.0);
  for (std::size_t c = 0; there && c < columns; ++c)
    o.values_at_end[c] = life.values[(spec.reports_d.size() - 1) * columns + c];
  for (const MeasureOfLife& measure : spec.measures) o.measured.push_back(measure(spec, life, arm));
  return o;
}

// Arms that have a seed of their own have chance of their own.
inline bool shares_chance(const EnsembleSpec& spec, std::size_t arm) {
  return spec.event_seeds.empty() || spec.event_seeds[arm] == spec.event_seeds[0];
}

// The probability of being alive at the horizon both in this arm and in the first. Arms that share their chance share
// the threshold of each cause of death, so it takes a life in one of them where the larger of its two integrals does.
inline double alive_in_both(const EnsembleSpec& spec, const MemberRow& member, std::size_t arm) {
  const LifeRow &here = member.arms[arm], &there = member.arms[0];
  if (!spec.weigh_deaths || member.failed()) return 1.0;
  if (!shares_chance(spec, arm)) return here.weights.back() * there.weights.back();
  double integral = 0;
  for (std::size_t cause = 0; cause < here.risks.size(); ++cause)
    integral += std::max(here.risks[cause], there.risks[cause]);
  return exp(-integral);
}

// What a member has had of each event, by report and by the horizon.
inline void add_events(const EnsembleSpec& spec, const MemberRow& member, Summary& summary) {
  const std::size_t last = spec.reports_d.size() - 1;
  for (std::size_t a = 0; a < spec.arms.size(); ++a)
    for (std::size_t e = 0; e < spec.events.size(); ++e) {
      const LifeRow& life = member.arms[a];
      const double first = first_d(life, e), had = had_by(spec, life, e, last);
      const bool weighed_death = spec.weigh_deaths && spec.events[e].ends_life;
      for (std::size_t t = 0; t <= last; ++t) {
        const double now = spec.reports_d[t];
        summary.add_event(a, e, t,
                          weighed_death  ? 1 - life.weights[t]
                          : first <= now ? had
                                         : 0.0,
                          life.alive(now) && first > now ? life.weights[t] : 0.0);
      }
      // Of one cause of death the arms share the threshold, so who lives in the arm where it is more lives in the
      // other.
      const double there = had_by(spec, member.arms[0], e, last);
      summary.add_event_in_both(a, e, shares_chance(spec, a) ? std::min(had, there) : had * there);
    }
}

// Adds a member to a summary; `outcomes` is scratch space.
inline void add_member(const EnsembleSpec& spec, const MemberRow& member, Summary& summary,
                       std::vector<MemberOutcome>& outcomes) {
  outcomes.resize(spec.arms.size());
  for (std::size_t a = 0; a < spec.arms.size(); ++a) {
    outcomes[a] = outcome_of(spec, member, a);
    outcomes[a].alive_in_both = alive_in_both(spec, member, a);
    outcomes[a].shares_chance = shares_chance(spec, a);
  }
  std::vector<std::uint8_t> in_group;
  for (const auto& holds : spec.groups) in_group.push_back(holds(member.arms[0]));
  summary.add(member.member, outcomes, in_group);
  if (member.failed()) return;
  add_events(spec, member, summary);
  for (std::size_t a = 0; a < spec.arms.size(); ++a) {
    const LifeRow& life = member.arms[a];
    for (std::size_t t = 0; t < spec.reports_d.size() && life.alive(spec.reports_d[t]); ++t) {
      for (std::size_t c = 0; c < spec.columns.size(); ++c)
        summary.add_value(a, t, c, life.values[t * spec.columns.size() + c], life.weights[t]);
      if (spec.class_slot) summary.add_class(a, t, class_of(life.class_values[t], spec.class_cuts), life.weights[t]);
    }
  }
}

}  // namespace healthspan
