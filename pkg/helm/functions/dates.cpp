// Dates and times.
#include <cmath>
#include <string>
#include <utility>

#include "pkg/base/duration.hpp"
#include "pkg/base/text.hpp"
#include "pkg/helm/functions/go_time.hpp"
#include "pkg/helm/functions/groups.hpp"

namespace weir::helm {
namespace {

using templates::Call;
using templates::CallError;
using templates::Kind;
using templates::make_function;
using templates::StructType;
using templates::TimeParameter;
using templates::Value;

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::string_view kTimeType = "time.Time";
constexpr std::string_view kRfc3339Nano = "2006-01-02T15:04:05.999999999Z07:00";

// How a time is kept in a struct that templates hand around.
enum Field : std::size_t { kSeconds, kNanoseconds, kZoneName, kZoneOffset, kMonotonic };

std::string print_duration(std::int64_t nanoseconds) {
  return to_string(Duration{std::chrono::nanoseconds{nanoseconds}});
}

/// The method of a number that prints as a name.
template <class Print>
templates::Function prints(Print print) {
  return make_function([print](Call&, const Value& self) { return std::string{print(self.as_integer())}; });
}

const templates::NamedType& month_type() {
  static const templates::NamedType type{
      "time.Month",
      {{"String", prints([](std::int64_t number) { return layout::kMonths[static_cast<std::size_t>(number - 1)]; })}}};
  return type;
}

const templates::NamedType& weekday_type() {
  static const templates::NamedType type{
      "time.Weekday",
      {{"String", prints([](std::int64_t number) { return layout::kWeekdays[static_cast<std::size_t>(number)]; })}}};
  return type;
}

const templates::NamedType& duration_type() {
  const auto unit = [](std::int64_t size) {
    return make_function([size](Call&, const Value& self) {
      return Value::real(static_cast<double>(self.as_integer()) / static_cast<double>(size));
    });
  };
  const auto whole = [](std::int64_t size) {
    return make_function([size](Call&, const Value& self) {
      return Value::integer(self.as_integer() / size, Kind::kInt64);
    });
  };
  static const templates::NamedType type{
      "time.Duration",
      {{"String", prints(print_duration)},
       {"Seconds", unit(kSecond)},
       {"Minutes", unit(60 * kSecond)},
       {"Hours", unit(3600 * kSecond)},
       {"Milliseconds", whole(1'000'000)},
       {"Microseconds", whole(1'000)},
       {"Nanoseconds", whole(1)}}};
  return type;
}

/// Times and their methods. One lives as long as the functions that use it.
class Times : public std::enable_shared_from_this<Times> {
 public:
  explicit Times(SharedOutside outside) : outside_{std::move(outside)}, zones_{outside_} {}

  /// The methods hold on to this, so the type is made when this is shared.
  void make_type() {
    auto type = std::make_shared<StructType>(std::string{kTimeType});
    for (const char* name : {"wall", "ext", "loc", "offset", "monotonic"}) type->fields.emplace_back(name);
    add_readers(*type);
    add_arithmetic(*type);
    time_type_ = std::move(type);
  }

  Zones& zones() { return zones_; }
  std::shared_ptr<const Zone> local() { return zones_.find("Local"); }

  Value now() {
    const auto since_epoch = outside_->now().time_since_epoch().count();
    const auto seconds = since_epoch / kSecond;
    GoTime time{seconds, static_cast<std::int32_t>(since_epoch - seconds * kSecond), nullptr};
    return value(time, "Local", Value::integer(outside_->since_start().count(), Kind::kInt64));
  }

  GoTime read(const Value& value) {
    if (value.kind() != Kind::kStruct || value.type() != kTimeType)
      throw CallError{text::cat("wrong type for value; expected time.Time; got ", value.type())};
    const auto& fields = value.as_struct().fields;
    GoTime out{fields[kSeconds].as_integer(), static_cast<std::int32_t>(fields[kNanoseconds].as_integer()), nullptr};
    if (fields[kZoneOffset].has_value()) {
      const Offset fixed{
          static_cast<std::int32_t>(fields[kZoneOffset].as_integer()), fields[kZoneName].as_string(), false};
      out.zone = std::make_shared<const Zone>(fixed);
    } else {
      out.zone = zones_.find(fields[kZoneName].as_string());
    }
    return out;
  }

  /// Sprig takes times and seconds since 1970; anything else is now.
  GoTime read_loosely(const Value& value) {
    if (value.kind() == Kind::kInt || value.kind() == Kind::kInt64 || value.kind() == Kind::kInt32)
      return {value.as_integer(), 0, nullptr};
    if (value.kind() == Kind::kStruct && value.type() == kTimeType) return read(value);
    return read(now());
  }

  std::string format_in(const std::string& layout, const Value& date, const std::string& zone) {
    GoTime time = read_loosely(date);
    time.zone = zones_.find(zone);
    return format_time(time, layout);
  }

  Value value(const GoTime& time, std::string zone, Value monotonic = {}) const {
    return Value::structure(
        time_type_,
        {Value::integer(time.seconds, Kind::kInt64),
         Value::integer(time.nanoseconds, Kind::kInt64),
         std::move(zone),
         Value{},
         std::move(monotonic)}
    );
  }

  /// What parsing gave: in the local zone, in UTC, or with an offset of its own.
  Value parsed_value(const GoTime& time) {
    if (!time.zone) return value(time, "UTC");
    if (time.zone == local()) return value(time, "Local");
    const Offset offset = time.offset();
    return Value::structure(
        time_type_,
        {Value::integer(time.seconds, Kind::kInt64),
         Value::integer(time.nanoseconds, Kind::kInt64),
         offset.name,
         Value::integer(offset.seconds, Kind::kInt64),
         Value{}}
    );
  }

  /// The same zone, another moment; the reading of the monotonic clock moves along or goes.
  static Value moved(const Value& self, std::int64_t seconds, std::int32_t nanoseconds, Value monotonic) {
    const auto& old = self.as_struct();
    return Value::structure(
        old.type,
        {Value::integer(seconds, Kind::kInt64),
         Value::integer(nanoseconds, Kind::kInt64),
         old.fields[kZoneName],
         old.fields[kZoneOffset],
         std::move(monotonic)}
    );
  }

  static Value later(const Value& self, std::int64_t nanoseconds) {
    const auto& fields = self.as_struct().fields;
    std::int64_t seconds = fields[kSeconds].as_integer() + nanoseconds / kSecond;
    std::int64_t rest = fields[kNanoseconds].as_integer() + nanoseconds % kSecond;
    if (rest < 0) rest += kSecond, --seconds;
    if (rest >= kSecond) rest -= kSecond, ++seconds;
    const Value& clock = fields[kMonotonic];
    return moved(
        self,
        seconds,
        static_cast<std::int32_t>(rest),
        clock.has_value() ? Value::integer(clock.as_integer() + nanoseconds, Kind::kInt64) : Value{}
    );
  }

  /// Nanoseconds from the second to the first, as far as 64 bits reach.
  static std::int64_t difference(const GoTime& left, const GoTime& right) {
    const double about = static_cast<double>(left.seconds) - static_cast<double>(right.seconds);
    if (about > 9.2e9) return std::numeric_limits<std::int64_t>::max();
    if (about < -9.2e9) return std::numeric_limits<std::int64_t>::min();
    return (left.seconds - right.seconds) * kSecond + (left.nanoseconds - right.nanoseconds);
  }

  std::string ago(const Value& date) {
    const std::int64_t passed = difference(read(now()), read_loosely(date));
    const std::int64_t rounded = (passed + (passed < 0 ? -kSecond / 2 : kSecond / 2)) / kSecond * kSecond;
    return print_duration(rounded);
  }

 private:
  std::string printed(const Value& self) {
    std::string out = format_time(read(self), "2006-01-02 15:04:05.999999999 -0700 MST");
    const Value& clock = self.as_struct().fields[kMonotonic];
    if (!clock.has_value()) return out;
    const std::int64_t reading = clock.as_integer();
    const std::uint64_t size =
        reading < 0 ? 0 - static_cast<std::uint64_t>(reading) : static_cast<std::uint64_t>(reading);
    std::string fraction = std::to_string(size % kSecond);
    fraction.insert(0, 9 - fraction.size(), '0');
    return text::cat(out, " m=", reading < 0 ? '-' : '+', size / kSecond, ".", fraction);
  }

  template <class Read>
  void add_reader(StructType& type, const std::string& name, Read read_part) {
    // The type's methods must not keep the type, and so themselves, alive.
    type.methods[name] = make_function([times = weak_from_this(), read_part](Call&, const Value& self) -> Value {
      const auto alive = times.lock();
      if (!alive) throw CallError{"the functions of this time are gone"};
      return read_part(*alive, self);
    });
  }

  static Value number(std::int64_t value) { return Value::integer(value); }
  static Value long_number(std::int64_t value) { return Value::integer(value, Kind::kInt64); }

  void add_readers(StructType& type) {
    const auto part = [&](const std::string& name, auto of) {
      add_reader(type, name, [of](Times& times, const Value& self) { return number(of(shown(times.read(self)))); });
    };
    part("Year", [](const Shown& at) { return at.year; });
    part("Day", [](const Shown& at) { return at.day; });
    part("YearDay", [](const Shown& at) { return at.year_day; });
    part("Hour", [](const Shown& at) { return at.hour; });
    part("Minute", [](const Shown& at) { return at.minute; });
    part("Second", [](const Shown& at) { return at.second; });
    add_reader(type, "Month", [](Times& times, const Value& self) {
      return number(shown(times.read(self)).month).named(month_type());
    });
    add_reader(type, "Weekday", [](Times& times, const Value& self) {
      return number(shown(times.read(self)).weekday).named(weekday_type());
    });
    add_reader(type, "Nanosecond", [](Times& times, const Value& self) {
      return number(times.read(self).nanoseconds);
    });
    add_reader(type, "Unix", [](Times& times, const Value& self) { return long_number(times.read(self).seconds); });
    const auto unix = [&](const std::string& name, std::int64_t per_second) {
      add_reader(type, name, [per_second](Times& times, const Value& self) {
        const GoTime time = times.read(self);
        // Go lets it run over; so do we, by unsigned numbers.
        const auto whole = static_cast<std::uint64_t>(time.seconds) * static_cast<std::uint64_t>(per_second);
        const auto rest = static_cast<std::uint64_t>(time.nanoseconds / (kSecond / per_second));
        return long_number(static_cast<std::int64_t>(whole + rest));
      });
    };
    unix("UnixMilli", 1'000);
    unix("UnixMicro", 1'000'000);
    unix("UnixNano", kSecond);
    add_reader(type, "IsZero", [](Times& times, const Value& self) {
      const GoTime time = times.read(self);
      return Value{time.seconds == GoTime::zero().seconds && time.nanoseconds == 0};
    });
    add_reader(type, "String", [](Times& times, const Value& self) { return Value{times.printed(self)}; });
    add_reader(type, "UTC", [](Times& times, const Value& self) { return times.value(times.read(self), "UTC"); });
    add_reader(type, "Local", [](Times& times, const Value& self) { return times.value(times.read(self), "Local"); });
    // What Go's encoders write.
    add_reader(type, "MarshalText", [](Times& times, const Value& self) {
      return Value{format_time(times.read(self), kRfc3339Nano)};
    });
    type.methods["Format"] = make_function(
        [times = weak_from_this()](Call& call, const Value& self, const std::string& layout) -> std::string {
          const auto alive = times.lock();
          if (!alive) throw CallError{"the functions of this time are gone"};
          call.budget().spend_on_text(layout.size() * 4);
          return format_time(alive->read(self), layout);
        }
    );
  }

  void add_arithmetic(StructType& type) {
    const auto compared = [&](const std::string& name, auto decide) {
      type.methods[name] =
          make_function([times = weak_from_this(), decide](Call&, const Value& self, TimeParameter other) -> Value {
            const auto alive = times.lock();
            if (!alive) throw CallError{"the functions of this time are gone"};
            const GoTime left = alive->read(self), right = alive->read(other.value());
            const auto order =
                std::pair{left.seconds, left.nanoseconds} <=> std::pair{right.seconds, right.nanoseconds};
            return decide(order < 0 ? -1 : order > 0 ? 1 : 0);
          });
    };
    compared("Before", [](int order) { return Value{order < 0}; });
    compared("After", [](int order) { return Value{order > 0}; });
    compared("Equal", [](int order) { return Value{order == 0}; });
    compared("Compare", [](int order) { return number(order); });
    type.methods["Add"] =
        make_function([](Call&, const Value& self, std::int64_t nanoseconds) { return later(self, nanoseconds); });
    type.methods["AddDate"] = make_function(
        [times = weak_from_this(
         )](Call&, const Value& self, std::int64_t years, std::int64_t months, std::int64_t days) -> Value {
          const auto alive = times.lock();
          if (!alive) throw CallError{"the functions of this time are gone"};
          constexpr std::int64_t kMost = 1'000'000'000;
          if (std::abs(years) > kMost || std::abs(months) > kMost || std::abs(days) > kMost)
            throw CallError{"a date so far away is not served"};
          const GoTime time = alive->read(self);
          const Shown at = shown(time);
          const GoTime made = make_time(
              at.year + years,
              at.month + months,
              at.day + days,
              at.hour,
              at.minute,
              at.second,
              time.nanoseconds,
              time.zone
          );
          return moved(self, made.seconds, made.nanoseconds, Value{});
        }
    );
    type.methods["Sub"] =
        make_function([times = weak_from_this()](Call&, const Value& self, TimeParameter other) -> Value {
          const auto alive = times.lock();
          if (!alive) throw CallError{"the functions of this time are gone"};
          return long_number(difference(alive->read(self), alive->read(other.value()))).named(duration_type());
        });
  }

  SharedOutside outside_;
  Zones zones_;
  std::shared_ptr<const StructType> time_type_;
};

}  // namespace

void add_dates(templates::Functions& out, const SharedOutside& outside) {
  const auto times = std::make_shared<Times>(outside);
  times->make_type();

  out["now"] = make_function([times](Call&) { return times->now(); });
  out["ago"] = make_function([times](Call&, const Value& date) { return times->ago(date); });
  out["date"] = make_function([times](Call& call, const std::string& layout, const Value& date) {
    call.budget().spend_on_text(layout.size() * 4);
    return times->format_in(layout, date, "Local");
  });
  out["htmlDate"] =
      make_function([times](Call&, const Value& date) { return times->format_in("2006-01-02", date, "Local"); });
  out["htmlDateInZone"] = make_function([times](Call&, const Value& date, const std::string& zone) {
    return times->format_in("2006-01-02", date, zone);
  });
  out["dateInZone"] =
      make_function([times](Call& call, const std::string& layout, const Value& date, const std::string& zone) {
        call.budget().spend_on_text(layout.size() * 4);
        return times->format_in(layout, date, zone);
      });
  out["date_in_zone"] = out["dateInZone"];

  out["dateModify"] = make_function([times](Call&, const std::string& length, TimeParameter date) {
    const auto parsed = parse_go_duration(length);
    return parsed ? Times::later(date.value(), *parsed) : date.value();
  });
  out["date_modify"] = out["dateModify"];
  out["mustDateModify"] = make_function([times](Call&, const std::string& length, TimeParameter date) {
    const auto parsed = parse_go_duration(length);
    if (!parsed) throw CallError{parsed.error().message};
    return Times::later(date.value(), *parsed);
  });
  out["must_date_modify"] = out["mustDateModify"];

  out["toDate"] = make_function([times](Call&, const std::string& layout, const std::string& text) {
    const auto parsed = parse_time(layout, text, times->local());
    return parsed ? times->parsed_value(*parsed) : times->value(GoTime::zero(), "UTC");
  });
  out["mustToDate"] = make_function([times](Call&, const std::string& layout, const std::string& text) {
    const auto parsed = parse_time(layout, text, times->local());
    if (!parsed) throw CallError{parsed.error().message};
    return times->parsed_value(*parsed);
  });
  out["unixEpoch"] =
      make_function([times](Call&, TimeParameter date) { return std::to_string(times->read(date.value()).seconds); });
}

}  // namespace weir::helm
