#include <healthspan/core/errors.hpp>
#include <healthspan/core/summary.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace healthspan {

namespace {

// Days are kept to 2^-20 d, a tenth of a second.
constexpr double day_scale = 1048576.0;

// Probabilities are kept to 2^-39, as finely as values; in counts of members to 2^-30.
constexpr double probability_scale = 0x1p39;
constexpr double count_scale = 0x1p30;

// Values fill 40 bits of a column's range; what lies 2,000 times beyond it is held there, so that the sum of squares
// of a million lives cannot overflow. Such values are counted as outside the histogram too.
std::int64_t fixed_point(double value, double scale) {
  constexpr double most = 0x1p51;
  return std::llround(std::clamp(value * scale, -most, most));
}

}  // namespace

ColumnRange ColumnRange::around(double low, double high) {
  const double room = std::max(0.25 * (high - low), 1e-6 + 1e-3 * std::fabs(high));
  // What nobody has below zero is taken to have no values there, so that no quantile is.
  return exactly(low >= 0 ? std::max(low - room, 0.0) : low - room, high + room);
}

ColumnRange ColumnRange::exactly(double low, double high) {
  ColumnRange range;
  range.low = low;
  range.high = high;
  const double largest = std::max({std::fabs(range.low), std::fabs(range.high), 1e-200});  // a scale is finite
  const int exponent = std::ilogb(largest);
  range.scale = std::ldexp(1.0, 39 - exponent);
  return range;
}

Estimate Moments::estimate(double scale) const {
  Estimate e;
  e.members = count;
  if (count == 0) {
    e.value = e.error = std::numeric_limits<double>::quiet_NaN();
    return e;
  }
  const double n = static_cast<double>(count);
  e.value = static_cast<double>(sum) / n / scale;
  e.error = deviation(scale) / std::sqrt(n);
  return e;
}

double Moments::deviation(double scale) const {
  if (count < 2) return std::numeric_limits<double>::quiet_NaN();
  const double n = static_cast<double>(count), mean = static_cast<double>(sum) / n / scale;
  // n * squares - sum^2 would leave 128 bits for very many members; centring in double is exact enough for an error.
  const double variance = std::max(0.0, static_cast<double>(squares) / n / scale / scale - mean * mean);
  return std::sqrt(variance * n / (n - 1));
}

Summary::Tally Summary::tally(std::size_t size) const {
  return {std::vector<Moments>(size), std::vector<WeightMoments>(spec_.weighted ? size : 0)};
}

Summary::Summary(const SummarySpec& spec) : spec_(spec) {
  const std::size_t groups = 1 + spec.groups, by_arm = spec.arms * outcomes();
  outcomes_ = tally(groups * by_arm);
  paired_ = tally(groups * by_arm);
  ranks_ = tally(by_arm);
  classes_.resize(spec.arms * spec.reports * spec.classes);
  living_.resize(spec.arms * spec.reports);
  values_ = tally(spec.arms * spec.reports * spec.columns.size());
  histograms_.resize(values_.values.size() * histogram_bins);
  products_.resize(groups * spec.arms * spec.products.size());
  had_.resize(spec.arms * spec.events * spec.reports);
  free_.resize(had_.size());
  in_both_.resize(spec.arms * spec.events);
}

double Summary::outcome_scale(std::size_t which) const {
  if (which >= measure_outcome(0)) return spec_.measures[which - measure_outcome(0)];
  if (which >= column_outcome(0)) return spec_.columns[which - column_outcome(0)].scale;
  return which >= days_outcome(0) ? day_scale : spec_.weighted ? probability_scale : 1.0;
}

std::uint64_t Summary::count_of(double weight) const {
  return spec_.weighted ? static_cast<std::uint64_t>(std::llround(weight * count_scale)) : 1;
}
double Summary::members_of(std::uint64_t count) const {
  return static_cast<double>(count) / (spec_.weighted ? count_scale : 1.0);
}

void Summary::add_to(Tally& tally, std::size_t at, std::int64_t value, double weight) {
  if (!spec_.weighted) {
    tally.values[at].add(value);
    return;
  }
  const std::int64_t weighted = std::llround(weight * static_cast<double>(value));
  tally.values[at].add(weighted);
  tally.weights[at].add(std::llround(weight * probability_scale), weighted);
}

// With weights: the ratio of the means of weighted values and weights, and its error by linearisation.
Estimate Summary::estimate(const Tally& tally, std::size_t at, double scale) const {
  const Moments& m = tally.values[at];
  if (!spec_.weighted || m.count == 0) return m.estimate(scale);
  const WeightMoments& w = tally.weights[at];
  const double n = static_cast<double>(m.count);
  const double weights = static_cast<double>(w.sum) / probability_scale;
  Estimate e;
  e.members = m.count;
  if (!(weights > 0)) {
    e.value = e.error = std::numeric_limits<double>::quiet_NaN();
    return e;
  }
  e.value = static_cast<double>(m.sum) / scale / weights;
  const double scatter = static_cast<double>(m.squares) / scale / scale -
                         2.0 * e.value * static_cast<double>(w.products) / scale / probability_scale +
                         e.value * e.value * static_cast<double>(w.squares) / probability_scale / probability_scale;
  e.error = m.count > 1 ? std::sqrt(std::max(0.0, scatter) * n / (n - 1)) / weights
                        : std::numeric_limits<double>::quiet_NaN();
  return e;
}

void Summary::add(std::uint64_t member, const std::vector<MemberOutcome>& by_arm,
                  const std::vector<std::uint8_t>& in_group) {
  if (by_arm[0].failed) {
    failed_.insert(std::upper_bound(failed_.begin(), failed_.end(), member), member);
    return;
  }
  ++members_;
  const auto measured = [&](const MemberOutcome& o, std::size_t which) -> const Measured& {
    return o.measured[which - measure_outcome(0)];
  };
  // The integer value of an outcome.
  const auto value = [&](const MemberOutcome& o, std::size_t which) -> std::int64_t {
    if (which == alive_outcome()) return fixed_point(o.alive, outcome_scale(which));
    if (which >= measure_outcome(0)) return fixed_point(measured(o, which).value, outcome_scale(which));
    if (which >= column_outcome(0))
      return fixed_point(o.values_at_end[which - column_outcome(0)], outcome_scale(which));
    if (which >= days_outcome(0)) return fixed_point(o.days_up_to_class[which - days_outcome(0)], day_scale);
    return fixed_point(o.class_at_end == which - class_outcome(0) ? 1.0 : 0.0, outcome_scale(which));
  };
  const auto needs_life = [&](std::size_t which) {
    return which >= column_outcome(0) || (which >= class_outcome(0) && which < days_outcome(0));
  };
  // How far an outcome is defined in an arm, and both there and in the first.
  const auto defined = [&](const MemberOutcome& o, std::size_t which) {
    if (which >= measure_outcome(0)) return measured(o, which).weight;
    return needs_life(which) ? o.alive : 1.0;
  };
  const auto defined_in_both = [&](const MemberOutcome& o, std::size_t which, double here, double there) {
    if (which >= measure_outcome(0)) return o.shares_chance ? std::min(here, there) : here * there;
    return needs_life(which) ? std::min({here, there, o.alive_in_both}) : 1.0;
  };
  const auto in_each_group = [&](const auto& visit) {
    for (std::size_t g = 0; g <= spec_.groups; ++g)
      if (g == 0 || in_group[g - 1]) visit(g);
  };
  const MemberOutcome& reference = by_arm[0];
  for (std::size_t a = 0; a < by_arm.size(); ++a) {
    for (std::size_t w = 0; w < outcomes(); ++w) {
      const double here = defined(by_arm[a], w), there = defined(reference, w);
      const double both = defined_in_both(by_arm[a], w, here, there);
      const std::int64_t mine = here > 0 ? value(by_arm[a], w) : 0, theirs = there > 0 ? value(reference, w) : 0;
      in_each_group([&](std::size_t g) {
        if (here > 0) add_to(outcomes_, place(g, a, w), mine, here);
        if (both > 0) add_to(paired_, place(g, a, w), mine - theirs, both);
      });
      const double order = w == alive_outcome() ? by_arm[a].alive - reference.alive
                                                : both * ((mine > theirs) - (mine < theirs)) + (here - there);
      ranks_.values[place(0, a, w)].add(fixed_point(order, spec_.weighted ? probability_scale : 1.0));
    }
    for (std::size_t p = 0; p < spec_.products.size(); ++p) {
      const auto difference = [&](std::size_t measure) {
        const std::size_t w = measure_outcome(measure);
        return static_cast<Int128>(value(by_arm[a], w) - value(reference, w));
      };
      const Int128 product = difference(spec_.products[p].first) * difference(spec_.products[p].second);
      in_each_group([&](std::size_t g) { products_[(g * spec_.arms + a) * spec_.products.size() + p] += product; });
    }
  }
}

void Summary::add_value(std::size_t arm, std::size_t report, std::size_t column, double value, double weight) {
  const ColumnRange& range = spec_.columns[column];
  const std::size_t at = cell(arm, report, column);
  add_to(values_, at, fixed_point(value, range.scale), weight);
  const double place = (value - range.low) / (range.high - range.low) * static_cast<double>(histogram_bins);
  if (place < 0 || place >= static_cast<double>(histogram_bins)) ++outside_;
  const double bin = std::clamp(std::floor(place), 0.0, static_cast<double>(histogram_bins - 1));
  histograms_[at * histogram_bins + static_cast<std::size_t>(bin)] += count_of(weight);
  if (column == 0) living_[arm * spec_.reports + report] += count_of(weight);
}

void Summary::add_class(std::size_t arm, std::size_t report, std::size_t which, double weight) {
  classes_[(arm * spec_.reports + report) * spec_.classes + which] += count_of(weight);
}

void Summary::add_event(std::size_t arm, std::size_t event, std::size_t report, double had, double free) {
  const std::size_t at = event_cell(arm, event, report);
  // Without weights it is a whole number already; rounding is a call for each life, event and report.
  had_[at].add(spec_.weighted ? std::llround(had * probability_scale) : static_cast<std::int64_t>(had));
  if (free > 0) free_[at] += count_of(free);
}

void Summary::add_event_in_both(std::size_t arm, std::size_t event, double probability) {
  if (probability > 0) in_both_[arm * spec_.events + event] += count_of(probability);
}

void Summary::merge(const Summary& other) {
  if (!(spec_ == other.spec_)) throw Error(ErrorCode::internal, "two summaries of different shape were merged");
  const auto add = [](auto& mine, const auto& theirs) {
    for (std::size_t i = 0; i < mine.size(); ++i) mine[i] += theirs[i];
  };
  const auto merge_all = [](auto& mine, const auto& theirs) {
    for (std::size_t i = 0; i < mine.size(); ++i) mine[i].merge(theirs[i]);
  };
  members_ += other.members_;
  outside_ += other.outside_;
  std::vector<std::uint64_t> failed;
  std::merge(failed_.begin(), failed_.end(), other.failed_.begin(), other.failed_.end(), std::back_inserter(failed));
  failed_ = std::move(failed);
  for (const auto part : {&Summary::outcomes_, &Summary::paired_, &Summary::ranks_, &Summary::values_}) {
    merge_all((this->*part).values, (other.*part).values);
    merge_all((this->*part).weights, (other.*part).weights);
  }
  add(classes_, other.classes_);
  add(living_, other.living_);
  add(histograms_, other.histograms_);
  for (std::size_t i = 0; i < products_.size(); ++i) add_exactly(products_[i], other.products_[i]);
  merge_all(had_, other.had_);
  add(free_, other.free_);
  add(in_both_, other.in_both_);
}

Estimate Summary::outcome(std::size_t arm, std::size_t which, std::size_t group) const {
  return estimate(outcomes_, place(group, arm, which), outcome_scale(which));
}

Estimate Summary::paired(std::size_t arm, std::size_t which, std::size_t group) const {
  return estimate(paired_, place(group, arm, which), outcome_scale(which));
}

double Summary::covariance(std::size_t arm, std::size_t product, std::size_t group) const {
  const auto [first, second] = spec_.products[product];
  const Estimate x = paired(arm, measure_outcome(first), group), y = paired(arm, measure_outcome(second), group);
  const double n = static_cast<double>(x.members);
  if (x.members < 2) return std::numeric_limits<double>::quiet_NaN();
  const double sum = static_cast<double>(products_[(group * spec_.arms + arm) * spec_.products.size() + product]);
  return (sum / n / spec_.measures[first] / spec_.measures[second] - x.value * y.value) / (n - 1);
}

Estimate Summary::incidence(std::size_t arm, std::size_t event, std::size_t report) const {
  return had_[event_cell(arm, event, report)].estimate(spec_.weighted ? probability_scale : 1.0);
}

double Summary::at_risk(std::size_t arm, std::size_t event, std::size_t report) const {
  return members_of(free_[event_cell(arm, event, report)]);
}

double Summary::died_without(std::size_t arm, std::size_t event, std::size_t report) const {
  const double had = static_cast<double>(had_[event_cell(arm, event, report)].sum);
  const double rest =
      static_cast<double>(members_) - had / (spec_.weighted ? probability_scale : 1.0) - at_risk(arm, event, report);
  return spec_.weighted && rest < 1e-9 * static_cast<double>(members_) ? 0.0 : rest;  // what rounding has left
}

double Summary::in_both(std::size_t arm, std::size_t event) const {
  return members_of(in_both_[arm * spec_.events + event]);
}

double Summary::outcome_deviation(std::size_t arm, std::size_t which) const {
  return outcomes_.values[place(0, arm, which)].deviation(outcome_scale(which));
}

double Summary::paired_deviation(std::size_t arm, std::size_t which) const {
  return paired_.values[place(0, arm, which)].deviation(outcome_scale(which));
}

Estimate Summary::net_higher(std::size_t arm, std::size_t which) const {
  return ranks_.values[place(0, arm, which)].estimate(spec_.weighted ? probability_scale : 1.0);
}

double Summary::living(std::size_t arm, std::size_t report) const {
  return members_of(living_[arm * spec_.reports + report]);
}

double Summary::in_class(std::size_t arm, std::size_t report, std::size_t which) const {
  return members_of(classes_[(arm * spec_.reports + report) * spec_.classes + which]);
}

double Summary::in_bin(std::size_t arm, std::size_t report, std::size_t column, std::size_t bin) const {
  return members_of(histograms_[cell(arm, report, column) * histogram_bins + bin]);
}

Estimate Summary::mean(std::size_t arm, std::size_t report, std::size_t column) const {
  return estimate(values_, cell(arm, report, column), spec_.columns[column].scale);
}

double Summary::quantile(std::size_t arm, std::size_t report, std::size_t column, double probability) const {
  const ColumnRange& range = spec_.columns[column];
  double all = 0;
  for (std::size_t b = 0; b < histogram_bins; ++b) all += in_bin(arm, report, column, b);
  if (!(all > 0)) return std::numeric_limits<double>::quiet_NaN();
  const double wanted = probability * all;
  double below = 0;
  for (std::size_t b = 0; b < histogram_bins; ++b) {
    const double here = in_bin(arm, report, column, b);
    if (here > 0 && below + here >= wanted)
      return range.low + (range.high - range.low) * (static_cast<double>(b) + (wanted - below) / here) /
                             static_cast<double>(histogram_bins);
    below += here;
  }
  return range.high;
}

template <class Self, class Visit>
void Summary::visit_parts(Self& self, Visit&& visit) {
  visit(self.members_);
  visit(self.outside_);
  for (const auto part : {&Summary::outcomes_, &Summary::paired_, &Summary::ranks_, &Summary::values_}) {
    for (auto& m : (self.*part).values) {
      visit(m.count);
      visit(m.sum);
      visit(m.squares);
    }
    for (auto& w : (self.*part).weights) {
      visit(w.sum);
      visit(w.squares);
      visit(w.products);
    }
  }
  for (auto* counts : {&self.classes_, &self.living_, &self.histograms_})
    for (auto& count : *counts) visit(count);
  for (auto& product : self.products_) visit(product);
  for (auto& m : self.had_) {
    visit(m.count);
    visit(m.sum);
    visit(m.squares);
  }
  for (auto* counts : {&self.free_, &self.in_both_})
    for (auto& count : *counts) visit(count);
}

std::vector<std::uint64_t> Summary::words() const {
  std::vector<std::uint64_t> result{failed_.size()};
  result.insert(result.end(), failed_.begin(), failed_.end());
  visit_parts(*this, [&](const auto& number) {
    result.push_back(static_cast<std::uint64_t>(number));
    if constexpr (sizeof(number) > sizeof(std::uint64_t)) result.push_back(static_cast<std::uint64_t>(number >> 64));
  });
  return result;
}

Summary Summary::from_words(const SummarySpec& spec, const std::vector<std::uint64_t>& words) {
  const std::uint64_t failed = words.empty() ? 0 : words[0];
  if (words.empty() || words[0] > words.size() - 1 || (words.size() - 1 - failed) * 8 != bytes(spec))
    throw Error(ErrorCode::syntax, "holds " + std::to_string(words.size()) + " words, expected " +
                                       std::to_string(1 + failed + bytes(spec) / 8));
  Summary result(spec);
  auto next = words.begin() + 1;
  result.failed_.assign(next, next + static_cast<std::ptrdiff_t>(failed));
  next += static_cast<std::ptrdiff_t>(failed);
  if (!std::is_sorted(result.failed_.begin(), result.failed_.end()))
    throw Error(ErrorCode::syntax, "lists failed members out of order");
  visit_parts(result, [&](auto& number) {
    number = static_cast<std::decay_t<decltype(number)>>(*next++);
    if constexpr (sizeof(number) > sizeof(std::uint64_t)) number |= static_cast<Int128>(*next++) << 64;
  });
  return result;
}

std::size_t Summary::bytes(const SummarySpec& spec) {
  const std::size_t outcomes = 1 + 2 * spec.classes + spec.columns.size() + spec.measures.size();
  const std::size_t cells = spec.arms * spec.reports * spec.columns.size(), groups = 1 + spec.groups;
  const std::size_t tallied = (2 * groups + 1) * spec.arms * outcomes + cells;
  return 8 * (2 + tallied * (5 + (spec.weighted ? 6 : 0)) + spec.arms * spec.reports * (1 + spec.classes) +
              cells * histogram_bins + 2 * groups * spec.arms * spec.products.size() +
              spec.arms * spec.events * (6 * spec.reports + 1));
}

}  // namespace healthspan
