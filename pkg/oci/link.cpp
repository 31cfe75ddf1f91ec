#include "pkg/oci/link.hpp"

#include "pkg/base/text.hpp"

namespace weir::oci {
namespace {

/// The next `mark` outside quotes, or the end.
std::size_t find_unquoted(std::string_view text, std::size_t from, char mark) {
  bool quoted = false;
  for (auto at = from; at < text.size(); ++at) {
    if (text[at] == '\\' && quoted) {
      ++at;
    } else if (text[at] == '"') {
      quoted = !quoted;
    } else if (text[at] == mark && !quoted) {
      return at;
    }
  }
  return text.size();
}

/// The first `rel` counts, the others do not (RFC 8288 section 3.3).
bool says_next(std::string_view parameters) {
  for (std::size_t from = 0; from < parameters.size();) {
    const auto end = find_unquoted(parameters, from, ';');
    const auto [name, raw] = text::cut(parameters.substr(from, end - from), "=");
    from = end + 1;
    if (!text::equal_ignoring_case(text::trim(name), "rel")) continue;
    auto value = text::trim(raw);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    for (const auto relation : text::split(value, ' ')) {
      if (text::equal_ignoring_case(relation, "next")) return true;
    }
    return false;
  }
  return false;
}

}  // namespace

std::optional<std::string> next_link(std::string_view header) {
  std::size_t at = 0;
  while (true) {
    const auto open = header.find('<', at);
    if (open == std::string_view::npos) return std::nullopt;
    const auto close = header.find('>', open);
    if (close == std::string_view::npos) return std::nullopt;
    const auto end = find_unquoted(header, close + 1, ',');
    if (says_next(header.substr(close + 1, end - close - 1))) {
      return std::string{header.substr(open + 1, close - open - 1)};
    }
    at = end;
  }
}

}  // namespace weir::oci
