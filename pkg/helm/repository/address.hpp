#pragma once

#include <string>
#include <string_view>

#include "pkg/base/result.hpp"

/// Addresses in chart repositories.  Threads: any, pure.
namespace weir::helm {

/// Where something of a repository is: an address that is absolute stays as it is, another one is seen from the
/// repository's folder, with the repository's query. "index.yaml" gives the index.
/// @returns an error in Helm's words: failed to parse %zz as URL: parse "%zz": invalid URL escape "%zz"
Result<std::string> resolve_address(std::string_view repository_url, std::string_view reference);

/// Whether credentials of a repository may be sent to an address: scheme, host and port must be the repository's.
/// One that cannot be read gets none.
bool is_same_origin(std::string_view repository_url, std::string_view address);

/// The digest of an index, or of a reference to a registry, as lower-case hexadecimal: "sha256:AB…" and "ab…" are the
/// same. @returns an error when it is no SHA-256: "invalid digest length: 3"
Result<std::string> sha256_of_digest(std::string_view digest);

}  // namespace weir::helm
