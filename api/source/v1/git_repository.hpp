#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/meta/v1/access_from.hpp"
#include "api/meta/v1/artifact.hpp"
#include "api/meta/v1/condition.hpp"
#include "api/meta/v1/git_repository_ref.hpp"
#include "api/meta/v1/kind.hpp"
#include "api/meta/v1/references.hpp"
#include "pkg/base/duration.hpp"
#include "pkg/json/describe.hpp"

/// GitRepository: a Git remote, fetched on an interval and offered as an artifact.
/// Source of fields and names: Flux's source.toolkit.fluxcd.io/v1 and v1beta2.
namespace weir::api::source {

using Duration = weir::Duration;
using GitRepositoryRef = api::GitRepositoryRef;

struct GitRepositoryVerification {
  std::string mode{"HEAD"};
  LocalObjectReference secret_ref;
};
template <class Fields>
void describe(Fields& fields, GitRepositoryVerification& verify) {
  fields.defaulted("mode", verify.mode);
  fields.required("secretRef", verify.secret_ref);
}

/// Another repository's artifact, copied into this one's.
struct GitRepositoryInclude {
  LocalObjectReference repository;
  std::string from_path;
  std::string to_path;

  /// Where the copy goes; the repository's name when the spec does not say.
  const std::string& target() const { return to_path.empty() ? repository.name : to_path; }
  friend bool operator==(const GitRepositoryInclude&, const GitRepositoryInclude&) = default;
};
template <class Fields>
void describe(Fields& fields, GitRepositoryInclude& include) {
  fields.required("repository", include.repository);
  fields.optional("fromPath", include.from_path);
  fields.optional("toPath", include.to_path);
}

struct GitRepositorySpec {
  std::string url;
  Duration interval;  ///< pause between two looks at the remote
  Duration timeout{std::chrono::seconds{60}};
  std::optional<LocalObjectReference> secret_ref;
  std::optional<GitRepositoryRef> ref;
  std::optional<GitRepositoryVerification> verify;
  std::optional<LocalObjectReference> proxy_secret_ref;
  std::optional<std::string> ignore;
  std::string provider{"generic"};
  std::string service_account_name;
  bool suspend = false;
  bool recurse_submodules = false;
  std::vector<GitRepositoryInclude> include;
  std::vector<std::string> sparse_checkout;
  std::string git_implementation;         ///< v1beta2 only, without effect
  std::optional<AccessFrom> access_from;  ///< v1beta2 only, without effect
};
template <class Fields>
void describe(Fields& fields, GitRepositorySpec& spec) {
  fields.required("url", spec.url);
  fields.required("interval", spec.interval);
  fields.defaulted("timeout", spec.timeout);
  fields.optional("secretRef", spec.secret_ref);
  fields.optional("ref", spec.ref);
  fields.optional("verify", spec.verify);
  fields.optional("proxySecretRef", spec.proxy_secret_ref);
  fields.optional("ignore", spec.ignore);
  fields.defaulted("provider", spec.provider);
  fields.optional("serviceAccountName", spec.service_account_name);
  fields.optional("suspend", spec.suspend);
  fields.optional("recurseSubmodules", spec.recurse_submodules);
  fields.optional("include", spec.include);
  fields.optional("sparseCheckout", spec.sparse_checkout);
  fields.optional("gitImplementation", spec.git_implementation);
  fields.optional("accessFrom", spec.access_from);
}

struct GitRepositoryStatus {
  std::int64_t observed_generation = -1;
  std::vector<Condition> conditions;
  std::optional<Artifact> artifact;
  std::vector<Artifact> included_artifacts;
  std::string last_handled_reconcile_at;
  // The inputs of the current artifact: a difference to the spec means that it must be made again.
  std::optional<std::string> observed_ignore;
  bool observed_recurse_submodules = false;
  std::vector<GitRepositoryInclude> observed_include;
  std::vector<std::string> observed_sparse_checkout;
  std::string source_verification_mode;
  std::string url;                      ///< v1beta2 only, not written
  std::string content_config_checksum;  ///< v1beta2 only, not written
};
template <class Fields>
void describe(Fields& fields, GitRepositoryStatus& status) {
  fields.optional("observedGeneration", status.observed_generation);
  fields.optional("conditions", status.conditions);
  fields.optional("artifact", status.artifact);
  fields.optional("includedArtifacts", status.included_artifacts);
  fields.optional("lastHandledReconcileAt", status.last_handled_reconcile_at);
  fields.optional("observedIgnore", status.observed_ignore);
  fields.optional("observedRecurseSubmodules", status.observed_recurse_submodules);
  fields.optional("observedInclude", status.observed_include);
  fields.optional("observedSparseCheckout", status.observed_sparse_checkout);
  fields.optional("sourceVerificationMode", status.source_verification_mode);
  fields.optional("url", status.url);
  fields.optional("contentConfigChecksum", status.content_config_checksum);
}

struct GitRepository {
  static constexpr KindNames kNames{"source.toolkit.fluxcd.io", "v1", "GitRepository", "gitrepositories"};
  ObjectMeta metadata;
  GitRepositorySpec spec;
  GitRepositoryStatus status;
};
template <class Fields>
void describe(Fields& fields, GitRepository& object) {
  describe_object(fields, object);
}

/// Condition types besides Ready, Reconciling and Stalled.
namespace condition {
inline constexpr std::string_view kArtifactInStorage = "ArtifactInStorage";
inline constexpr std::string_view kArtifactOutdated = "ArtifactOutdated";
inline constexpr std::string_view kFetchFailed = "FetchFailed";
inline constexpr std::string_view kSourceVerified = "SourceVerified";
inline constexpr std::string_view kStorageOperationFailed = "StorageOperationFailed";
inline constexpr std::string_view kIncludeUnavailable = "IncludeUnavailable";
}  // namespace condition

namespace reason {
inline constexpr std::string_view kUrlInvalid = "URLInvalid";
inline constexpr std::string_view kInvalidProviderConfiguration = "InvalidProviderConfiguration";
inline constexpr std::string_view kAuthenticationFailed = "AuthenticationFailed";
inline constexpr std::string_view kGitOperationFailed = "GitOperationFailed";
inline constexpr std::string_view kEmptyGitRepository = "EmptyGitRepository";
inline constexpr std::string_view kNotFound = "NotFound";
inline constexpr std::string_view kNoArtifact = "NoArtifact";
inline constexpr std::string_view kNewArtifact = "NewArtifact";
inline constexpr std::string_view kArchiveOperationFailed = "ArchiveOperationFailed";
inline constexpr std::string_view kInvalidCommitSignature = "InvalidCommitSignature";
inline constexpr std::string_view kInvalidTagSignature = "InvalidTagSignature";
inline constexpr std::string_view kVerificationError = "VerificationError";
inline constexpr std::string_view kInvalidVerificationMode = "InvalidVerificationMode";
}  // namespace reason

}  // namespace weir::api::source
