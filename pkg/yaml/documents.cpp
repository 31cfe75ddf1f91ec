#include "pkg/yaml/documents.hpp"

#include <cmath>
#include <unordered_set>

#include "pkg/base/base64.hpp"
#include "pkg/base/text.hpp"
#include "pkg/yaml/scalar.hpp"

namespace weir::yaml {
namespace {

/// Private to this file: how a node that JSON cannot hold reaches to_json().
struct Unfit {
  const Node* node;
  std::string message;
};

std::string number_text(const Node& node, const Scalar& scalar) {
  if (const auto* number = std::get_if<std::int64_t>(&scalar.value)) return std::to_string(*number);
  if (const auto* number = std::get_if<std::uint64_t>(&scalar.value)) return std::to_string(*number);
  const double number = std::get<double>(scalar.value);
  if (!std::isfinite(number)) throw Unfit{&node, "JSON has no number for this"};
  return json_number(number);
}

json::Value scalar_to_json(const Node& node, Typing dialect) {
  if (node.tag == Tag::kString || node.tag == Tag::kOther || node.tag == Tag::kMerge) return json::Value{node.value};
  if (node.tag == Tag::kBinary) {
    auto bytes = base64::decode(node.value);
    if (!bytes) throw Unfit{&node, "expected base64 after !!binary"};
    return json::Value{valid_utf8(*bytes)};
  }
  // The text decides within its tag; both typings agree on what a node already tagged as boolean says.
  const Typing typing = node.tag == Tag::kBool ? Typing::kYaml11 : Typing::kCore;
  const Scalar scalar = resolve(node.value, typing);
  if (node.tag != Tag::kNone && scalar.tag != node.tag && !(node.tag == Tag::kFloat && scalar.tag == Tag::kInt))
    throw Unfit{&node, "the text does not fit the tag before it"};
  switch (scalar.tag) {
    case Tag::kNull: return json::Value{};
    case Tag::kBool: return json::Value{std::get<bool>(scalar.value)};
    case Tag::kInt:
    case Tag::kFloat: return json::Value{json::Number{number_text(node, scalar)}};
    case Tag::kTimestamp:
      return json::Value{dialect == Typing::kYaml11 ? std::string{node.value} : *timestamp_text(node.value)};
    default: return json::Value{node.value};
  }
}

std::string key_to_json(const Node& key, Typing dialect) {
  if (!key.is_scalar()) throw Unfit{&key, "expected a key that is text"};
  const json::Value value = scalar_to_json(key, dialect);
  if (value.is_string()) return value.as_string();
  if (value.is_number()) return value.as_number().text;
  if (value.is_bool()) return value.as_bool() ? "true" : "false";
  throw Unfit{&key, "expected a key, found null"};
}

/// Keys that differ in the source may be the same text in JSON: `yes` and `true`.
void check_distinct(const json::Value::Object& members, const Node& converted) {
  std::unordered_set<std::string_view> keys;
  for (const auto& member : members)
    if (!keys.insert(member.key).second)
      throw Unfit{
          &converted,
          text::cat("the key ", text::quoted(member.key), " stands twice in this mapping once keys are text")};
}

json::Value node_to_json(const Node& node, Typing dialect) {
  switch (node.kind) {
    case Kind::kScalar: return scalar_to_json(node, dialect);
    case Kind::kSequence: {
      json::Value::Array items;
      items.reserve(node.content.size());
      for (const Node* item : node.content) items.push_back(node_to_json(*item, dialect));
      return json::Value{std::move(items)};
    }
    case Kind::kMapping: {
      json::Value::Object members;
      members.reserve(node.content.size() / 2);
      const Node* converted = nullptr;
      for (std::size_t i = 0; i + 1 < node.content.size(); i += 2) {
        members.emplace_back(key_to_json(*node.content[i], dialect), node_to_json(*node.content[i + 1], dialect));
        if (node.content[i]->tag != Tag::kString) converted = node.content[i];
      }
      if (converted != nullptr) check_distinct(members, *converted);
      return json::Value{std::move(members)};
    }
    default: return json::Value{};
  }
}

}  // namespace

Result<json::Value> to_json(const Node& node, const ParseOptions& options) {
  try {
    return node_to_json(node, options.typing);
  } catch (const Unfit& unfit) {
    return InputError{place(options.source, *unfit.node), unfit.message};
  }
}

namespace {

InputError too_large(const ParseOptions& options, const ArenaFull& full) {
  return InputError{options.source, text::cat("takes more than ", full.limit_bytes, " bytes of memory")};
}

}  // namespace

Result<std::vector<Document>> parse_documents(std::string_view text, ParseOptions options) try {
  Arena arena{options.max_memory_bytes};
  auto nodes = parse_all(text, arena, options);
  if (!nodes) return std::move(nodes).error();
  std::vector<Document> documents;
  for (const Node* node : *nodes) {
    if (is_missing(node)) continue;
    auto value = to_json(*node, options);
    if (!value) return std::move(value).error();
    documents.push_back({std::move(*value), options.source, node->line, node->column});
  }
  return documents;
} catch (const ArenaFull& full) {
  return too_large(options, full);
}

Result<std::vector<Document>> parse_documents(std::string_view text, std::string source) {
  ParseOptions options;
  options.source = std::move(source);
  options.typing = Typing::kYaml11;
  return parse_documents(text, options);
}

Result<json::Value> parse_document(std::string_view text, ParseOptions options) try {
  Arena arena{options.max_memory_bytes};
  auto node = parse_first(text, arena, options);
  if (!node) return std::move(node).error();
  if (*node == nullptr) return json::Value{};
  return to_json(**node, options);
} catch (const ArenaFull& full) {
  return too_large(options, full);
}

Result<json::Value> parse_document(std::string_view text, std::string source) {
  ParseOptions options;
  options.source = std::move(source);
  options.typing = Typing::kYaml11;
  return parse_document(text, options);
}

void charge(Arena& arena, const json::Value& value) {
  arena.charge(sizeof value);
  if (value.is_object()) {
    for (const auto& member : value.as_object()) {
      arena.charge(sizeof member.key + member.key.size());
      charge(arena, member.value);
    }
  } else if (value.is_array()) {
    for (const auto& item : value.as_array()) charge(arena, item);
  } else if (const auto text = value.text()) {
    arena.charge(text->size());
  }
}

Node* from_json(const json::Value& value, Arena& arena) {
  const auto plain = [&arena](std::string_view text, Tag tag) {
    Node* node = make_scalar(arena, text);
    node->tag = tag;
    return node;
  };
  switch (value.kind()) {
    case json::Value::Kind::kNull: return plain("null", Tag::kNull);
    case json::Value::Kind::kBool: return plain(value.as_bool() ? "true" : "false", Tag::kBool);
    case json::Value::Kind::kNumber:
      return plain(value.as_number().text, resolve_tag(value.as_number().text, Typing::kCore));
    case json::Value::Kind::kString: return make_string(arena, value.as_string());
    case json::Value::Kind::kArray: {
      Node* node = make_sequence(arena);
      node->tag = Tag::kSequence;
      node->content.reserve(arena, value.size());
      for (const auto& item : value.as_array()) node->content.push_back(arena, from_json(item, arena));
      return node;
    }
    case json::Value::Kind::kObject: {
      Node* node = make_mapping(arena);
      node->tag = Tag::kMapping;
      node->content.reserve(arena, 2 * value.size());
      for (const auto& member : value.as_object()) {
        node->content.push_back(arena, make_string(arena, member.key));
        node->content.push_back(arena, from_json(member.value, arena));
      }
      return node;
    }
  }
  return nullptr;
}

}  // namespace weir::yaml
