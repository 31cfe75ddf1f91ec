#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>

#include "controllers/cli/arguments.hpp"
#include "pkg/async/asio.hpp"
#include "pkg/kube/client.hpp"
#include "pkg/kube/rest_mapper.hpp"

namespace weir::cli {

/// --kubeconfig, --context and --namespace, the flags of every command that asks a cluster, and the command's own.
std::vector<Flag> with_session_flags(std::initializer_list<Flag> own);

/// One user's conversation with one API server.  Threads: one.
class Session {
 public:
  /// @throws std::runtime_error when no cluster is configured or the configuration cannot be read
  explicit Session(const Given& given);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  kube::Client& client();
  kube::RestMapper& mapper();
  const std::string& server() const;
  /// --namespace, else $FLUX_SYSTEM_NAMESPACE, else flux-system, as the flux command has it.
  const std::string& namespace_() const;

  /// Runs the coroutine to its end. @returns what it returns. @throws what it throws
  int run(std::function<asio::awaitable<int>()> work);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::cli
