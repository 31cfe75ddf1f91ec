#pragma once

#include <optional>
#include <string>

namespace weir::api {

/// Another object of the same namespace.
struct LocalObjectReference {
  std::string name;
  friend bool operator==(const LocalObjectReference&, const LocalObjectReference&) = default;
};
template <class Fields>
void describe(Fields& fields, LocalObjectReference& reference) {
  fields.required("name", reference.name);
}

/// A key of a Secret of the same namespace.
struct SecretKeyReference {
  std::string name;
  std::string key;
};
template <class Fields>
void describe(Fields& fields, SecretKeyReference& reference) {
  fields.required("name", reference.name);
  fields.optional("key", reference.key);
}

/// What has to be Ready first.
struct DependencyReference {
  std::string name;
  std::string namespace_;
  std::string ready_expr;
};
template <class Fields>
void describe(Fields& fields, DependencyReference& reference) {
  fields.required("name", reference.name);
  fields.optional("namespace", reference.namespace_);
  fields.optional("readyExpr", reference.ready_expr);
}

/// How to reach another cluster.
struct KubeConfigReference {
  std::optional<SecretKeyReference> secret_ref;
  std::optional<LocalObjectReference> config_map_ref;
};
template <class Fields>
void describe(Fields& fields, KubeConfigReference& reference) {
  fields.optional("secretRef", reference.secret_ref);
  fields.optional("configMapRef", reference.config_map_ref);
}

}  // namespace weir::api
