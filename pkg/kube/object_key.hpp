#pragma once

#include <compare>
#include <functional>
#include <string>

namespace weir::kube {

/// Where an object of a known kind is; `namespace_` is empty for cluster-scoped ones.
struct ObjectKey {
  std::string namespace_;
  std::string name;

  /// "namespace/name", or "name" when cluster-scoped.
  std::string text() const { return namespace_.empty() ? name : namespace_ + "/" + name; }

  friend auto operator<=>(const ObjectKey&, const ObjectKey&) = default;
};

}  // namespace weir::kube

template <>
struct std::hash<weir::kube::ObjectKey> {
  std::size_t operator()(const weir::kube::ObjectKey& key) const noexcept {
    return std::hash<std::string>{}(key.name) * 31 + std::hash<std::string>{}(key.namespace_);
  }
};
