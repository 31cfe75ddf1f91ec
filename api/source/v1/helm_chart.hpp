#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/meta/v1/access_from.hpp"
#include "api/meta/v1/artifact.hpp"
#include "api/meta/v1/condition.hpp"
#include "api/meta/v1/kind.hpp"
#include "api/meta/v1/references.hpp"
#include "api/source/v1/artifact_verification.hpp"
#include "pkg/base/duration.hpp"
#include "pkg/json/describe.hpp"

/// HelmChart: one chart out of a repository or another source, packed as an artifact.
/// Source of fields and names: Flux's source.toolkit.fluxcd.io/v1 and v1beta2.
namespace weir::api::source {

/// A source of the same namespace.
struct LocalHelmChartSourceReference {
  std::string api_version;
  std::string kind;
  std::string name;
};
template <class Fields>
void describe(Fields& fields, LocalHelmChartSourceReference& reference) {
  fields.optional("apiVersion", reference.api_version);
  fields.required("kind", reference.kind);
  fields.required("name", reference.name);
}

struct HelmChartSpec {
  std::string chart;  ///< its name in the repository, or a path in the source
  std::string version{"*"};
  LocalHelmChartSourceReference source_ref;
  Duration interval;
  std::string reconcile_strategy{"ChartVersion"};  ///< or Revision
  std::string values_file;                         ///< v1beta2 only, first of the files
  std::vector<std::string> values_files;
  bool ignore_missing_values_files = false;
  bool suspend = false;
  std::optional<ArtifactVerification> verify;
  std::optional<AccessFrom> access_from;  ///< v1beta2 only, without effect
};
template <class Fields>
void describe(Fields& fields, HelmChartSpec& spec) {
  fields.required("chart", spec.chart);
  fields.defaulted("version", spec.version);
  fields.required("sourceRef", spec.source_ref);
  fields.required("interval", spec.interval);
  fields.defaulted("reconcileStrategy", spec.reconcile_strategy);
  fields.optional("valuesFile", spec.values_file);
  fields.optional("valuesFiles", spec.values_files);
  fields.optional("ignoreMissingValuesFiles", spec.ignore_missing_values_files);
  fields.optional("suspend", spec.suspend);
  fields.optional("verify", spec.verify);
  fields.optional("accessFrom", spec.access_from);
}

struct HelmChartStatus {
  std::int64_t observed_generation = -1;
  std::vector<Condition> conditions;
  std::optional<Artifact> artifact;
  std::string last_handled_reconcile_at;
  std::string observed_source_artifact_revision;
  std::string observed_chart_name;
  std::vector<std::string> observed_values_files;
  std::string url;  ///< not written
};
template <class Fields>
void describe(Fields& fields, HelmChartStatus& status) {
  fields.optional("observedGeneration", status.observed_generation);
  fields.optional("conditions", status.conditions);
  fields.optional("artifact", status.artifact);
  fields.optional("lastHandledReconcileAt", status.last_handled_reconcile_at);
  fields.optional("observedSourceArtifactRevision", status.observed_source_artifact_revision);
  fields.optional("observedChartName", status.observed_chart_name);
  fields.optional("observedValuesFiles", status.observed_values_files);
  fields.optional("url", status.url);
}

struct HelmChart {
  static constexpr KindNames kNames{"source.toolkit.fluxcd.io", "v1", "HelmChart", "helmcharts"};
  ObjectMeta metadata;
  HelmChartSpec spec;
  HelmChartStatus status;
};
template <class Fields>
void describe(Fields& fields, HelmChart& object) {
  describe_object(fields, object);
}

}  // namespace weir::api::source
