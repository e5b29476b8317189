// What the fuzz targets share. Whatever the input, a target ends within its promise: a result or an Error.
#pragma once

#include <healthspan/core/errors.hpp>
#include <healthspan/core/random.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>

// One input. libFuzzer calls it, or replay.cpp.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace healthspan::fuzz {

// Ends the program where a promise is broken, so that the input is kept.
inline void require(bool kept, const std::string& promise) {
  if (kept) return;
  std::fprintf(stderr, "broken promise: %s\n", promise.c_str());
  std::abort();
}

// Inputs that went all the way, so that a corpus that has gone stale is noticed.
inline std::uint64_t accepted_inputs = 0;
inline void note_accepted() { ++accepted_inputs; }

// What `work` gives, or nothing where it refuses. "Internal" is no reason to refuse, and any other exception goes
// through and ends the program.
template <class F>
auto accepted(F&& work) -> std::optional<decltype(work())> {
  try {
    return work();
  } catch (const Error& error) {
    require(error.code() != ErrorCode::internal, std::string("an internal error: ") + error.what());
    return std::nullopt;
  }
}

inline std::uint64_t word_at(const std::string& bytes, std::size_t at) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < 8; ++i) word |= std::uint64_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
  return word;
}

inline std::string bytes_of(std::uint64_t word) {
  std::string bytes(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<char>(word >> (8 * i) & 0xff);
  return bytes;
}

// The file that a mutated container of binary.cpp may have been meant to be: lengths that are those of its parts, and
// a checksum that fits. Otherwise a mutation would hardly ever come past the checksum.
inline std::string repaired(const std::string& file) {
  const std::size_t line = file.find('\n');
  if (line == std::string::npos || file.size() < line + 1 + 24) return file;
  const std::size_t begin = line + 1 + 8;
  // The header ends with the brace that closes it.
  std::size_t end = begin;
  int depth = 0;
  bool text = false;
  for (; end < file.size(); ++end) {
    const char c = file[end];
    if (text && c == '\\') {
      ++end;
      continue;
    }
    if (c == '"') text = !text;
    if (!text) depth += (c == '{') - (c == '}');
    if (depth <= 0) break;
  }
  end = std::min(end + 1, file.size() - 16);
  if (end < begin) return file;
  const std::size_t words = (file.size() - end - 16) / 8;
  std::string result = file.substr(0, line + 1) + bytes_of(end - begin) + file.substr(begin, end - begin) +
                       bytes_of(words) + file.substr(end + 8, 8 * words);
  return result + bytes_of(name_hash(result));
}

}  // namespace healthspan::fuzz
