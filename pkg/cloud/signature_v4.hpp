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

/// Signs a request: sets X-Amz-Date, X-Amz-Security-Token when the keys have one, and Authorization. Every header that is
/// set already is signed, so set them all before.  Pure.
/// Source: AWS General Reference, "Signature Version 4 signing process".
void sign_v4(
    http::Request& request, const AwsKeys& keys, std::string_view region, std::string_view service, WallTime now
);

}  // namespace weir::cloud
