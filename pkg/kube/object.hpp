#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "pkg/json/value.hpp"
#include "pkg/kube/object_key.hpp"

namespace weir::kube {

/// A Kubernetes object of any kind: a JSON document with typed access to what all objects share.
/// Threads: value.
class Object {
 public:
  Object() : document_{json::Value::object()} {}
  explicit Object(json::Value document) : document_{std::move(document)} {}

  const json::Value& document() const { return document_; }
  json::Value& document() { return document_; }

  std::string_view api_version() const { return document_.text_at({"apiVersion"}); }
  std::string_view kind() const { return document_.text_at({"kind"}); }
  std::string_view name() const { return document_.text_at({"metadata", "name"}); }
  std::string_view namespace_() const { return document_.text_at({"metadata", "namespace"}); }
  std::string_view uid() const { return document_.text_at({"metadata", "uid"}); }
  std::string_view resource_version() const { return document_.text_at({"metadata", "resourceVersion"}); }
  std::int64_t generation() const;
  bool is_deleting() const { return document_.find_path({"metadata", "deletionTimestamp"}) != nullptr; }
  ObjectKey key() const { return {std::string{namespace_()}, std::string{name()}}; }

  /// The label's or annotation's value; nullopt when it is not there.
  std::optional<std::string_view> label(std::string_view key) const;
  std::optional<std::string_view> annotation(std::string_view key) const;

  json::Value& metadata() { return document_["metadata"]; }

 private:
  json::Value document_;
};

/// Whether one resourceVersion of a collection is later than another: decimal numbers that grow (promised since
/// Kubernetes 1.35, true before).
inline bool is_later_version(std::string_view left, std::string_view right) {
  return left.size() != right.size() ? left.size() > right.size() : left > right;
}

}  // namespace weir::kube
