#pragma once

#include <string_view>

#include "pkg/cloud/exchange.hpp"

namespace weir::cloud {

/// gcr.io, *.gcr.io, *-docker.pkg.dev and docker.s3nsregistry.fr.
bool is_google_registry(std::string_view host);

/// An access token of the pod's identity, from the first of:
///   GOOGLE_APPLICATION_CREDENTIALS, a file of the type service_account, authorized_user or external_account (workload
///   identity federation with a subject token from a file or URL, with or without impersonation);
///   the metadata server (GCE_METADATA_HOST), which on GKE is workload identity.
/// @throws CloudError, TransportError, async::TimedOut
/// Source: Google AIP-4110 to AIP-4117, "Application Default Credentials".
asio::awaitable<AccessToken> google_access_token(const Session& session);

/// The same as a registry takes it.
asio::awaitable<Login> google_login(const Session& session);

}  // namespace weir::cloud
