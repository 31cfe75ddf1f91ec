#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "controllers/cli/terminal.hpp"

namespace weir::cli {

/// Text in columns, as kubectl and flux print it: capital headings, columns as wide as their widest cell, three blanks
/// between them, nothing after the last. Control characters in cells become blanks: a condition's message is another's
/// text. Threads: value.
class Table {
 public:
  struct Cell {
    std::string text;
    Colour colour = Colour::kNone;
    Cell(std::string text_, Colour colour_ = Colour::kNone) : text{std::move(text_)}, colour{colour_} {}
    Cell(const char* text_) : text{text_} {}
  };

  explicit Table(std::vector<std::string> headings) : headings_{std::move(headings)} {}
  /// As many cells as there are headings.
  void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.empty(); }
  void print(const Terminal& terminal) const;

 private:
  std::vector<std::string> headings_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace weir::cli
