#include <healthspan/core/errors.hpp>
#include <healthspan/core/sobol.hpp>

#include <boost/random/sobol.hpp>

#include <bit>
#include <unordered_set>

namespace healthspan {

namespace {

constexpr unsigned bits = 64;
constexpr unsigned scrambled_bits = 53;  // all that open_unit looks at
constexpr unsigned bits_per_block = 7;   // a tree of 7 levels has 127 forks, a block 128 bits

constexpr std::uint32_t low(std::uint64_t x) { return static_cast<std::uint32_t>(x); }
constexpr std::uint32_t high(std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); }

// The nested uniform scramble; what is beyond the scrambled bits is left as it is.
std::uint64_t scramble(std::uint64_t x, const PhiloxKey& key) {
  std::uint64_t coins = 0;
  for (unsigned depth = 0; depth < scrambled_bits; depth += bits_per_block) {
    const std::uint64_t before = depth == 0 ? 0 : x >> (bits - depth);
    const PhiloxCounter block = philox4x32_10({low(before), high(before), depth, 0}, key);
    const std::uint32_t path = 1u << bits_per_block | low(x << depth >> (bits - bits_per_block));
    for (unsigned level = 0; level < bits_per_block && depth + level < scrambled_bits; ++level) {
      const std::uint32_t fork = path >> (bits_per_block - level);
      coins = coins << 1 | (block[fork / 32] >> fork % 32 & 1u);
    }
  }
  return x ^ coins << (bits - scrambled_bits);
}

}  // namespace

SobolPoints::SobolPoints(std::uint64_t seed, const std::vector<std::string>& purposes) {
  static_assert(max_dimensions <= boost::random::default_sobol_table::max_dimension);
  if (purposes.size() > max_dimensions)
    throw Error(ErrorCode::out_of_range, "quasi-random points: " + std::to_string(purposes.size()) +
                                             " dimensions asked for, at most " + std::to_string(max_dimensions) +
                                             " available");
  std::unordered_set<std::string> seen;
  for (const std::string& purpose : purposes) {
    if (!seen.insert(purpose).second)
      throw Error(ErrorCode::internal, "quasi-random points: \"" + purpose + "\" has two dimensions");
    const std::uint64_t name = name_hash(purpose);
    const PhiloxCounter block =
        philox4x32_10({low(name), high(name), 0xffff'fffeu, 0xffff'ffffu}, {low(seed), high(seed)});
    keys_.push_back({block[0], block[1]});
  }
  if (purposes.empty()) return;  // Boost refuses to have no dimension
  // Point 2^(k+1) - 1 has the Gray code 2^k and so shows direction number k alone. Boost leaves out point 0: its
  // engine seeded with n gives point n + 1.
  directions_.resize(purposes.size() * bits);
  boost::random::sobol engine(purposes.size());
  for (unsigned bit = 0; bit < bits; ++bit) {
    engine.seed((std::uint64_t{2} << bit) - 2);
    for (std::size_t d = 0; d < purposes.size(); ++d) directions_[d * bits + bit] = engine();
  }
}

std::uint64_t SobolPoints::unscrambled(std::uint64_t point, std::size_t dimension) const {
  const std::uint64_t* direction = directions_.data() + dimension * bits;
  std::uint64_t x = 0;
  for (std::uint64_t gray = point ^ point >> 1; gray != 0; gray &= gray - 1) x ^= direction[std::countr_zero(gray)];
  return x;
}

double SobolPoints::uniform(std::uint64_t point, std::size_t dimension) const {
  return open_unit(scramble(unscrambled(point, dimension), keys_[dimension]));
}

}  // namespace healthspan
