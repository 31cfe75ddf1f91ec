#pragma once

#include <concepts>
#include <string_view>

#include "api/meta/v1/object_meta.hpp"

namespace weir::api {

/// The names by which a kind of ours is served; `version` is the one we read and write.
struct KindNames {
  std::string_view group;
  std::string_view version;
  std::string_view kind;
  std::string_view plural;
};

/// A typed object: metadata, spec and status, with describe() for each.
template <class T>
concept Kind = requires(T object) {
  { T::kNames } -> std::convertible_to<KindNames>;
  { object.metadata } -> std::convertible_to<ObjectMeta>;
  object.spec;
  object.status;
};

/// The describe() of every kind; each calls it from its own namespace, where lookup finds it.
template <class Fields, Kind T>
void describe_object(Fields& fields, T& object) {
  fields.required("metadata", object.metadata);
  fields.required("spec", object.spec);
  fields.optional("status", object.status);
}

/// An on-demand reconcile: any new value starts one. Source: Flux, "Triggering a reconcile".
inline constexpr std::string_view kRequestedAtAnnotation = "reconcile.fluxcd.io/requestedAt";
/// Whether somebody asks for a pass that has not been yet. An
/// annotation that was taken away, or is empty, asks for nothing.
inline bool is_requested(const ObjectMeta& metadata, std::string_view last_handled) {
  const auto requested = metadata.annotation(kRequestedAtAnnotation);
  return !requested.empty() && requested != last_handled;
}
/// What keeps an object until its controller has cleaned up; Flux's name, so that either can take over.
inline constexpr std::string_view kFinalizer = "finalizers.fluxcd.io";

}  // namespace weir::api
