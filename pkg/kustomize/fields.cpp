#include "pkg/kustomize/fields.hpp"

#include <cmath>

#include "pkg/base/base64.hpp"
#include "pkg/base/text.hpp"
#include "pkg/yaml/parser.hpp"
#include "pkg/yaml/scalar.hpp"

namespace weir::kustomize {
namespace {

using yaml::Node;
using yaml::Tag;

std::string_view describe(const Node& node) {
  if (node.is_mapping()) return "an object";
  if (node.is_sequence()) return "a list";
  switch (node.tag) {
    case Tag::kInt:
    case Tag::kFloat: return "a number";
    case Tag::kBool: return "a boolean";
    case Tag::kNull: return "null";
    default: return "a string";
  }
}

/// Keys are text in the end, whatever they look like.
std::string key_text(const Node& key) {
  const yaml::Scalar scalar = yaml::resolve(key.value, yaml::Typing::kYaml11);
  if (key.tag == Tag::kBool && std::holds_alternative<bool>(scalar.value))
    return std::get<bool>(scalar.value) ? "true" : "false";
  if (key.tag == Tag::kInt && std::holds_alternative<std::int64_t>(scalar.value))
    return std::to_string(std::get<std::int64_t>(scalar.value));
  return std::string{key.value};
}

}  // namespace

void Reader::refuse(const Node& node, const std::string& path, std::string_view expected) const {
  fail(
      yaml::place(source_, node),
      text::cat(path, path.empty() ? "" : ": ", "expected ", expected, ", got ", describe(node))
  );
}

Fields Reader::object(const Node& node, std::string path) const {
  if (!node.is_mapping()) refuse(node, path, "an object");
  return Fields{*this, node, std::move(path)};
}

std::string Reader::text(const Node& node, const std::string& path) const {
  if (!node.is_scalar()) refuse(node, path, "a string");
  switch (node.tag) {
    case Tag::kNull: return {};
    case Tag::kBinary: {
      auto bytes = base64::decode(node.value);
      if (!bytes) refuse(node, path, "base64 after !!binary");
      return yaml::valid_utf8(*bytes);
    }
    case Tag::kBool:
    case Tag::kInt:
    case Tag::kFloat: {
      if (!coerces()) refuse(node, path, "a string");
      const yaml::Scalar scalar = yaml::resolve(node.value, yaml::Typing::kYaml11);
      if (const auto* flag = std::get_if<bool>(&scalar.value)) return *flag ? "true" : "false";
      if (const auto* number = std::get_if<std::int64_t>(&scalar.value)) return std::to_string(*number);
      if (const auto* number = std::get_if<std::uint64_t>(&scalar.value)) return std::to_string(*number);
      if (const auto* number = std::get_if<double>(&scalar.value)) return yaml::yaml_number(*number);
      return std::string{node.value};
    }
    default: return std::string{node.value};
  }
}

Fields::Fields(const Reader& reader, const Node& node, std::string path)
    : reader_{&reader}, node_{&node}, path_{std::move(path)}, is_used_(node.content.size() / 2, false) {}

std::string Fields::path_of(std::string_view name) const {
  return path_.empty() ? std::string{name} : text::cat(path_, ".", name);
}

const Node* Fields::node(std::string_view name) {
  const Node* found = nullptr;
  for (std::size_t i = 0; i < is_used_.size(); ++i) {
    if (!text::equal_ignoring_case(node_->content[2 * i]->value, name)) continue;
    is_used_[i] = true;
    const Node* value = node_->content[2 * i + 1];
    if (!value->is_null()) found = value;
  }
  return found;
}

std::optional<std::string> Fields::text_if_there(std::string_view name) {
  const Node* value = node(name);
  if (value == nullptr) return std::nullopt;
  return reader_->text(*value, path_of(name));
}

std::string Fields::text(std::string_view name) { return text_if_there(name).value_or(std::string{}); }

bool Fields::flag(std::string_view name) {
  const Node* value = node(name);
  if (value == nullptr) return false;
  if (!value->is_scalar() || value->tag != Tag::kBool) reader_->refuse(*value, path_of(name), "true or false");
  const yaml::Scalar scalar = yaml::resolve(value->value, yaml::Typing::kYaml11);
  return std::get<bool>(scalar.value);
}

std::int64_t Fields::integer(std::string_view name) {
  const Node* value = node(name);
  if (value == nullptr) return 0;
  if (value->is_scalar() && (value->tag == Tag::kInt || value->tag == Tag::kFloat)) {
    const yaml::Scalar scalar = yaml::resolve(value->value, yaml::Typing::kYaml11);
    if (const auto* number = std::get_if<std::int64_t>(&scalar.value)) return *number;
    if (const auto* number = std::get_if<double>(&scalar.value))
      if (std::trunc(*number) == *number && std::fabs(*number) < 9e15) return static_cast<std::int64_t>(*number);
  }
  reader_->refuse(*value, path_of(name), "a whole number");
}

std::vector<std::string> Fields::texts(std::string_view name) {
  std::vector<std::string> out;
  const Node* value = node(name);
  if (value == nullptr) return out;
  if (!value->is_sequence()) reader_->refuse(*value, path_of(name), "a list of strings");
  for (std::size_t i = 0; i < value->content.size(); ++i)
    out.push_back(reader_->text(*value->content[i], text::cat(path_of(name), "[", i, "]")));
  return out;
}

std::map<std::string, std::string> Fields::text_map(std::string_view name) {
  std::map<std::string, std::string> out;
  const Node* value = node(name);
  if (value == nullptr) return out;
  if (!value->is_mapping()) reader_->refuse(*value, path_of(name), "an object of strings");
  for (std::size_t i = 0; i + 1 < value->content.size(); i += 2) {
    const std::string key = key_text(*value->content[i]);
    out[key] = reader_->text(*value->content[i + 1], text::cat(path_of(name), ".", key));
  }
  return out;
}

std::vector<Fields> Fields::objects(std::string_view name) {
  std::vector<Fields> out;
  const Node* value = node(name);
  if (value == nullptr) return out;
  if (!value->is_sequence()) reader_->refuse(*value, path_of(name), "a list of objects");
  for (std::size_t i = 0; i < value->content.size(); ++i) {
    const Node& item = *value->content[i];
    const std::string path = text::cat(path_of(name), "[", i, "]");
    // A null stands for an object without fields.
    static const Node empty = [] {
      Node node;
      node.kind = yaml::Kind::kMapping;
      return node;
    }();
    out.push_back(reader_->object(item.is_null() ? empty : item, path));
  }
  return out;
}

std::optional<Fields> Fields::object(std::string_view name) {
  const Node* value = node(name);
  if (value == nullptr) return std::nullopt;
  return reader_->object(*value, path_of(name));
}

std::string Fields::place() const { return yaml::place(reader_->source(), *node_); }

std::string Fields::place(std::string_view name) {
  for (std::size_t i = 0; i < is_used_.size(); ++i)
    if (text::equal_ignoring_case(node_->content[2 * i]->value, name))
      return yaml::place(reader_->source(), *node_->content[2 * i]);
  return place();
}

void Fields::finish() const {
  if (!reader_->is_strict()) return;
  for (std::size_t i = 0; i < is_used_.size(); ++i) {
    if (is_used_[i]) continue;
    const Node& key = *node_->content[2 * i];
    fail(yaml::place(reader_->source(), key), text::cat("unknown field ", text::quoted(path_of(key.value))));
  }
}

}  // namespace weir::kustomize
