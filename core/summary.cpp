#include <healthspan/core/summary.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace healthspan {

namespace {

// Days are kept to 2^-20 d, a tenth of a second.
constexpr double day_scale = 1048576.0;

// Values fill 40 bits of a column's range; what lies 2,000 times beyond it is held there, so that the sum of squares
// of a million lives cannot overflow. Such values are counted as outside the histogram too.
std::int64_t fixed_point(double value, double scale) {
  constexpr double most = 0x1p51;
  return std::llround(std::clamp(value * scale, -most, most));
}

}  // namespace

ColumnRange ColumnRange::around(double low, double high) {
  const double room = std::max(0.25 * (high - low), 1e-6 + 1e-3 * std::fabs(high));
  return exactly(low - room, high + room);
}

ColumnRange ColumnRange::exactly(double low, double high) {
  ColumnRange range;
  range.low = low;
  range.high = high;
  const int exponent = std::ilogb(std::max(std::fabs(range.low), std::fabs(range.high)));
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
  // n * squares - sum^2 would leave 128 bits for very many members; centring in double is exact enough for an error.
  const double variance = std::max(0.0, static_cast<double>(squares) / n / scale / scale - e.value * e.value);
  e.error = count > 1 ? std::sqrt(variance / (n - 1)) : std::numeric_limits<double>::quiet_NaN();
  return e;
}

Summary::Summary(const SummarySpec& spec) : spec_(spec) {
  const std::size_t by_arm = spec.arms * outcomes();
  outcomes_.resize(by_arm);
  paired_.resize(by_arm);
  ranks_.resize(by_arm);
  classes_.resize(spec.arms * spec.reports * spec.classes);
  living_.resize(spec.arms * spec.reports);
  values_.resize(spec.arms * spec.reports * spec.columns.size());
  histograms_.resize(values_.size() * histogram_bins);
}

double Summary::outcome_scale(std::size_t which) const {
  if (which >= column_outcome(0)) return spec_.columns[which - column_outcome(0)].scale;
  return which >= days_outcome(0) ? day_scale : 1.0;
}

void Summary::add(std::uint64_t member, const std::vector<MemberOutcome>& by_arm) {
  if (by_arm[0].failed) {
    failed_.insert(std::upper_bound(failed_.begin(), failed_.end(), member), member);
    return;
  }
  ++members_;
  // The integer value of an outcome, and whether this life has it.
  const auto value = [&](const MemberOutcome& o, std::size_t which) -> std::int64_t {
    if (which == alive_outcome()) return o.alive ? 1 : 0;
    if (which >= column_outcome(0))
      return fixed_point(o.values_at_end[which - column_outcome(0)], outcome_scale(which));
    if (which >= days_outcome(0)) return fixed_point(o.days_up_to_class[which - days_outcome(0)], day_scale);
    return o.class_at_end == which - class_outcome(0) ? 1 : 0;
  };
  const auto needs_life = [&](std::size_t which) {
    return which >= column_outcome(0) || (which >= class_outcome(0) && which < days_outcome(0));
  };
  const MemberOutcome& reference = by_arm[0];
  for (std::size_t a = 0; a < by_arm.size(); ++a)
    for (std::size_t w = 0; w < outcomes(); ++w) {
      const std::size_t at = a * outcomes() + w;
      const bool here = by_arm[a].alive || !needs_life(w), there = reference.alive || !needs_life(w);
      const std::int64_t mine = here ? value(by_arm[a], w) : 0, theirs = there ? value(reference, w) : 0;
      if (here) outcomes_[at].add(mine);
      if (here && there) paired_[at].add(mine - theirs);
      ++ranks_[at].count;
      if (here && (!there || mine > theirs)) ++ranks_[at].higher;
      if (there && (!here || mine < theirs)) ++ranks_[at].lower;
    }
}

void Summary::add_value(std::size_t arm, std::size_t report, std::size_t column, double value) {
  const ColumnRange& range = spec_.columns[column];
  const std::size_t at = cell(arm, report, column);
  values_[at].add(fixed_point(value, range.scale));
  const double place = (value - range.low) / (range.high - range.low) * static_cast<double>(histogram_bins);
  if (place < 0 || place >= static_cast<double>(histogram_bins)) ++outside_;
  const double bin = std::clamp(std::floor(place), 0.0, static_cast<double>(histogram_bins - 1));
  ++histograms_[at * histogram_bins + static_cast<std::size_t>(bin)];
  if (column == 0) ++living_[arm * spec_.reports + report];
}

void Summary::add_class(std::size_t arm, std::size_t report, std::size_t which) {
  ++classes_[(arm * spec_.reports + report) * spec_.classes + which];
}

void Summary::merge(const Summary& other) {
  const auto add = [](auto& mine, const auto& theirs) {
    for (std::size_t i = 0; i < mine.size(); ++i) mine[i] += theirs[i];
  };
  members_ += other.members_;
  outside_ += other.outside_;
  std::vector<std::uint64_t> failed;
  std::merge(failed_.begin(), failed_.end(), other.failed_.begin(), other.failed_.end(), std::back_inserter(failed));
  failed_ = std::move(failed);
  for (std::size_t i = 0; i < outcomes_.size(); ++i) {
    outcomes_[i].merge(other.outcomes_[i]);
    paired_[i].merge(other.paired_[i]);
    ranks_[i].higher += other.ranks_[i].higher;
    ranks_[i].lower += other.ranks_[i].lower;
    ranks_[i].count += other.ranks_[i].count;
  }
  for (std::size_t i = 0; i < values_.size(); ++i) values_[i].merge(other.values_[i]);
  add(classes_, other.classes_);
  add(living_, other.living_);
  add(histograms_, other.histograms_);
}

Estimate Summary::outcome(std::size_t arm, std::size_t which) const {
  return outcomes_[arm * outcomes() + which].estimate(outcome_scale(which));
}

Estimate Summary::paired(std::size_t arm, std::size_t which) const {
  return paired_[arm * outcomes() + which].estimate(outcome_scale(which));
}

Estimate Summary::net_higher(std::size_t arm, std::size_t which) const {
  const Rank& rank = ranks_[arm * outcomes() + which];
  const double n = static_cast<double>(rank.count);
  const double up = static_cast<double>(rank.higher) / n, down = static_cast<double>(rank.lower) / n;
  return {up - down, std::sqrt(std::max(0.0, up + down - (up - down) * (up - down)) / n), rank.count};
}

std::uint64_t Summary::living(std::size_t arm, std::size_t report) const {
  return living_[arm * spec_.reports + report];
}

std::uint64_t Summary::in_class(std::size_t arm, std::size_t report, std::size_t which) const {
  return classes_[(arm * spec_.reports + report) * spec_.classes + which];
}

Estimate Summary::mean(std::size_t arm, std::size_t report, std::size_t column) const {
  return values_[cell(arm, report, column)].estimate(spec_.columns[column].scale);
}

const std::uint32_t* Summary::histogram(std::size_t arm, std::size_t report, std::size_t column) const {
  return histograms_.data() + cell(arm, report, column) * histogram_bins;
}

double Summary::quantile(std::size_t arm, std::size_t report, std::size_t column, double probability) const {
  const std::uint32_t* bins = histogram(arm, report, column);
  const ColumnRange& range = spec_.columns[column];
  const double wanted = probability * static_cast<double>(values_[cell(arm, report, column)].count);
  if (values_[cell(arm, report, column)].count == 0) return std::numeric_limits<double>::quiet_NaN();
  double below = 0;
  for (std::size_t b = 0; b < histogram_bins; ++b) {
    const double here = static_cast<double>(bins[b]);
    if (here > 0 && below + here >= wanted)
      return range.low + (range.high - range.low) * (static_cast<double>(b) + (wanted - below) / here) /
                             static_cast<double>(histogram_bins);
    below += here;
  }
  return range.high;
}

bool Summary::operator==(const Summary& other) const {
  const auto same = [](const Moments& a, const Moments& b) {
    return a.count == b.count && a.sum == b.sum && a.squares == b.squares;
  };
  const auto same_rank = [](const Rank& a, const Rank& b) {
    return a.count == b.count && a.higher == b.higher && a.lower == b.lower;
  };
  return members_ == other.members_ && outside_ == other.outside_ && failed_ == other.failed_ &&
         std::equal(outcomes_.begin(), outcomes_.end(), other.outcomes_.begin(), other.outcomes_.end(), same) &&
         std::equal(paired_.begin(), paired_.end(), other.paired_.begin(), other.paired_.end(), same) &&
         std::equal(ranks_.begin(), ranks_.end(), other.ranks_.begin(), other.ranks_.end(), same_rank) &&
         std::equal(values_.begin(), values_.end(), other.values_.begin(), other.values_.end(), same) &&
         classes_ == other.classes_ && living_ == other.living_ && histograms_ == other.histograms_;
}

}  // namespace healthspan
