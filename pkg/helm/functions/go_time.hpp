#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "pkg/base/result.hpp"
#include "pkg/helm/functions/zone.hpp"

namespace weir::helm {

/// A moment and the zone in which it is shown, as Go's time.Time: from the year 1 on and beyond what 64 bits of
/// nanoseconds hold.  Threads: value.
struct GoTime {
  std::int64_t seconds = 0;  ///< since 1970 in UTC
  std::int32_t nanoseconds = 0;
  std::shared_ptr<const Zone> zone;  ///< nullptr: UTC

  Offset offset() const { return zone ? zone->at(seconds) : Offset{0, "UTC", false}; }

  /// The first of January of year 1: what Go has for "never".
  static GoTime zero() { return {-62135596800, 0, nullptr}; }
};

/// What a calendar and a clock show.
struct Shown {
  std::int64_t year = 0;
  int month = 0, day = 0, weekday = 0, year_day = 0;  ///< all but the weekday (0: Sunday) from 1
  int hour = 0, minute = 0, second = 0;
};
Shown shown(const GoTime& time);

/// A time by calendar and clock in a zone; what is too large for its unit goes on into the next.
GoTime make_time(
    std::int64_t year,
    std::int64_t month,
    std::int64_t day,
    std::int64_t hour,
    std::int64_t minute,
    std::int64_t second,
    std::int32_t nanoseconds,
    std::shared_ptr<const Zone> zone
);

/// A time in the form of a Go layout such as "Mon Jan _2 15:04:05 MST 2006".
/// Source: https://pkg.go.dev/time#Layout and what Go 1.26 prints.
std::string format_time(const GoTime& time, std::string_view layout);

/// Reads a time in the form of a layout; what the text does not say is 0, the zone `local`.
/// @returns an error in Go's words: parsing time "bad" as "2006-01-02": cannot parse "bad" as "2006"
Result<GoTime> parse_time(std::string_view layout, std::string_view text, const std::shared_ptr<const Zone>& local);

/// A length of time as Go's time.ParseDuration reads it.
/// @returns an error in Go's words: time: invalid duration "x"
Result<std::int64_t> parse_go_duration(std::string_view text);

namespace layout {

enum class Piece {
  kNone,
  kLongMonth,
  kMonth,
  kNumMonth,
  kZeroMonth,
  kLongWeekday,
  kWeekday,
  kDay,
  kUnderDay,
  kZeroDay,
  kUnderYearDay,
  kZeroYearDay,
  kHour,
  kHour12,
  kZeroHour12,
  kMinute,
  kZeroMinute,
  kSecond,
  kZeroSecond,
  kLongYear,
  kYear,
  kUpperNoon,
  kLowerNoon,
  kZoneName,
  kIsoOffset,
  kIsoOffsetSeconds,
  kIsoOffsetShort,
  kIsoOffsetColon,
  kIsoOffsetColonSeconds,
  kOffset,
  kOffsetSeconds,
  kOffsetShort,
  kOffsetColon,
  kOffsetColonSeconds,
  kFractionZeros,
  kFractionNines,
};

/// The first piece of a layout that stands for a part of the time.
struct Next {
  std::string_view before;
  Piece piece = Piece::kNone;
  std::string_view text;  ///< of the piece
  std::string_view after;
};
Next next_piece(std::string_view layout);

inline constexpr std::string_view kMonths[] = {
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December"};
inline constexpr std::string_view kWeekdays[] = {
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

}  // namespace layout

}  // namespace weir::helm
