#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/meta/v1/access_from.hpp"
#include "api/meta/v1/condition.hpp"
#include "api/meta/v1/kind.hpp"
#include "api/meta/v1/references.hpp"
#include "pkg/base/duration.hpp"
#include "pkg/json/describe.hpp"

/// ImageRepository: an image whose tags are listed on an interval.
/// Source of fields and names: Flux's image.toolkit.fluxcd.io/v1, v1beta2, v1beta1 and v1alpha2.
namespace weir::api::image {

using Duration = weir::Duration;

struct ImageRepositorySpec {
  std::string image;                            ///< without scheme and tag; optional in v1beta1, so empty is possible
  Duration interval{std::chrono::minutes{10}};  ///< pause between two scans; optional in v1beta1
  std::optional<Duration> timeout;
  std::optional<LocalObjectReference> secret_ref;
  std::string service_account_name;
  std::optional<LocalObjectReference> cert_secret_ref;
  std::optional<LocalObjectReference> proxy_secret_ref;
  bool insecure = false;  ///< plain HTTP is allowed
  std::string provider{"generic"};
  std::vector<std::string> exclusion_list{R"(^.*\.sig$)"};
  std::optional<AccessFrom> access_from;
  bool suspend = false;

  /// Of one scan with its credentials: `timeout`, else `interval`; never below a second.
  Duration effective_timeout() const {
    const auto wanted = timeout ? timeout->length : interval.length;
    return Duration{std::max<std::chrono::nanoseconds>(wanted, std::chrono::seconds{1})};
  }
};
template <class Fields>
void describe(Fields& fields, ImageRepositorySpec& spec) {
  fields.optional("image", spec.image);
  fields.optional("interval", spec.interval);
  fields.optional("timeout", spec.timeout);
  fields.optional("secretRef", spec.secret_ref);
  fields.optional("serviceAccountName", spec.service_account_name);
  fields.optional("certSecretRef", spec.cert_secret_ref);
  fields.optional("proxySecretRef", spec.proxy_secret_ref);
  fields.optional("insecure", spec.insecure);
  fields.defaulted("provider", spec.provider);
  fields.defaulted("exclusionList", spec.exclusion_list);
  fields.optional("accessFrom", spec.access_from);
  fields.optional("suspend", spec.suspend);
}

/// What the last scan found.
struct ScanResult {
  std::int64_t tag_count = 0;
  std::string revision;   ///< changes when the set of tags does
  std::string scan_time;  ///< RFC 3339
  std::vector<std::string> latest_tags;
};
template <class Fields>
void describe(Fields& fields, ScanResult& result) {
  fields.required("tagCount", result.tag_count);
  fields.optional("revision", result.revision);
  fields.optional("scanTime", result.scan_time);
  fields.optional("latestTags", result.latest_tags);
}

struct ImageRepositoryStatus {
  std::int64_t observed_generation = -1;
  std::vector<Condition> conditions;
  std::string canonical_image_name;  ///< "index.docker.io/library/alpine"
  std::optional<ScanResult> last_scan_result;
  std::vector<std::string> observed_exclusion_list;
  std::string last_handled_reconcile_at;
};
template <class Fields>
void describe(Fields& fields, ImageRepositoryStatus& status) {
  fields.optional("observedGeneration", status.observed_generation);
  fields.optional("conditions", status.conditions);
  fields.optional("canonicalImageName", status.canonical_image_name);
  fields.optional("lastScanResult", status.last_scan_result);
  fields.optional("observedExclusionList", status.observed_exclusion_list);
  fields.optional("lastHandledReconcileAt", status.last_handled_reconcile_at);
}

struct ImageRepository {
  static constexpr KindNames kNames{"image.toolkit.fluxcd.io", "v1", "ImageRepository", "imagerepositories"};
  ObjectMeta metadata;
  ImageRepositorySpec spec;
  ImageRepositoryStatus status;
};
template <class Fields>
void describe(Fields& fields, ImageRepository& object) {
  describe_object(fields, object);
}

/// Reasons of ImageRepository and ImagePolicy.
namespace reason {
inline constexpr std::string_view kImageUrlInvalid = "ImageURLInvalid";
inline constexpr std::string_view kAuthenticationFailed = "AuthenticationFailed";
inline constexpr std::string_view kReadOperationFailed = "ReadOperationFailed";
inline constexpr std::string_view kDependencyNotReady = "DependencyNotReady";
inline constexpr std::string_view kAccessDenied = "AccessDenied";
inline constexpr std::string_view kInvalidPolicy = "InvalidPolicy";
inline constexpr std::string_view kIntervalNotConfigured = "IntervalNotConfigured";
inline constexpr std::string_view kFailure = "Failure";
}  // namespace reason

}  // namespace weir::api::image
