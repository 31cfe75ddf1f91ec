#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "pkg/base/result.hpp"
#include "pkg/json/value.hpp"

namespace weir::helm {

enum class SetKind {
  kTyped,   ///< --set: null, true, false and integers have their types, all else is text
  kText,    ///< --set-string
  kJson,    ///< --set-json: values are JSON
  kFile,    ///< --set-file: values are paths, the bytes found there the text
  kLiteral  ///< --set-literal: one key, and all behind '=' is the text
};

/// The content of a file of --set-file.
using ReadFile = std::function<Result<std::string>(const std::string& path)>;

/// Applies a line of --set to values: "a.b[0].c=v,list={x,y}", with '\' before a character that is meant as it stands.
/// Names nest at most 30 levels, indexes go up to 65536, and all lists that one line makes have at most a million
/// items.
///
/// Helm's habits are kept: "a[0]" alone sets an empty list, "a[0].b=" sets nothing, an empty name sets nothing.
///
/// @param values  a table with sorted members, changed in place; half changed when the line is refused
/// @param read    for kFile
/// @returns an error in Helm's words: "key \"x\" has no value", "list must terminate with '}'"
/// Threads: any, pure.  Source: the documentation of Helm's --set, observed.
Result<void> apply_set_line(std::string_view line, SetKind kind, json::Value& values, const ReadFile& read = {});

}  // namespace weir::helm
