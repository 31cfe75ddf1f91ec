#include "pkg/kustomize/finish.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "pkg/base/base64.hpp"
#include "pkg/base/text.hpp"
#include "pkg/kustomize/failure.hpp"
#include "pkg/yaml/documents.hpp"
#include "pkg/yaml/scalar.hpp"
#include "pkg/yaml/writer.hpp"

namespace weir::kustomize {
namespace {

using yaml::Node;
using yaml::Style;
using yaml::Tag;

enum class Type { kNull, kFalse, kTrue, kNumber, kTime, kText };

struct Typed {
  Type type = Type::kText;
  std::string_view view;  ///< of a text that needs no change
  std::string built;      ///< of a number, and of a text that changes; then view is empty
  std::string_view text() const { return built.empty() ? view : std::string_view{built}; }
};

[[noreturn]] void refuse(const Node& node, std::string message) {
  fail(node.line == 0 ? std::string{} : text::cat("line ", node.line), std::move(message));
}

Typed text_value(std::string_view view) { return {Type::kText, view, {}}; }
Typed built_text(std::string built) {
  Typed out;
  out.built = std::move(built);
  return out;
}

Typed resolved(const Node& node, const yaml::Scalar& scalar, bool is_float) {
  switch (scalar.tag) {
    case Tag::kNull: return {Type::kNull, {}, {}};
    case Tag::kBool: return {std::get<bool>(scalar.value) ? Type::kTrue : Type::kFalse, {}, {}};
    case Tag::kInt:
    case Tag::kFloat: {
      Typed out;
      out.type = Type::kNumber;
      if (const auto* number = std::get_if<std::int64_t>(&scalar.value)) {
        out.built = is_float ? yaml::json_number(static_cast<double>(*number)) : std::to_string(*number);
      } else if (const auto* number_u = std::get_if<std::uint64_t>(&scalar.value)) {
        out.built = std::to_string(*number_u);
      } else {
        const double real = std::get<double>(scalar.value);
        if (!std::isfinite(real)) refuse(node, text::cat("JSON has no number for ", node.value));
        out.built = yaml::json_number(real);
      }
      return out;
    }
    case Tag::kTimestamp: {
      Typed out = built_text(*yaml::timestamp_text(node.value));
      out.type = Type::kTime;
      return out;
    }
    default: return text_value(node.value);
  }
}

/// Whether the scalar is printed as a block of lines; inside of brackets, and as a short key, it stands in quotes.
bool is_block(const Node& node, bool is_in_flow, bool is_key) {
  const bool is_multiline = node.value.find('\n') != node.value.npos;
  if (is_in_flow || (is_key && !is_multiline)) return false;
  const bool is_asked_for =
      node.style == Style::kLiteral || node.style == Style::kFolded || (node.style == Style::kPlain && is_multiline);
  return is_asked_for && yaml::stays_block(node.value);
}

/// The value of a scalar, mostly after it was printed and read again.
Typed type_of(const Node& node, bool is_in_flow, bool is_key, Reading reading) {
  const bool is_printed = reading == Reading::kPrinted;
  // The block is printed without the number that says how far it is indented, and cannot be read again.
  if (is_printed && node.value.starts_with('\t') && is_block(node, is_in_flow, is_key))
    refuse(node, "a block of lines cannot begin with a tab");
  if (node.tag == Tag::kString) {
    if (node.style == Style::kFolded && is_printed && is_block(node, is_in_flow, is_key)) {
      std::string reread = yaml::reread_folded(node.value);
      if (reread != node.value) return built_text(std::move(reread));
    }
    return text_value(node.value);
  }
  if (node.tag == Tag::kOther || node.tag == Tag::kMerge) return text_value(node.value);
  if (node.tag == Tag::kBinary) {
    const auto bytes = base64::decode(node.value);
    if (!bytes) refuse(node, "expected base64 after !!binary");
    return built_text(yaml::valid_utf8(*bytes));
  }
  if (node.tag == Tag::kNone) {
    if (node.is_quoted() || node.value.find('\n') != node.value.npos) return text_value(node.value);
    if (is_printed && !yaml::can_be_plain(node.value, is_in_flow || is_key)) return text_value(node.value);
    return resolved(node, yaml::resolve(node.value, yaml::Typing::kCore), false);
  }
  const yaml::Scalar scalar = yaml::resolve(node.value, yaml::Typing::kCore);
  if (!node.is_tagged && scalar.tag == node.tag) {
    // The tag is not printed, so quotes or brackets around may make a text of it.
    if (is_printed && (node.is_quoted() || !yaml::can_be_plain(node.value, is_in_flow || is_key)))
      return text_value(node.value);
    return resolved(node, scalar, false);
  }
  const bool is_float = node.tag == Tag::kFloat && scalar.tag == Tag::kInt;
  if (scalar.tag != node.tag && !is_float)
    refuse(node, text::cat("the value ", text::quoted(node.value), " does not fit its type"));
  return resolved(node, scalar, is_float);
}

bool is_flow(const Node& node) { return node.style == Style::kFlow; }

/// The key of a pair; nullopt when the pair is dropped (a null key of the root).
std::optional<std::string_view> key_of(
    const Node& key, bool is_root, bool is_in_flow, Reading reading, std::string& storage
) {
  if (!key.is_scalar()) refuse(key, "expected a key that is text");
  if (key.tag == Tag::kString && key.style != Style::kFolded && !key.value.starts_with('\t')) return key.value;
  Typed typed = type_of(key, is_in_flow, true, reading);
  if (typed.type == Type::kText) {
    if (typed.built.empty()) return typed.view;
    storage = std::move(typed.built);
    return storage;
  }
  if (!is_root)
    refuse(key, text::cat("the key ", text::quoted(key.value), " is a number, date, boolean or null; quote it"));
  if (typed.type == Type::kNull) return std::nullopt;
  return key.value;
}

void check_distinct(const json::Value::Object& members, const Node& node) {
  std::vector<std::string_view> keys;
  keys.reserve(members.size());
  for (const auto& member : members) keys.push_back(member.key);
  std::ranges::sort(keys);
  const auto twice = std::ranges::adjacent_find(keys);
  if (twice == keys.end()) return;
  const Node* place = &node;
  for (std::size_t i = 0; i < node.content.size(); i += 2)
    if (node.content[i]->value == *twice) place = node.content[i];
  refuse(*place, text::cat("the key ", text::quoted(*twice), " stands twice in one object"));
}

json::Value to_value(const Node& node, bool is_root, bool is_in_flow) {
  switch (node.kind) {
    case yaml::Kind::kScalar: {
      Typed typed = type_of(node, is_in_flow, false, Reading::kPrinted);
      switch (typed.type) {
        case Type::kNull: return {};
        case Type::kFalse: return json::Value{false};
        case Type::kTrue: return json::Value{true};
        case Type::kNumber: return json::Value{json::Number{std::move(typed.built)}};
        case Type::kTime:
        case Type::kText: return json::Value{typed.text()};
      }
      return {};
    }
    case yaml::Kind::kSequence: {
      json::Value::Array items;
      items.reserve(node.content.size());
      for (const Node* item : node.content) items.push_back(to_value(*item, false, is_in_flow || is_flow(node)));
      return json::Value{std::move(items)};
    }
    case yaml::Kind::kMapping: {
      const bool is_flow_here = is_in_flow || is_flow(node);
      json::Value::Object members;
      members.reserve(node.content.size() / 2);
      for (std::size_t i = 0; i + 1 < node.content.size(); i += 2) {
        std::string storage;
        const auto key = key_of(*node.content[i], is_root, is_flow_here, Reading::kPrinted, storage);
        if (!key) continue;
        members.emplace_back(std::string{*key}, to_value(*node.content[i + 1], false, is_flow_here));
      }
      check_distinct(members, node);
      return json::Value{std::move(members)};
    }
    case yaml::Kind::kNone: return {};
  }
  return {};
}

Style style_of(std::string_view text) {
  if (text.find('\n') != text.npos) return Style::kLiteral;
  if (yaml::resolve_tag(text, yaml::Typing::kYaml11) == Tag::kString && !yaml::is_base60(text)) return Style::kPlain;
  return Style::kDoubleQuoted;
}

class Printer {
 public:
  Printer(std::string& out, Reading reading) : emitter_{out, yaml::Dialect::kVersion2}, reading_{reading} {}

  void document(const Node& root) {
    value(root, true, false);
    emitter_.finish();
  }

 private:
  void value(const Node& node, bool is_root, bool is_in_flow) {
    switch (node.kind) {
      case yaml::Kind::kScalar: {
        const Typed typed = type_of(node, is_in_flow, false, reading_);
        switch (typed.type) {
          case Type::kNull: return emitter_.scalar("null", Style::kPlain);
          case Type::kFalse: return emitter_.scalar("false", Style::kPlain);
          case Type::kTrue: return emitter_.scalar("true", Style::kPlain);
          case Type::kNumber: return number(typed.built);
          case Type::kTime:
          case Type::kText: return emitter_.scalar(typed.text(), style_of(typed.text()));
        }
        return;
      }
      case yaml::Kind::kSequence:
        if (node.content.empty()) return emitter_.empty_sequence();
        emitter_.begin_sequence();
        for (const Node* item : node.content) {
          emitter_.item();
          value(*item, false, is_in_flow || is_flow(node));
        }
        return emitter_.end_sequence();
      case yaml::Kind::kMapping: return mapping(node, is_root, is_in_flow || is_flow(node));
      case yaml::Kind::kNone: return emitter_.scalar("null", Style::kPlain);
    }
  }

  void number(const std::string& text) {
    const yaml::Scalar scalar = yaml::resolve(text, yaml::Typing::kYaml11);
    if (const auto* real = std::get_if<double>(&scalar.value))
      return emitter_.scalar(yaml::yaml_number(*real), Style::kPlain);
    emitter_.scalar(text, Style::kPlain);
  }

  void mapping(const Node& node, bool is_root, bool is_in_flow) {
    struct Pair {
      std::string_view key;
      const Node* value;
      const Node* key_node;
    };
    std::vector<Pair> pairs;
    pairs.reserve(node.content.size() / 2);
    std::vector<std::string> built;  // keys that change, which is rare
    built.reserve(node.content.size() / 2);
    for (std::size_t i = 0; i + 1 < node.content.size(); i += 2) {
      std::string storage;
      auto key = key_of(*node.content[i], is_root, is_in_flow, reading_, storage);
      if (!key) continue;
      if (!storage.empty()) key = built.emplace_back(std::move(storage));
      pairs.push_back({*key, node.content[i + 1], node.content[i]});
    }
    if (pairs.empty()) return emitter_.empty_mapping();
    std::ranges::stable_sort(pairs, [](const Pair& left, const Pair& right) {
      return yaml::is_key_before(left.key, right.key);
    });
    for (std::size_t i = 1; i < pairs.size(); ++i)
      if (pairs[i - 1].key == pairs[i].key)
        refuse(*pairs[i].key_node, text::cat("the key ", text::quoted(pairs[i].key), " stands twice in one object"));
    emitter_.begin_mapping();
    for (const Pair& pair : pairs) {
      emitter_.key(pair.key, style_of(pair.key));
      value(*pair.value, false, is_in_flow);
    }
    emitter_.end_mapping();
  }

  yaml::Emitter emitter_;
  Reading reading_;
};

}  // namespace

json::Value finish(const Node& root) { return to_value(root, true, false); }

void print(std::string& out, const Node& root, Reading reading) { Printer{out, reading}.document(root); }

namespace {

void write_go_string(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += text[i];
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\b') {
      out += "\\b";
    } else if (c == '\f') {
      out += "\\f";
    } else if (c < 0x20 || c == '<' || c == '>' || c == '&') {
      out += "\\u00";
      out += kHex[c >> 4];
      out += kHex[c & 0x0F];
    } else if (c == 0xE2 && (text.substr(i).starts_with("\xE2\x80\xA8") || text.substr(i).starts_with("\xE2\x80\xA9"))) {
      out += text[i + 2] == '\xA8' ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      out += text[i];
    }
  }
  out += '"';
}

void write_go_json(std::string& out, const json::Value& value) {
  switch (value.kind()) {
    case json::Value::Kind::kNull: out += "null"; return;
    case json::Value::Kind::kBool: out += value.as_bool() ? "true" : "false"; return;
    case json::Value::Kind::kNumber: out += value.as_number().text; return;
    case json::Value::Kind::kString: return write_go_string(out, value.as_string());
    case json::Value::Kind::kArray: {
      out += '[';
      bool is_first = true;
      for (const auto& item : value.as_array()) {
        if (!is_first) out += ',';
        is_first = false;
        write_go_json(out, item);
      }
      out += ']';
      return;
    }
    case json::Value::Kind::kObject: {
      out += '{';
      bool is_first = true;
      for (const auto& member : value.as_object()) {
        if (!is_first) out += ',';
        is_first = false;
        write_go_string(out, member.key);
        out += ':';
        write_go_json(out, member.value);
      }
      out += '}';
      return;
    }
  }
}

}  // namespace

std::string go_json(const json::Value& value) {
  std::string out;
  write_go_json(out, value);
  return out;
}

Node* from_patched_json(const json::Value& value, yaml::Arena& arena) {
  switch (value.kind()) {
    case json::Value::Kind::kNumber: {
      Node* node = yaml::make_scalar(arena, yaml::yaml_number(*value.real()));
      node->tag = yaml::resolve_tag(node->value, yaml::Typing::kCore);
      return node;
    }
    case json::Value::Kind::kString: {
      Node* node = yaml::make_string(arena, value.as_string());
      const bool is_word = yaml::resolve_tag(node->value, yaml::Typing::kYaml11) == Tag::kString;
      if (node->style == Style::kPlain && (!is_word || yaml::is_base60(node->value)))
        node->style = Style::kDoubleQuoted;
      // The original prints and reads the object again here, and prints this text without quotes.
      if (node->value == "<<") node->tag = Tag::kMerge;
      return node;
    }
    case json::Value::Kind::kArray: {
      Node* node = yaml::make_sequence(arena);
      node->tag = Tag::kSequence;
      if (value.empty()) node->style = Style::kFlow;
      for (const auto& item : value.as_array()) node->content.push_back(arena, from_patched_json(item, arena));
      return node;
    }
    case json::Value::Kind::kObject: {
      Node* node = yaml::make_mapping(arena);
      node->tag = Tag::kMapping;
      if (value.empty()) node->style = Style::kFlow;
      for (const auto& member : value.as_object()) {
        node->content.push_back(arena, yaml::make_string(arena, member.key));
        node->content.push_back(arena, from_patched_json(member.value, arena));
      }
      return node;
    }
    default: return yaml::from_json(value, arena);
  }
}

Node* from_quoted_json(const json::Value& value, yaml::Arena& arena) {
  const auto quoted = [&arena](std::string_view text) {
    Node* node = yaml::make_scalar(arena, text, Style::kDoubleQuoted);
    node->tag = Tag::kString;
    return node;
  };
  switch (value.kind()) {
    case json::Value::Kind::kString: return quoted(value.as_string());
    case json::Value::Kind::kArray: {
      Node* node = yaml::make_sequence(arena);
      node->tag = Tag::kSequence;
      node->style = Style::kFlow;
      for (const auto& item : value.as_array()) node->content.push_back(arena, from_quoted_json(item, arena));
      return node;
    }
    case json::Value::Kind::kObject: {
      Node* node = yaml::make_mapping(arena);
      node->tag = Tag::kMapping;
      node->style = Style::kFlow;
      for (const auto& member : value.as_object()) {
        node->content.push_back(arena, quoted(member.key));
        node->content.push_back(arena, from_quoted_json(member.value, arena));
      }
      return node;
    }
    default: return yaml::from_json(value, arena);
  }
}

}  // namespace weir::kustomize
