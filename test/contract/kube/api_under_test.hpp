#pragma once

#include <memory>
#include <string>

#include "pkg/async/asio.hpp"
#include "pkg/http/transport.hpp"
#include "pkg/kube/config.hpp"

namespace weir::kube {

/// The API server that a contract is held against: a real one, or the simulated one that tests of controllers run on.
/// Which one is linked in. What is about TLS or kubectl is in files of its own (*_server_test.cpp).
class ApiUnderTest {
 public:
  /// Why there can be none here; empty when there can.
  static const std::string& unavailable();
  static std::unique_ptr<ApiUnderTest> make(asio::any_io_executor executor);

  virtual ~ApiUnderTest() = default;
  virtual http::Transport& transport() = 0;
  virtual const ClusterConfig& config() const = 0;
  /// managedFields have whole seconds: lets what was done lie clearly in the past.
  virtual asio::awaitable<void> let_time_pass() = 0;
  /// Lets every open watch come to its server timeout, where the server does not see to that by itself.
  virtual void end_watches() = 0;
  /// Afterwards the server knows no event from before.
  virtual void forget_history() = 0;
  /// Kills it and lets it start again; what was written is kept.
  virtual void stop() = 0;
  virtual void start() = 0;
};

}  // namespace weir::kube
