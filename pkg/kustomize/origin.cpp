#include "pkg/kustomize/origin.hpp"

#include <vector>

#include "pkg/base/text.hpp"
#include "pkg/kustomize/path.hpp"
#include "pkg/yaml/emitter.hpp"
#include "pkg/yaml/parser.hpp"
#include "pkg/yaml/scalar.hpp"

namespace weir::kustomize {
namespace {

Style style_of(std::string_view text) {
  if (text.find('\n') != text.npos) return Style::kLiteral;
  const bool is_word = yaml::resolve_tag(text, yaml::Typing::kYaml11) == Tag::kString;
  return is_word && !yaml::is_base60(text) ? Style::kPlain : Style::kDoubleQuoted;
}

void write(yaml::Emitter& emitter, const Origin& origin) {
  const auto pair = [&emitter](std::string_view key, std::string_view value) {
    if (value.empty()) return;
    emitter.key(key, Style::kPlain);
    emitter.scalar(value, style_of(value));
  };
  const bool has_by =
      !origin.by_api_version.empty() || !origin.by_kind.empty() || !origin.by_name.empty() || !origin.by_space.empty();
  if (origin.path.empty() && origin.repository.empty() && origin.ref.empty() && origin.configured_in.empty() && !has_by)
    return emitter.empty_mapping();
  emitter.begin_mapping();
  pair("path", origin.path);
  pair("repo", origin.repository);
  pair("ref", origin.ref);
  pair("configuredIn", origin.configured_in);
  if (has_by) {
    emitter.key("configuredBy", Style::kPlain);
    emitter.begin_mapping();
    pair("apiVersion", origin.by_api_version);
    pair("kind", origin.by_kind);
    pair("name", origin.by_name);
    pair("namespace", origin.by_space);
    emitter.end_mapping();
  }
  emitter.end_mapping();
}

Origin from_node(const Node& node) {
  Origin origin;
  origin.path = node.text_at("path");
  origin.repository = node.text_at("repo");
  origin.ref = node.text_at("ref");
  origin.configured_in = node.text_at("configuredIn");
  if (const Node* by = node.find("configuredBy")) {
    origin.by_api_version = by->text_at("apiVersion");
    origin.by_kind = by->text_at("kind");
    origin.by_name = by->text_at("name");
    origin.by_space = by->text_at("namespace");
  }
  return origin;
}

}  // namespace

Origin Origin::joined(std::string_view below) const {
  Origin out = *this;
  out.path = path::join(path, below);
  return out;
}

std::string Origin::text() const {
  std::string out;
  yaml::Emitter emitter{out, yaml::Dialect::kVersion3};
  write(emitter, *this);
  emitter.finish();
  return out;
}

void set_annotation_map_entry(Resource& resource, std::string_view key, std::string_view value) {
  TextMap annotations = metadata_map(resource.root(), "annotations");
  annotations[resource.arena().keep(key)] = resource.arena().keep(value);
  set_metadata_map(resource.arena(), resource.root(), "annotations", annotations);
}

void remove_annotation(Resource& resource, std::string_view key) {
  TextMap annotations = metadata_map(resource.root(), "annotations");
  annotations.erase(key);
  set_metadata_map(resource.arena(), resource.root(), "annotations", annotations);
}

void set_origin(Resource& resource, const Origin& origin) {
  set_annotation_map_entry(resource, kOriginAnnotation, origin.text());
}

bool has_origin(const Resource& resource) {
  return metadata_map(resource.root(), "annotations").contains(kOriginAnnotation);
}

std::optional<Origin> read_origin(const Resource& resource) {
  const TextMap annotations = metadata_map(resource.root(), "annotations");
  const auto found = annotations.find(kOriginAnnotation);
  if (found == annotations.end()) return std::nullopt;
  Arena arena;
  const auto node = yaml::parse_first(found->second, arena);
  if (!node || *node == nullptr) return Origin{};
  return from_node(**node);
}

void add_transformation(Resource& resource, const Origin& origin) {
  const TextMap annotations = metadata_map(resource.root(), "annotations");
  if (!annotations.contains(kOriginAnnotation)) return set_origin(resource, origin);
  std::vector<Origin> transformations;
  if (const auto found = annotations.find(kTransformationsAnnotation); found != annotations.end()) {
    Arena arena;
    const auto list = yaml::parse_first(found->second, arena);
    if (list && *list != nullptr)
      for (const Node* entry : (*list)->content) transformations.push_back(from_node(*entry));
  }
  transformations.push_back(origin);
  std::string out;
  yaml::Emitter emitter{out, yaml::Dialect::kVersion3};
  emitter.begin_sequence();
  for (const Origin& entry : transformations) {
    emitter.item();
    write(emitter, entry);
  }
  emitter.end_sequence();
  emitter.finish();
  set_annotation_map_entry(resource, kTransformationsAnnotation, out);
}

}  // namespace weir::kustomize
