// libFuzzer's own mutations in turn with ours.
#include "fuzz.hpp"
#include "mutate.hpp"

#include <algorithm>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed);

std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
  if (size == 0 || seed % 2 == 0) return LLVMFuzzerMutate(data, size, most);
  const std::string input(reinterpret_cast<const char*>(data), size);
  const std::string output = healthspan::fuzz::mutated(input, input, healthspan::Stream(seed, "mutation"), 0);
  const std::size_t length = std::min(output.size(), most);
  std::copy_n(output.begin(), length, data);
  return length;
}
