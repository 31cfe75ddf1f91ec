#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/helm/functions/outside.hpp"

namespace weir::helm {

/// What a clock shows somewhere: seconds east of Greenwich, and the name of that ("CET"), empty when it has none.
struct Offset {
  std::int32_t seconds = 0;
  std::string name;
  bool is_daylight_saving = false;
};

/// A time zone: its changes, or one offset for ever.  Threads: value.
class Zone {
 public:
  /// UTC.
  Zone() : Zone(Offset{0, "UTC", false}) {}
  /// @param fixed  for ever
  explicit Zone(Offset fixed) : offsets_{std::move(fixed)} {}
  /// The content of a file of the time zone database, RFC 8536, with the rule at its end for the years to come.
  /// @returns nullopt when the content is damaged
  static std::optional<Zone> read(std::string_view content);

  /// @param seconds  since 1970 in UTC
  Offset at(std::int64_t seconds) const;
  /// The first offset of this name that the zone has or had, at best one that counts at that time.
  std::optional<Offset> named(std::string_view name, std::int64_t seconds) const;

 private:
  struct Change {
    std::int64_t at = 0;
    std::uint8_t offset = 0;
  };

  std::vector<Offset> offsets_;
  std::vector<Change> changes_;
  std::string rule_;  // POSIX TZ
};

/// Zones by their names, each read once. Names are "UTC", "Local" and those of the database.  Threads: any.
class Zones {
 public:
  explicit Zones(std::shared_ptr<Outside> outside) : outside_{std::move(outside)} {}

  /// nullptr when there is no such zone. "" is UTC; "Local" is UTC when the process's own cannot be read.
  std::shared_ptr<const Zone> find(std::string_view name);

 private:
  std::shared_ptr<const Zone> read(std::string_view name);

  static constexpr std::size_t kMostZones = 1000;  // of names that templates may make up

  std::shared_ptr<Outside> outside_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const Zone>, std::less<>> zones_;
};

}  // namespace weir::helm
