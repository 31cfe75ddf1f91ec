#include "controllers/cli/helm_repositories.hpp"

#include <cstdlib>
#include <filesystem>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/helm/chart/disk_folder.hpp"
#include "pkg/helm/values/read_yaml.hpp"

namespace weir::cli {
namespace {

constexpr std::uint64_t kLongestConfig = 4u << 20;

std::string variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing here sets variables
  return value == nullptr ? "" : value;
}

std::string folder_of(const char* own, const char* general, std::string_view usual) {
  if (auto folder = variable(own); !folder.empty()) return folder;
  const auto base = variable(general);
  const auto above = base.empty() ? std::filesystem::path{variable("HOME")} / usual : std::filesystem::path{base};
  return (above / "helm").string();
}

bool is_set(const json::Value& entry, std::string_view field) {
  const auto* value = entry.find(field);
  return value != nullptr && value->is_bool() && value->as_bool();
}

std::string text_of(const json::Value& entry, std::string_view field) {
  const auto* value = entry.find(field);
  if (value == nullptr) return "";
  if (value->is_number()) return value->as_number().text;  // a password of digits
  return std::string{value->text().value_or("")};
}

}  // namespace

std::string helm_config_folder() { return folder_of("HELM_CONFIG_HOME", "XDG_CONFIG_HOME", ".config"); }
std::string helm_cache_folder() { return folder_of("HELM_CACHE_HOME", "XDG_CACHE_HOME", ".cache"); }

std::string cached_index(std::string_view name) {
  const auto folder = variable("HELM_REPOSITORY_CACHE");
  return text::cat(folder.empty() ? text::cat(helm_cache_folder(), "/repository") : folder, "/", name, "-index.yaml");
}

Result<std::optional<KnownRepository>> known_repository(std::string_view name) {
  std::string path = variable("HELM_REPOSITORY_CONFIG");
  if (path.empty()) path = text::cat(helm_config_folder(), "/repositories.yaml");
  const helm::DiskFolder disk{kLongestConfig};
  std::optional<KnownRepository> out;
  if (disk.look(path).type == helm::Folder::Type::kNone) return out;
  const auto text = disk.read(path);
  if (!text) return InputError{"", text.error().message};
  const auto document = helm::read_yaml_as_written(*text);
  if (!document) return InputError{path, "expected YAML"};  // its words might repeat a password
  const auto* entries = document->find("repositories");
  if (entries == nullptr || !entries->is_array()) return out;
  for (const auto& entry : entries->as_array()) {
    if (entry.text_at({"name"}) != name) continue;
    out.emplace();
    out->name = name;
    out->url = text_of(entry, "url");
    out->username = text_of(entry, "username");
    out->password = SecretString{text_of(entry, "password")};
    out->passes_credentials = is_set(entry, "pass_credentials_all");
    out->skips_verification = is_set(entry, "insecure_skip_tls_verify");
    out->ca_file = text_of(entry, "caFile");
    out->cert_file = text_of(entry, "certFile");
    out->key_file = text_of(entry, "keyFile");
    return out;
  }
  return out;
}

}  // namespace weir::cli
