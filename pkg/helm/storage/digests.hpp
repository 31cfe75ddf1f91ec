#pragma once

#include <string>
#include <string_view>

#include "pkg/base/digest.hpp"
#include "pkg/helm/storage/stored_release.hpp"
#include "pkg/json/value.hpp"

/// The digests by which Flux's helm-controller knows a release again: equal ones let either of us go on where the other
/// stopped. Source: helm-controller 1.6.4, observed.  Threads: any, pure.
namespace weir::helm {

/// status.history[].digest: of the record without its test hooks, values of the chart and how it was applied.
/// @param oci_digest  of the artifact, when the chart came from an OCIRepository; else empty
/// @returns "sha256:<hex>"
std::string snapshot_digest(
    const StoredRelease& release, std::string_view oci_digest, DigestAlgorithm algorithm = DigestAlgorithm::kSha256
);

/// What snapshot_digest() hashes.
std::string snapshot_text(const StoredRelease& release, std::string_view oci_digest);

/// status.lastAttemptedConfigDigest: of the values as YAML, keys sorted bytewise. No values, and none in a table, are
/// the digest of nothing.
/// @returns "sha256:<hex>"
std::string config_digest(const json::Value& values);

}  // namespace weir::helm
