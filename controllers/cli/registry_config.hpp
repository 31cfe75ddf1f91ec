#pragma once

#include <optional>
#include <string>

#include "pkg/base/result.hpp"
#include "pkg/oci/docker_config.hpp"
#include "pkg/oci/reference.hpp"

namespace weir::cli {

/// What a person's configuration says of a registry.
struct RegistryAccess {
  oci::Credentials credentials;
  /// A program that keeps the credentials, which is not run: "docker-credential-osxkeychain"; empty: none.
  std::string helper;
};

/// Looks in Helm's registry configuration ($HELM_REGISTRY_CONFIG, else registry/config.json in $HELM_CONFIG_HOME or
/// ~/.config/helm), then in Docker's (config.json in $DOCKER_CONFIG or ~/.docker). Files that are absent say nothing.
/// @returns an error naming a file that cannot be read, never what it holds
Result<RegistryAccess> registry_access(const oci::Repository& repository);

}  // namespace weir::cli
