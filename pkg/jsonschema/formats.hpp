#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace weir::jsonschema {

/// A format of texts.
struct Format {
  std::string_view name;
  /// What is wrong with a text; nullopt when nothing is.
  std::optional<std::string> (*check)(std::string_view text);
};

/// nullptr for a name that is not known, which allows everything.  Threads: any, pure.
const Format* find_format(std::string_view name);

// In time_formats.cpp.
std::optional<std::string> check_date(std::string_view text);
std::optional<std::string> check_time(std::string_view text);
std::optional<std::string> check_date_time(std::string_view text);
std::optional<std::string> check_duration(std::string_view text);
std::optional<std::string> check_period(std::string_view text);

}  // namespace weir::jsonschema
