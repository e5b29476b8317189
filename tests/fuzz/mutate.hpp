// Mutations of an input that know a little of what is read: texts full of numbers and names, and 64-bit words.
#pragma once

#include <healthspan/core/random.hpp>

#include <string>
#include <vector>

namespace healthspan::fuzz {

// `input` changed in one to four places; a pure function of its arguments. `other` lends parts.
std::string mutated(const std::string& input, const std::string& other, const Stream& chance, std::uint64_t number);

}  // namespace healthspan::fuzz
