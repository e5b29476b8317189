#include <healthspan/scenarios/effects.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace healthspan::scenarios {

namespace {

constexpr double z_95 = 1.959963984540054;
constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double none = std::numeric_limits<double>::quiet_NaN();

double square(double x) { return x * x; }

// Three digits, without the exponent that they would have from a thousand on.
std::string brief(double x) {
  if (!std::isfinite(x)) return "infinity";
  if (std::fabs(x) >= 100) return fmt::format("{:.0f}", x);
  return fmt::format("{:.3g}", x);
}

Estimate in_unit(Estimate e, double per_unit) {
  e.value /= per_unit;
  e.error /= per_unit;
  return e;
}

}  // namespace

Interval interval_of(const Estimate& e) { return {e.value, e.value - z_95 * e.error, e.value + z_95 * e.error}; }

Interval relative_risk(const Estimate& here, const Estimate& there, const Estimate& difference) {
  if (!(here.value > 0) || !(there.value > 0)) return {none, none, none};
  // Of log(here / there); written so that it is exactly none where both are one and the same.
  const double ratio = here.value / there.value;
  const double variance =
      (square(difference.error) + square(here.error) * (1 / ratio - 1) + square(there.error) * (ratio - 1)) /
      (here.value * there.value);
  if (std::isnan(variance)) return {ratio, none, none};
  const double factor = std::exp(z_95 * std::sqrt(std::max(0.0, variance)));
  return {ratio, ratio / factor, ratio * factor};
}

NumberNeeded number_needed(const Estimate& difference) {
  const Interval averted = interval_of({-difference.value, difference.error, difference.members});
  using Of = NumberNeeded::Of;
  if (averted.low > 0) return {Of::benefit, {1 / averted.value, 1 / averted.high, 1 / averted.low}};
  if (averted.high < 0) return {Of::harm, {-1 / averted.value, -1 / averted.low, -1 / averted.high}};
  if (std::isnan(averted.low)) return {Of::neither, {none, none, none}};
  return {Of::neither,
          {infinite, averted.high > 0 ? 1 / averted.high : infinite, averted.low < 0 ? -1 / averted.low : infinite}};
}

std::string NumberNeeded::in_words() const {
  if (std::isnan(number.value)) return "";
  if (of != Of::neither)
    return fmt::format("{} {} ({} to {})", brief(number.value), of == Of::benefit ? "to benefit" : "to harm",
                       brief(number.low), brief(number.high));
  if (std::isinf(number.low) && std::isinf(number.high)) return "no difference";
  return fmt::format("no benefit shown: {} to benefit, infinity, {} to harm", brief(number.low), brief(number.high));
}

Share share_changed(double had, double had_not, double in_both) {
  return {had - in_both, had * (1 - had_not), std::max(0.0, had - had_not), std::min(had, 1 - had_not)};
}

EventEffect event_effect(const Summary& s, const Inquiry& inquiry, std::size_t event, std::size_t arm) {
  EventEffect effect;
  effect.event = event;
  effect.arm = arm;
  const std::size_t had = inquiry.had(s, event), times = inquiry.times(s, event);
  effect.risk = s.outcome(arm, had);
  effect.reference = s.outcome(0, had);
  effect.difference = s.paired(arm, had);
  effect.times = s.outcome(arm, times);
  effect.times_difference = s.paired(arm, times);
  effect.ratio = relative_risk(effect.risk, effect.reference, effect.difference);
  effect.needed = number_needed(effect.difference);
  const double in_both = s.in_both(arm, event) / static_cast<double>(s.members());
  effect.helped = share_changed(effect.reference.value, effect.risk.value, in_both);
  effect.harmed = share_changed(effect.risk.value, effect.reference.value, in_both);
  return effect;
}

std::optional<Interval> ratio_of(const Estimate& above, const Estimate& below, double covariance) {
  // Roots of (above - R below)^2 = z^2 var(above - R below) in R; bounded where below is clearly not 0.
  const double z2 = square(z_95);
  const double a = square(below.value) - z2 * square(below.error);
  const double b = above.value * below.value - z2 * covariance;
  const double c = square(above.value) - z2 * square(above.error);
  if (!(a > 0)) return std::nullopt;
  const double root = std::sqrt(std::max(0.0, b * b - a * c));
  return Interval{above.value / below.value, (b - root) / a, (b + root) / a};
}

CostEffect cost_effect(const Summary& s, const Inquiry::Value& value, std::size_t arm) {
  CostEffect effect;
  effect.arm = arm;
  effect.cost = in_unit(s.paired(arm, value.cost.index), value.cost.per_unit);
  effect.qaly = in_unit(s.paired(arm, value.qaly.index), value.qaly.per_unit);
  const double covariance = s.covariance(arm, value.product) / value.cost.per_unit / value.qaly.per_unit;
  effect.correlation = covariance / (effect.cost.error * effect.qaly.error);
  effect.per_qaly = ratio_of(effect.cost, effect.qaly, covariance);
  return effect;
}

std::string CostEffect::in_words(const std::string& currency) const {
  if (!per_qaly) return "no clear difference in QALYs, so no cost per QALY";
  const Interval money = interval_of(cost);
  const bool gains = qaly.value > 0;
  if (money.low > 0 && !gains) return "costs more and loses QALYs";
  if (money.high < 0 && gains) return "costs less and gains QALYs";
  if (money.high < 0)
    return fmt::format("saves {} {} for each QALY lost ({} to {})", brief(per_qaly->value), currency,
                       brief(per_qaly->low), brief(per_qaly->high));
  return fmt::format("{} {} for each QALY {} ({} to {})", brief(per_qaly->value), currency, gains ? "gained" : "lost",
                     brief(per_qaly->low), brief(per_qaly->high));
}

}  // namespace healthspan::scenarios
