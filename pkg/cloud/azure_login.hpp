#pragma once

#include <string>
#include <string_view>

#include "pkg/cloud/exchange.hpp"

namespace weir::cloud {

/// *.azurecr.io, .cn, .de and .us.
bool is_azure_registry(std::string_view host);

/// dev.azure.com and *.visualstudio.com: where a token for Azure DevOps may be sent.
bool is_azure_devops(std::string_view host);

/// A token of the pod's identity for a resource, from the first of:
///   AZURE_CLIENT_SECRET with AZURE_CLIENT_ID and AZURE_TENANT_ID;
///   AZURE_FEDERATED_TOKEN_FILE with the same two (workload identity);
///   the machine's managed identity (AZURE_CLIENT_ID chooses one of several; AZURE_POD_IDENTITY_AUTHORITY_HOST).
/// AZURE_AUTHORITY_HOST replaces the sign-in server.
/// @param resource   "https://management.azure.com", without a slash at its end
/// @param authority  sign-in server when the variable is not set
/// @throws CloudError, TransportError, async::TimedOut
/// Source: Microsoft identity platform, "client credentials flow"; azure-sdk, "DefaultAzureCredential".
asio::awaitable<AccessToken> azure_access_token(const Session& session, std::string resource, std::string authority);

/// The token above, exchanged for a refresh token of the registry: POST https://<host>/oauth2/exchange.
/// @param url  of the registry
/// Source: https://github.com/Azure/acr/blob/main/docs/AAD-OAuth.md
asio::awaitable<Login> azure_login(const Session& session, http::Url url);

}  // namespace weir::cloud
