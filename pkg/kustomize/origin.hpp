#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pkg/kustomize/resource.hpp"

namespace weir::kustomize {

inline constexpr std::string_view kOriginAnnotation = "config.kubernetes.io/origin";
inline constexpr std::string_view kTransformationsAnnotation = "alpha.config.kubernetes.io/transformations";

/// Where a resource, or what changed it, came from: what `buildMetadata: [originAnnotations]` writes.
struct Origin {
  std::string path;  ///< relative to the directory of the build, or of the remote repository
  std::string repository;
  std::string ref;
  std::string configured_in;
  std::string by_api_version;
  std::string by_kind;
  std::string by_name;
  std::string by_space;

  /// The same with a path below it.
  Origin joined(std::string_view below) const;
  /// YAML, as it stands in the annotation.
  std::string text() const;
};

/// Notes the origin of a resource, as an annotation.
void set_origin(Resource& resource, const Origin& origin);
bool has_origin(const Resource& resource);
/// The origin that stands in the annotation.
std::optional<Origin> read_origin(const Resource& resource);
/// Notes that something changed the resource; without an origin it counts as made by it.
void add_transformation(Resource& resource, const Origin& origin);

/// Sets one entry of the annotations by rebuilding the map: every value becomes a text.
void set_annotation_map_entry(Resource& resource, std::string_view key, std::string_view value);
void remove_annotation(Resource& resource, std::string_view key);

}  // namespace weir::kustomize
