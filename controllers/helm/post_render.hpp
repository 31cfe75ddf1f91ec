#pragma once

#include <string>
#include <vector>

#include "api/helm/v2/helm_release.hpp"
#include "pkg/base/result.hpp"
#include "pkg/helm/manifest/manifest.hpp"
#include "pkg/json/value.hpp"

namespace weir::helm_controller {

/// The objects of a release as they are stored and applied.
struct PostRendered {
  std::vector<helm::Manifest> manifests;  ///< in the order of application
  std::vector<json::Value> objects;       ///< what each of them says
  std::vector<helm::Hook> hooks;
};

/// Patches, images, common metadata and the labels that name the HelmRelease are put on what a chart rendered; every
/// document is printed anew by kustomize, as Flux does, with or without patches, so that equal releases have equal
/// digests. Hooks go the same way unless spec.postRenderStrategy is "nohooks"; documents without an object are left
/// out.
/// @returns an error that names the template at fault
/// Source: helm-controller 1.6.4 (docs: "Post renderers").  Threads: any, pure; blocks for a build.
Result<PostRendered> post_render(
    std::vector<helm::Manifest> manifests, std::vector<helm::Hook> hooks, const api::helm::HelmRelease& object
);

/// status.observedPostRenderersDigest, status.observedCommonMetadataDigest: "sha256:…" of the field as JSON; empty when
/// the spec has none.
std::string post_renderers_digest(const api::helm::HelmReleaseSpec& spec);
std::string common_metadata_digest(const api::helm::HelmReleaseSpec& spec);

}  // namespace weir::helm_controller
