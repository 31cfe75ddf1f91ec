#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/meta/v1/condition.hpp"
#include "api/meta/v1/kind.hpp"
#include "pkg/base/duration.hpp"
#include "pkg/json/describe.hpp"

/// ImagePolicy: which of an ImageRepository's tags is the latest.
/// Source of fields and names: Flux's image.toolkit.fluxcd.io/v1, v1beta2, v1beta1 and v1alpha2.
namespace weir::api::image {

using Duration = weir::Duration;

struct ImageRepositoryReference {
  std::string name;
  std::string namespace_;  ///< empty: the policy's own
};
template <class Fields>
void describe(Fields& fields, ImageRepositoryReference& reference) {
  fields.required("name", reference.name);
  fields.optional("namespace", reference.namespace_);
}

struct SemVerPolicy {
  std::string range;
};
template <class Fields>
void describe(Fields& fields, SemVerPolicy& policy) {
  fields.required("range", policy.range);
}

/// By letters or by number: "asc" selects the last, "desc" the first.
struct OrderPolicy {
  std::string order{"asc"};
};
template <class Fields>
void describe(Fields& fields, OrderPolicy& policy) {
  fields.defaulted("order", policy.order);
}

/// When several are given: semver, then alphabetical, then numerical.
struct PolicyChoice {
  std::optional<SemVerPolicy> semver;
  std::optional<OrderPolicy> alphabetical;
  std::optional<OrderPolicy> numerical;
};
template <class Fields>
void describe(Fields& fields, PolicyChoice& choice) {
  fields.optional("semver", choice.semver);
  fields.optional("alphabetical", choice.alphabetical);
  fields.optional("numerical", choice.numerical);
}

struct TagFilter {
  std::string pattern;
  std::string extract;  ///< empty: the whole tag
};
template <class Fields>
void describe(Fields& fields, TagFilter& filter) {
  fields.optional("pattern", filter.pattern);
  fields.optional("extract", filter.extract);
}

struct ImagePolicySpec {
  ImageRepositoryReference image_repository_ref;
  PolicyChoice policy;
  std::optional<TagFilter> filter_tags;
  std::string digest_reflection_policy{"Never"};
  std::optional<Duration> interval;
  bool suspend = false;
};
template <class Fields>
void describe(Fields& fields, ImagePolicySpec& spec) {
  fields.required("imageRepositoryRef", spec.image_repository_ref);
  fields.required("policy", spec.policy);
  fields.optional("filterTags", spec.filter_tags);
  fields.defaulted("digestReflectionPolicy", spec.digest_reflection_policy);
  fields.optional("interval", spec.interval);
  fields.optional("suspend", spec.suspend);
}

/// An image, its tag, and its digest when that was looked up.
struct ImageRef {
  std::string name;
  std::string tag;
  std::string digest;

  /// "name:tag" or "name:tag@digest"
  std::string text() const { return digest.empty() ? name + ":" + tag : name + ":" + tag + "@" + digest; }
  friend bool operator==(const ImageRef&, const ImageRef&) = default;
};
template <class Fields>
void describe(Fields& fields, ImageRef& ref) {
  fields.required("name", ref.name);
  fields.required("tag", ref.tag);
  fields.optional("digest", ref.digest);
}

struct ImagePolicyStatus {
  std::int64_t observed_generation = -1;
  std::vector<Condition> conditions;
  std::optional<ImageRef> latest_ref;
  std::optional<ImageRef> observed_previous_ref;
  std::string latest_image;  ///< latest_ref as a text, for readers of v1beta2 and older
  std::string last_handled_reconcile_at;
};
template <class Fields>
void describe(Fields& fields, ImagePolicyStatus& status) {
  fields.optional("observedGeneration", status.observed_generation);
  fields.optional("conditions", status.conditions);
  fields.optional("latestRef", status.latest_ref);
  fields.optional("observedPreviousRef", status.observed_previous_ref);
  fields.optional("latestImage", status.latest_image);
  fields.optional("lastHandledReconcileAt", status.last_handled_reconcile_at);
}

struct ImagePolicy {
  static constexpr KindNames kNames{"image.toolkit.fluxcd.io", "v1", "ImagePolicy", "imagepolicies"};
  ObjectMeta metadata;
  ImagePolicySpec spec;
  ImagePolicyStatus status;
};
template <class Fields>
void describe(Fields& fields, ImagePolicy& object) {
  describe_object(fields, object);
}

}  // namespace weir::api::image
