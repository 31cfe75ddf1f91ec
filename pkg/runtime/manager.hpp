#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "pkg/async/blocking_pool.hpp"
#include "pkg/async/event.hpp"
#include "pkg/async/task_group.hpp"
#include "pkg/http/transport.hpp"
#include "pkg/kube/client.hpp"
#include "pkg/kube/rest_mapper.hpp"
#include "pkg/log/logger.hpp"
#include "pkg/runtime/caches.hpp"
#include "pkg/runtime/host.hpp"
#include "pkg/runtime/metrics.hpp"
#include "pkg/runtime/options.hpp"

namespace weir::runtime {

/// One controller as the manager sees it: its caches first, its work once it leads.  Threads: reactor.
class Unit {
 public:
  virtual ~Unit() = default;
  virtual std::string name() const = 0;
  virtual const CommonOptions& options() const = 0;
  /// Of the caches that it needs: each is set once its cache is complete.
  virtual std::vector<async::Event*> synced() = 0;
  /// Why a cache is not complete yet; empty when nothing failed.
  virtual std::string sync_problem() const = 0;
  /// Starts the work; called when this process leads.
  virtual void start(async::TaskGroup& tasks) = 0;
  /// Takes no new work and waits for what runs.
  virtual asio::awaitable<void> drain() = 0;
};

/// The process: one reactor thread, the shared parts, the servers for probes and
/// metrics, and the order in which things start (servers, caches, sync, election,
/// controllers) and stop (the reverse).  Threads: reactor, but for construction.
class Manager {
 public:
  /// @throws std::runtime_error when no cluster is configured
  Manager(Host& host, const CommonOptions& options, std::string process_name);
  ~Manager();
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  // Shared parts; all live as long as the manager.
  Host& host();
  asio::any_io_executor executor();
  const Clock& clock() const;
  Metrics& metrics();
  kube::RestMapper& mapper();
  async::BlockingPool& io_pool();
  async::BlockingPool& cpu_pool();
  async::TaskGroup& tasks();
  /// What the units follow together; started with the manager.
  Caches& caches();
  log::Logger log() const;
  /// The log of one controller.
  log::Logger log_for(std::string_view controller) const;
  /// Plain HTTP(S) to the outside with the system's CAs, for artifacts and notifications.
  http::Transport& web();
  /// A client under the user agent `<controller>/<version>`.
  std::unique_ptr<kube::Client> make_client(const std::string& controller);

  /// Runs the units until the host asks to end, or a failure; once. @returns the exit status
  asio::awaitable<int> run(std::vector<std::unique_ptr<Unit>> units);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// "0.1.0": what `weir version` prints and user agents carry.
std::string_view version();

}  // namespace weir::runtime
