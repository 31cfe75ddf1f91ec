#include "pkg/helm/functions/zone.hpp"

#include <algorithm>
#include <array>

#include "pkg/helm/functions/calendar.hpp"

namespace weir::helm {
namespace {

constexpr std::int64_t kDaySeconds = 86400;

/// Big-endian numbers out of a text; past its end all is zero and is_good() false.
class Bytes {
 public:
  explicit Bytes(std::string_view rest) : rest_{rest} {}
  bool is_good() const { return is_good_; }
  std::string_view take(std::uint64_t count) {
    if (count > rest_.size()) {
      is_good_ = false;
      rest_ = {};
      return {};
    }
    const auto out = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return out;
  }
  std::uint64_t number(std::size_t bytes) {
    std::uint64_t out = 0;
    for (const char c : take(bytes)) out = out << 8U | static_cast<unsigned char>(c);
    return out;
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
  bool is_good_ = true;
};

struct Counts {
  char version = '\0';
  std::uint64_t utc_flags = 0, standard_flags = 0, leaps = 0, changes = 0, types = 0, characters = 0;
  std::uint64_t size(std::uint64_t time_bytes) const {
    return changes * (time_bytes + 1) + types * 6 + characters + leaps * (time_bytes + 4) + standard_flags + utc_flags;
  }
};

Counts read_header(Bytes& bytes) {
  Counts out;
  const auto head = bytes.take(20);
  if (head.size() < 20) return out;
  out.version = head[4];
  for (auto* count : {&out.utc_flags, &out.standard_flags, &out.leaps, &out.changes, &out.types, &out.characters})
    *count = bytes.number(4);
  return out;
}

// --- the rule for the years to come: a POSIX TZ such as "CET-1CEST,M3.5.0,M10.5.0/3" -------------------------------

/// When summer time begins or ends in a year.
struct RuleDate {
  enum class Form { kJulian, kDay, kMonth } form = Form::kMonth;
  int day = 0, week = 0, month = 0;
  std::int64_t seconds = 7200;
};

class RuleReader {
 public:
  explicit RuleReader(std::string_view rest) : rest_{rest} {}

  bool is_done() const { return rest_.empty(); }
  bool is_at(char c) const { return rest_.starts_with(c); }
  bool take(char c) {
    if (!is_at(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::optional<std::string> name() {
    if (take('<')) {
      const auto end = rest_.find('>');
      if (end == rest_.npos) return std::nullopt;
      std::string out{rest_.substr(0, end)};
      rest_.remove_prefix(end + 1);
      return out;
    }
    std::size_t end = 0;
    while (end < rest_.size() && ((rest_[end] >= 'A' && rest_[end] <= 'Z') || (rest_[end] >= 'a' && rest_[end] <= 'z')))
      ++end;
    if (end < 3) return std::nullopt;
    std::string out{rest_.substr(0, end)};
    rest_.remove_prefix(end);
    return out;
  }
  std::optional<int> number(int low, int high) {
    int out = 0;
    std::size_t digits = 0;
    while (digits < rest_.size() && digits < 4 && rest_[digits] >= '0' && rest_[digits] <= '9')
      out = out * 10 + (rest_[digits++] - '0');
    if (digits == 0 || out < low || out > high) return std::nullopt;
    rest_.remove_prefix(digits);
    return out;
  }
  /// "[+-]hh[:mm[:ss]]"
  std::optional<std::int64_t> clock() {
    std::int64_t sign = 1;
    if (take('-')) {
      sign = -1;
    } else {
      take('+');
    }
    const auto hours = number(0, 24 * 7);
    if (!hours) return std::nullopt;
    std::int64_t out = *hours * 3600;
    for (const std::int64_t unit : {60, 1}) {
      if (!take(':')) break;
      const auto part = number(0, 59);
      if (!part) return std::nullopt;
      out += *part * unit;
    }
    return sign * out;
  }
  std::optional<RuleDate> date() {
    RuleDate out;
    if (take('J')) {
      out.form = RuleDate::Form::kJulian;
      const auto day = number(1, 365);
      if (!day) return std::nullopt;
      out.day = *day;
    } else if (take('M')) {
      const auto month = number(1, 12);
      if (!month || !take('.')) return std::nullopt;
      const auto week = number(1, 5);
      if (!week || !take('.')) return std::nullopt;
      const auto day = number(0, 6);
      if (!day) return std::nullopt;
      out.month = *month, out.week = *week, out.day = *day;
    } else {
      out.form = RuleDate::Form::kDay;
      const auto day = number(0, 365);
      if (!day) return std::nullopt;
      out.day = *day;
    }
    if (take('/')) {
      const auto seconds = clock();
      if (!seconds) return std::nullopt;
      out.seconds = *seconds;
    }
    return out;
  }

 private:
  std::string_view rest_;
};

/// Seconds since the year's beginning, on a clock that shows `offset`.
std::int64_t seconds_of(const RuleDate& date, std::int64_t year, std::int64_t offset) {
  std::int64_t days = 0;
  switch (date.form) {
    case RuleDate::Form::kJulian: days = date.day - 1 + (is_leap_year(year) && date.day >= 60 ? 1 : 0); break;
    case RuleDate::Form::kDay: days = date.day; break;
    case RuleDate::Form::kMonth: {
      const std::int64_t first = days_from_civil(year, date.month, 1);
      const int weekday_of_first = weekday_of(first);
      int day = (date.day - weekday_of_first + 7) % 7;
      for (int week = 1; week < date.week && day + 7 < days_in_month(year, date.month); ++week) day += 7;
      days = first + day - days_from_civil(year, 1, 1);
    }
  }
  return days * kDaySeconds + date.seconds - offset;
}

std::optional<Offset> offset_by_rule(std::string_view rule, std::int64_t seconds) {
  RuleReader reader{rule};
  const auto standard_name = reader.name();
  if (!standard_name) return std::nullopt;
  const auto standard_clock = reader.clock();
  if (!standard_clock) return std::nullopt;
  const Offset standard{static_cast<std::int32_t>(-*standard_clock), *standard_name, false};
  if (reader.is_done()) return standard;
  const auto summer_name = reader.name();
  if (!summer_name) return std::nullopt;
  Offset summer{standard.seconds + 3600, *summer_name, true};
  if (!reader.is_done() && !reader.is_at(',')) {
    const auto clock = reader.clock();
    if (!clock) return std::nullopt;
    summer.seconds = static_cast<std::int32_t>(-*clock);
  }
  RuleReader dates{reader.is_done() ? ",M3.2.0,M11.1.0" : rule.substr(rule.find(','))};
  dates.take(',');
  const auto begin = dates.date();
  if (!begin || !dates.take(',')) return std::nullopt;
  const auto end = dates.date();
  if (!end) return std::nullopt;
  const std::int64_t year = civil_from_days(floor_divide(seconds, kDaySeconds)).year;
  const std::int64_t in_year = seconds - days_from_civil(year, 1, 1) * kDaySeconds;
  const std::int64_t begins = seconds_of(*begin, year, standard.seconds);
  const std::int64_t ends = seconds_of(*end, year, summer.seconds);
  const bool is_summer = begins < ends ? in_year >= begins && in_year < ends : in_year >= begins || in_year < ends;
  return is_summer ? summer : standard;
}

}  // namespace

std::optional<Zone> Zone::read(std::string_view content) {
  if (!content.starts_with("TZif")) return std::nullopt;
  Bytes bytes{content};
  Counts counts = read_header(bytes);
  std::size_t time_bytes = 4;
  if (counts.version >= '2') {
    bytes.take(counts.size(4));
    counts = read_header(bytes);
    time_bytes = 8;
  }
  if (!bytes.is_good() || counts.types == 0 || counts.types > 255 || counts.changes > content.size())
    return std::nullopt;
  Zone out;
  out.offsets_.clear();
  for (std::uint64_t i = 0; i < counts.changes; ++i) {
    const auto number = bytes.number(time_bytes);
    out.changes_.push_back(
        {time_bytes == 8 ? static_cast<std::int64_t>(number)
                         : static_cast<std::int32_t>(static_cast<std::uint32_t>(number)),
         0}
    );
  }
  for (auto& change : out.changes_) {
    change.offset = static_cast<std::uint8_t>(bytes.number(1));
    if (change.offset >= counts.types) return std::nullopt;
  }
  std::vector<std::size_t> names;
  for (std::uint64_t i = 0; i < counts.types; ++i) {
    Offset offset;
    offset.seconds = static_cast<std::int32_t>(static_cast<std::uint32_t>(bytes.number(4)));
    offset.is_daylight_saving = bytes.number(1) != 0;
    names.push_back(static_cast<std::size_t>(bytes.number(1)));
    out.offsets_.push_back(offset);
  }
  const auto characters = bytes.take(counts.characters);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] > characters.size()) return std::nullopt;
    const auto name = characters.substr(names[i]);
    out.offsets_[i].name = name.substr(0, name.find('\0'));
  }
  bytes.take(counts.leaps * (time_bytes + 4) + counts.standard_flags + counts.utc_flags);
  if (!bytes.is_good()) return std::nullopt;
  if (time_bytes == 8 && bytes.rest().starts_with('\n')) {
    const auto rule = bytes.rest().substr(1);
    out.rule_ = rule.substr(0, rule.find('\n'));
  }
  return out;
}

Offset Zone::at(std::int64_t seconds) const {
  if (changes_.empty() || seconds < changes_.front().at) {
    if (changes_.empty() && !rule_.empty()) {
      if (const auto offset = offset_by_rule(rule_, seconds)) return *offset;
    }
    // Before the first change: the first offset that is no summer time.
    const auto standard = std::ranges::find(offsets_, false, &Offset::is_daylight_saving);
    return standard == offsets_.end() ? offsets_.front() : *standard;
  }
  const auto after = std::ranges::upper_bound(changes_, seconds, {}, &Change::at);
  if (after == changes_.end() && !rule_.empty()) {
    if (const auto offset = offset_by_rule(rule_, seconds)) return *offset;
  }
  return offsets_[std::prev(after)->offset];
}

std::optional<Offset> Zone::named(std::string_view name, std::int64_t seconds) const {
  for (const auto& offset : offsets_) {
    if (offset.name == name && at(seconds - offset.seconds).name == name) return at(seconds - offset.seconds);
  }
  const auto found = std::ranges::find(offsets_, name, &Offset::name);
  if (found == offsets_.end()) return std::nullopt;
  return *found;
}

std::shared_ptr<const Zone> Zones::read(std::string_view name) {
  if (name.empty() || name == "UTC") return std::make_shared<const Zone>();
  const bool is_local = name == "Local";
  // Nothing that could leave the folder of zones.
  if (name.find("..") != name.npos || name.starts_with('/') || name.find('\\') != name.npos ||
      name.find('\0') != name.npos)
    return nullptr;
  const auto content = outside_->zone(name);
  auto zone = content ? Zone::read(*content) : std::nullopt;
  if (!zone) return is_local ? std::make_shared<const Zone>() : nullptr;
  return std::make_shared<const Zone>(*std::move(zone));
}

std::shared_ptr<const Zone> Zones::find(std::string_view name) {
  const std::lock_guard lock{mutex_};
  const auto known = zones_.find(name);
  if (known != zones_.end()) return known->second;
  auto zone = read(name);
  if (zones_.size() < kMostZones) zones_.emplace(name, zone);
  return zone;
}

}  // namespace weir::helm
