// Completion scripts for shells.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace healthspan::scenarios {

// Made from the declared commands and options, so that it knows what the program knows. `shell` is bash, zsh or fish;
// anything else throws Error(unknown_name).
std::string completion_for(const CLI::App& app, const std::string& shell);

}  // namespace healthspan::scenarios
