#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "pkg/json/value.hpp"

/// What is done with objects that were built, before they go to the cluster.
namespace weir::api {

/// Which built objects a patch or an ignore rule concerns; empty fields match everything.
struct Selector {
  std::string group;
  std::string version;
  std::string kind;
  std::string name;
  std::string namespace_;
  std::string label_selector;
  std::string annotation_selector;
};
template <class Fields>
void describe(Fields& fields, Selector& selector) {
  fields.optional("group", selector.group);
  fields.optional("version", selector.version);
  fields.optional("kind", selector.kind);
  fields.optional("name", selector.name);
  fields.optional("namespace", selector.namespace_);
  fields.optional("labelSelector", selector.label_selector);
  fields.optional("annotationSelector", selector.annotation_selector);
}

struct Patch {
  std::string patch;
  std::optional<Selector> target;
};
template <class Fields>
void describe(Fields& fields, Patch& patch) {
  fields.required("patch", patch.patch);
  fields.optional("target", patch.target);
}

/// v1beta2's patchesJson6902.
struct JsonPatchOperation {
  std::string op;
  std::string path;
  std::string from;
  json::Value value;
};
template <class Fields>
void describe(Fields& fields, JsonPatchOperation& operation) {
  fields.required("op", operation.op);
  fields.required("path", operation.path);
  fields.optional("from", operation.from);
  fields.optional("value", operation.value);
}
struct JsonPatch {
  std::vector<JsonPatchOperation> patch;
  Selector target;
};
template <class Fields>
void describe(Fields& fields, JsonPatch& patch) {
  fields.required("patch", patch.patch);
  fields.required("target", patch.target);
}

struct Image {
  std::string name;
  std::string new_name;
  std::string new_tag;
  std::string digest;
};
template <class Fields>
void describe(Fields& fields, Image& image) {
  fields.required("name", image.name);
  fields.optional("newName", image.new_name);
  fields.optional("newTag", image.new_tag);
  fields.optional("digest", image.digest);
}

struct CommonMetadata {
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> annotations;
};
template <class Fields>
void describe(Fields& fields, CommonMetadata& metadata) {
  fields.optional("labels", metadata.labels);
  fields.optional("annotations", metadata.annotations);
}

struct IgnoreRule {
  std::vector<std::string> paths;
  std::optional<Selector> target;
};
template <class Fields>
void describe(Fields& fields, IgnoreRule& rule) {
  fields.required("paths", rule.paths);
  fields.optional("target", rule.target);
}

}  // namespace weir::api
