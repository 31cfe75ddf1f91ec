#include "pkg/base/wildcards.hpp"

#include <cstddef>

namespace weir::text {

bool fits_wildcards(std::string_view pattern, std::string_view text) {
  // Only the last star is ever tried again: what an earlier one could take, it can take as well.
  std::size_t at = 0;
  std::size_t in_text = 0;
  std::size_t after_star = std::string_view::npos;
  std::size_t retry_at = 0;
  while (in_text < text.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      after_star = ++at;
      retry_at = in_text;
    } else if (at < pattern.size() && (pattern[at] == '?' || pattern[at] == text[in_text])) {
      ++at;
      ++in_text;
    } else if (after_star != std::string_view::npos) {
      at = after_star;
      in_text = ++retry_at;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

}  // namespace weir::text
