// Times and lengths of time read as Go reads them.
#include <algorithm>
#include <limits>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/helm/functions/calendar.hpp"
#include "pkg/helm/functions/go_time.hpp"
#include "pkg/template/quote.hpp"

namespace weir::helm {
namespace {

using layout::Piece;

bool is_digit_at(std::string_view text, std::size_t at) {
  return at < text.size() && text[at] >= '0' && text[at] <= '9';
}

/// Thrown inside of this file: the text does not fit the piece, or says a number that no date has.
struct Misfit {
  std::string_view rest;   ///< of the text
  std::string_view piece;  ///< of the layout
};
struct OutOfRange {
  std::string_view what;
};

class Reader {
 public:
  Reader(std::string_view layout, std::string_view text, const std::shared_ptr<const Zone>& local)
      : layout_{layout}, rest_{text}, local_{local} {}

  GoTime run() {
    for (;;) {
      const auto next = layout::next_piece(layout_);
      skip(next.before);
      if (next.piece == Piece::kNone) {
        if (!rest_.empty()) throw OutOfRange{"extra text"};
        return finish();
      }
      layout_ = next.after;
      piece_ = next.text;
      read(next.piece);
      if (!out_of_range_.empty()) throw OutOfRange{out_of_range_};
    }
  }
  std::string_view rest() const { return rest_; }

 private:
  [[noreturn]] void misfit() const { throw Misfit{rest_, piece_}; }

  /// What stands between the pieces; blanks stand for any number of blanks.
  void skip(std::string_view wanted) {
    piece_ = wanted;
    const std::string_view begin = rest_;
    while (!wanted.empty()) {
      if (wanted[0] == ' ') {
        if (!rest_.empty() && rest_[0] != ' ') throw Misfit{begin, piece_};
        while (wanted.starts_with(' ')) wanted.remove_prefix(1);
        while (rest_.starts_with(' ')) rest_.remove_prefix(1);
        continue;
      }
      if (rest_.empty() || rest_[0] != wanted[0]) throw Misfit{begin, piece_};
      wanted.remove_prefix(1);
      rest_.remove_prefix(1);
    }
  }

  int digits(std::size_t fewest, std::size_t most) {
    std::size_t count = 0;
    int out = 0;
    while (count < most && is_digit_at(rest_, count)) out = out * 10 + (rest_[count++] - '0');
    if (count < fewest) misfit();
    rest_.remove_prefix(count);
    return out;
  }
  int two_digits(bool is_fixed) { return digits(is_fixed ? 2 : 1, 2); }

  template <std::size_t Count>
  int name(const std::string_view (&names)[Count], std::size_t length) {
    for (std::size_t i = 0; i < Count; ++i) {
      const auto wanted = names[i].substr(0, length);
      if (rest_.size() >= wanted.size() && text::equal_ignoring_case(rest_.substr(0, wanted.size()), wanted)) {
        rest_.remove_prefix(wanted.size());
        return static_cast<int>(i);
      }
    }
    misfit();
  }

  void limit(bool is_good, std::string_view what) {
    if (!is_good) out_of_range_ = what;
  }

  void fraction(std::size_t count) {  // with its point
    std::int64_t value = 0;
    for (std::size_t i = 1; i < std::max<std::size_t>(10, count); ++i) {
      const int digit = i < count && is_digit_at(rest_, i) ? rest_[i] - '0' : 0;
      if (i < 10) value = value * 10 + digit;
    }
    nanoseconds_ = static_cast<std::int32_t>(value);
    rest_.remove_prefix(count);
  }

  void read_second(bool is_fixed) {
    second_ = two_digits(is_fixed);
    limit(second_ < 60, "second");
    // A fraction may stand there though the layout has none.
    if (rest_.size() >= 2 && (rest_[0] == '.' || rest_[0] == ',') && is_digit_at(rest_, 1)) {
      const auto next = layout::next_piece(layout_);
      if (next.before.empty() && (next.piece == Piece::kFractionZeros || next.piece == Piece::kFractionNines)) return;
      std::size_t end = 2;
      while (is_digit_at(rest_, end)) ++end;
      fraction(end);
    }
  }

  void read_offset(Piece piece) {
    const bool is_iso = piece_.starts_with('Z');
    if (is_iso && rest_.starts_with('Z')) {
      rest_.remove_prefix(1);
      is_utc_ = true;
      return;
    }
    const bool has_colon = piece_.find(':') != piece_.npos;
    const bool is_short = piece == Piece::kOffsetShort || piece == Piece::kIsoOffsetShort;
    const std::size_t parts = is_short ? 1 : piece_.size() > 6 + (has_colon ? 1U : 0U) ? 3 : 2;
    const std::size_t length = 1 + parts * 2 + (has_colon ? parts - 1 : 0);
    if (rest_.size() < length) misfit();
    const char sign = rest_[0];
    std::int64_t values[3] = {};
    std::size_t at = 1;
    for (std::size_t i = 0; i < parts; ++i) {
      if (i > 0 && has_colon && rest_[at++] != ':') misfit();
      if (!is_digit_at(rest_, at) || !is_digit_at(rest_, at + 1)) misfit();
      values[i] = (rest_[at] - '0') * 10 + (rest_[at + 1] - '0');
      at += 2;
    }
    if (values[0] > 24) limit(false, "time zone offset hour");
    if (values[1] > 60) limit(false, "time zone offset minute");
    if (values[2] > 60) limit(false, "time zone offset second");
    const std::int64_t size = (values[0] * 60 + values[1]) * 60 + values[2];
    if (sign != '+' && sign != '-') misfit();
    offset_ = sign == '-' ? -size : size;
    rest_.remove_prefix(length);
  }

  void read_zone_name() {
    if (rest_.starts_with("UTC")) {
      is_utc_ = true;
      rest_.remove_prefix(3);
      return;
    }
    const std::size_t length = zone_name_length();
    if (length == 0) misfit();
    zone_name_ = rest_.substr(0, length);
    rest_.remove_prefix(length);
  }

  /// "CET", "GMT+3", "+03": three or four capitals, five with T at the end, or a signed hour.
  std::size_t zone_name_length() const {
    if (rest_.size() < 3) return 0;
    if (rest_.starts_with("ChST") || rest_.starts_with("MeST")) return 4;
    if (rest_.starts_with("GMT")) return 3 + signed_hour(rest_.substr(3));
    if (rest_[0] == '+' || rest_[0] == '-') return signed_hour(rest_);
    std::size_t capitals = 0;
    while (capitals < 6 && capitals < rest_.size() && rest_[capitals] >= 'A' && rest_[capitals] <= 'Z') ++capitals;
    if (capitals == 5) return rest_[4] == 'T' ? 5 : 0;
    if (capitals == 4) return rest_[3] == 'T' || rest_.starts_with("WITA") ? 4 : 0;
    return capitals == 3 ? 3 : 0;
  }
  static std::size_t signed_hour(std::string_view text) {
    if (text.empty() || (text[0] != '+' && text[0] != '-')) return 0;
    std::size_t end = 1;
    int hours = 0;
    while (is_digit_at(text, end) && end < 6) hours = hours * 10 + (text[end++] - '0');
    return end == 1 || hours > 23 ? 0 : end;
  }

  void read(Piece piece) {
    switch (piece) {
      case Piece::kYear: {
        if (rest_.size() < 2 || !is_digit_at(rest_, 0) || !is_digit_at(rest_, 1)) misfit();
        year_ = digits(2, 2);
        year_ += year_ >= 69 ? 1900 : 2000;
        return;
      }
      case Piece::kLongYear:
        if (rest_.size() < 4 || !is_digit_at(rest_, 0)) misfit();
        year_ = digits(4, 4);
        return;
      case Piece::kMonth: month_ = name(layout::kMonths, 3) + 1; return;
      case Piece::kLongMonth: month_ = name(layout::kMonths, 99) + 1; return;
      case Piece::kNumMonth:
      case Piece::kZeroMonth:
        month_ = two_digits(piece == Piece::kZeroMonth);
        limit(month_ >= 1 && month_ <= 12, "month");
        return;
      case Piece::kWeekday: name(layout::kWeekdays, 3); return;
      case Piece::kLongWeekday: name(layout::kWeekdays, 99); return;
      case Piece::kDay:
      case Piece::kUnderDay:
      case Piece::kZeroDay:
        if (piece == Piece::kUnderDay && rest_.starts_with(' ')) rest_.remove_prefix(1);
        day_ = two_digits(piece == Piece::kZeroDay);
        return;
      case Piece::kUnderYearDay:
      case Piece::kZeroYearDay:
        for (int i = 0; i < 2 && piece == Piece::kUnderYearDay && rest_.starts_with(' '); ++i) rest_.remove_prefix(1);
        year_day_ = digits(piece == Piece::kZeroYearDay ? 3 : 1, 3);
        return;
      case Piece::kHour:
        hour_ = two_digits(false);
        limit(hour_ < 24, "hour");
        return;
      case Piece::kHour12:
      case Piece::kZeroHour12:
        hour_ = two_digits(piece == Piece::kZeroHour12);
        limit(hour_ <= 12, "hour");
        return;
      case Piece::kMinute:
      case Piece::kZeroMinute:
        minute_ = two_digits(piece == Piece::kZeroMinute);
        limit(minute_ < 60, "minute");
        return;
      case Piece::kSecond:
      case Piece::kZeroSecond: read_second(piece == Piece::kZeroSecond); return;
      case Piece::kUpperNoon:
      case Piece::kLowerNoon: {
        const bool is_upper = piece == Piece::kUpperNoon;
        is_afternoon_ = rest_.starts_with(is_upper ? "PM" : "pm");
        is_morning_ = rest_.starts_with(is_upper ? "AM" : "am");
        if (!is_afternoon_ && !is_morning_) misfit();
        rest_.remove_prefix(2);
        return;
      }
      case Piece::kZoneName: read_zone_name(); return;
      case Piece::kFractionZeros:
        if (rest_.size() < piece_.size() || (rest_[0] != '.' && rest_[0] != ',')) misfit();
        for (std::size_t i = 1; i < piece_.size(); ++i) {
          if (!is_digit_at(rest_, i)) misfit();
        }
        fraction(piece_.size());
        return;
      case Piece::kFractionNines: {
        if (rest_.size() < 2 || (rest_[0] != '.' && rest_[0] != ',') || !is_digit_at(rest_, 1)) return;
        std::size_t end = 1;
        while (end < 10 && is_digit_at(rest_, end)) ++end;
        fraction(end);
        return;
      }
      default: read_offset(piece);
    }
  }

  GoTime finish() {
    if (is_afternoon_ && hour_ < 12) hour_ += 12;
    if (is_morning_ && hour_ == 12) hour_ = 0;
    if (year_day_ >= 0) {
      if (year_day_ < 1 || year_day_ > (is_leap_year(year_) ? 366 : 365)) throw OutOfRange{"day-of-year"};
      const CivilDate date = civil_from_days(days_from_civil(year_, 1, year_day_));
      if (month_ >= 0 && month_ != date.month) throw OutOfRange{"day-of-year does not match month"};
      if (day_ >= 0 && day_ != date.day) throw OutOfRange{"day-of-year does not match day"};
      month_ = date.month;
      day_ = date.day;
    }
    month_ = month_ < 0 ? 1 : month_;
    day_ = day_ < 0 ? 1 : day_;
    if (day_ < 1 || day_ > days_in_month(year_, month_)) throw OutOfRange{"day"};
    if (is_utc_) return at(nullptr);
    if (offset_) {
      GoTime out = at(nullptr);
      out.seconds -= *offset_;
      const Offset here = local_->at(out.seconds);
      const bool is_here = here.seconds == *offset_ && (zone_name_.empty() || here.name == zone_name_);
      out.zone = is_here ? local_ : fixed(static_cast<std::int32_t>(*offset_));
      return out;
    }
    if (zone_name_.empty()) return at(local_);
    GoTime out = at(nullptr);
    if (const auto offset = local_->named(zone_name_, out.seconds)) {
      out.seconds -= offset->seconds;
      out.zone = local_;
      return out;
    }
    // A name that this zone does not know says nothing, but for the hours in GMT+3.
    std::int32_t offset = 0;
    if (zone_name_.size() > 3 && zone_name_.starts_with("GMT")) offset = std::atoi(zone_name_.c_str() + 3) * 3600;
    out.seconds -= offset;
    out.zone = fixed(offset);
    return out;
  }

  GoTime at(std::shared_ptr<const Zone> zone) const {
    return make_time(year_, month_, day_, hour_, minute_, second_, nanoseconds_, std::move(zone));
  }
  std::shared_ptr<const Zone> fixed(std::int32_t offset) const {
    return std::make_shared<const Zone>(Offset{offset, zone_name_, false});
  }

  std::string_view layout_;
  std::string_view rest_;
  std::string_view piece_;
  const std::shared_ptr<const Zone>& local_;
  std::string_view out_of_range_;
  std::int64_t year_ = 0;
  int month_ = -1, day_ = -1, year_day_ = -1, hour_ = 0, minute_ = 0, second_ = 0;
  std::int32_t nanoseconds_ = 0;
  bool is_afternoon_ = false, is_morning_ = false, is_utc_ = false;
  std::optional<std::int64_t> offset_;
  std::string zone_name_;
};

struct Unit {
  std::string_view name;
  std::int64_t nanoseconds;
};
constexpr Unit kUnits[] = {
    {"ns", 1},
    {"us", 1'000},
    {"\xC2\xB5s", 1'000},
    {"\xCE\xBCs", 1'000},
    {"ms", 1'000'000},
    {"s", 1'000'000'000},
    {"m", 60'000'000'000},
    {"h", 3'600'000'000'000},
};

}  // namespace

Result<GoTime> parse_time(std::string_view layout, std::string_view text, const std::shared_ptr<const Zone>& local) {
  Reader reader{layout, text, local};
  try {
    return reader.run();
  } catch (const Misfit& misfit) {
    return InputError{
        "",
        text::cat(
            "parsing time ",
            templates::quote(text),
            " as ",
            templates::quote(layout),
            ": cannot parse ",
            templates::quote(misfit.rest),
            " as ",
            templates::quote(misfit.piece)
        )};
  } catch (const OutOfRange& problem) {
    if (problem.what == "extra text")
      return InputError{
          "", text::cat("parsing time ", templates::quote(text), ": extra text: ", templates::quote(reader.rest()))};
    const std::string_view ending = problem.what.find(' ') != problem.what.npos && problem.what.starts_with("day-of")
                                        ? std::string_view{}
                                        : std::string_view{" out of range"};
    return InputError{"", text::cat("parsing time ", templates::quote(text), ": ", problem.what, ending)};
  }
}

Result<std::int64_t> parse_go_duration(std::string_view text) {
  const auto refuse = [&](std::string_view what) {
    return InputError{"", text::cat("time: ", what, " ", templates::quote(text))};
  };
  constexpr std::uint64_t kLimit = 1ULL << 63U;
  std::string_view rest = text;
  const bool is_negative = rest.starts_with('-');
  if (is_negative || rest.starts_with('+')) rest.remove_prefix(1);
  if (rest == "0") return 0;
  if (rest.empty()) return refuse("invalid duration");
  std::uint64_t total = 0;
  while (!rest.empty()) {
    if (rest[0] != '.' && !is_digit_at(rest, 0)) return refuse("invalid duration");
    std::uint64_t whole = 0;
    std::size_t digits = 0;
    for (; is_digit_at(rest, 0); rest.remove_prefix(1), ++digits) {
      if (whole > kLimit / 10) return refuse("invalid duration");
      whole = whole * 10 + static_cast<std::uint64_t>(rest[0] - '0');
      if (whole > kLimit) return refuse("invalid duration");
    }
    double fraction = 0, scale = 1;
    if (rest.starts_with('.')) {
      rest.remove_prefix(1);
      for (; is_digit_at(rest, 0); rest.remove_prefix(1), ++digits) {
        fraction = fraction * 10 + (rest[0] - '0');
        scale *= 10;
      }
    }
    if (digits == 0) return refuse("invalid duration");
    std::size_t end = 0;
    while (end < rest.size() && rest[end] != '.' && !is_digit_at(rest, end)) ++end;
    if (end == 0) return refuse("missing unit in duration");
    const auto unit = std::ranges::find(kUnits, rest.substr(0, end), &Unit::name);
    if (unit == std::end(kUnits)) {
      return refuse(text::cat("unknown unit ", templates::quote(rest.substr(0, end)), " in duration"));
    }
    rest.remove_prefix(end);
    const auto size = static_cast<std::uint64_t>(unit->nanoseconds);
    if (whole > kLimit / size) return refuse("invalid duration");
    whole = whole * size + static_cast<std::uint64_t>(fraction * (static_cast<double>(size) / scale));
    total += whole;
    if (whole > kLimit || total > kLimit) return refuse("invalid duration");
  }
  if (is_negative) return static_cast<std::int64_t>(0 - total);
  if (total > kLimit - 1) return refuse("invalid duration");
  return static_cast<std::int64_t>(total);
}

}  // namespace weir::helm
