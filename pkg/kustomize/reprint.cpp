#include "pkg/kustomize/reprint.hpp"

#include "pkg/base/text.hpp"
#include "pkg/json/value.hpp"
#include "pkg/kustomize/failure.hpp"
#include "pkg/kustomize/finish.hpp"
#include "pkg/yaml/emitter.hpp"
#include "pkg/yaml/scalar.hpp"

namespace weir::kustomize {
namespace {

using yaml::Node;
using yaml::Style;
using yaml::Tag;

void write_pretty(std::string& out, const json::Value& value, const std::string& indent) {
  const auto is_empty = value.empty();
  if (value.is_array() && !is_empty) {
    out += "[\n";
    const std::string inner = indent + "  ";
    for (std::size_t i = 0; i < value.size(); ++i) {
      out += inner;
      write_pretty(out, value.as_array()[i], inner);
      out += i + 1 < value.size() ? ",\n" : "\n";
    }
    out += indent + "]";
  } else if (value.is_object() && !is_empty) {
    out += "{\n";
    const std::string inner = indent + "  ";
    std::size_t i = 0;
    for (const auto& member : value.as_object()) {
      out += inner + go_json(json::Value{member.key}) + ": ";
      write_pretty(out, member.value, inner);
      out += ++i < value.size() ? ",\n" : "\n";
    }
    out += indent + "}";
  } else {
    out += go_json(value);
  }
}

/// How a scalar is written again: its own quotes, or those that keep its type.
Style style_of(const Node& node) {
  if (node.is_quoted()) return node.style;
  if (node.value.find('\n') != node.value.npos) return Style::kLiteral;
  if (node.tag == Tag::kString && yaml::resolve_tag(node.value, yaml::Typing::kCore) != Tag::kString) return Style::kDoubleQuoted;
  return Style::kPlain;
}

void write_yaml(yaml::Emitter& emitter, const Node& node) {
  switch (node.kind) {
    case yaml::Kind::kScalar:
      if (node.style == Style::kFolded) fail("", "a folded text cannot be kept in a field that is replaced");
      return emitter.scalar(node.value, style_of(node));
    case yaml::Kind::kSequence:
      if (node.content.empty()) return emitter.empty_sequence();
      if (node.style == Style::kFlow) fail("", "brackets cannot be kept in a field that is replaced");
      emitter.begin_sequence();
      for (const Node* item : node.content) {
        emitter.item();
        write_yaml(emitter, *item);
      }
      return emitter.end_sequence();
    case yaml::Kind::kMapping:
      if (node.content.empty()) return emitter.empty_mapping();
      if (node.style == Style::kFlow) fail("", "brackets cannot be kept in a field that is replaced");
      emitter.begin_mapping();
      for (std::size_t i = 0; i + 1 < node.content.size(); i += 2) {
        emitter.key(node.content[i]->value, style_of(*node.content[i]));
        write_yaml(emitter, *node.content[i + 1]);
      }
      return emitter.end_mapping();
    case yaml::Kind::kNone:
      return emitter.scalar("null", Style::kPlain);
  }
}

}  // namespace

std::string reprint(const Node& root, std::string_view original) {
  const std::string_view start = text::trim(original);
  if (start.starts_with('{') || start.starts_with('[')) {
    json::Value value = finish(root);
    json::sort_keys(value);
    const bool is_pretty = original.find('\n') != original.npos && original.find("  ") != original.npos;
    if (!is_pretty) return go_json(value);
    std::string out;
    write_pretty(out, value, "");
    return out;
  }
  std::string out;
  yaml::Emitter emitter{out, 0};
  write_yaml(emitter, root);
  emitter.finish();
  return std::string{text::trim(out)};
}

}  // namespace weir::kustomize
