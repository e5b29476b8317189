// Tables of plain cells: lines of text between commas, the first line the header. No quotes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace healthspan::scenarios {

class PlainTable {
 public:
  // Splits a text; `name` stands for it in messages. Empty lines are left out, a byte order mark and carriage returns
  // are taken off. Throws Error(syntax) that says in which line: a quote, another number of cells than the header
  // has, a column without a name or named twice, bytes that are not text; Error(missing_value) where there is no row.
  PlainTable(std::string_view text, std::string name);

  const std::vector<std::string>& columns() const { return columns_; }
  std::size_t size() const { return lines_.size(); }
  std::string_view cell(std::size_t row, std::size_t column) const { return cells_[row * columns_.size() + column]; }
  // Throws Error(internal): for tables that are part of the program.
  std::size_t column(std::string_view name) const;
  // The number in a cell. Throws Error(wrong_type).
  double number(std::size_t row, std::size_t column) const;
  // "people.csv: line 12, column "age"", for messages.
  std::string place(std::size_t row, std::size_t column) const;

 private:
  std::string name_;
  std::vector<std::string> columns_;
  std::vector<std::string_view> cells_;  // into the text, which has to live as long
  std::vector<std::size_t> lines_;
};

}  // namespace healthspan::scenarios
