#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pkg/cloud/exchange.hpp"

namespace weir::cloud {

/// Where a registry of AWS gives out logins.
struct EcrEndpoint {
  EcrEndpoint() {}

  std::string region;
  std::string url;         ///< "https://api.ecr.eu-west-1.amazonaws.com"
  bool is_public = false;  ///< public.ecr.aws

  friend bool operator==(const EcrEndpoint&, const EcrEndpoint&) = default;
};

/// <account>.dkr.ecr[-fips].<region>.amazonaws.com[.cn], <account>.dkr-ecr[-fips].<region>.on.aws and public.ecr.aws.
/// @returns nullopt for any other host
std::optional<EcrEndpoint> parse_ecr_host(std::string_view host);

/// ecr:GetAuthorizationToken (ecr-public for public.ecr.aws) with the pod's own keys. The login is good for every
/// registry of the region that the keys may read.
/// @throws CloudError, TransportError, async::TimedOut
asio::awaitable<Login> ecr_login(const Session& session, EcrEndpoint endpoint);

}  // namespace weir::cloud
