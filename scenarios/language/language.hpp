// Scenarios as JSON: strict reading, full writing, and the schema. See fields.hpp for the language itself.
#pragma once

#include <healthspan/scenarios/evidence.hpp>

#include <filesystem>
#include <optional>
#include <string>

namespace healthspan::scenarios {

// Reads and checks a scenario. Every error names the file, the JSON pointer, what was found and what was expected:
// cannot_read, syntax, unknown_name, missing_value, wrong_type, wrong_unit, out_of_range.
Scenario read_scenario(const std::filesystem::path& file);

// The text of a scenario; "-" is standard input. Throws Error(cannot_read), and Error(out_of_range) for more than 64
// MB, of a file before it is read.
std::string read_document(const std::filesystem::path& file);

// How messages call it: "standard input" for "-".
std::string document_name(const std::filesystem::path& file);

// A whole file. Throws Error(cannot_read) when it is not there, a folder, or cannot be read.
std::string read_file(const std::filesystem::path& file);

// The same from text; `name` stands for the file in messages. Other files that it names are looked for from `folder`
// on, which is that of `name` where not given.
Scenario parse_scenario(const std::string& text, const std::string& name,
                        const std::optional<std::filesystem::path>& folder = std::nullopt);

// A file of evidence; errors as of a scenario, but what is in its scenario is checked when that is run.
Evidence read_evidence(const std::filesystem::path& file);

// A JSON document with a merge patch (RFC 7396) put on it.
std::string patched(const std::string& document, const std::string& patch);

// "2 years" in days, "2s" in seconds; `name` stands before messages. Throws Error(wrong_type | wrong_unit |
// out_of_range).
double read_time(const std::string& text, const std::string& name);
double read_seconds(const std::string& text, const std::string& name);

// The scenario with everything filled in, in canonical units; reads back to the same scenario.
std::string write_scenario(const Scenario& scenario);

// JSON Schema (draft 2020-12) of the language.
std::string scenario_schema();

}  // namespace healthspan::scenarios
