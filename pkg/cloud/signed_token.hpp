#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pkg/base/result.hpp"
#include "pkg/base/secret_string.hpp"
#include "pkg/base/time.hpp"
#include "pkg/json/value.hpp"

/// JSON Web Tokens (RFC 7519), as far as clouds want them.  Threads: any.
namespace weir::cloud {

/// The token "header.claims.signature" with RS256 (RFC 7518 section 3.3).
/// @param key_pem  an RSA private key. The message of a failure never repeats it.
Result<std::string> sign_rs256(const json::Value& header, const json::Value& claims, const SecretString& key_pem);

/// When a token ends, by its claim "exp"; nullopt when it does not tell. The signature is not looked at: who gave us
/// the token is who we believe.
std::optional<WallTime> expiry_of_token(std::string_view token);

}  // namespace weir::cloud
