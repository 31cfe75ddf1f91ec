#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/meta/v1/access_from.hpp"
#include "api/meta/v1/artifact.hpp"
#include "api/meta/v1/condition.hpp"
#include "api/meta/v1/kind.hpp"
#include "api/meta/v1/references.hpp"
#include "pkg/base/duration.hpp"
#include "pkg/json/describe.hpp"

/// HelmRepository: where charts are published, over http (its index is an artifact) or in a registry (static).
/// Source of fields and names: Flux's source.toolkit.fluxcd.io/v1 and v1beta2.
namespace weir::api::source {

struct HelmRepositorySpec {
  std::string url;
  std::string type;  ///< default (when empty), oci
  std::optional<Duration> interval;
  std::optional<Duration> timeout;  ///< 60s when absent
  std::optional<LocalObjectReference> secret_ref;
  std::optional<LocalObjectReference> cert_secret_ref;
  bool pass_credentials = false;
  bool insecure = false;
  std::string provider{"generic"};
  bool suspend = false;
  std::optional<AccessFrom> access_from;  ///< without effect

  bool is_oci() const { return type == "oci"; }
};
template <class Fields>
void describe(Fields& fields, HelmRepositorySpec& spec) {
  fields.required("url", spec.url);
  fields.optional("type", spec.type);
  fields.optional("interval", spec.interval);
  fields.optional("timeout", spec.timeout);
  fields.optional("secretRef", spec.secret_ref);
  fields.optional("certSecretRef", spec.cert_secret_ref);
  fields.optional("passCredentials", spec.pass_credentials);
  fields.optional("insecure", spec.insecure);
  fields.defaulted("provider", spec.provider);
  fields.optional("suspend", spec.suspend);
  fields.optional("accessFrom", spec.access_from);
}

struct HelmRepositoryStatus {
  std::int64_t observed_generation = -1;
  std::vector<Condition> conditions;
  std::optional<Artifact> artifact;
  std::string last_handled_reconcile_at;
  std::string url;  ///< not written
};
template <class Fields>
void describe(Fields& fields, HelmRepositoryStatus& status) {
  fields.optional("observedGeneration", status.observed_generation);
  fields.optional("conditions", status.conditions);
  fields.optional("artifact", status.artifact);
  fields.optional("lastHandledReconcileAt", status.last_handled_reconcile_at);
  fields.optional("url", status.url);
}

struct HelmRepository {
  static constexpr KindNames kNames{"source.toolkit.fluxcd.io", "v1", "HelmRepository", "helmrepositories"};
  ObjectMeta metadata;
  HelmRepositorySpec spec;
  HelmRepositoryStatus status;
};
template <class Fields>
void describe(Fields& fields, HelmRepository& object) {
  describe_object(fields, object);
}

}  // namespace weir::api::source
