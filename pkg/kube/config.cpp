#include "pkg/kube/config.hpp"

#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <variant>

#include "pkg/base/base64.hpp"
#include "pkg/base/text.hpp"
#include "pkg/json/value.hpp"
#include "pkg/json/view.hpp"
#include "pkg/yaml/plain.hpp"
#include "pkg/yaml/scalar.hpp"

namespace weir::kube {
namespace {

constexpr std::chrono::minutes kTokenLifetime{1};
/// A person's own file may name hundreds of clusters; a Secret names one and is smaller than the reader's own limit.
constexpr std::size_t kMostFileBytes = std::size_t{16} * 1024 * 1024;
constexpr const char* kServiceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

std::optional<std::string> read_file(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) return std::nullopt;
  return std::string{std::istreambuf_iterator<char>{file}, {}};
}

/// Private to this file: leaves the reader with an error.
struct Refused {
  InputError error;
};

std::string field(const json::Value& value, std::string_view name, std::string_view where) {
  const auto* found = value.find(name);
  if (found == nullptr || found->is_null()) return "";
  if (!found->is_string()) {
    throw Refused{InputError{text::cat(where, ".", name), "expected a string"}};
  }
  return found->as_string();
}

/// A word that kubectl reads as a boolean; false when the field is missing.
bool boolean_field(const json::Value& value, std::string_view name, std::string_view where) {
  const auto word = field(value, name, where);
  if (word.empty()) return false;
  const auto scalar = yaml::resolve(word, yaml::Typing::kYaml11);
  const auto* boolean = std::get_if<bool>(&scalar.value);
  if (boolean == nullptr) throw Refused{InputError{text::cat(where, ".", name), "expected true or false"}};
  return *boolean;
}

/// The entry called `name` of a list like clusters, users or contexts; its member `kind`.
const json::Value& entry(
    const json::Value& document, std::string_view list, std::string_view kind, std::string_view name
) {
  if (const auto* entries = document.find(list); entries != nullptr && entries->is_array()) {
    for (const auto& candidate : entries->as_array()) {
      if (candidate.text_at({"name"}) != name) continue;
      const auto* value = candidate.find(kind);
      static const json::Value kEmpty = json::Value::object();
      return value != nullptr && value->is_object() ? *value : kEmpty;
    }
  }
  throw Refused{InputError{std::string{list}, text::cat("has no entry named ", text::quoted(name))}};
}

std::string file_or_data(
    const json::Value& value, std::string_view name, const KubeconfigOptions& options, std::string_view where
) {
  const std::string data_name = text::cat(name, "-data");
  if (const auto data = field(value, data_name, where); !data.empty()) {
    auto decoded = base64::decode(data);
    if (decoded.has_error()) {
      throw Refused{InputError{text::cat(where, ".", data_name), decoded.error().message}};
    }
    return std::move(*decoded);
  }
  const auto path = field(value, name, where);
  if (path.empty()) return "";
  if (!options.allow_files) {
    throw Refused{InputError{text::cat(where, ".", name), "files may not be named here; put the data itself in"}};
  }
  auto content = read_file(std::filesystem::path{options.base_folder} / path);
  if (!content) {
    throw Refused{InputError{text::cat(where, ".", name), text::cat("cannot read the file ", text::quoted(path))}};
  }
  return std::move(*content);
}

ClusterConfig read_context(const json::Value& document, const KubeconfigOptions& options, const Clock& clock) {
  const auto current = options.context.empty() ? field(document, "current-context", "") : options.context;
  if (current.empty()) throw Refused{InputError{"current-context", "required"}};
  const auto& context = entry(document, "contexts", "context", current);
  const auto cluster_name = field(context, "cluster", "context");
  const auto user_name = field(context, "user", "context");
  const auto& cluster = entry(document, "clusters", "cluster", cluster_name);
  static const json::Value kNobody = json::Value::object();
  const auto& user = user_name.empty() ? kNobody : entry(document, "users", "user", user_name);

  for (const auto* refused : {"exec", "auth-provider", "username", "password"}) {
    if (user.contains(refused)) {
      throw Refused{InputError{text::cat("user.", refused), "is not supported here"}};
    }
  }
  if (boolean_field(cluster, "insecure-skip-tls-verify", "cluster")) {
    throw Refused{InputError{"cluster.insecure-skip-tls-verify", "is not supported: give certificate-authority-data"}};
  }

  ClusterConfig out;
  auto server = http::Url::parse(field(cluster, "server", "cluster"));
  if (server.has_error()) throw Refused{InputError{"cluster.server", server.error().message}};
  out.server = std::move(*server);
  out.namespace_ = field(context, "namespace", "context");
  out.connection.ca_pem = file_or_data(cluster, "certificate-authority", options, "cluster");
  out.connection.use_system_ca = out.connection.ca_pem.empty();
  out.connection.tls_server_name = field(cluster, "tls-server-name", "cluster");
  out.connection.proxy.address = field(cluster, "proxy-url", "cluster");
  out.connection.client_cert_pem = file_or_data(user, "client-certificate", options, "user");
  out.connection.client_key_pem = SecretString{file_or_data(user, "client-key", options, "user")};
  if (auto token = field(user, "token", "user"); !token.empty()) {
    out.credentials = std::make_shared<StaticCredentials>(SecretString{std::move(token)});
  } else if (const auto path = field(user, "tokenFile", "user"); !path.empty()) {
    if (!options.allow_files) {
      throw Refused{InputError{"user.tokenFile", "files may not be named here"}};
    }
    out.credentials = std::make_shared<FileCredentials>(std::filesystem::path{options.base_folder} / path, clock);
  } else {
    out.credentials = std::make_shared<StaticCredentials>(SecretString{});
  }
  return out;
}

ClusterConfig load_kubeconfig_file(const std::filesystem::path& path, const Clock& clock, const std::string& context) {
  const auto content = read_file(path);
  if (!content) throw std::runtime_error{text::cat("cannot read the kubeconfig ", path.string())};
  KubeconfigOptions options;
  options.base_folder = path.parent_path();
  options.context = context;
  auto config = parse_kubeconfig(*content, options, clock);
  if (config.has_error()) {
    throw std::runtime_error{text::cat("kubeconfig ", path.string(), ": ", config.error().text())};
  }
  return std::move(*config);
}

/// Source: Kubernetes, "Accessing the API from within a pod".
std::optional<ClusterConfig> in_cluster_config(const Clock& clock) {
  const char* host = std::getenv("KUBERNETES_SERVICE_HOST");
  const char* port = std::getenv("KUBERNETES_SERVICE_PORT");
  if (host == nullptr || port == nullptr) return std::nullopt;
  const std::filesystem::path folder{kServiceAccountFolder};
  auto ca = read_file(folder / "ca.crt");
  if (!ca) {
    throw std::runtime_error{text::cat("cannot read ", (folder / "ca.crt").string())};
  }
  const std::string_view name{host};
  const bool is_ipv6 = name.find(':') != std::string_view::npos;
  ClusterConfig out;
  out.server =
      http::Url::parse(is_ipv6 ? text::cat("https://[", name, "]:", port) : text::cat("https://", name, ":", port))
          .value();
  out.connection.ca_pem = std::move(*ca);
  out.connection.use_system_ca = false;
  out.credentials = std::make_shared<FileCredentials>(folder / "token", clock);
  out.namespace_ = text::trim(read_file(folder / "namespace").value_or(""));
  return out;
}

}  // namespace

SecretString FileCredentials::token() {
  const auto now = clock_.now();
  if (was_read_ && now - read_at_ < kTokenLifetime) return token_;
  if (const auto content = read_file(path_)) {
    token_ = SecretString{std::string{text::trim(*content)}};
    was_read_ = true;
    read_at_ = now;
  }
  return token_;
}

Result<ClusterConfig> parse_kubeconfig(
    std::string_view document, const KubeconfigOptions& options, const Clock& clock
) {
  yaml::PlainLimits limits;
  if (options.allow_files) limits.max_bytes = kMostFileBytes;
  const auto config = yaml::read_plain(document, {}, limits);
  if (config.has_error()) return config.error();
  if (!config->is_object())
    return InputError{"", text::cat("expected an object, got ", json::describe_kind(config->kind()))};
  try {
    return read_context(*config, options, clock);
  } catch (Refused& refused) {
    return std::move(refused.error);
  }
}

ClusterConfig load_cluster_config(const Clock& clock) { return load_cluster_config(clock, ClusterChoice{}); }

ClusterConfig load_cluster_config(const Clock& clock, const ClusterChoice& choice) {
  if (!choice.kubeconfig.empty()) return load_kubeconfig_file(choice.kubeconfig, clock, choice.context);
  if (const char* path = std::getenv("KUBECONFIG"); path != nullptr && *path != '\0') {
    return load_kubeconfig_file(path, clock, choice.context);
  }
  if (auto config = in_cluster_config(clock)) {
    if (!choice.context.empty()) throw std::runtime_error{"a pod's service account has no contexts: give a kubeconfig"};
    return std::move(*config);
  }
  if (const char* home = std::getenv("HOME"); home != nullptr) {
    const auto path = std::filesystem::path{home} / ".kube" / "config";
    if (std::filesystem::exists(path)) return load_kubeconfig_file(path, clock, choice.context);
  }
  throw std::runtime_error{"no cluster is configured: set KUBECONFIG, or run in a pod with a service account"};
}

}  // namespace weir::kube
