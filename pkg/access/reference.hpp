#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pkg/kube/object_key.hpp"

/// What an object means by the name of another one, and whether it may.  Threads: any, pure.
namespace weir::access {

/// A reference without a namespace is into that of the object it stands in.
kube::ObjectKey referred(std::string_view own_namespace, const std::string& namespace_, const std::string& name);

/// The same for a reference of any kind's object.
template <class Reference>
kube::ObjectKey referred(std::string_view own_namespace, const Reference& reference) {
  return referred(own_namespace, reference.namespace_, reference.name);
}

/// With --no-cross-namespace-refs: whether, and in which words, a reference into another namespace is refused.
/// @param beginning  "cannot access", as the kind's users know it
std::optional<std::string> cross_namespace_refusal(
    std::string_view beginning, std::string_view own_namespace, std::string_view kind, const kube::ObjectKey& key
);

}  // namespace weir::access
