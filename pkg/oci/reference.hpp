#pragma once

#include <string>
#include <string_view>

#include "pkg/base/result.hpp"

namespace weir::oci {

/// A repository of a registry, with everything implied spelt out.  Threads: value.
/// Source: Docker's and OCI distribution's reference grammar, Docker Hub's short names.
struct Repository {
  std::string registry;  ///< host[:port]; "index.docker.io" for Docker Hub
  std::string path;      ///< "library/alpine"

  /// "index.docker.io/library/alpine": the canonical name.
  std::string text() const { return registry + "/" + path; }
  friend bool operator==(const Repository&, const Repository&) = default;
};

/// Reads an image name without scheme, tag and digest, as ImageRepository.spec.image holds it.
/// @returns an error that names the image and what to remove
Result<Repository> parse_repository(std::string_view image);

/// Whether plain HTTP is tried without being asked for: loopback, private addresses (RFC 1918) and names of localhost.
bool is_local_registry(std::string_view registry);

/// Whether the host is an address of a loopback, private or link-local network, or a name that only we can look up:
/// without a dot, or of a domain that no public server is in.
bool is_private_address(std::string_view registry);

/// [A-Za-z0-9_][A-Za-z0-9_.-]{0,127}
bool is_tag(std::string_view text);

}  // namespace weir::oci
