#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "api/image/v1/image_repository.hpp"
#include "pkg/async/asio.hpp"
#include "pkg/async/blocking_pool.hpp"
#include "pkg/cloud/registry_logins.hpp"
#include "pkg/http/client.hpp"
#include "pkg/kube/client.hpp"
#include "pkg/log/logger.hpp"
#include "pkg/oci/registry_client.hpp"

namespace weir::image_reflector {

/// Why this version cannot sign in as spec.provider says.
struct ProviderProblem {
  std::string_view reason;
  std::string message;
};
std::optional<ProviderProblem> provider_problem(const api::image::ImageRepository& object);

/// A registry, ready to be asked about one image.
class OpenRegistry {
 public:
  OpenRegistry(
      std::shared_ptr<http::Client> connection,
      oci::KnownSchemes& schemes,
      async::BlockingPool& cpu,
      const Clock& clock,
      oci::Repository repository,
      oci::RegistryOptions options
  );
  oci::RegistryClient& client() { return client_; }

 private:
  std::shared_ptr<http::Client> connection_;
  oci::RegistryClient client_;
};

/// Turns what an ImageRepository says about its registry (provider, pull secrets, certificates, proxy, plain HTTP) into a
/// connection. Objects that say the same share connections.  Threads: reactor.
class RegistryAccess {
 public:
  struct Parts {
    kube::Client& client;
    http::ClientCache& connections;
    cloud::RegistryLogins& logins;
    async::BlockingPool& cpu;
    const Clock& clock;
    std::string user_agent;
    std::size_t max_tags;
  };
  explicit RegistryAccess(Parts parts);

  /// Reads the Secrets afresh. @throws runtime::ReasonedError (AuthenticationFailed) naming the object and what it lacks
  asio::awaitable<std::unique_ptr<OpenRegistry>> open(
      const api::image::ImageRepository& object, const oci::Repository& repository, const log::Logger& log
  );

 private:
  asio::awaitable<std::unique_ptr<OpenRegistry>> open_with_secrets(
      const api::image::ImageRepository& object, const oci::Repository& repository, const log::Logger& log
  );
  asio::awaitable<std::vector<std::string>> pull_secrets_of(kube::ObjectKey service_account);
  asio::awaitable<oci::Credentials> find_credentials(
      const api::image::ImageRepository& object, const oci::Repository& repository, const log::Logger& log
  );
  asio::awaitable<oci::Credentials> sign_in_to_cloud(
      cloud::Provider provider, const oci::Repository& repository, const http::ProxyOptions& proxy
  );

  Parts parts_;
  oci::KnownSchemes schemes_;
};

}  // namespace weir::image_reflector
