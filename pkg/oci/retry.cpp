#include "pkg/oci/retry.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "pkg/base/text.hpp"
#include "pkg/http/http_date.hpp"

namespace weir::oci {

bool is_temporary(unsigned status) {
  constexpr std::array<unsigned, 8> kTemporary{408, 429, 499, 500, 502, 503, 504, 522};
  return std::ranges::find(kTemporary, status) != kTemporary.end();
}

std::optional<Milliseconds> parse_retry_after(std::string_view header, WallTime now) {
  const auto trimmed = text::trim(header);
  if (trimmed.empty()) return std::nullopt;
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(trimmed.data(), trimmed.data() + trimmed.size(), seconds);
  if (error == std::errc{} && end == trimmed.data() + trimmed.size()) {
    constexpr std::int64_t kDay = 24 * 60 * 60;
    return std::chrono::seconds{std::clamp<std::int64_t>(seconds, 0, kDay)};
  }
  const auto date = http::parse_http_date(trimmed);
  if (!date) return std::nullopt;
  return std::max(std::chrono::duration_cast<Milliseconds>(*date - now), Milliseconds{0});
}

std::optional<Milliseconds> RetryPolicy::pause(unsigned failed, std::optional<Milliseconds> asked) const {
  if (failed >= attempts) return std::nullopt;
  if (asked) {
    if (*asked > longest_asked) return std::nullopt;
    return std::max(*asked, Milliseconds{100});
  }
  Milliseconds out = first;
  for (unsigned i = 1; i < failed; ++i) out *= factor;
  return out;
}

}  // namespace weir::oci
