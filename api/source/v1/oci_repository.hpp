#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/meta/v1/artifact.hpp"
#include "api/meta/v1/condition.hpp"
#include "api/meta/v1/kind.hpp"
#include "api/meta/v1/references.hpp"
#include "api/source/v1/artifact_verification.hpp"
#include "pkg/base/duration.hpp"
#include "pkg/json/describe.hpp"

/// OCIRepository: an artifact of a registry, offered as one of ours.
/// Source of fields and names: Flux's source.toolkit.fluxcd.io/v1 and v1beta2.
namespace weir::api::source {

/// Which artifact is meant: a digest wins over a range, a range over a tag; none: the tag latest.
struct OciRepositoryRef {
  std::string digest;
  std::string semver;
  std::string semver_filter;  ///< a regular expression that tags must match before they are compared
  std::string tag;
};
template <class Fields>
void describe(Fields& fields, OciRepositoryRef& ref) {
  fields.optional("digest", ref.digest);
  fields.optional("semver", ref.semver);
  fields.optional("semverFilter", ref.semver_filter);
  fields.optional("tag", ref.tag);
}

/// Which layer is taken, and whether it is unpacked on the way or passed on as it is.
struct OciLayerSelector {
  std::string media_type;
  std::string operation;  ///< extract (when empty), copy

  friend bool operator==(const OciLayerSelector&, const OciLayerSelector&) = default;
};
template <class Fields>
void describe(Fields& fields, OciLayerSelector& selector) {
  fields.optional("mediaType", selector.media_type);
  fields.optional("operation", selector.operation);
}

struct OciRepositoryVerification : ArtifactVerification {
  std::optional<LocalObjectReference> trusted_root_secret_ref;
};
template <class Fields>
void describe(Fields& fields, OciRepositoryVerification& verify) {
  fields.defaulted("provider", verify.provider);
  fields.optional("secretRef", verify.secret_ref);
  fields.optional("matchOIDCIdentity", verify.match_oidc_identity);
  fields.optional("trustedRootSecretRef", verify.trusted_root_secret_ref);
}

struct OciRepositorySpec {
  std::string url;
  Duration interval;
  Duration timeout{std::chrono::seconds{60}};
  std::optional<OciRepositoryRef> ref;
  std::optional<OciLayerSelector> layer_selector;
  std::string provider{"generic"};
  std::optional<LocalObjectReference> secret_ref;
  std::optional<OciRepositoryVerification> verify;
  std::string service_account_name;
  std::optional<LocalObjectReference> cert_secret_ref;
  std::optional<LocalObjectReference> proxy_secret_ref;
  std::optional<std::string> ignore;
  bool insecure = false;
  bool suspend = false;
};
template <class Fields>
void describe(Fields& fields, OciRepositorySpec& spec) {
  fields.required("url", spec.url);
  fields.required("interval", spec.interval);
  fields.defaulted("timeout", spec.timeout);
  fields.optional("ref", spec.ref);
  fields.optional("layerSelector", spec.layer_selector);
  fields.defaulted("provider", spec.provider);
  fields.optional("secretRef", spec.secret_ref);
  fields.optional("verify", spec.verify);
  fields.optional("serviceAccountName", spec.service_account_name);
  fields.optional("certSecretRef", spec.cert_secret_ref);
  fields.optional("proxySecretRef", spec.proxy_secret_ref);
  fields.optional("ignore", spec.ignore);
  fields.optional("insecure", spec.insecure);
  fields.optional("suspend", spec.suspend);
}

struct OciRepositoryStatus {
  std::int64_t observed_generation = -1;
  std::vector<Condition> conditions;
  std::optional<Artifact> artifact;
  std::string last_handled_reconcile_at;
  std::optional<std::string> observed_ignore;
  std::optional<OciLayerSelector> observed_layer_selector;
  std::string url;  ///< not written
};
template <class Fields>
void describe(Fields& fields, OciRepositoryStatus& status) {
  fields.optional("observedGeneration", status.observed_generation);
  fields.optional("conditions", status.conditions);
  fields.optional("artifact", status.artifact);
  fields.optional("lastHandledReconcileAt", status.last_handled_reconcile_at);
  fields.optional("observedIgnore", status.observed_ignore);
  fields.optional("observedLayerSelector", status.observed_layer_selector);
  fields.optional("url", status.url);
}

struct OciRepository {
  static constexpr KindNames kNames{"source.toolkit.fluxcd.io", "v1", "OCIRepository", "ocirepositories"};
  ObjectMeta metadata;
  OciRepositorySpec spec;
  OciRepositoryStatus status;
};
template <class Fields>
void describe(Fields& fields, OciRepository& object) {
  describe_object(fields, object);
}

}  // namespace weir::api::source
