#include "pkg/regex/expansion.hpp"

#include <algorithm>
#include <charconv>

namespace weir::regex {
namespace {

bool is_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

/// The name after a dollar sign, which is taken off `rest` with its braces; nullopt when none starts there.
std::optional<std::string_view> take_name(std::string_view& rest) {
  const bool braced = rest.starts_with('{');
  const auto from = rest.substr(braced ? 1 : 0);
  std::size_t length = 0;
  while (length < from.size() && is_name(from[length])) ++length;
  if (length == 0 || (braced && (length == from.size() || from[length] != '}'))) return std::nullopt;
  rest.remove_prefix(length + (braced ? 2 : 0));
  return from.substr(0, length);
}

}  // namespace

Expansion::Expansion(Regex pattern, std::string_view text) : pattern_{std::move(pattern)} {
  if (text.empty()) return;
  const auto literal = [&](std::string_view more) {
    if (more.empty()) return;
    if (pieces_.empty() || pieces_.back().group >= 0) pieces_.emplace_back();
    pieces_.back().literal += more;
  };
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto dollar = rest.find('$');
    literal(rest.substr(0, dollar));
    if (dollar == std::string_view::npos) break;
    rest.remove_prefix(dollar + 1);
    if (rest.starts_with('$')) {
      literal("$");
      rest.remove_prefix(1);
      continue;
    }
    const auto name = take_name(rest);
    if (!name) {
      literal("$");  // as Go does with a malformed one
      continue;
    }
    int group = -1;
    int number = 0;
    const auto [end, error] = std::from_chars(name->data(), name->data() + name->size(), number);
    const bool has_leading_zero = name->size() > 1 && name->front() == '0';  // then it is a name
    if (error == std::errc{} && end == name->data() + name->size() && !has_leading_zero) {
      group = number <= pattern_.group_count() ? number : -1;
    } else {
      group = pattern_.group_named(*name);
    }
    if (group < 0) continue;
    Piece piece;
    piece.group = group;
    pieces_.push_back(std::move(piece));
    groups_ = std::max(groups_, group + 1);
  }
  if (pieces_.empty()) pieces_.emplace_back();  // every match becomes an empty text
}

std::optional<std::string> Expansion::apply(std::string_view text) const {
  if (pieces_.empty()) {
    if (!pattern_.is_found_in(text)) return std::nullopt;
    return std::string{text};
  }
  std::vector<std::string_view> groups(static_cast<std::size_t>(groups_));
  if (!pattern_.find(text, groups)) return std::nullopt;
  return fill(groups);
}

std::string Expansion::fill(std::span<const std::string_view> groups) const {
  std::string out;
  for (const auto& piece : pieces_) {
    out += piece.group < 0 ? std::string_view{piece.literal} : groups[static_cast<std::size_t>(piece.group)];
  }
  return out;
}

}  // namespace weir::regex
