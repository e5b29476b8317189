// What an arm changes, with errors: risks and their ratio, the number needed to treat, who may be helped, and what a
// gained year costs. Intervals are of 95 % and hold the Monte Carlo error alone, not the doubt about the model.
#pragma once

#include <healthspan/core/summary.hpp>
#include <healthspan/scenarios/outcomes.hpp>

#include <optional>
#include <string>
#include <vector>

namespace healthspan::scenarios {

struct Interval {
  double value = 0, low = 0, high = 0;
};

// The interval around an estimate.
Interval interval_of(const Estimate& estimate);

// The ratio of two shares, from the standard errors of both and of their paired difference by the delta method on the
// logarithm. Not a number where one of the shares is none.
Interval relative_risk(const Estimate& here, const Estimate& there, const Estimate& difference);

// How many have to be treated for one event less, or more (Altman 1998, BMJ 317:1309, doi:10.1136/bmj.317.7168.1309).
struct NumberNeeded {
  enum class Of { benefit, harm, neither } of = Of::neither;
  // The number, and its interval. Where neither is shown the interval runs from `low` to benefit through infinity to
  // `high` to harm, and the number is infinite.
  Interval number;

  std::string in_words() const;
};
// From the paired difference in risk, arm minus reference, of an event that nobody wants.
NumberNeeded number_needed(const Estimate& difference);

// The share of people with the event in the reference and without it in the arm, or the other way round. It cannot be
// observed: `paired` takes the luck of a simulated person to be the same in both arms, `independent` to be unrelated,
// and without an assumption all that the risks say is `least` to `most` (Tian & Pearl 2000, Annals of Mathematics and
// Artificial Intelligence 28:287, doi:10.1023/A:1018912507879).
struct Share {
  double paired = 0, independent = 0, least = 0, most = 0;
};
// `had`, `had_not`: the risk in the arm that has the event and in the one that has not; `in_both` the share with
// both.
Share share_changed(double had, double had_not, double in_both);

inline constexpr const char* about_the_helped =
    "Nobody lives twice: which share of people is helped or harmed cannot be observed. \"Paired\" supposes the same "
    "luck in both arms, \"independent\" unrelated luck; without a supposition only the bounds are known.";

// An event by the horizon in an arm, against the first.
struct EventEffect {
  std::size_t event = 0, arm = 0;
  Estimate risk, reference, difference, times, times_difference;
  Interval ratio;
  NumberNeeded needed;
  Share helped, harmed;
};
EventEffect event_effect(const Summary& summary, const Inquiry& inquiry, std::size_t event, std::size_t arm);

// The ratio of two means with its interval by Fieller's theorem; none where `below` is not clearly different from 0.
std::optional<Interval> ratio_of(const Estimate& above, const Estimate& below, double covariance);

// What a quality-adjusted life-year gained against the first arm costs.
struct CostEffect {
  std::size_t arm = 0;
  Estimate cost, qaly;  // differences
  double correlation = 0;
  std::optional<Interval> per_qaly;

  std::string in_words(const std::string& currency) const;
};
CostEffect cost_effect(const Summary& summary, const Inquiry::Value& value, std::size_t arm);

}  // namespace healthspan::scenarios
