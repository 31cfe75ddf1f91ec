#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "pkg/base/result.hpp"
#include "pkg/json/value.hpp"

namespace weir::json {

struct ParseLimits {
  std::size_t depth = 512;  ///< nested arrays and objects
};

/// Reads one JSON document. Refused: anything after it, invalid UTF-8, a key that stands twice in one object.
/// @returns an error whose `where` is "byte N"
Result<Value> parse(std::string_view text, ParseLimits limits = {});

/// The shortest text: no blanks, members in their order, numbers as they were written.
std::string write(const Value& value);

/// Appends what write() gives.
void write_to(std::string& out, const Value& value);

/// Appends a string in quotes, escaped.
void write_string_to(std::string& out, std::string_view text);

/// For people: two blanks of indentation.
std::string write_pretty(const Value& value);

}  // namespace weir::json
