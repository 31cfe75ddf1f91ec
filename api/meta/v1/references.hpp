#pragma once

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

}  // namespace weir::api
