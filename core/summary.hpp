// Sums over members as exact integers: counts, fixed-point sums and sums of squares, histograms. They merge in any
// order to the same bytes, so neither threads nor shards can change a result.
// Where deaths are weighed instead of sampled, a life counts with its probability of having come so far.
#pragma once

#include <healthspan/core/errors.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace healthspan {

// A measure of one life, and the weight with which it is defined there: 1 for a measure that every life has, 0 where
// there is nothing to measure.
struct Measured {
  double value = 0;
  double weight = 1;

  bool operator==(const Measured&) const = default;
};

// One member's row: what the horizon-level outcomes are made of.
struct MemberOutcome {
  bool failed = false;
  double alive = 1;                      // at the horizon: 0 or 1, or the probability of being so
  double alive_in_both = 1;              // at most: here and in the first arm
  std::size_t class_at_end = 0;          // at the horizon; meaningless for the dead
  std::vector<double> days_up_to_class;  // lived in this class or a lower one, from the report grid
  std::vector<double> values_at_end;     // by column; meaningless for the dead
  std::vector<Measured> measured;        // by measure
  bool shares_chance = true;             // with the first arm

  bool operator==(const MemberOutcome&) const = default;
};

__extension__ typedef __int128 Int128;

// Range of a histogram and the power of two that makes values whole numbers.
struct ColumnRange {
  double low = 0, high = 1;
  double scale = 1;  // a power of two; a value counts as llround(value * scale)

  // The range [low, high], with a scale that keeps 40 bits of its largest magnitude.
  static ColumnRange exactly(double low, double high);
  // The same with room around it.
  static ColumnRange around(double low, double high);

  bool operator==(const ColumnRange&) const = default;
};

inline constexpr std::size_t histogram_bins = 256;

struct SummarySpec {
  std::size_t arms = 0, reports = 0, classes = 0;
  std::vector<ColumnRange> columns;
  bool weighted = false;              // members are alive with a probability
  std::vector<double> measures = {};  // the scale of each measure: a power of two that makes it a whole number
  std::vector<std::pair<std::size_t, std::size_t>> products = {};  // of measures whose differences are multiplied
  std::size_t groups = 0;  // of members, each told apart from the rest; they may overlap
  std::size_t events = 0;

  bool operator==(const SummarySpec&) const = default;
};

// Mean with its Monte Carlo standard error.
struct Estimate {
  double value = 0, error = 0;
  std::uint64_t members = 0;
};

// Sums that are read from a file may be any: those of lives never come near the end of 128 bits.
inline void add_exactly(Int128& sum, Int128 other) {
  if (__builtin_add_overflow(sum, other, &sum)) throw Error(ErrorCode::syntax, "holds sums that no lives add up to");
}

// Moments of one outcome; `scale` turns them back into its unit.
struct Moments {
  std::uint64_t count = 0;
  Int128 sum = 0, squares = 0;

  void add(std::int64_t value) {
    ++count;
    sum += value;
    squares += static_cast<Int128>(value) * value;
  }
  void merge(const Moments& other) {
    count += other.count;
    add_exactly(sum, other.sum);
    add_exactly(squares, other.squares);
  }
  Estimate estimate(double scale) const;
  // Standard deviation of one member's value.
  double deviation(double scale) const;

  bool operator==(const Moments&) const = default;
};

// The weights that go with moments of weighted values.
struct WeightMoments {
  Int128 sum = 0, squares = 0, products = 0;  // of the weights; with the weighted values

  void add(std::int64_t weight, std::int64_t weighted_value) {
    sum += weight;
    squares += static_cast<Int128>(weight) * weight;
    products += static_cast<Int128>(weight) * weighted_value;
  }
  void merge(const WeightMoments& other) {
    add_exactly(sum, other.sum);
    add_exactly(squares, other.squares);
    add_exactly(products, other.products);
  }
  bool operator==(const WeightMoments&) const = default;
};

// Outcomes at the horizon, in this order: alive; then for each class being in it (of the living); then for each class
// days lived in it or a lower one (of all; for the last class: days lived); then each column (of the living); then
// each measure (of those in whom it is defined). Group 0 is everybody; the groups of the spec follow.
class Summary {
 public:
  explicit Summary(const SummarySpec& spec);

  // `in_group`: by group of the spec, whether the member belongs to it.
  void add(std::uint64_t member, const std::vector<MemberOutcome>& by_arm,
           const std::vector<std::uint8_t>& in_group = {});
  // `weight`: the probability of being alive; 1 where deaths are sampled.
  void add_value(std::size_t arm, std::size_t report, std::size_t column, double value, double weight = 1);
  void add_class(std::size_t arm, std::size_t report, std::size_t which, double weight = 1);
  // One life and one event at a report time: the probability of having had it, and of living on without it so far.
  void add_event(std::size_t arm, std::size_t event, std::size_t report, double had, double free);
  // The probability of one member's having had it by the horizon both here and in the first arm.
  void add_event_in_both(std::size_t arm, std::size_t event, double probability);
  // Throws Error(internal) where `other` has another shape.
  void merge(const Summary& other);

  std::size_t outcomes() const { return measure_outcome(spec_.measures.size()); }
  std::size_t alive_outcome() const { return 0; }
  std::size_t class_outcome(std::size_t which) const { return 1 + which; }
  std::size_t days_outcome(std::size_t which) const { return 1 + spec_.classes + which; }
  std::size_t column_outcome(std::size_t column) const { return 1 + 2 * spec_.classes + column; }
  std::size_t measure_outcome(std::size_t measure) const { return column_outcome(spec_.columns.size()) + measure; }

  // Over members in whom it is defined (see above).
  Estimate outcome(std::size_t arm, std::size_t which, std::size_t group = 0) const;
  // Arm minus reference, over members in whom it is defined in both.
  Estimate paired(std::size_t arm, std::size_t which, std::size_t group = 0) const;
  // The covariance of two mean paired differences, of measures that every life has.
  double covariance(std::size_t arm, std::size_t product, std::size_t group = 0) const;
  // Standard deviations of one member's outcome, and of his paired difference; of weighted deaths only for outcomes
  // that the dead have too.
  double outcome_deviation(std::size_t arm, std::size_t which) const;
  double paired_deviation(std::size_t arm, std::size_t which) const;
  // Share of members higher in `arm` than in the reference minus the share lower, with the dead below everybody
  // living and two dead level. Of days lived it compares expectations where deaths are weighed.
  Estimate net_higher(std::size_t arm, std::size_t which) const;

  // Share of members who have had the event by a report time. Death ends the chance of it, and nobody is lost sight
  // of, so this is what the estimator of Aalen and Johansen comes to.
  Estimate incidence(std::size_t arm, std::size_t event, std::size_t report) const;
  // Numbers of members: alive without it; dead without it; with it by the horizon in this arm and in the first.
  double at_risk(std::size_t arm, std::size_t event, std::size_t report) const;
  double died_without(std::size_t arm, std::size_t event, std::size_t report) const;
  double in_both(std::size_t arm, std::size_t event) const;

  // Numbers of members; fractions where deaths are weighed.
  double living(std::size_t arm, std::size_t report) const;
  double in_class(std::size_t arm, std::size_t report, std::size_t which) const;
  double in_bin(std::size_t arm, std::size_t report, std::size_t column, std::size_t bin) const;
  Estimate mean(std::size_t arm, std::size_t report, std::size_t column) const;
  // Quantile of the living from the histogram, linear within a bin; NaN when nobody lives.
  double quantile(std::size_t arm, std::size_t report, std::size_t column, double probability) const;
  // Values that fell outside the histogram's range and were counted in its end bins.
  std::uint64_t outside() const { return outside_; }

  std::uint64_t members() const { return members_; }
  const std::vector<std::uint64_t>& failed() const { return failed_; }  // ascending
  const SummarySpec& spec() const { return spec_; }

  // Everything but the spec as 64-bit words in a fixed order, and back. Throws Error(syntax) when they do not fit.
  std::vector<std::uint64_t> words() const;
  static Summary from_words(const SummarySpec& spec, const std::vector<std::uint64_t>& words);
  // Bytes that a summary of this shape takes.
  static std::size_t bytes(const SummarySpec& spec);

  bool operator==(const Summary& other) const = default;

 private:
  // Moments with the weights that belong to them, if deaths are weighed.
  struct Tally {
    std::vector<Moments> values;
    std::vector<WeightMoments> weights;
    bool operator==(const Tally&) const = default;
  };
  Tally tally(std::size_t size) const;
  void add_to(Tally& tally, std::size_t at, std::int64_t value, double weight);
  Estimate estimate(const Tally& tally, std::size_t at, double scale) const;
  std::size_t cell(std::size_t arm, std::size_t report, std::size_t column) const {
    return (arm * spec_.reports + report) * spec_.columns.size() + column;
  }
  std::size_t event_cell(std::size_t arm, std::size_t event, std::size_t report) const {
    return (arm * spec_.events + event) * spec_.reports + report;
  }
  std::size_t place(std::size_t group, std::size_t arm, std::size_t which) const {
    return (group * spec_.arms + arm) * outcomes() + which;
  }
  double outcome_scale(std::size_t which) const;
  std::uint64_t count_of(double weight) const;
  double members_of(std::uint64_t count) const;
  template <class Self, class Visit>
  static void visit_parts(Self& self, Visit&& visit);

  SummarySpec spec_;
  std::uint64_t members_ = 0, outside_ = 0;
  std::vector<std::uint64_t> failed_;
  Tally outcomes_, paired_;                // [group][arm][outcome]
  Tally ranks_;                            // [arm][outcome]
  std::vector<std::uint64_t> classes_;     // [arm][report][class]
  std::vector<std::uint64_t> living_;      // [arm][report], counted with the first column
  Tally values_;                           // [arm][report][column]
  std::vector<std::uint64_t> histograms_;  // [arm][report][column][bin]
  std::vector<Int128> products_;           // [group][arm][product]
  std::vector<Moments> had_;               // [arm][event][report]
  std::vector<std::uint64_t> free_;        // [arm][event][report]
  std::vector<std::uint64_t> in_both_;     // [arm][event]
};

}  // namespace healthspan
