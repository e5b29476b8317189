// Errors as JSON, for programs that run this one.
#pragma once

#include <healthspan/core/errors.hpp>

#include <string>

namespace healthspan::scenarios {

// {"code", "name", "message", "file", "pointer", "exit"} on one line: the place in the list of errors and its name
// there, the whole sentence, and of what it says first the file and the JSON pointer; null where it names none.
std::string error_document(ErrorCode code, const std::string& message);

}  // namespace healthspan::scenarios
