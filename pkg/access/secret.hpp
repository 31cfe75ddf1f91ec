#pragma once

#include <stdexcept>
#include <string>

#include "pkg/async/asio.hpp"
#include "pkg/base/secret_map.hpp"
#include "pkg/kube/object_key.hpp"

namespace weir::kube {
class Client;
}

/// From what an object says to what we may talk to: references, Secrets, sign-ins, impersonation; for every controller.
namespace weir::access {

/// What an object refers to is missing, may not be read, does not hold what is needed, or a sign-in failed. Names the
/// thing and the key at fault, repeats no value.
class AccessError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The decoded contents of a Secret.
struct SecretData {
  SecretData() {}

  std::string type;  ///< kubernetes.io/dockerconfigjson, Opaque, ...
  SecretMap data;
};

/// Reads a Secret now: Secrets are never cached.  Threads: reactor.
/// @throws AccessError when it is not there, cannot be read or is no base64; the cancellation as it is
asio::awaitable<SecretData> read_secret(kube::Client& client, kube::ObjectKey key);

}  // namespace weir::access
