#include <healthspan/scenarios/cli/source.hpp>
#include <healthspan/scenarios/language/language.hpp>
#include <healthspan/scenarios/language/place.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

namespace healthspan::scenarios {

Scenario Source::read() const { return parse_scenario(text, name); }

Source source_of(const std::string& file, const std::vector<std::string>& sets) {
  Source source{document_name(file), read_document(file)};
  if (sets.empty()) return source;
  source.read();  // so that what is wrong with the file is not blamed on what was set
  std::string name = source.name;
  for (const std::string& set : sets) {
    const std::size_t equals = set.find('=');
    if (equals == std::string::npos || equals == 0)
      throw Error(ErrorCode::usage,
                  fmt::format("--set: found \"{}\", expected PATH=VALUE such as patient.age=75", set));
    source.text = with_value(source.text, set.substr(0, equals), set.substr(equals + 1), "--set " + set);
    name += (name == source.name ? " with --set " : " --set ") + set;
  }
  source.name = name;
  return source;
}

std::uint64_t within(const char* option, std::int64_t value, std::int64_t low, std::int64_t high) {
  if (value < low || value > high)
    throw Error(ErrorCode::out_of_range, fmt::format("{}: found {}, expected {} to {}", option, value, low, high));
  return static_cast<std::uint64_t>(value);
}

std::string padded(const std::string& text, std::size_t width) {
  std::size_t columns = 0;
  for (const char c : text) columns += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return text + std::string(columns < width ? width - columns : 1, ' ');
}

std::string with_error(double value, double error) {
  if (!std::isfinite(value)) return "-";
  if (!std::isfinite(error) || error == 0) return fmt::format("{:.4g}", value);
  const int decimals = std::clamp(1 - static_cast<int>(std::floor(std::log10(error))), 0, 6);
  return fmt::format("{:.{}f} ± {:.{}f}", value, decimals, error, decimals);
}

void check_writable(const std::string& file) {
  const std::filesystem::path parent = std::filesystem::absolute(file).parent_path();
  std::error_code none;
  if (std::filesystem::is_directory(file, none))
    throw Error(ErrorCode::cannot_write, file + ": cannot be written: it is a folder");
  if (!std::filesystem::is_directory(parent, none) || access(parent.c_str(), W_OK) != 0)
    throw Error(ErrorCode::cannot_write, parent.string() + ": is not a folder that can be written to");
}

void write_whole(const std::string& file, const std::string& content) {
  const std::string part = file + ".part";
  std::ofstream stream(part, std::ios::binary);
  stream << content;
  stream.close();
  std::error_code failed;
  if (stream) std::filesystem::rename(part, file, failed);
  if (stream && !failed) return;
  std::filesystem::remove(part, failed);
  throw Error(ErrorCode::cannot_write, file + ": cannot be written");
}

}  // namespace healthspan::scenarios
