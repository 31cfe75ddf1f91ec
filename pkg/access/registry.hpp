#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "pkg/access/provider_problem.hpp"
#include "pkg/async/asio.hpp"
#include "pkg/async/blocking_pool.hpp"
#include "pkg/cloud/registry_logins.hpp"
#include "pkg/http/client.hpp"
#include "pkg/kube/client.hpp"
#include "pkg/log/logger.hpp"
#include "pkg/oci/registry_client.hpp"

namespace weir::access {

/// What an object says of the registry that it means.
struct RegistrySettings {
  RegistrySettings() {}

  std::string namespace_;  ///< of the object, and of all that it names
  std::string provider;    ///< "generic", "aws", "azure", "gcp"
  bool insecure = false;   ///< plain HTTP is allowed
  std::string secret;      ///< names; empty: none
  std::string service_account;
  std::string cert_secret;
  std::string proxy_secret;
};

/// Why this version cannot sign in as spec.provider says.
std::optional<ProviderProblem> provider_problem(const RegistrySettings& settings);

/// A registry, ready to be asked about one image.
class OpenRegistry {
 public:
  OpenRegistry(
      std::shared_ptr<http::Transport> connection,
      oci::KnownSchemes& schemes,
      async::BlockingPool& cpu,
      const Clock& clock,
      oci::Repository repository,
      oci::RegistryOptions options
  );
  oci::RegistryClient& client() { return client_; }

 private:
  std::shared_ptr<http::Transport> connection_;
  oci::RegistryClient client_;
};

/// Turns what an object says about its registry (provider, pull secrets, certificates, proxy, plain HTTP) into a
/// connection. Objects that say the same share connections.  Threads: reactor.
class RegistryAccess {
 public:
  struct Parts {
    kube::Client& client;
    http::Connections& connections;
    cloud::RegistryLogins& logins;
    async::BlockingPool& cpu;
    const Clock& clock;
    std::string user_agent;
    std::size_t max_tags;
    oci::RetryPolicy retry{};  ///< of each request
  };
  explicit RegistryAccess(Parts parts);

  /// Reads the Secrets afresh. @throws AccessError, or the cancellation as it is
  asio::awaitable<std::unique_ptr<OpenRegistry>> open(
      const RegistrySettings& settings, const oci::Repository& repository, const log::Logger& log
  );

 private:
  asio::awaitable<std::vector<std::string>> pull_secrets_of(kube::ObjectKey service_account);
  asio::awaitable<oci::Credentials> find_credentials(
      const RegistrySettings& settings, const oci::Repository& repository, const log::Logger& log
  );
  asio::awaitable<oci::Credentials> sign_in_to_cloud(
      cloud::Provider provider, const oci::Repository& repository, const http::ProxyOptions& proxy
  );

  Parts parts_;
  oci::KnownSchemes schemes_;
};

}  // namespace weir::access
