// Any bytes as a shard: refused, or sums that are written as the same words and merge.
#include "fuzz.hpp"

#include <healthspan/scenarios/language/binary.hpp>

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace healthspan;
  using namespace healthspan::scenarios;
  const std::string input(reinterpret_cast<const char*>(data), size);
  fuzz::accepted([&] { return parse_shard(input, "input").range.count; });
  const auto shard = fuzz::accepted([&] { return parse_shard(fuzz::repaired(input), "repaired"); });
  if (!shard) return 0;
  fuzz::require(Summary::from_words(shard->summary.spec(), shard->summary.words()) == shard->summary,
                "sums that are written read back to the same");
  Summary twice = shard->summary;
  if (!fuzz::accepted([&] { return twice.merge(shard->summary), true; }))
    return 0;  // sums near the end of their range
  for (std::size_t arm = 0; arm < twice.spec().arms; ++arm)
    for (std::size_t which = 0; which < twice.outcomes(); ++which) {
      twice.outcome(arm, which);
      twice.paired(arm, which);
      twice.net_higher(arm, which);
    }
  fuzz::note_accepted();
  return 0;
}
