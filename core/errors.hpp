// One list of everything that can go wrong, shared by C++ exceptions and CLI exit codes.
#pragma once

#include <array>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace healthspan {

enum class ErrorCode {
  check_failed,
  usage,
  syntax,
  unknown_name,
  missing_value,
  wrong_type,
  wrong_unit,
  out_of_range,
  composition,
  no_equilibrium,
  too_many_failed_lives,
  cannot_read,
  cannot_write,
  internal,
  interrupted,
};

struct ErrorEntry {
  ErrorCode code;
  std::string_view name;
  std::string_view sentence;
  int exit_status;
};

inline constexpr std::array error_list{
    ErrorEntry{ErrorCode::check_failed, "check_failed", "The run finished, but a check failed.", 1},
    ErrorEntry{ErrorCode::usage, "usage", "The command line cannot be understood.", 2},
    ErrorEntry{ErrorCode::syntax, "syntax", "The file is not well-formed.", 2},
    ErrorEntry{ErrorCode::unknown_name, "unknown_name", "A name is not known here.", 2},
    ErrorEntry{ErrorCode::missing_value, "missing_value", "A required value is missing.", 2},
    ErrorEntry{ErrorCode::wrong_type, "wrong_type", "A value has the wrong type.", 2},
    ErrorEntry{ErrorCode::wrong_unit, "wrong_unit", "A unit does not fit the quantity.", 2},
    ErrorEntry{ErrorCode::out_of_range, "out_of_range", "A value is outside what is allowed.", 2},
    ErrorEntry{ErrorCode::composition, "composition", "The chosen modules do not form a complete system.", 2},
    ErrorEntry{ErrorCode::no_equilibrium, "no_equilibrium", "No steady starting state fits this person.", 2},
    ErrorEntry{ErrorCode::too_many_failed_lives, "too_many_failed_lives", "Too many lives failed numerically.", 3},
    ErrorEntry{ErrorCode::cannot_read, "cannot_read", "A file cannot be read.", 4},
    ErrorEntry{ErrorCode::cannot_write, "cannot_write", "A file or folder cannot be written.", 4},
    ErrorEntry{ErrorCode::internal, "internal", "An internal invariant was broken; please report it.", 70},
    ErrorEntry{ErrorCode::interrupted, "interrupted", "The run was interrupted.", 130},
};

constexpr const ErrorEntry& entry_of(ErrorCode code) {
  for (const ErrorEntry& entry : error_list)
    if (entry.code == code) return entry;
  return error_list[0];
}

// what() is the whole message for a person: where, what was found, what was expected.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ErrorCode code() const { return code_; }
  int exit_status() const { return entry_of(code_).exit_status; }

 private:
  ErrorCode code_;
};

// The candidate with the smallest edit distance to `name`, or "" if none comes near.
std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates);

// ", did you mean "x"?" or ", expected one of: a, b" for the end of a message about an unknown name.
std::string name_hint(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace healthspan
