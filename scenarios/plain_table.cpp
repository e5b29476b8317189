#include <healthspan/core/errors.hpp>
#include <healthspan/scenarios/plain_table.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace healthspan::scenarios {

namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r"), last = text.find_last_not_of(" \t\r");
  return first == std::string_view::npos ? std::string_view() : text.substr(first, last - first + 1);
}

}  // namespace

PlainTable::PlainTable(std::string_view text, std::string name) : name_(std::move(name)) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  std::vector<std::string_view> cells;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view whole = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (trimmed(whole).empty()) continue;
    const auto refuse = [&](const std::string& what) {
      throw Error(ErrorCode::syntax, fmt::format("{}: line {}: {}", name_, line, what));
    };
    if (whole.find('"') != std::string_view::npos) refuse("found a quote, expected cells without quotes");
    if (whole.find('\0') != std::string_view::npos) refuse("found a zero byte, expected text");
    cells.clear();
    for (std::size_t at = 0; at <= whole.size();) {
      const std::size_t comma = std::min(whole.find(',', at), whole.size());
      cells.push_back(trimmed(whole.substr(at, comma - at)));
      at = comma + 1;
    }
    if (columns_.empty()) {
      for (const std::string_view cell : cells) {
        if (cell.empty()) refuse("found a column without a name");
        if (std::find(columns_.begin(), columns_.end(), cell) != columns_.end())
          refuse(fmt::format("the column \"{}\" is there twice", cell));
        columns_.emplace_back(cell);
      }
      continue;
    }
    if (cells.size() != columns_.size())
      refuse(fmt::format("found {} cells, expected {} as in the header", cells.size(), columns_.size()));
    cells_.insert(cells_.end(), cells.begin(), cells.end());
    lines_.push_back(line);
  }
  if (lines_.empty())
    throw Error(ErrorCode::missing_value, name_ + (columns_.empty() ? ": is empty, expected a header and rows"
                                                                    : ": has a header only, expected rows"));
}

std::size_t PlainTable::column(std::string_view name) const {
  const auto at = std::find(columns_.begin(), columns_.end(), name);
  if (at == columns_.end()) throw Error(ErrorCode::internal, fmt::format("{}: no column \"{}\"", name_, name));
  return static_cast<std::size_t>(at - columns_.begin());
}

double PlainTable::number(std::size_t row, std::size_t column) const {
  const std::string_view text = cell(row, column);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
    throw Error(ErrorCode::wrong_type,
                fmt::format("{}: found \"{}\", expected a number", place(row, column), text.substr(0, 40)));
  return value;
}

std::string PlainTable::place(std::size_t row, std::size_t column) const {
  return fmt::format("{}: line {}, column \"{}\"", name_, lines_[row], columns_[column]);
}

}  // namespace healthspan::scenarios
