#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/json/value.hpp"

namespace weir::api {

/// The part of metav1.ObjectMeta that controllers act on.
struct ObjectMeta {
  std::string name;
  std::string namespace_;
  std::string uid;
  std::string resource_version;
  std::string creation_timestamp;
  std::string deletion_timestamp;  ///< empty: the object is not being deleted
  std::int64_t generation = 0;
  std::vector<std::string> finalizers;
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> annotations;

  bool is_deleting() const { return !deletion_timestamp.empty(); }
  bool has_finalizer(std::string_view finalizer) const;
  /// The annotation's value; empty when it is not there.
  std::string_view annotation(std::string_view key) const;
};

template <class Fields>
void describe(Fields& fields, ObjectMeta& meta) {
  fields.optional("name", meta.name);
  fields.optional("namespace", meta.namespace_);
  fields.optional("uid", meta.uid);
  fields.optional("resourceVersion", meta.resource_version);
  fields.optional("creationTimestamp", meta.creation_timestamp);
  fields.optional("deletionTimestamp", meta.deletion_timestamp);
  fields.optional("generation", meta.generation);
  fields.optional("finalizers", meta.finalizers);
  fields.optional("labels", meta.labels);
  fields.optional("annotations", meta.annotations);
}

}  // namespace weir::api
