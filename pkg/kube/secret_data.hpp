#pragma once

#include <map>
#include <stdexcept>
#include <string>

#include "pkg/async/asio.hpp"
#include "pkg/kube/object_key.hpp"

namespace weir::kube {

class Client;

/// The decoded contents of a Secret. The values are secrets: they go into no log, event or condition.
struct SecretData {
  SecretData() {}

  std::string type;  ///< kubernetes.io/dockerconfigjson, Opaque, ...
  std::map<std::string, std::string> data;
};

/// A Secret that is not there, cannot be read or is no base64. The text names the Secret and repeats no value.
class SecretUnavailable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Reads a Secret now: Secrets are never cached.  Threads: reactor.
/// @throws SecretUnavailable, or the cancellation as it is
asio::awaitable<SecretData> read_secret(Client& client, ObjectKey key);

}  // namespace weir::kube
