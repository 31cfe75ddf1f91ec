#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "api/helm/v2/helm_release.hpp"
#include "pkg/async/asio.hpp"
#include "pkg/base/result.hpp"
#include "pkg/helm/chart/chart.hpp"
#include "pkg/json/value.hpp"
#include "pkg/kube/rest_mapper.hpp"
#include "pkg/ssa/change_set.hpp"
#include "pkg/ssa/desired.hpp"

/// From the manifest of a release to objects for the API server.
namespace weir::helm_controller {

/// By what Helm knows its objects: the label app.kubernetes.io/managed-by and two annotations.
/// Source: Helm 4.2 (release identity).
inline constexpr std::string_view kReleaseNameAnnotation = "meta.helm.sh/release-name";
inline constexpr std::string_view kReleaseNamespaceAnnotation = "meta.helm.sh/release-namespace";

struct ReleaseIdentity {
  std::string name;
  std::string namespace_;
};

/// Objects as they are applied: with Helm's marks, in the release's namespace where they name none.
/// @returns an error that names the object at fault
/// Threads: any, pure.
Result<std::vector<ssa::Desired>> desired_objects(std::vector<json::Value> objects, const ReleaseIdentity& release);

/// The objects of a stored manifest, items of lists for themselves.
/// @returns an error for what is no YAML, with the document's place
/// Threads: any, pure.
Result<std::vector<json::Value>> objects_of_manifest(const std::string& manifest);

/// The definitions in crds/, with the labels that name the HelmRelease; other kinds there are left out.
/// @returns an error that names the file
/// Threads: any, pure.
Result<std::vector<ssa::Desired>> desired_definitions(
    const std::vector<helm::CrdFile>& files, const api::helm::HelmRelease& object
);

/// Takes the namespace from those whose kind has none, as discovery says; a kind that is not served is left as it is.
/// @throws ApiError, http::TransportError
asio::awaitable<void> settle_scopes(kube::RestMapper& mapper, std::vector<ssa::ObjectId>& objects);

/// Whether a live object says that it stays when its release lets it go.
bool is_kept(const kube::Object& metadata);
/// Whether a live object is another release's by its marks.
bool is_of_another_release(const kube::Object& metadata, const ReleaseIdentity& release);

}  // namespace weir::helm_controller
