#pragma once

#include "pkg/base/result.hpp"
#include "pkg/base/secret_map.hpp"
#include "pkg/http/client.hpp"

namespace weir::access {

/// Reads the data of the Secret that an object's spec.proxySecretRef names: address, username, password.
/// @returns an error that names the key at fault and repeats no
/// value: no address, one that is no URL, of another scheme
///          or longer than 2048 bytes, a password that was cut at its slash
/// Source: Flux, "GitRepository: Proxy secret reference".
Result<http::ProxyOptions> parse_proxy_secret(const SecretMap& data);

}  // namespace weir::access
