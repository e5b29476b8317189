// Sums over members as exact integers: counts, fixed-point sums and sums of squares, histograms. They merge in any
// order to the same bytes, so neither threads nor shards can change a result.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace healthspan {

// One member's row: what the horizon-level outcomes are made of.
struct MemberOutcome {
  bool failed = false;
  double end_d = 0;                      // death or horizon
  bool alive = true;                     // at the horizon
  std::size_t class_at_end = 0;          // at the horizon; meaningless for the dead
  std::vector<double> days_up_to_class;  // lived in this class or a lower one, from the report grid
  std::vector<double> values_at_end;     // by column; meaningless for the dead

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
};

inline constexpr std::size_t histogram_bins = 256;

struct SummarySpec {
  std::size_t arms = 0, reports = 0, classes = 0;
  std::vector<ColumnRange> columns;
};

// Mean with its Monte Carlo standard error.
struct Estimate {
  double value = 0, error = 0;
  std::uint64_t members = 0;
};

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
    sum += other.sum;
    squares += other.squares;
  }
  Estimate estimate(double scale) const;
};

// Outcomes at the horizon, in this order: alive; then for each class being in it (of the living); then for each class
// days lived in it or a lower one (of all; for the last class: days lived); then each column (of the living).
class Summary {
 public:
  explicit Summary(const SummarySpec& spec);

  void add(std::uint64_t member, const std::vector<MemberOutcome>& by_arm);
  void add_value(std::size_t arm, std::size_t report, std::size_t column, double value);
  void add_class(std::size_t arm, std::size_t report, std::size_t which);
  void merge(const Summary& other);

  std::size_t outcomes() const { return 1 + 2 * spec_.classes + spec_.columns.size(); }
  std::size_t alive_outcome() const { return 0; }
  std::size_t class_outcome(std::size_t which) const { return 1 + which; }
  std::size_t days_outcome(std::size_t which) const { return 1 + spec_.classes + which; }
  std::size_t column_outcome(std::size_t column) const { return 1 + 2 * spec_.classes + column; }

  // Over members in whom it is defined (see above).
  Estimate outcome(std::size_t arm, std::size_t which) const;
  // Arm minus reference, over members in whom it is defined in both.
  Estimate paired(std::size_t arm, std::size_t which) const;
  // Share of members higher in `arm` than in the reference minus the share lower, with the dead below everybody
  // living and two dead level.
  Estimate net_higher(std::size_t arm, std::size_t which) const;

  std::uint64_t living(std::size_t arm, std::size_t report) const;
  std::uint64_t in_class(std::size_t arm, std::size_t report, std::size_t which) const;
  Estimate mean(std::size_t arm, std::size_t report, std::size_t column) const;
  // Quantile of the living from the histogram, linear within a bin; NaN when nobody lives.
  double quantile(std::size_t arm, std::size_t report, std::size_t column, double probability) const;
  const std::uint32_t* histogram(std::size_t arm, std::size_t report, std::size_t column) const;
  // Values that fell outside the histogram's range and were counted in its end bins.
  std::uint64_t outside() const { return outside_; }

  std::uint64_t members() const { return members_; }
  const std::vector<std::uint64_t>& failed() const { return failed_; }  // ascending
  const SummarySpec& spec() const { return spec_; }

  bool operator==(const Summary& other) const;

 private:
  struct Rank {
    std::uint64_t higher = 0, lower = 0, count = 0;
  };
  std::size_t cell(std::size_t arm, std::size_t report, std::size_t column) const {
    return (arm * spec_.reports + report) * spec_.columns.size() + column;
  }
  double outcome_scale(std::size_t which) const;

  SummarySpec spec_;
  std::uint64_t members_ = 0, outside_ = 0;
  std::vector<std::uint64_t> failed_;
  std::vector<Moments> outcomes_, paired_;  // [arm][outcome]
  std::vector<Rank> ranks_;                 // [arm][outcome]
  std::vector<std::uint64_t> classes_;      // [arm][report][class]
  std::vector<std::uint64_t> living_;       // [arm][report], counted with the first column
  std::vector<Moments> values_;             // [arm][report][column]
  std::vector<std::uint32_t> histograms_;   // [arm][report][column][bin]
};

}  // namespace healthspan
