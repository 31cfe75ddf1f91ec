#include "controllers/cli/registry_config.hpp"

#include <cstdlib>
#include <filesystem>
#include <utility>
#include <vector>

#include "controllers/cli/helm_repositories.hpp"
#include "pkg/base/text.hpp"
#include "pkg/helm/chart/disk_folder.hpp"
#include "pkg/json/codec.hpp"

namespace weir::cli {
namespace {

constexpr std::uint64_t kLongestConfig = 4u << 20;

std::string variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing here sets variables
  return value == nullptr ? "" : value;
}

std::string helm_config() {
  auto file = variable("HELM_REGISTRY_CONFIG");
  return file.empty() ? text::cat(helm_config_folder(), "/registry/config.json") : file;
}

std::string docker_config() {
  const auto folder = variable("DOCKER_CONFIG");
  return ((folder.empty() ? std::filesystem::path{variable("HOME")} / ".docker" : std::filesystem::path{folder}) /
          "config.json")
      .string();
}

/// The program that a configuration asks for the credentials of a registry; empty: none.
std::string helper_of(const json::Value& config, const std::string& registry) {
  std::string_view name = config.text_at({"credHelpers", registry});
  if (name.empty()) name = config.text_at({"credsStore"});
  return name.empty() ? "" : text::cat("docker-credential-", name);
}

}  // namespace

Result<RegistryAccess> registry_access(const oci::Repository& repository) {
  RegistryAccess out;
  const helm::DiskFolder disk{kLongestConfig};
  for (const auto& path : {helm_config(), docker_config()}) {
    if (disk.look(path).type == helm::Folder::Type::kNone) continue;
    const auto text = disk.read(path);
    if (!text) return InputError{"", text.error().message};
    const auto document = json::parse(*text);
    if (!document || !document->is_object()) return InputError{path, "expected a JSON object"};
    if (document->contains("auths")) {
      const auto config = oci::DockerConfig::parse(*text);
      if (!config) return InputError{path, config.error().text()};
      const auto found = config->find(repository);
      // An entry without content stands for one that a helper keeps.
      if (found && !found->is_anonymous()) {
        out.credentials = *found;
        out.helper.clear();
        return out;
      }
    }
    if (out.helper.empty()) out.helper = helper_of(*document, repository.registry);
  }
  return out;
}

}  // namespace weir::cli
