#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "pkg/base/clock.hpp"
#include "pkg/base/result.hpp"
#include "pkg/base/secret_string.hpp"
#include "pkg/http/client.hpp"
#include "pkg/http/url.hpp"

namespace weir::kube {

/// Who we are to the API server, beyond a client certificate.  Threads: reactor.
class Credentials {
 public:
  virtual ~Credentials() = default;
  /// The bearer token to send now; empty = none.
  virtual SecretString token() = 0;
};

/// A token that never changes; may be empty.
class StaticCredentials final : public Credentials {
 public:
  explicit StaticCredentials(SecretString token) : token_{std::move(token)} {}
  SecretString token() override { return token_; }

 private:
  SecretString token_;
};

/// A token in a file that somebody renews (a pod's service account): read again once a minute.
class FileCredentials final : public Credentials {
 public:
  FileCredentials(std::string path, const Clock& clock) : path_{std::move(path)}, clock_{clock} {}
  /// Keeps the last token when the file cannot be read for a while.
  SecretString token() override;

 private:
  const std::string path_;
  const Clock& clock_;
  SecretString token_;
  TimePoint read_at_{};
  bool was_read_ = false;
};

/// How to reach one API server.
struct ClusterConfig {
  http::Url server;
  http::ConnectionOptions connection;
  std::shared_ptr<Credentials> credentials;
  std::string namespace_;  ///< the context's, empty when it names none
};

struct KubeconfigOptions {
  /// Files named in the document (certificates, tokens) may be read. A kubeconfig out of a Secret must not name any.
  bool allow_files = true;
  std::string base_folder;  ///< relative file names start here
  std::string context;      ///< instead of the current one; empty: the current one
};

/// Reads one context of a kubeconfig: token, tokenFile, client certificate, CA, tls-server-name, proxy-url.
/// Refused by name: exec and auth-provider plugins, user and password, insecure-skip-tls-verify.
Result<ClusterConfig> parse_kubeconfig(std::string_view document, const KubeconfigOptions& options, const Clock& clock);

/// What this process should talk to: the file that $KUBECONFIG
/// names, else the pod's service account, else ~/.kube/config.
/// @throws std::runtime_error when none of them is there or it cannot be read
ClusterConfig load_cluster_config(const Clock& clock);

/// What a person asked for on the command line; empty members: as if nothing was said.
struct ClusterChoice {
  std::string kubeconfig;  ///< a file, before $KUBECONFIG and a pod's service account
  std::string context;     ///< of the kubeconfig; without any kubeconfig it is refused
};
/// @throws std::runtime_error as above, and when the context is not there
ClusterConfig load_cluster_config(const Clock& clock, const ClusterChoice& choice);

}  // namespace weir::kube
