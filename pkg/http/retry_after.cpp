#include "pkg/http/retry_after.hpp"

#include <algorithm>
#include <charconv>

#include "pkg/base/text.hpp"
#include "pkg/http/http_date.hpp"

namespace weir::http {

std::optional<Milliseconds> parse_retry_after(std::string_view header, WallTime now) {
  const auto trimmed = text::trim(header);
  if (trimmed.empty()) return std::nullopt;
  constexpr std::chrono::seconds kLongest = std::chrono::hours{24};
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(trimmed.data(), trimmed.data() + trimmed.size(), seconds);
  if (error == std::errc{} && end == trimmed.data() + trimmed.size()) {
    return std::clamp<std::chrono::seconds>(std::chrono::seconds{seconds}, std::chrono::seconds{0}, kLongest);
  }
  const auto date = parse_http_date(trimmed);
  if (!date) return std::nullopt;
  return std::clamp<Milliseconds>(std::chrono::duration_cast<Milliseconds>(*date - now), Milliseconds{0}, kLongest);
}

}  // namespace weir::http
