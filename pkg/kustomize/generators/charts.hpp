#pragma once

#include <string>
#include <vector>

#include "pkg/kustomize/helm_charts.hpp"
#include "pkg/kustomize/resource.hpp"

namespace weir::kustomize {

class Loader;

/// The objects of a Helm chart that lies below `home`, rendered by the renderer of the build. They are marked: no
/// namespace of a kustomization is set in them, as kustomize does it, because the chart was told it.
/// @param home   chartHome, relative to the root of the loader; empty: the default
/// @param space  the namespace of the kustomization, for a chart that names none; may be empty
/// @throws Failure naming place and field: when the build has no renderer, when the chart or a values file is not
/// there, and in Helm's words when it cannot be rendered
std::vector<ResourcePointer> inflate_chart(
    const Loader& loader, const ChartArguments& chart, const std::string& home, const std::string& space
);

}  // namespace weir::kustomize
