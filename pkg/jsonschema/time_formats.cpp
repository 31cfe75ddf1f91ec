#include <charconv>
#include <cstddef>

#include "pkg/base/text.hpp"
#include "pkg/jsonschema/formats.hpp"
#include "pkg/template/quote.hpp"

namespace weir::jsonschema {
namespace {

using Problem = std::optional<std::string>;
using templates::quote;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t leading_digits(std::string_view text) {
  std::size_t count = 0;
  while (count < text.size() && is_digit(text[count])) ++count;
  return count;
}

/// An integer as Go's Atoi reads it.
std::optional<int> integer(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

int days_in(int year, int month) {
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && is_leap ? 29 : kDays[month - 1];
}

Problem check_offset(std::string_view text, int& minutes) {
  if (text.size() != 6) return "offset must be 6 characters long";
  if (text[0] != '+' && text[0] != '-') return "offset must begin with plus/minus";
  const int sign = text[0] == '+' ? -1 : 1;
  text.remove_prefix(1);
  if (text[2] != ':') return "missing colon in offset in correct place";
  const auto hour = integer(text.substr(0, 2)), minute = integer(text.substr(3));
  if (!hour || !minute) return "invalid hour/min in offset";
  if (*hour < 0 || *minute < 0) return "non-positive hour/min in offset";
  if (*hour > 23 || *minute > 59) return "hour/min in offset out of range";
  minutes += sign * (*hour * 60 + *minute);
  if (minutes < 0) minutes += 24 * 60;
  return std::nullopt;
}

Problem within(std::string_view what, const Problem& problem) {
  if (!problem) return std::nullopt;
  return text::cat("invalid ", what, ": ", *problem);
}

}  // namespace

Problem check_date(std::string_view text) {
  const auto refused = [text](std::string_view rest, std::string_view element) {
    return text::cat(
        "parsing time ", quote(text), " as \"2006-01-02\": cannot parse ", quote(rest), " as ", quote(element)
    );
  };
  const auto out_of_range = [text](std::string_view what) {
    return text::cat("parsing time ", quote(text), ": ", what, " out of range");
  };
  std::string_view rest = text;
  if (leading_digits(rest.substr(0, 4)) < 4) return refused(rest, "2006");
  const int year = *integer(rest.substr(0, 4));
  rest.remove_prefix(4);
  if (!rest.starts_with('-')) return refused(rest, "-");
  rest.remove_prefix(1);
  if (leading_digits(rest.substr(0, 2)) < 2) return refused(rest, "01");
  const int month = *integer(rest.substr(0, 2));
  if (month < 1 || month > 12) return out_of_range("month");
  rest.remove_prefix(2);
  if (!rest.starts_with('-')) return refused(rest, "-");
  rest.remove_prefix(1);
  if (leading_digits(rest.substr(0, 2)) < 2) return refused(rest, "02");
  const int day = *integer(rest.substr(0, 2));
  rest.remove_prefix(2);
  if (!rest.empty()) return text::cat("parsing time ", quote(text), ": extra text: ", quote(rest));
  if (day < 1 || day > days_in(year, month)) return out_of_range("day");
  return std::nullopt;
}

Problem check_time(std::string_view text) {
  if (text.size() < 9) return "less than 9 characters long";
  if (text[2] != ':' || text[5] != ':') return "missing colon in correct place";
  const auto hour = integer(text.substr(0, 2)), minute = integer(text.substr(3, 2)),
             second = integer(text.substr(6, 2));
  if (!hour || !minute || !second) return "invalid hour/min/sec";
  if (*hour < 0 || *minute < 0 || *second < 0) return "non-positive hour/min/sec";
  if (*hour > 23 || *minute > 59 || *second > 60) return "hour/min/sec out of range";
  text.remove_prefix(8);
  if (text.starts_with('.')) {
    const std::size_t digits = leading_digits(text.substr(1));
    if (digits == 0) return "no digits in second fraction";
    text.remove_prefix(digits + 1);
  }
  int minutes = *hour * 60 + *minute;
  if (text != "z" && text != "Z")
    if (auto problem = check_offset(text, minutes)) return problem;
  if (*second >= 60 && minutes != 23 * 60 + 59) return "invalid leap second";
  return std::nullopt;
}

Problem check_date_time(std::string_view text) {
  if (text.size() < 20) return "less than 20 characters long";
  if (text[10] != 't' && text[10] != 'T') return "11th character must be t or T";
  if (auto problem = within("date element", check_date(text.substr(0, 10)))) return problem;
  return within("time element", check_time(text.substr(11)));
}

Problem check_duration(std::string_view text) {
  if (!text.starts_with('P')) return "must start with P";
  text.remove_prefix(1);
  if (text.empty()) return "nothing after P";
  if (text.ends_with('W')) {
    text.remove_suffix(1);
    if (text.empty()) return "no number in week";
    if (leading_digits(text) != text.size()) return "invalid week";
    return std::nullopt;
  }
  static constexpr std::string_view kUnits[] = {"YMD", "HMS"};
  const auto parts = text::split(text, 'T');
  for (std::size_t i = 0; i < parts.size(); ++i) {
    auto part = parts[i];
    if (i > 0 && part.empty()) return "no time elements";
    if (i > 1) return "more than one T";
    std::string_view units = kUnits[i];
    while (!part.empty()) {
      const std::size_t digits = leading_digits(part);
      if (digits == 0) return "missing number";
      part.remove_prefix(digits);
      if (part.empty()) return "missing unit";
      const std::string unit = templates::quote_rune(static_cast<unsigned char>(part.front()));
      const auto place = units.find(part.front());
      if (place == units.npos)
        return kUnits[i].find(part.front()) != kUnits[i].npos ? text::cat("unit ", unit, " out of order")
                                                              : text::cat("invalid unit ", unit);
      units.remove_prefix(place + 1);
      part.remove_prefix(1);
    }
  }
  return std::nullopt;
}

Problem check_period(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == text.npos) return "missing slash";
  const auto start = text.substr(0, slash), end = text.substr(slash + 1);
  if (start.starts_with('P')) {
    if (auto problem = within("start duration", check_duration(start))) return problem;
    return within("end date-time", check_date_time(end));
  }
  if (auto problem = within("start date-time", check_date_time(start))) return problem;
  if (end.starts_with('P')) return within("end duration", check_duration(end));
  return within("end date-time", check_date_time(end));
}

}  // namespace weir::jsonschema
