#include "controllers/cli/table.hpp"

#include <algorithm>

namespace weir::cli {
namespace {

constexpr std::size_t kGap = 3;

std::string one_line(std::string_view text) {
  std::string out{text};
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return out;
}

/// Characters, not bytes; wide ones count as one.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

}  // namespace

void Table::print(const Terminal& terminal) const {
  std::vector<std::size_t> widths;
  for (const auto& heading : headings_) widths.push_back(width(heading));
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i].text));
  }
  const auto print_cell = [&](std::size_t i, std::string_view text, Colour colour) {
    const std::string shown = one_line(text);
    terminal.out << terminal.paint(colour, shown);
    if (i + 1 < headings_.size()) terminal.out << std::string(widths[i] - width(text) + kGap, ' ');
  };
  for (std::size_t i = 0; i < headings_.size(); ++i) print_cell(i, headings_[i], Colour::kBold);
  terminal.out << "\n";
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) print_cell(i, row[i].text, row[i].colour);
    terminal.out << "\n";
  }
}

}  // namespace weir::cli
