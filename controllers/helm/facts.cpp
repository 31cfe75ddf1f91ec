#include "controllers/helm/facts.hpp"

#include "api/helm/v2/helm_release.hpp"
#include "api/source/v1/helm_chart.hpp"
#include "api/source/v1/oci_repository.hpp"
#include "controllers/helm/helm_controller.hpp"

namespace weir::helm_controller {

using api::helm::HelmRelease;
using api::source::HelmChart;
using api::source::OciRepository;

runtime::ControllerFacts facts() {
  const std::string charts{HelmChart::kNames.plural};
  const std::string oci_repositories{OciRepository::kNames.plural};
  return runtime::facts_of(
      kName,
      {{HelmRelease::kNames,
        {"hr"},
        {{"REVISION", "status.lastAttemptedRevision", runtime::Column::Shows::kRevision}, runtime::kSuspended}}},
      {
          {HelmChart::kNames.group, charts, {"get", "list", "watch", "create", "patch", "delete"}},
          {OciRepository::kNames.group, oci_repositories, {"list", "watch"}},
          {"", "configmaps", {"get", "list", "watch"}},
          {"", "secrets", {"get", "list", "watch", "create", "update", "delete"}},
      },
      {
          {"", "serviceaccounts", {"get"}},
      },
      make_unit
  );
}

}  // namespace weir::helm_controller
