#include "pkg/helm/values/user_values.hpp"

#include <string_view>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/helm/values/read_yaml.hpp"
#include "pkg/helm/values/tables.hpp"
#include "pkg/template/unicode.hpp"

namespace weir::helm {
namespace {

std::string_view flag(UserLayer::Kind kind) {
  switch (kind) {
    case UserLayer::Kind::kFile: return "-f";
    case UserLayer::Kind::kSetJson: return "--set-json";
    case UserLayer::Kind::kSet: return "--set";
    case UserLayer::Kind::kSetString: return "--set-string";
    case UserLayer::Kind::kSetFile: return "--set-file";
    case UserLayer::Kind::kSetLiteral: return "--set-literal";
  }
  return "";
}

SetKind set_kind(UserLayer::Kind kind) {
  switch (kind) {
    case UserLayer::Kind::kSetJson: return SetKind::kJson;
    case UserLayer::Kind::kSetString: return SetKind::kText;
    case UserLayer::Kind::kSetFile: return SetKind::kFile;
    case UserLayer::Kind::kSetLiteral: return SetKind::kLiteral;
    default: return SetKind::kTyped;
  }
}

Result<void> apply_file(const UserLayer& layer, json::Value& values) {
  auto read = read_values(layer.text);
  if (!read) return InputError{"", text::cat("failed to parse ", layer.argument, ": ", read.error().message)};
  merge_over(values, std::move(*read));
  return {};
}

/// A line that is an object is merged at the top. Helm does not say what is wrong with a line.
Result<void> apply_json(const UserLayer& layer, json::Value& values) {
  const auto line = templates::unicode::trim_space(layer.argument);
  if (!line.starts_with('{')) {
    if (apply_set_line(layer.argument, SetKind::kJson, values)) return {};
    return InputError{"", text::cat("failed parsing --set-json data ", layer.argument)};
  }
  auto object = read_json_values(line);
  if (!object) return InputError{"", text::cat("failed parsing --set-json data JSON: ", layer.argument)};
  merge_over(values, std::move(*object));
  return {};
}

}  // namespace

std::string UserLayer::name() const { return text::cat(flag(kind), " ", argument); }

std::vector<UserLayer> UserValues::layers() const {
  std::vector<UserLayer> layers;
  for (const auto& file : files) layers.push_back({UserLayer::Kind::kFile, file.path, file.text});
  const auto add = [&layers](UserLayer::Kind kind, const std::vector<std::string>& lines) {
    for (const auto& line : lines) layers.push_back({kind, line, ""});
  };
  add(UserLayer::Kind::kSetJson, set_json);
  add(UserLayer::Kind::kSet, set);
  add(UserLayer::Kind::kSetString, set_string);
  add(UserLayer::Kind::kSetFile, set_file);
  add(UserLayer::Kind::kSetLiteral, set_literal);
  return layers;
}

Result<void> apply_layer(const UserLayer& layer, json::Value& values, const ReadFile& read) {
  if (layer.kind == UserLayer::Kind::kFile) return apply_file(layer, values);
  if (layer.kind == UserLayer::Kind::kSetJson) return apply_json(layer, values);
  const auto applied = apply_set_line(layer.argument, set_kind(layer.kind), values, read);
  if (!applied)
    return InputError{"", text::cat("failed parsing ", flag(layer.kind), " data: ", applied.error().message)};
  return {};
}

Result<json::Value> merge_user_values(const UserValues& user, const ReadFile& read) {
  json::Value values = json::Value::object();
  for (const auto& layer : user.layers()) {
    const auto applied = apply_layer(layer, values, read);
    if (!applied) return applied.error();
  }
  return values;
}

}  // namespace weir::helm
