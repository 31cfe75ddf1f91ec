#pragma once

#include <string>
#include <string_view>

#include "api/meta/v1/kind.hpp"
#include "pkg/kube/object_key.hpp"

namespace weir::kube {

/// One collection of the API: what is needed to build its URLs and its objects.
struct Resource {
  std::string group;  ///< empty for core
  std::string version;
  std::string kind;
  std::string plural;
  bool namespaced = true;

  /// "apps/v1", or "v1" for core.
  std::string api_version() const;
  /// The URL path of the collection, or of the object when `name` is not empty.
  std::string path(std::string_view namespace_, std::string_view name = {}) const;

  friend bool operator==(const Resource&, const Resource&) = default;
};

/// The resource of one of our kinds.
template <api::Kind T>
Resource resource_of() {
  return Resource{
      std::string{T::kNames.group},
      std::string{T::kNames.version},
      std::string{T::kNames.kind},
      std::string{T::kNames.plural},
      true};
}

/// Where an object of one of our kinds is.
template <api::Kind T>
ObjectKey key_of(const T& object) {
  return {object.metadata.namespace_, object.metadata.name};
}

/// Kinds of the core group that we use without discovery.
namespace core {
Resource secrets();
Resource config_maps();
Resource events();
Resource namespaces();
Resource service_accounts();
Resource leases();
}  // namespace core

struct GroupVersion {
  std::string group;
  std::string version;
};
/// "apps/v1" → {apps, v1}, "v1" → {"", v1}.
GroupVersion split_api_version(std::string_view api_version);

}  // namespace weir::kube
