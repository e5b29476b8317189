// Single values of a scenario, named by where they stand: "/patient/age", "parameters.activity_will", "age".
#pragma once

#include <string>

namespace healthspan::scenarios {

// The document with the value at that place, which is made where it is not there. With a slash or a dot the place is
// a path from the top; a bare name is a key of the scenario or of its patient, or else a parameter. A number given
// for an object that has a "value" becomes that. `value` is JSON, or where it is none a text. `option` stands before
// messages. Throws Error(usage | unknown_name | wrong_type).
std::string with_value(const std::string& document, const std::string& place, const std::string& value,
                       const std::string& option);

}  // namespace healthspan::scenarios
