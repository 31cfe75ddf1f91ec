#pragma once

#include <memory>
#include <string>

#include "pkg/runtime/host.hpp"

namespace weir::runtime {

/// This machine: sockets, signals, the standard error, one reactor thread.  Threads: the one that runs it.
class Machine final : public Host {
 public:
  Machine();
  ~Machine() override;

  asio::any_io_executor executor() override;
  std::string name() const override;
  const Clock& clock() const override { return clock_; }
  kube::ClusterConfig cluster() override;
  http::Connections& connections() override;
  std::unique_ptr<http::Listener> listen(const http::Router& router, http::ServerOptions options) override;
  std::shared_ptr<log::Sink> log() override;
  asio::awaitable<int> asked_to_end() override;
  [[noreturn]] void end_at_once() override;

  /// Runs the process until `main` ends. @returns what it returns. @throws what it throws
  int run(asio::awaitable<int> main);

 private:
  struct State;
  const SystemClock clock_;
  std::unique_ptr<State> state_;
};

}  // namespace weir::runtime
