#pragma once

#include <memory>
#include <string>
#include <vector>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>

#include "pkg/async/event.hpp"
#include "pkg/base/clock.hpp"
#include "pkg/kube/config.hpp"
#include "pkg/runtime/facts.hpp"
#include "pkg/runtime/host.hpp"
#include "pkg/runtime/manager.hpp"
#include "test/simulation/network.hpp"

namespace weir::simulation {

/// The clocks of a machine; what time of day it is it may be wrong about.  Threads: reactor.
class SkewedClock final : public Clock {
 public:
  TimePoint now() const override { return clock_.now(); }
  WallTime wall_now() const override { return clock_.wall_now() + skew; }

  Milliseconds skew{0};

 private:
  SystemClock clock_;
};

/// One process: the real manager and the real controllers, over a simulated host. It runs on the reactor of its world;
/// ended, nothing of it runs any more.  Threads: reactor.
class Process final : private runtime::Host {
 public:
  struct Parts {
    asio::io_context& reactor;
    Network& network;
    kube::ClusterConfig cluster;
    std::shared_ptr<log::Sink> log;
    std::shared_ptr<const Clock> clock;
  };
  /// @param arguments  the flags of its controllers
  Process(
      const Parts& parts,
      std::string name,
      const std::vector<runtime::ControllerFacts>& controllers,
      const std::vector<std::string>& arguments
  );
  ~Process() override;

  Link& link() { return link_; }
  /// Asks it to end in good order; has_ended() tells when it has.
  void ask_to_end() { asked_.notify(); }
  bool has_ended() const { return has_ended_; }
  /// It is killed: from this moment on nothing that it does reaches anybody. Returns when nothing of it runs any more.
  asio::awaitable<void> kill();

 private:
  asio::any_io_executor executor() override { return parts_.reactor.get_executor(); }
  std::string name() const override { return name_; }
  const Clock& clock() const override { return *parts_.clock; }
  kube::ClusterConfig cluster() override { return parts_.cluster; }
  http::Connections& connections() override { return link_; }
  std::unique_ptr<http::Listener> listen(const http::Router& router, http::ServerOptions options) override;
  std::shared_ptr<log::Sink> log() override { return parts_.log; }
  asio::awaitable<int> asked_to_end() override;
  void end_at_once() override { link_.cut(); }

  class Listening;
  const Parts parts_;
  const std::string name_;
  Link link_;
  async::Notification asked_;
  std::vector<std::unique_ptr<runtime::Part>> options_;
  std::unique_ptr<runtime::Manager> manager_;
  asio::cancellation_signal cancel_;
  bool has_ended_ = false;
};

}  // namespace weir::simulation
