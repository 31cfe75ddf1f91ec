#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/base/result.hpp"

namespace weir::cli {

enum class FlagValue : std::uint8_t {
  kByName,    ///< a switch when the help has no word for the value, else required
  kOptional,  ///< taken behind '=' only; without it the value is "true"
};

/// One flag of a user command: `--output VALUE`, `--output=VALUE`, `-o VALUE`, `-oVALUE`, or a switch without value.
struct Flag {
  std::string_view name;   ///< without dashes
  char letter = '\0';      ///< its short form; '\0': none
  std::string_view value;  ///< what the help calls the value ("NAMESPACE", "json|yaml"); empty: a switch
  std::string_view help;
  FlagValue takes = FlagValue::kByName;
  bool is_hidden = false;  ///< known, but neither in the help nor completed
};

/// What was given: flags by name, in order, and the words that are no flags.
struct Given {
  struct Setting {
    std::string_view name;
    std::string value;
  };
  std::vector<Setting> settings;
  std::vector<std::string> words;

  bool has(std::string_view flag) const;
  /// The last value of the flag, `fallback` when it was not given.
  std::string value(std::string_view flag, std::string_view fallback = "") const;
};

/// Sorts arguments into flags and words; everything after "--" is a word.
/// @returns an error naming the flag: unknown, without its value, or with one that it does not take
Result<Given> parse_arguments(std::span<const Flag> flags, std::span<const std::string_view> arguments);

/// One line a flag for a help text.
std::string flags_help(std::span<const Flag> flags);

}  // namespace weir::cli
