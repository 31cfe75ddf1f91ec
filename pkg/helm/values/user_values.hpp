#pragma once

#include <string>
#include <vector>

#include "pkg/base/result.hpp"
#include "pkg/helm/values/set_line.hpp"
#include "pkg/json/value.hpp"

namespace weir::helm {

/// One thing that the user gave, in the order in which Helm looks at them.
struct UserLayer {
  enum class Kind { kFile, kSetJson, kSet, kSetString, kSetFile, kSetLiteral };

  Kind kind = Kind::kFile;
  std::string argument;  ///< the path of a values file, or the line of a --set
  std::string text;      ///< of a values file

  /// "-f a.yaml", "--set a=5".
  std::string name() const;
};

/// What the user gave, kind by kind, each in the order of the command line.
struct UserValues {
  struct File {
    std::string path;
    std::string text;
  };
  std::vector<File> files;
  std::vector<std::string> set_json;
  std::vector<std::string> set;
  std::vector<std::string> set_string;
  std::vector<std::string> set_file;
  std::vector<std::string> set_literal;

  /// Files first, then each kind after the other, as they stand above.
  std::vector<UserLayer> layers() const;
};

/// Applies one layer. @param values  a table with sorted members
/// @returns an error in Helm's words: "failed to parse a.yaml: …", "failed parsing --set data: …"
Result<void> apply_layer(const UserLayer& layer, json::Value& values, const ReadFile& read = {});

/// Everything merged: a table with sorted members.
Result<json::Value> merge_user_values(const UserValues& user, const ReadFile& read = {});

}  // namespace weir::helm
