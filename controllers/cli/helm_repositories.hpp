#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pkg/base/result.hpp"
#include "pkg/base/secret_string.hpp"

/// The repositories that `helm repo add` has written down, where Helm keeps them: repositories.yaml at
/// $HELM_REPOSITORY_CONFIG or in its configuration's folder, indexes in $HELM_REPOSITORY_CACHE or its cache's folder.
namespace weir::cli {

struct KnownRepository {
  std::string name;
  std::string url;
  std::string username;
  SecretString password;
  bool passes_credentials = false;
  bool skips_verification = false;
  std::string ca_file;
  std::string cert_file;
  std::string key_file;
};

/// @returns nullopt when nobody has added it; an error naming the file when that cannot be read
Result<std::optional<KnownRepository>> known_repository(std::string_view name);

/// Where `helm repo update` has put the index.
std::string cached_index(std::string_view name);

/// Folders of Helm's own: $HELM_CONFIG_HOME, $HELM_CACHE_HOME, else below $XDG_CONFIG_HOME and $XDG_CACHE_HOME, else
/// below
/// ~/.config and ~/.cache.
std::string helm_config_folder();
std::string helm_cache_folder();

}  // namespace weir::cli
