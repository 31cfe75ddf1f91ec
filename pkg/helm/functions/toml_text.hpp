#pragma once

#include <string>
#include <string_view>

#include "pkg/base/result.hpp"
#include "pkg/template/limits.hpp"
#include "pkg/template/value.hpp"

/// Values of templates as TOML, and back.  Source: what BurntSushi/toml 1.6 prints and reads.
namespace weir::helm {

/// Keys sorted, those of tables last, tables indented by two blanks a level, nil left out.
/// @throws templates::CallError in the original's words for what TOML has not
std::string to_toml(const templates::Value& value, templates::Budget& budget);

/// Integers become int64, tables map[string]interface {}, arrays of tables []map[string]interface {}; times the text
/// that JSON has for them.
/// @returns an error in the original's words where it is a common one: toml: line 1 (last key "a"): unexpected EOF;
///          expected value
Result<templates::Value> read_toml(std::string_view text, templates::Budget& budget);

}  // namespace weir::helm
