#include "pkg/kustomize/edit.hpp"

#include "pkg/base/text.hpp"
#include "pkg/kustomize/failure.hpp"
#include "pkg/yaml/scalar.hpp"

namespace weir::kustomize {

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::kScalar: return "a scalar";
    case Kind::kSequence: return "a list";
    case Kind::kMapping: return "a mapping";
    case Kind::kNone: return "nothing";
  }
  return "";
}

void expect_kind(const Node* node, Kind kind) {
  if (yaml::is_missing(node) || node->kind == kind) return;
  fail("", text::cat("expected ", kind_name(kind), ", found ", kind_name(node->kind)));
}

std::string_view text_of(const Node* node) { return yaml::is_missing(node) ? std::string_view{} : node->value; }

Node* lookup(Node* mapping, std::string_view key) {
  if (yaml::is_missing(mapping)) return nullptr;
  expect_kind(mapping, Kind::kMapping);
  return mapping->find(key);
}

Node* lookup_or_add(Arena& arena, Node& mapping, std::string_view key, Kind kind) {
  if (Node* found = lookup(&mapping, key)) return found;
  Node* added = arena.make();
  added->kind = kind;
  mapping.append(arena, key, added);
  return added;
}

namespace {

/// A text that YAML 1.1 would read as something else is quoted before it is put anywhere.
void quote_if_needed(Node* value) {
  if (value != nullptr && value->is_string() && value->style == Style::kPlain &&
      yaml::is_yaml11_non_string(value->value))
    value->style = Style::kDoubleQuoted;
}

}  // namespace

void set_field(Arena& arena, Node& mapping, std::string_view key, Node* value, bool is_kept, Style key_style) {
  quote_if_needed(value);
  if (value == nullptr || (value->is_null() && !is_kept)) {
    expect_kind(&mapping, Kind::kMapping);
    if (mapping.is_mapping()) mapping.erase(key);
    return;
  }
  if (Node* field = lookup(&mapping, key)) {
    if (field == value) return;
    value->style = field->style;
    *field = *value;
    return;
  }
  Node* name = yaml::make_scalar(arena, key, key_style);
  mapping.content.push_back(arena, name);
  mapping.content.push_back(arena, value);
}

void set_scalar(Node& target, Node* value) {
  quote_if_needed(value);
  expect_kind(&target, Kind::kScalar);
  if (yaml::is_missing(value)) return;
  value->style = target.style;
  target = *value;
}

TextMap metadata_map(const Node& root, std::string_view field) {
  TextMap out;
  const Node* metadata = root.find("metadata");
  if (yaml::is_empty(metadata)) return out;
  const Node* map = metadata->find(field);
  if (map == nullptr) return out;
  for (std::size_t i = 0; i + 1 < map->content.size(); i += 2) out[map->content[i]->value] = map->content[i + 1]->value;
  return out;
}

void set_metadata_map(Arena& arena, Node& root, std::string_view field, const TextMap& entries) {
  Node* metadata = lookup_or_add(arena, root, "metadata", Kind::kMapping);
  expect_kind(metadata, Kind::kMapping);
  if (metadata->is_mapping()) metadata->erase(field);
  if (entries.empty()) return;
  Node* map = lookup_or_add(arena, *metadata, field, Kind::kMapping);
  for (const auto& [key, value] : entries) set_field(arena, *map, key, yaml::make_string(arena, value));
}

void set_annotation(Arena& arena, Node& root, std::string_view key, std::string_view value) {
  Node* metadata = root.find("metadata");
  if (metadata != nullptr && metadata->is_mapping()) {
    const Node* annotations = metadata->find("annotations");
    if (annotations != nullptr && annotations->content.empty()) metadata->erase("annotations");
    if (metadata->content.empty()) root.erase("metadata");
  }
  metadata = lookup_or_add(arena, root, "metadata", Kind::kMapping);
  Node* annotations = lookup_or_add(arena, *metadata, "annotations", Kind::kMapping);
  Node* text = yaml::make_string(arena, value);
  text->style = Style::kSingleQuoted;
  set_field(arena, *annotations, key, text);
}

std::string_view metadata_text(const Node& root, std::string_view field) {
  const Node* metadata = root.find("metadata");
  if (yaml::is_empty(metadata)) return {};
  const Node* value = metadata->find(field);
  return yaml::is_empty(value) ? std::string_view{} : value->value;
}

void set_metadata_text(Arena& arena, Node& root, std::string_view field, std::string_view value) {
  Node* metadata = lookup_or_add(arena, root, "metadata", Kind::kMapping);
  set_field(arena, *metadata, field, yaml::make_scalar(arena, value));
}

std::vector<std::string> split_path(std::string_view path, char delimiter) {
  auto parts = text::split(path, delimiter);
  std::size_t first = parts.size() > 1 && parts.front().empty() ? 1 : 0;
  std::vector<std::string> out{std::string{parts[first]}};
  for (std::size_t i = first + 1; i < parts.size(); ++i) {
    if (out.back().ends_with('\\')) {
      out.back().back() = delimiter;
      out.back() += parts[i];
    } else {
      out.emplace_back(parts[i]);
    }
  }
  return out;
}

std::vector<std::string> split_bracketed_path(std::string_view path, char delimiter) {
  const auto parts = split_path(path, delimiter);
  std::vector<std::string> out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!parts[i].starts_with('[') || parts[i].ends_with(']')) {
      out.push_back(parts[i]);
      continue;
    }
    std::string joined = parts[i];
    while (i + 1 < parts.size()) {
      joined += delimiter + parts[++i];
      if (parts[i].ends_with(']')) break;
    }
    if (joined.find('=') == joined.npos) {
      const auto first = joined.find_first_not_of("[]");
      const auto last = joined.find_last_not_of("[]");
      joined = first == joined.npos ? std::string{} : joined.substr(first, last - first + 1);
    }
    out.push_back(std::move(joined));
  }
  return out;
}

}  // namespace weir::kustomize
