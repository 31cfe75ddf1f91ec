#pragma once

#include <string>
#include <string_view>

#include "pkg/base/result.hpp"
#include "pkg/template/limits.hpp"
#include "pkg/template/value.hpp"

namespace weir::helm {

/// Reads JSON as Go's encoding/json does into interface {}: numbers are float64, of equal keys the last wins, bytes
/// that are no UTF-8 become U+FFFD.
/// @returns an error in Go's words: "invalid character 'b' looking for beginning of object key string"
/// @throws templates::CallError when the budget is spent
Result<templates::Value> read_go_json(std::string_view text, templates::Budget& budget);

/// What Go says when a value is unmarshalled into a type that it does not fit.
std::string cannot_unmarshal(const templates::Value& value, std::string_view go_type);

}  // namespace weir::helm
