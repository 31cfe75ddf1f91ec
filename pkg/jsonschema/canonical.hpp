#pragma once

#include <string>
#include <vector>

#include "pkg/json/value.hpp"

/// Values side by side.  Threads: any, pure.
namespace weir::jsonschema {

/// The members of an object by key.
std::vector<const json::Member*> sorted_members(const json::Value& object);

/// A text that equal values share, and no others.
std::string canonical(const json::Value& value);

}  // namespace weir::jsonschema
