#pragma once

#include <memory>
#include <string>

#include "pkg/async/asio.hpp"
#include "pkg/base/clock.hpp"
#include "pkg/http/client.hpp"
#include "pkg/http/server.hpp"
#include "pkg/kube/config.hpp"
#include "pkg/log/sink.hpp"

namespace weir::runtime {

/// What a process stands on: where its coroutines run, whom it can reach, who reaches it, and how it ends. A machine
/// (see Machine), or a simulated one. Outlives the manager.  Threads: reactor.
class Host {
 public:
  virtual ~Host() = default;

  virtual asio::any_io_executor executor() = 0;
  /// Unique among the machines that run the same controllers.
  virtual std::string name() const = 0;
  /// What its clocks say; as long as the host.
  virtual const Clock& clock() const = 0;
  /// @throws std::runtime_error when no cluster is configured
  virtual kube::ClusterConfig cluster() = 0;
  /// To everybody outside, the API server included.
  virtual http::Connections& connections() = 0;
  /// @throws std::system_error or std::invalid_argument naming the address
  virtual std::unique_ptr<http::Listener> listen(const http::Router& router, http::ServerOptions options) = 0;
  virtual std::shared_ptr<log::Sink> log() = 0;

  /// The next wish that the process end; a second one means at once. @returns the number of the signal
  virtual asio::awaitable<int> asked_to_end() = 0;
  /// The process is no more; nothing that it has begun reaches anybody from now on. May return where the process is
  /// not alone on its machine.
  virtual void end_at_once() = 0;
};

}  // namespace weir::runtime
