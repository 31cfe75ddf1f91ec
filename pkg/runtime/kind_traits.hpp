#pragma once

#include <string>
#include <string_view>

#include "api/meta/v1/condition.hpp"
#include "api/meta/v1/kind.hpp"
#include "pkg/runtime/conclusion.hpp"

namespace weir::runtime {

/// How the objects of a kind are treated where kinds differ. The defaults are those of Flux's kinds; one that is
/// otherwise specialises this, beside its header. Pure.
template <api::Kind T>
struct KindTraits {
  /// What keeps an object until its controller has cleaned up behind it; empty: there is nothing to clean up.
  static constexpr std::string_view kFinalizer = api::kFinalizer;

  static bool is_suspended(const T& object) { return object.spec.suspend; }
  /// A new value of this annotation asks for a pass.
  static std::string_view request(const api::ObjectMeta& metadata) {
    return metadata.annotation(api::kRequestedAtAnnotation);
  }
  /// The request that was served last, as the status holds it; nullptr: the status does not say.
  static std::string* handled_request(T& object) { return &object.status.last_handled_reconcile_at; }
  static const Conditions& conditions(const T& object) { return object.status.conditions; }
  static StatusParts status_parts(T& object) {
    return {object.metadata, object.status.conditions, object.status.observed_generation};
  }
};

template <api::Kind T>
StatusParts parts_of(T& object) {
  return KindTraits<T>::status_parts(object);
}

}  // namespace weir::runtime
