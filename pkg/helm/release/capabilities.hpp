#pragma once

#include <string>
#include <string_view>

#include "pkg/base/result.hpp"
#include "pkg/helm/render/render.hpp"

namespace weir::helm {

/// What templates see of a cluster that nobody asked: that of `helm template`, Kubernetes 1.36 with the API versions of
/// client-go.
Capabilities default_capabilities();

/// Sets the version of Kubernetes: "1.33", "v1.33.0-gke.1".
/// @returns an error in Helm's words: invalid kube version 'x': could not parse "x" as version
Result<void> set_kube_version(Capabilities& capabilities, std::string_view version);

}  // namespace weir::helm
