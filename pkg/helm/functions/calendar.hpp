#pragma once

#include <cstdint>

/// The Gregorian calendar, before its invention too, for any year.  Threads: any, pure.
/// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
namespace weir::helm {

struct CivilDate {
  std::int64_t year = 1970;
  int month = 1;  ///< from 1
  int day = 1;    ///< from 1
};

/// @param month  1 to 12  @param day  any: days beyond the month go on into the next
/// @returns days since 1970-01-01
std::int64_t days_from_civil(std::int64_t year, int month, std::int64_t day);
CivilDate civil_from_days(std::int64_t days);
/// 0: Sunday.
int weekday_of(std::int64_t days);
bool is_leap_year(std::int64_t year);
int days_in_month(std::int64_t year, int month);
/// Rounded down.
std::int64_t floor_divide(std::int64_t number, std::int64_t divisor);

}  // namespace weir::helm
