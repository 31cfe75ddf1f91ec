#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/image/v1/image_policy.hpp"
#include "api/meta/v1/condition.hpp"
#include "api/meta/v1/git_repository_ref.hpp"
#include "api/meta/v1/kind.hpp"
#include "api/meta/v1/label_selector.hpp"
#include "api/meta/v1/references.hpp"
#include "pkg/base/duration.hpp"
#include "pkg/json/describe.hpp"

/// ImageUpdateAutomation: writes the images that policies selected into the manifests of a Git repository.
/// Source of fields and names: Flux's image.toolkit.fluxcd.io/v1, v1beta2, v1beta1 and v1alpha2.
namespace weir::api::image {

struct GitCheckout {
  GitRepositoryRef ref;
};
template <class Fields>
void describe(Fields& fields, GitCheckout& checkout) {
  fields.required("ref", checkout.ref);
}

struct CommitAuthor {
  std::string name;
  std::string email;
};
template <class Fields>
void describe(Fields& fields, CommitAuthor& author) {
  fields.optional("name", author.name);
  fields.required("email", author.email);
}

/// `type` is "gpg" (also when empty) or "ssh".
struct SigningKey {
  std::optional<LocalObjectReference> secret_ref;
  std::string type;
};
template <class Fields>
void describe(Fields& fields, SigningKey& key) {
  fields.optional("secretRef", key.secret_ref);
  fields.optional("type", key.type);
}

struct GitCommit {
  CommitAuthor author;
  std::optional<SigningKey> signing_key;
  std::string message_template;  ///< Go text/template; empty: the default text
  std::map<std::string, std::string> message_template_values;
};
template <class Fields>
void describe(Fields& fields, GitCommit& commit) {
  fields.required("author", commit.author);
  fields.optional("signingKey", commit.signing_key);
  fields.optional("messageTemplate", commit.message_template);
  fields.optional("messageTemplateValues", commit.message_template_values);
}

struct GitPush {
  std::string branch;   ///< empty: the branch of the checkout
  std::string refspec;  ///< pushed besides the branch
  std::map<std::string, std::string> options;
};
template <class Fields>
void describe(Fields& fields, GitPush& push) {
  fields.optional("branch", push.branch);
  fields.optional("refspec", push.refspec);
  fields.optional("options", push.options);
}

struct GitSpec {
  std::optional<GitCheckout> checkout;
  GitCommit commit;
  std::optional<GitPush> push;
};
template <class Fields>
void describe(Fields& fields, GitSpec& git) {
  fields.optional("checkout", git.checkout);
  fields.required("commit", git.commit);
  fields.optional("push", git.push);
}

struct UpdateStrategy {
  std::string strategy{"Setters"};
  std::string path;  ///< empty: the whole repository
};
template <class Fields>
void describe(Fields& fields, UpdateStrategy& update) {
  fields.defaulted("strategy", update.strategy);
  fields.optional("path", update.path);
}

/// Where the manifests are: `kind` is GitRepository.
struct AutomationSource {
  std::string api_version;
  std::string kind{"GitRepository"};
  std::string name;
  std::string namespace_;  ///< empty: the automation's own
};
template <class Fields>
void describe(Fields& fields, AutomationSource& source) {
  fields.optional("apiVersion", source.api_version);
  fields.defaulted("kind", source.kind);
  fields.required("name", source.name);
  fields.optional("namespace", source.namespace_);
}

struct ImageUpdateAutomationSpec {
  AutomationSource source_ref;
  std::optional<GitSpec> git;
  Duration interval{std::chrono::minutes{10}};
  std::optional<LabelSelector> policy_selector;  ///< nullopt: every policy of the namespace
  UpdateStrategy update;
  bool suspend = false;
};
template <class Fields>
void describe(Fields& fields, ImageUpdateAutomationSpec& spec) {
  fields.required("sourceRef", spec.source_ref);
  fields.optional("git", spec.git);
  fields.optional("interval", spec.interval);
  fields.optional("policySelector", spec.policy_selector);
  fields.defaulted("update", spec.update);
  fields.optional("suspend", spec.suspend);
}

/// What only Weir keeps.
struct AutomationMemory {
  std::string observed_push_revision;  ///< "<branch>@sha1:<commit>" where the last run left the push branch
  std::vector<std::string> problems;   ///< markers and files that cannot be used, "<file>:<line>: <why>"
};
template <class Fields>
void describe(Fields& fields, AutomationMemory& memory) {
  fields.optional("observedPushRevision", memory.observed_push_revision);
  fields.optional("problems", memory.problems);
}

struct ImageUpdateAutomationStatus {
  std::int64_t observed_generation = -1;
  std::vector<Condition> conditions;
  std::string last_automation_run_time;  ///< RFC 3339, as the next but one
  std::string last_push_commit;
  std::string last_push_time;
  std::map<std::string, ImageRef> observed_policies;  ///< by the policy's name
  std::string observed_source_revision;               ///< "<branch>@sha1:<commit>"
  std::string last_handled_reconcile_at;
  std::optional<AutomationMemory> weir;
};
template <class Fields>
void describe(Fields& fields, ImageUpdateAutomationStatus& status) {
  fields.optional("observedGeneration", status.observed_generation);
  fields.optional("conditions", status.conditions);
  fields.optional("lastAutomationRunTime", status.last_automation_run_time);
  fields.optional("lastPushCommit", status.last_push_commit);
  fields.optional("lastPushTime", status.last_push_time);
  fields.optional("observedPolicies", status.observed_policies);
  fields.optional("observedSourceRevision", status.observed_source_revision);
  fields.optional("lastHandledReconcileAt", status.last_handled_reconcile_at);
  fields.optional("weir", status.weir);
}

struct ImageUpdateAutomation {
  static constexpr KindNames kNames{"image.toolkit.fluxcd.io", "v1", "ImageUpdateAutomation", "imageupdateautomations"};
  ObjectMeta metadata;
  ImageUpdateAutomationSpec spec;
  ImageUpdateAutomationStatus status;
};
template <class Fields>
void describe(Fields& fields, ImageUpdateAutomation& object) {
  describe_object(fields, object);
}

/// Reasons of ImageUpdateAutomation.
namespace automation_reason {
inline constexpr std::string_view kInvalidUpdateStrategy = "InvalidUpdateStrategy";
inline constexpr std::string_view kInvalidSourceConfiguration = "InvalidSourceConfiguration";
inline constexpr std::string_view kInvalidPolicySelector = "InvalidPolicySelector";
inline constexpr std::string_view kSourceManagerFailed = "SourceManagerFailed";
inline constexpr std::string_view kGitOperationFailed = "GitOperationFailed";
inline constexpr std::string_view kUpdateFailed = "UpdateFailed";
inline constexpr std::string_view kAccessDenied = "AccessDenied";
inline constexpr std::string_view kFailure = "Failure";
}  // namespace automation_reason

}  // namespace weir::api::image
