#include "pkg/oci/docker_config.hpp"

#include <algorithm>

#include "pkg/base/base64.hpp"
#include "pkg/base/text.hpp"
#include "pkg/base/wildcards.hpp"
#include "pkg/json/codec.hpp"

namespace weir::oci {
namespace {

/// Without the scheme, and without the /v1/ or /v2/ by which old clients named a registry.
std::string normalise(std::string_view key) {
  if (const auto scheme = key.find("://"); scheme != std::string_view::npos) key.remove_prefix(scheme + 3);
  const auto [host, path] = text::cut(key, "/");
  std::string_view rest = path;
  for (const std::string_view version : {"v1", "v2"}) {
    if (rest == version || rest.starts_with(text::cat(version, "/"))) rest.remove_prefix(version.size());
  }
  while (rest.starts_with('/')) rest.remove_prefix(1);
  while (rest.ends_with('/')) rest.remove_suffix(1);
  const std::string name =
      host == "docker.io" || host == "registry-1.docker.io" ? "index.docker.io" : std::string{host};
  return rest.empty() ? name : text::cat(name, "/", rest);
}

bool fits_host(std::string_view pattern, std::string_view registry) {
  const auto [pattern_host, pattern_port] = text::cut(pattern, ":");
  const auto [host, port] = text::cut(registry, ":");
  if (pattern_port != port) return false;
  const auto patterns = text::split(pattern_host, '.');
  const auto labels = text::split(host, '.');
  return patterns.size() == labels.size() &&
         std::equal(patterns.begin(), patterns.end(), labels.begin(), text::fits_wildcards);
}

bool fits(std::string_view key, const Repository& repository) {
  const auto [host, path] = text::cut(key, "/");
  return fits_host(host, repository.registry) && std::string_view{repository.path}.starts_with(path);
}

/// `auth` may come with or without padding.
Result<std::string> decode_auth(std::string_view raw) {
  std::string padded{text::trim(raw)};
  while (padded.size() % 4 != 0) padded += '=';
  return base64::decode(padded);
}

Result<Credentials> read_entry(const json::Value& value) {
  Credentials out;
  out.username = value.text_at({"username"});
  out.password = SecretString{std::string{value.text_at({"password"})}};
  out.identity_token = SecretString{std::string{value.text_at({"identitytoken"})}};
  out.registry_token = SecretString{std::string{value.text_at({"registrytoken"})}};
  const auto auth = value.text_at({"auth"});
  if (auth.empty()) return out;
  const auto decoded = decode_auth(auth);
  if (decoded.has_error()) return InputError{"auth", "expected the base64 of user:password"};
  const auto colon = decoded->find(':');
  if (colon == std::string::npos) return InputError{"auth", "expected the base64 of user:password"};
  out.username = decoded->substr(0, colon);
  std::string password = decoded->substr(colon + 1);
  while (!password.empty() && password.back() == '\0') password.pop_back();
  out.password = SecretString{std::move(password)};
  return out;
}

}  // namespace

Result<DockerConfig> DockerConfig::parse(std::string_view text) {
  const auto document = json::parse(text);
  if (document.has_error() || !document->is_object()) return InputError{"", "expected a JSON object"};
  const json::Value* entries = document->find("auths");
  if (entries == nullptr) entries = &*document;
  if (!entries->is_object()) return InputError{"auths", "expected an object"};
  DockerConfig out;
  for (const auto& member : entries->as_object()) {
    if (!member.value.is_object()) continue;
    auto credentials = read_entry(member.value);
    if (credentials.has_error()) {
      return InputError{text::cat("auths.", member.key, ".", credentials.error().where), credentials.error().message};
    }
    Entry entry;
    entry.key = normalise(member.key);
    entry.credentials = std::move(*credentials);
    if (!entry.key.empty()) out.entries_.push_back(std::move(entry));
  }
  std::ranges::stable_sort(out.entries_, std::ranges::greater{}, &Entry::key);
  return out;
}

std::optional<Credentials> DockerConfig::find(const Repository& repository) const {
  for (const auto& entry : entries_) {
    if (fits(entry.key, repository)) return entry.credentials;
  }
  return std::nullopt;
}

}  // namespace weir::oci
