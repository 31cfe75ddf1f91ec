#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "pkg/json/value.hpp"

/// What validation asks of the values that it looks at.  Threads: any, pure.
namespace weir::jsonschema {

/// The bit of the value's type; kNumber for every number.
unsigned type_of(const json::Value& value);
/// "string or null" for the bits of types.
std::string type_names(unsigned types);
std::vector<const json::Member*> sorted_members(const json::Value& object);
/// A text that equal values share, and no others.
std::string canonical(const json::Value& value);
/// "0 2 5".
std::string joined_numbers(const std::vector<std::size_t>& numbers);

}  // namespace weir::jsonschema
