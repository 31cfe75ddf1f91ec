#pragma once

#include <string>

#include "pkg/async/asio.hpp"
#include "pkg/kube/client.hpp"

namespace weir::access {

/// The client with the rights of a service account: impersonated, so that the API server decides what it may do.
kube::Client as_service_account(const kube::Client& client, const std::string& namespace_, const std::string& account);

/// Asked of the API server now.
asio::awaitable<bool> has_service_account(kube::Client& client, kube::ObjectKey account);

}  // namespace weir::access
