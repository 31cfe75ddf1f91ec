#include "pkg/http/http_date.hpp"

#include <time.h>

namespace weir::http {

std::string to_http_date(WallTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  const auto moment = static_cast<time_t>(seconds);
  tm parts{};
  gmtime_r(&moment, &parts);
  char buffer[40];
  // The process never sets a locale, so the names are English.
  const auto length = strftime(buffer, sizeof buffer, "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return std::string{buffer, length};
}

std::optional<WallTime> parse_http_date(std::string_view text) {
  const std::string copy{text};
  tm parts{};
  const char* end = strptime(copy.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (!end || *end != '\0') return std::nullopt;
  return WallTime{std::chrono::seconds{timegm(&parts)}};
}

}  // namespace weir::http
