// Go's layouts: their pieces, and times printed by them.
#include <array>
#include <cstdlib>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/helm/functions/calendar.hpp"
#include "pkg/helm/functions/go_time.hpp"

namespace weir::helm {

namespace layout {
namespace {

struct Known {
  std::string_view text;
  Piece piece;
};

// Longer ones first where one begins another.
constexpr Known kKnown[] = {
    {"January", Piece::kLongMonth},
    {"Monday", Piece::kLongWeekday},
    {"MST", Piece::kZoneName},
    {"01", Piece::kZeroMonth},
    {"002", Piece::kZeroYearDay},
    {"02", Piece::kZeroDay},
    {"03", Piece::kZeroHour12},
    {"04", Piece::kZeroMinute},
    {"05", Piece::kZeroSecond},
    {"06", Piece::kYear},
    {"15", Piece::kHour},
    {"1", Piece::kNumMonth},
    {"2006", Piece::kLongYear},
    {"2", Piece::kDay},
    {"__2", Piece::kUnderYearDay},
    {"_2", Piece::kUnderDay},
    {"3", Piece::kHour12},
    {"4", Piece::kMinute},
    {"5", Piece::kSecond},
    {"PM", Piece::kUpperNoon},
    {"pm", Piece::kLowerNoon},
    {"-07:00:00", Piece::kOffsetColonSeconds},
    {"-070000", Piece::kOffsetSeconds},
    {"-07:00", Piece::kOffsetColon},
    {"-0700", Piece::kOffset},
    {"-07", Piece::kOffsetShort},
    {"Z07:00:00", Piece::kIsoOffsetColonSeconds},
    {"Z070000", Piece::kIsoOffsetSeconds},
    {"Z07:00", Piece::kIsoOffsetColon},
    {"Z0700", Piece::kIsoOffset},
    {"Z07", Piece::kIsoOffsetShort},
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<Known> piece_at(std::string_view rest) {
  for (const auto& known : kKnown) {
    if (rest.starts_with(known.text)) return known;
  }
  // "Jan" and "Mon" are no part of a longer word: "Month" stays what it is.
  const bool is_word = rest.size() > 3 && rest[3] >= 'a' && rest[3] <= 'z';
  if (rest.starts_with("Jan") && !is_word) return Known{rest.substr(0, 3), Piece::kMonth};
  if (rest.starts_with("Mon") && !is_word) return Known{rest.substr(0, 3), Piece::kWeekday};
  if (rest.size() >= 2 && (rest[0] == '.' || rest[0] == ',') && (rest[1] == '0' || rest[1] == '9')) {
    std::size_t end = 1;
    while (end < rest.size() && rest[end] == rest[1]) ++end;
    if (end == rest.size() || !is_digit(rest[end])) {
      return Known{rest.substr(0, end), rest[1] == '0' ? Piece::kFractionZeros : Piece::kFractionNines};
    }
  }
  return std::nullopt;
}

}  // namespace

Next next_piece(std::string_view layout) {
  for (std::size_t at = 0; at < layout.size(); ++at) {
    const auto rest = layout.substr(at);
    // The blank of "_2006" is no place for a day.
    if (rest.starts_with("_2006")) {
      return {layout.substr(0, at + 1), Piece::kLongYear, rest.substr(1, 4), rest.substr(5)};
    }
    if (const auto piece = piece_at(rest))
      return {layout.substr(0, at), piece->piece, rest.substr(0, piece->text.size()), rest.substr(piece->text.size())};
  }
  return {layout, Piece::kNone, {}, {}};
}

}  // namespace layout

namespace {

using layout::Piece;

std::string padded(std::int64_t number, std::size_t width, char with = '0') {
  const bool is_negative = number < 0;
  std::string digits = std::to_string(is_negative ? -number : number);
  if (digits.size() < width) digits.insert(0, width - digits.size(), with);
  return is_negative ? "-" + digits : digits;
}

struct OffsetForm {
  bool is_iso = false;  ///< Z for UTC
  bool has_colon = false;
  bool has_minutes = true;
  bool has_seconds = false;
};

OffsetForm form_of(Piece piece) {
  switch (piece) {
    case Piece::kIsoOffset: return {true, false, true, false};
    case Piece::kIsoOffsetSeconds: return {true, false, true, true};
    case Piece::kIsoOffsetShort: return {true, false, false, false};
    case Piece::kIsoOffsetColon: return {true, true, true, false};
    case Piece::kIsoOffsetColonSeconds: return {true, true, true, true};
    case Piece::kOffsetSeconds: return {false, false, true, true};
    case Piece::kOffsetShort: return {false, false, false, false};
    case Piece::kOffsetColon: return {false, true, true, false};
    case Piece::kOffsetColonSeconds: return {false, true, true, true};
    default: return {};
  }
}

std::string print_offset(std::int32_t offset, const OffsetForm& form) {
  if (form.is_iso && offset == 0) return "Z";
  const std::int32_t size = std::abs(offset);
  std::string out{offset < 0 ? '-' : '+'};
  out += padded(size / 3600, 2);
  if (!form.has_minutes) return out;
  if (form.has_colon) out += ':';
  out += padded(size / 60 % 60, 2);
  if (!form.has_seconds) return out;
  if (form.has_colon) out += ':';
  out += padded(size % 60, 2);
  return out;
}

std::string print_fraction(std::int32_t nanoseconds, std::string_view piece, bool drops_zeros) {
  std::string digits = padded(nanoseconds, 9);
  digits.resize(std::min<std::size_t>(9, piece.size() - 1));
  digits.append(piece.size() - 1 - digits.size(), '0');
  if (drops_zeros) {
    while (digits.ends_with('0')) digits.pop_back();
    if (digits.empty()) return "";
  }
  return piece[0] + digits;
}

std::string print_piece(const GoTime& time, const Shown& at, Piece piece, std::string_view spelled) {
  const int hour12 = at.hour % 12 == 0 ? 12 : at.hour % 12;
  switch (piece) {
    case Piece::kLongMonth: return std::string{layout::kMonths[at.month - 1]};
    case Piece::kMonth: return std::string{layout::kMonths[at.month - 1].substr(0, 3)};
    case Piece::kNumMonth: return std::to_string(at.month);
    case Piece::kZeroMonth: return padded(at.month, 2);
    case Piece::kLongWeekday: return std::string{layout::kWeekdays[at.weekday]};
    case Piece::kWeekday: return std::string{layout::kWeekdays[at.weekday].substr(0, 3)};
    case Piece::kDay: return std::to_string(at.day);
    case Piece::kUnderDay: return padded(at.day, 2, ' ');
    case Piece::kZeroDay: return padded(at.day, 2);
    case Piece::kUnderYearDay: return padded(at.year_day, 3, ' ');
    case Piece::kZeroYearDay: return padded(at.year_day, 3);
    case Piece::kHour: return padded(at.hour, 2);
    case Piece::kHour12: return std::to_string(hour12);
    case Piece::kZeroHour12: return padded(hour12, 2);
    case Piece::kMinute: return std::to_string(at.minute);
    case Piece::kZeroMinute: return padded(at.minute, 2);
    case Piece::kSecond: return std::to_string(at.second);
    case Piece::kZeroSecond: return padded(at.second, 2);
    case Piece::kLongYear: return padded(at.year, 4);
    case Piece::kYear: return padded(std::abs(at.year % 100), 2);
    case Piece::kUpperNoon: return at.hour >= 12 ? "PM" : "AM";
    case Piece::kLowerNoon: return at.hour >= 12 ? "pm" : "am";
    case Piece::kZoneName: {
      const Offset offset = time.offset();
      return offset.name.empty() ? print_offset(offset.seconds, {}) : offset.name;
    }
    case Piece::kFractionZeros: return print_fraction(time.nanoseconds, spelled, false);
    case Piece::kFractionNines: return print_fraction(time.nanoseconds, spelled, true);
    case Piece::kNone: return "";
    default: return print_offset(time.offset().seconds, form_of(piece));
  }
}

}  // namespace

std::string format_time(const GoTime& time, std::string_view layout) {
  const Shown at = shown(time);
  std::string out;
  while (!layout.empty()) {
    const auto next = layout::next_piece(layout);
    out += next.before;
    out += print_piece(time, at, next.piece, next.text);
    layout = next.after;
  }
  return out;
}

Shown shown(const GoTime& time) {
  constexpr std::int64_t kDaySeconds = 86400;
  const std::int64_t local = time.seconds + time.offset().seconds;
  const std::int64_t days = floor_divide(local, kDaySeconds);
  const auto in_day = static_cast<int>(local - days * kDaySeconds);
  const CivilDate date = civil_from_days(days);
  Shown out;
  out.year = date.year, out.month = date.month, out.day = date.day;
  out.weekday = weekday_of(days);
  out.year_day = static_cast<int>(days - days_from_civil(date.year, 1, 1)) + 1;
  out.hour = in_day / 3600, out.minute = in_day / 60 % 60, out.second = in_day % 60;
  return out;
}

GoTime make_time(
    std::int64_t year,
    std::int64_t month,
    std::int64_t day,
    std::int64_t hour,
    std::int64_t minute,
    std::int64_t second,
    std::int32_t nanoseconds,
    std::shared_ptr<const Zone> zone
) {
  const std::int64_t years = floor_divide(month - 1, 12);
  const std::int64_t days = days_from_civil(year + years, static_cast<int>(month - years * 12), day);
  GoTime out{days * 86400 + hour * 3600 + minute * 60 + second, nanoseconds, std::move(zone)};
  if (!out.zone) return out;
  // The offset depends on the time that is looked for: the one at this moment in UTC is right but near a change.
  const std::int64_t wanted = out.seconds;
  const std::int64_t guess = out.zone->at(wanted).seconds;
  out.seconds = wanted - guess;
  const std::int64_t there = out.zone->at(out.seconds).seconds;
  if (there != guess) {
    const std::int64_t other = wanted - there;
    if (out.zone->at(other).seconds == there) out.seconds = other;
  }
  return out;
}

}  // namespace weir::helm
