#pragma once

#include <memory>
#include <string>
#include <vector>

#include "pkg/helm/functions/outside.hpp"
#include "pkg/kustomize/chart_renderer.hpp"
#include "pkg/template/functions.hpp"

namespace weir::cli {

/// Renders the charts of a build as `helm template` does, with the file system of the build as its only disk. What a
/// chart and its rendering may cost is bounded by pkg/helm.  Threads: any, one call at a time each.
class ChartRenderer final : public kustomize::ChartRenderer {
 public:
  /// For charts that do not say it themselves.
  struct Defaults {
    std::string kube_version;
    std::vector<std::string> api_versions;
  };
  explicit ChartRenderer(Defaults defaults);

  Result<std::string> render(const kustomize::ChartRequest& request) override;

 private:
  Result<std::string> name_of(const kustomize::ChartRequest& request) const;

  Defaults defaults_;
  std::shared_ptr<const templates::Functions> functions_;
};

}  // namespace weir::cli
