#pragma once

#include <string>
#include <string_view>

#include "pkg/base/secret_string.hpp"
#include "pkg/base/time.hpp"
#include "pkg/http/message.hpp"

namespace weir::cloud {

/// An AWS access key.
struct AwsKeys {
  AwsKeys() {}

  std::string id;
  SecretString secret;
  SecretString session_token;  ///< empty for keys that never expire
};

/// "20150830/eu-west-1/ecr/aws4_request". @param day  as in that
std::string v4_scope(std::string_view day, std::string_view region, std::string_view service);
/// The signature of a text, in hex, with the key that is derived for a scope.
std::string v4_signature(
    const AwsKeys& keys, std::string_view day, std::string_view region, std::string_view service, std::string_view text
);

/// Signs a request: sets X-Amz-Date, X-Amz-Security-Token when the keys have one, and
/// Authorization. Every header that is set already is signed, so set them all before.
/// Pure. Source: AWS General Reference, "Signature Version 4 signing process".
void sign_v4(
    http::Request& request, const AwsKeys& keys, std::string_view region, std::string_view service, WallTime now
);

}  // namespace weir::cloud
