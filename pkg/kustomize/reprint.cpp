#include "pkg/kustomize/reprint.hpp"

#include "pkg/base/text.hpp"
#include "pkg/json/value.hpp"
#include "pkg/kustomize/failure.hpp"
#include "pkg/kustomize/finish.hpp"
#include "pkg/yaml/emitter.hpp"
#include "pkg/yaml/parser.hpp"
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

[[noreturn]] void refuse() {
  throw Unsupported{"", "the text has comments, anchors or tags, which a replacement inside of it cannot keep yet"};
}

/// How a scalar is written again: its own quotes, or those that keep its type.
Style style_of(const Node& node) {
  if (node.is_quoted()) return node.style;
  if (node.value.find('\n') != node.value.npos) return Style::kLiteral;
  const bool is_text = node.tag == Tag::kString && !node.is_tagged;
  return is_text && yaml::resolve_tag(node.value, yaml::Typing::kCore) != Tag::kString ? Style::kDoubleQuoted
                                                                                       : Style::kPlain;
}

std::string_view name_of(Tag tag) {
  switch (tag) {
    case Tag::kString: return "!!str";
    case Tag::kInt: return "!!int";
    case Tag::kFloat: return "!!float";
    case Tag::kBool: return "!!bool";
    case Tag::kNull: return "!!null";
    case Tag::kTimestamp: return "!!timestamp";
    default: return {};
  }
}

/// A tag that was written stays. A value that no longer reads as what its node says gets one before it.
void write_tag(yaml::Emitter& emitter, const Node& node) {
  const auto name = name_of(node.tag);
  const bool is_lost =
      !node.is_quoted() && node.tag != Tag::kString && yaml::resolve_tag(node.value, yaml::Typing::kCore) != node.tag;
  if (!name.empty() && (node.is_tagged || is_lost)) emitter.tag(name);
}

Style key_style_of(const Node& key) {
  if (key.is_tagged) refuse();
  return style_of(key);
}

void write_scalar(yaml::Emitter& emitter, const Node& node) {
  write_tag(emitter, node);
  emitter.scalar(node.value, style_of(node));
}

void write_flow(yaml::Emitter& emitter, const Node& node) {
  if (node.is_tagged && !node.is_scalar()) refuse();
  if (node.is_scalar()) return write_scalar(emitter, node);
  const bool is_mapping = node.is_mapping();
  emitter.begin_flow(is_mapping ? '{' : '[');
  for (std::size_t i = 0; i < node.content.size(); ++i) {
    emitter.flow_next(i == 0);
    if (is_mapping) {
      emitter.flow_key(node.content[i]->value, key_style_of(*node.content[i]));
      ++i;
    }
    write_flow(emitter, *node.content[i]);
  }
  emitter.end_flow(is_mapping ? '}' : ']');
}

void write_yaml(yaml::Emitter& emitter, const Node& node) {
  if (node.is_tagged && !node.is_scalar()) refuse();
  switch (node.kind) {
    case yaml::Kind::kScalar: return write_scalar(emitter, node);
    case yaml::Kind::kSequence:
      if (node.content.empty()) return emitter.empty_sequence();
      if (node.style == Style::kFlow) return write_flow(emitter, node);
      emitter.begin_sequence();
      for (const Node* item : node.content) {
        emitter.item();
        write_yaml(emitter, *item);
      }
      return emitter.end_sequence();
    case yaml::Kind::kMapping:
      if (node.content.empty()) return emitter.empty_mapping();
      if (node.style == Style::kFlow) return write_flow(emitter, node);
      emitter.begin_mapping();
      for (std::size_t i = 0; i + 1 < node.content.size(); i += 2) {
        emitter.key(node.content[i]->value, key_style_of(*node.content[i]));
        write_yaml(emitter, *node.content[i + 1]);
      }
      return emitter.end_mapping();
    case yaml::Kind::kNone: return emitter.scalar("null", Style::kPlain);
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
  if (yaml::has_more_than_values(original)) refuse();
  std::string out;
  yaml::Emitter emitter{out, yaml::Dialect::kVersion3};
  write_yaml(emitter, root);
  emitter.finish();
  return std::string{text::trim(out)};
}

}  // namespace weir::kustomize
