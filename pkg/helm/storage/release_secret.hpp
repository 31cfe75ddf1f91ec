#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "pkg/base/result.hpp"
#include "pkg/base/time.hpp"
#include "pkg/helm/storage/stored_release.hpp"
#include "pkg/json/value.hpp"

/// The Secret that holds one revision of a release.
/// Source: helm 4.2.4 and 3.22, observed (labels, type, packing).  Threads: any, pure.
namespace weir::helm {

inline constexpr std::string_view kReleaseSecretType = "helm.sh/release.v1";
/// All Secrets of Helm's in a namespace: what helm itself asks for.
inline constexpr std::string_view kReleaseSelector = "owner=helm";
/// What an API server takes as the data of one Secret.
inline constexpr std::size_t kLargestSecret = 1'048'576;

/// "sh.helm.release.v1.NAME.vREVISION"
std::string release_secret_name(std::string_view release, std::int64_t version);
/// The selector of all revisions of one release.
std::string release_selector(std::string_view release);

/// The record, packed as the member `release` of the Secret's data has it before Kubernetes' own base64: base64 of gzip
/// of JSON.
std::string pack_release(const StoredRelease& release);

/// Reads what pack_release() gives, and records that were never compressed (Helm 2).
/// @param most_bytes  that the record may have unpacked
/// @returns an error that says what is damaged, and never what it holds: values are secrets
Result<StoredRelease> unpack_release(std::string_view packed, std::size_t most_bytes = 64u << 20);

/// Reads the record of a Secret, and the labels that users gave it (`helm --labels`).
/// @param secret  as the API server answers
Result<StoredRelease> read_release_secret(const json::Value& secret);
std::map<std::string, std::string> user_labels(const json::Value& secret);

/// A Secret for the API server.
/// @param stamp    "createdAt" or "modifiedAt", as Helm labels a new and a changed record
/// @param packed   of pack_release()
json::Value release_secret(
    const StoredRelease& release,
    const std::string& packed,
    std::string_view storage_namespace,
    std::string_view stamp,
    WallTime now,
    const std::map<std::string, std::string>& user_labels = {}
);

}  // namespace weir::helm
