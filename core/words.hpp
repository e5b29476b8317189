// Lives and rows as 64-bit words, the same on every machine, for what is kept on disk.
#pragma once

#include <healthspan/core/ensemble.hpp>

#include <bit>
#include <cstdint>
#include <vector>

namespace healthspan {

class WordWriter {
 public:
  void put(std::uint64_t word) { words_.push_back(word); }
  void put(double number) { words_.push_back(std::bit_cast<std::uint64_t>(number)); }
  template <class T>
  void put(const std::vector<T>& list) {
    put(static_cast<std::uint64_t>(list.size()));
    for (const T& entry : list)
      if constexpr (std::is_same_v<T, double>)
        put(entry);
      else
        put(static_cast<std::uint64_t>(entry));
  }
  std::vector<std::uint64_t> take() { return std::move(words_); }

 private:
  std::vector<std::uint64_t> words_;
};

// Throws Error(syntax) where words are missing or say what cannot be.
class WordReader {
 public:
  explicit WordReader(const std::vector<std::uint64_t>& words) : words_(words) {}

  std::uint64_t word();
  // A number of at most `most`.
  std::uint64_t number(std::uint64_t most);
  double real() { return std::bit_cast<double>(word()); }
  // A list of exactly `size` entries, each at most `most`.
  template <class T>
  std::vector<T> list(std::size_t size, std::uint64_t most = ~std::uint64_t{0}) {
    length(size);
    std::vector<T> result(size);
    for (T& entry : result)
      if constexpr (std::is_same_v<T, double>)
        entry = real();
      else
        entry = static_cast<T>(number(most));
    return result;
  }
  // How many entries of `words_each` words follow; never more than there are words for.
  std::size_t count(std::size_t words_each);
  void end() const;

 private:
  void length(std::size_t expected);

  const std::vector<std::uint64_t>& words_;
  std::size_t at_ = 0;
};

// The lives of one run that was put aside. `spec` is that of the run: its reports end where the lives stand.
std::vector<std::uint64_t> words_of(const Aside& aside);
// `spec` as above; throws Error(syntax) when the words do not describe lives of it.
Aside aside_from(const EnsembleSpec& spec, std::uint64_t first, std::uint64_t count, std::vector<Plan::Names> names,
                 const std::vector<std::uint64_t>& words);

}  // namespace healthspan
