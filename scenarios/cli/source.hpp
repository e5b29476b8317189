// A scenario as the command line names it: a file or standard input, with some values set apart.
#pragma once

#include <healthspan/core/errors.hpp>
#include <healthspan/scenarios/scenario.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace healthspan::scenarios {

struct Source {
  std::string name;  // for messages; says what was set, too
  std::string text;
  Scenario read() const;
};

// `sets` are "PATH=VALUE", put in one after the other. Throws what reading throws, and Error(usage | unknown_name |
// wrong_type) that names the option.
Source source_of(const std::string& file, const std::vector<std::string>& sets = {});

// What the system finds wrong says where in the scenario; this says in which file.
template <class F>
auto naming(const std::string& file, F&& work) {
  try {
    return work();
  } catch (const Error& error) {
    if (error.code() == ErrorCode::interrupted) throw;
    throw Error(error.code(), file + ": " + error.what());
  }
}

// The value of an option that is a whole number. Throws Error(out_of_range) that names the option.
std::uint64_t within(const char* option, std::int64_t value, std::int64_t low, std::int64_t high);

// Left-aligned in `width` columns, whatever bytes the letters take.
std::string padded(const std::string& text, std::size_t width);

// A number with the digits that its Monte Carlo error lets stand.
std::string with_error(double value, double error);

// Throws Error(cannot_write) when the file, or one beside it that will take its place, cannot be written. With the
// first a command finds out before it has worked for hours.
void check_writable(const std::string& file);
void write_whole(const std::string& file, const std::string& content);

}  // namespace healthspan::scenarios
