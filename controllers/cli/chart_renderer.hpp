#pragma once

#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "controllers/cli/chart_fetcher.hpp"
#include "pkg/helm/functions/outside.hpp"
#include "pkg/kustomize/chart_renderer.hpp"
#include "pkg/template/functions.hpp"

namespace weir::cli {

/// Renders the charts of a build as `helm template` does, with the file system of the build as its only disk, and
/// charts from repositories in memory. What a chart and its rendering may cost is bounded by pkg/helm.  Threads: any,
/// one call at a time each.
class ChartRenderer final : public kustomize::ChartRenderer {
 public:
  /// What charts see that do not say it themselves.
  struct Defaults {
    std::string kube_version;
    std::vector<std::string> api_versions;
  };
  /// @param log  takes lines for people: what was pulled
  ChartRenderer(Defaults defaults, std::ostream& log);

  Result<std::string> render(const kustomize::ChartRequest& request) override;
  /// With the credentials that Helm's and Docker's configurations have for registries. A chart is fetched once.
  Result<std::vector<kustomize::ChartFile>> fetch(const kustomize::ChartSource& source) override;

 private:
  Result<std::string> name_of(const kustomize::ChartRequest& request) const;

  Defaults defaults_;
  ChartFetcher fetcher_;
  std::map<std::string, std::vector<kustomize::ChartFile>> fetched_;  // by name, repository and version
  std::shared_ptr<const templates::Functions> functions_;
};

}  // namespace weir::cli
