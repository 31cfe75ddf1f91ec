#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/json/value.hpp"
#include "pkg/jsonschema/decimal.hpp"

/// How messages print values: English numbers, Go's quotes.  Threads: any, pure.
namespace weir::jsonschema {

/// 'a "text" that isn\'t plain'
std::string single_quoted(std::string_view text);
std::string single_quoted_list(const std::vector<std::string>& texts);

/// 70,000
std::string english(std::int64_t number);
/// 70,000.5; from a million on 1.5×10⁰⁶
std::string english(const Decimal& decimal);

/// A value of enum or const.
std::string shown(const json::Value& value);

/// "null", "boolean", "number", "string", "array", "object"
std::string_view type_name(const json::Value& value);

/// The bit of Type for a value; kNumber for integers too.
unsigned type_of(const json::Value& value);
/// "1 5 7"
std::string joined_numbers(const std::vector<std::size_t>& numbers);
/// "null or string", of the bits of Type
std::string type_names(unsigned types);

}  // namespace weir::jsonschema
