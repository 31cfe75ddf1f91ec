#pragma once

#include <stdexcept>
#include <string>

#include "pkg/async/asio.hpp"
#include "pkg/async/event.hpp"
#include "pkg/base/clock.hpp"
#include "pkg/kube/client.hpp"
#include "pkg/kube/election_machine.hpp"
#include "pkg/log/logger.hpp"

namespace weir::kube {

/// Another process leads now, or we could not renew in time.
class LeadershipLost : public std::runtime_error {
 public:
  explicit LeadershipLost(const std::string& lease) : std::runtime_error{"lost the lease " + lease} {}
};

struct LeaderElectionOptions {
  LeaderElectionOptions() {}
  ObjectKey lease;
  std::string identity;  ///< unique for each process: host name and a UUID
  ElectionTimes times;
};

/// Holds a Lease.  Threads: reactor.
class LeaderElection {
 public:
  LeaderElection(Client& client, LeaderElectionOptions options, const Clock& clock, log::Logger log);

  /// Tries to lead, then renews; runs until cancelled. @throws LeadershipLost
  asio::awaitable<void> run();
  /// Set while we lead.
  async::Event& elected() { return elected_; }
  bool is_leader() const { return elected_.is_set(); }
  /// @throws LeadershipLost when we do not lead, or could not renew in time, as far as this process' clock tells
  void require() const;
  /// Gives the lease back at shutdown, so that the next leader need not wait; failures are logged.
  asio::awaitable<void> release();

 private:
  asio::awaitable<std::optional<LeaseRecord>> read();
  asio::awaitable<LeaseRecord> write();
  asio::awaitable<ElectionMachine::Action> attempt();

  Client& client_;
  const LeaderElectionOptions options_;
  const Clock& clock_;
  log::Logger log_;
  ElectionMachine machine_;
  async::Event elected_;
  Object lease_;  // as last read
  bool exists_ = false;
  std::string told_;  // the failure that the log knows of
};

}  // namespace weir::kube
