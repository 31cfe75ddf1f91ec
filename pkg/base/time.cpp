#include "pkg/base/time.hpp"

#include <cstdio>

#include "pkg/base/text.hpp"

namespace weir {
namespace {

using std::chrono::days;
using std::chrono::floor;

std::string format(WallTime time, int fraction_digits) {
  const auto day = floor<days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss<std::chrono::nanoseconds> clock{time - day};
  char buffer[64];
  int length = std::snprintf(
      buffer,
      sizeof buffer,
      "%04d-%02u-%02uT%02d:%02d:%02d",
      static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()),
      static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()),
      static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count())
  );
  std::string out{buffer, static_cast<std::size_t>(length)};
  if (fraction_digits > 0) {
    length = std::snprintf(buffer, sizeof buffer, ".%09lld", static_cast<long long>(clock.subseconds().count()));
    out.append(buffer, 1 + static_cast<std::size_t>(fraction_digits));
  }
  return out + 'Z';
}

bool read_number(std::string_view& text, std::size_t digits, int& number) {
  if (text.size() < digits) return false;
  const auto parsed = std::from_chars(text.data(), text.data() + digits, number);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + digits) return false;
  text.remove_prefix(digits);
  return true;
}

bool read_character(std::string_view& text, std::string_view allowed) {
  if (text.empty() || allowed.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::string to_rfc3339(WallTime time) { return format(time, 0); }
std::string to_rfc3339_milliseconds(WallTime time) { return format(time, 3); }
std::string to_rfc3339_microseconds(WallTime time) { return format(time, 6); }

std::string to_rfc3339_nanoseconds(WallTime time) {
  std::string out = format(time, 9);
  out.pop_back();
  out.resize(out.find_last_not_of('0') + 1);
  if (out.ends_with('.')) out.pop_back();
  return out + 'Z';
}

Result<WallTime> parse_rfc3339(std::string_view text) {
  const InputError error{"", text::cat("expected a time like 2026-11-23T08:15:00Z, got ", text::quoted(text))};
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  std::string_view rest = text;
  if (!read_number(rest, 4, year) || !read_character(rest, "-") || !read_number(rest, 2, month) ||
      !read_character(rest, "-") || !read_number(rest, 2, day) || !read_character(rest, "Tt ") ||
      !read_number(rest, 2, hour) || !read_character(rest, ":") || !read_number(rest, 2, minute) ||
      !read_character(rest, ":") || !read_number(rest, 2, second)) {
    return error;
  }
  std::int64_t fraction = 0;
  if (read_character(rest, ".")) {
    std::int64_t unit = 100'000'000;
    std::size_t digits = 0;
    while (!rest.empty() && rest.front() >= '0' && rest.front() <= '9') {
      fraction += unit * (rest.front() - '0');
      unit /= 10;
      ++digits;
      rest.remove_prefix(1);
    }
    if (digits == 0) return error;
  }
  int offset_minutes = 0;
  if (!read_character(rest, "Zz")) {
    const bool negative = rest.starts_with('-');
    int hours = 0, minutes = 0;
    if (!read_character(rest, "+-") || !read_number(rest, 2, hours) || !read_character(rest, ":") ||
        !read_number(rest, 2, minutes)) {
      return error;
    }
    offset_minutes = (hours * 60 + minutes) * (negative ? -1 : 1);
  }
  const std::chrono::year_month_day date{
      std::chrono::year{year},
      std::chrono::month{static_cast<unsigned>(month)},
      std::chrono::day{static_cast<unsigned>(day)}};
  if (!rest.empty() || !date.ok() || hour > 23 || minute > 59 || second > 60) return error;
  return std::chrono::sys_days{date} + std::chrono::hours{hour} + std::chrono::minutes{minute} -
         std::chrono::minutes{offset_minutes} + std::chrono::seconds{second} + std::chrono::nanoseconds{fraction};
}

}  // namespace weir
