// Runs a fuzz target over the files of a folder, and over mutations of them that are the same on every machine:
//   TARGET_replay FOLDER MUTATIONS FILE
// FILE always holds the input under test; it is left where the target dies on it.
#include "fuzz.hpp"
#include "mutate.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

namespace {

using Seconds = std::chrono::duration<double>;

std::string content_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// Seconds that it took.
double run(const std::string& input, const std::string& keep) {
  std::ofstream(keep, std::ios::binary) << input;
  const auto begin = std::chrono::steady_clock::now();
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
  return Seconds(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 4) {
    std::fprintf(stderr, "usage: %s FOLDER MUTATIONS FILE\n", argv[0]);
    return 2;
  }
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  if (files.empty()) {
    std::fprintf(stderr, "%s: no inputs\n", argv[1]);
    return 2;
  }
  std::vector<std::string> inputs;
  double slowest_s = 0;
  for (const auto& file : files) {
    inputs.push_back(content_of(file));
    slowest_s = std::max(slowest_s, run(inputs.back(), argv[3]));
  }
  if (healthspan::fuzz::accepted_inputs == 0) {
    std::fprintf(stderr, "%s: every input is refused; see tests/fuzz/make_corpus\n", argv[1]);
    return 1;
  }
  const healthspan::Stream chance(1, "mutation"), choice(1, "choice of an input");
  const auto pick = [&](std::uint64_t number, std::uint64_t index) -> const std::string& {
    return inputs[static_cast<std::size_t>(choice.uniform(number, index) * static_cast<double>(inputs.size()))];
  };
  const std::uint64_t mutations = std::stoull(argv[2]);
  for (std::uint64_t k = 0; k < mutations; ++k)
    slowest_s = std::max(slowest_s, run(healthspan::fuzz::mutated(pick(k, 0), pick(k, 1), chance, k), argv[3]));
  std::filesystem::remove(argv[3]);
  std::printf("%zu inputs and %llu mutations, %llu of them accepted; the slowest took %.3f s\n", inputs.size(),
              static_cast<unsigned long long>(mutations),
              static_cast<unsigned long long>(healthspan::fuzz::accepted_inputs), slowest_s);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s: left an exception that is not an Error: %s\n", argc > 3 ? argv[3] : "", error.what());
  return 1;
}
