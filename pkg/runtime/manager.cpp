#include "pkg/runtime/manager.hpp"

#include <algorithm>
#include <map>
#include <thread>

#include <boost/asio/this_coro.hpp>

#include "pkg/async/backoff.hpp"
#include "pkg/async/errors.hpp"
#include "pkg/async/timeout.hpp"
#include "pkg/base/random.hpp"
#include "pkg/base/text.hpp"
#include "pkg/http/router.hpp"
#include "pkg/kube/leader_election.hpp"
#include "pkg/runtime/server_failures.hpp"

namespace weir::runtime {
namespace {

constexpr std::size_t kIoThreads = 4;
constexpr std::size_t kPoolQueue = 10'000;
constexpr Milliseconds kServerGrace{2'000};
/// A cancelled coroutine takes a few turns of the reactor for each layer that it is in.
constexpr int kTurnsToUnwind = 100;

std::size_t cpu_threads() { return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 8); }

}  // namespace

std::string_view version() { return WEIR_VERSION; }

struct Manager::State {
  State(Host& host_, const CommonOptions& options_, std::string process_name_)
      : host{host_},
        options{options_},
        process_name{std::move(process_name_)},
        clock{host.clock()},
        log{host.log(), options.level(), options.encoding()},
        cluster{host.cluster()},
        api_transport{host.connections().get(cluster.connection)},
        web_transport{host.connections().get(http::ConnectionOptions{})},
        discovery_client{*api_transport, cluster, identity(process_name), observer()},
        mapper{discovery_client, clock},
        caches{discovery_client, log},
        io_pool{"io", kIoThreads, kPoolQueue},
        cpu_pool{"cpu", cpu_threads(), kPoolQueue},
        tasks{host.executor(), [this](std::string_view name, const std::exception_ptr& failure) {
                on_task_failure(name, failure);
              }} {}

  static kube::Identity identity(const std::string& controller) {
    kube::Identity out;
    out.user_agent = text::cat(controller, "/", version());
    return out;
  }

  kube::Client::Observer observer() {
    return [this](const kube::ApiCall& call) { metrics.api_request(call, cluster.server.authority()); };
  }

  void on_task_failure(std::string_view name, const std::exception_ptr& failure) {
    const std::string text = async::describe(failure);
    log.error("a task ended", text, {{"task", name}});
    // Nothing that the manager starts may end while it runs: going on without it would look healthy and do nothing.
    if (fatal_problem.empty()) fatal_problem = text::cat(name, ": ", text);
    stopping.set();
  }

  void add_routes() {
    const auto alive = [](http::ServerRequest) -> asio::awaitable<http::ServerResponse> {
      co_return http::ServerResponse{200, "ok"};
    };
    health_routes.get("/healthz", alive);
    health_routes.get("/readyz", [this](http::ServerRequest) -> asio::awaitable<http::ServerResponse> {
      return answer_ready();
    });
    metrics_routes.get("/metrics", [this](http::ServerRequest) -> asio::awaitable<http::ServerResponse> {
      return answer_metrics();
    });
  }

  asio::awaitable<http::ServerResponse> answer_ready() {
    std::string problem = stopping.is_set() ? "shutting down" : unreachable;
    for (const auto& unit : units) {
      if (!problem.empty()) break;
      for (const auto* event : unit->synced()) {
        if (event->is_set()) continue;
        problem = text::cat(unit->name(), ": waiting for the first list");
        if (const auto why = unit->sync_problem(); !why.empty()) {
          text::append(problem, ": ", why);
        }
        break;
      }
    }
    if (problem.empty()) co_return http::ServerResponse{200, "ok"};
    co_return http::ServerResponse{503, problem + "\n"};
  }

  asio::awaitable<http::ServerResponse> answer_metrics() {
    // Every pod may ask: making the page takes no more than a tenth of the reactor's time.
    if (clock.now() >= page_until) {
      const auto started = clock.now();
      page = metrics.text(started);
      const auto ended = clock.now();
      page_until = ended + 9 * (ended - started);
    }
    co_return http::ServerResponse{200, page, "text/plain; version=0.0.4; charset=utf-8"};
  }

  /// Returns once the API server answers: until then one line and an unready probe say why nothing happens.
  asio::awaitable<void> reach_server() {
    async::BackoffOptions pauses;
    pauses.first = Milliseconds{200};
    pauses.longest = Milliseconds{5'000};
    async::Backoff backoff{pauses};
    std::string told;
    for (;;) {
      std::exception_ptr failure;
      try {
        std::string path = "/version";
        co_await discovery_client.get_path(std::move(path));
      } catch (const kube::ApiError& error) {
        // Whoever is known but may not see this may still see what matters.
        if (!error.is_forbidden()) failure = std::current_exception();
      } catch (...) {
        failure = std::current_exception();
      }
      if (!failure) break;
      if (async::is_cancelled(failure)) std::rethrow_exception(failure);
      const std::string problem = async::describe(failure);
      unreachable = text::cat("waiting for the API server ", cluster.server.text(), ": ", problem);
      if (problem != told) log.error("cannot reach the API server", problem, {{"server", cluster.server.text()}});
      told = problem;
      co_await async::sleep_for(backoff.next(random_fraction()));
    }
    if (!told.empty()) log.info("the API server answers", {{"server", cluster.server.text()}});
    unreachable.clear();
  }

  asio::awaitable<void> lead(kube::LeaderElection& election, std::string lease) {
    std::exception_ptr failure;
    try {
      co_await election.run();
    } catch (...) {
      failure = std::current_exception();
    }
    metrics.leader(lease, false);
    if (failure && !async::is_cancelled(failure)) {
      // Writes must stop at once: whoever leads now may be writing already.
      log.error("leadership lost", async::describe(failure), {{"lease", lease}});
      host.end_at_once();
    }
    std::rethrow_exception(failure);
  }

  asio::awaitable<void> start_unit(Unit& unit, kube::LeaderElection* election, std::string lease) {
    for (auto* event : unit.synced()) co_await event->wait();
    log.info("caches are complete", {{"controller", unit.name()}});
    if (election != nullptr) {
      co_await election->elected().wait();
      metrics.leader(lease, true);
    }
    unit.start(tasks);
    log.info("started", {{"controller", unit.name()}});
  }

  asio::awaitable<void> start_units() {
    co_await reach_server();
    caches.start(tasks, metrics);
    for (auto& unit : units) {
      const auto& unit_options = unit->options();
      const std::string lease = unit_options.lease_name(unit->name());
      kube::LeaderElection* election = nullptr;
      if (unit_options.enable_leader_election) {
        kube::LeaderElectionOptions election_options;
        election_options.lease = {unit_options.runtime_namespace, lease};
        election_options.identity = text::cat(host.name(), "_", random_uuid());
        election_options.times = unit_options.election_times();
        auto& client = election_clients.emplace_back(
            std::make_unique<kube::Client>(*api_transport, cluster, identity(unit->name()), observer())
        );
        metrics.leader(lease, false);
        election =
            elections.emplace_back(std::make_unique<kube::LeaderElection>(*client, election_options, clock, log)).get();
        election_of[unit->name()] = election;
        tasks.spawn("leader-election", lead(*election, lease));
      }
      tasks.spawn("start", start_unit(*unit, election, lease));
    }
  }

  /// Writes must not go out once another process may lead. @throws kube::LeadershipLost
  void require_leadership(const std::string& controller) const {
    if (const auto at = election_of.find(controller); at != election_of.end()) at->second->require();
  }

  asio::awaitable<void> wait_for_signal() {
    const int signal = co_await host.asked_to_end();
    log.info("stopping", {{"signal", signal}});
    stopping.set();
    co_await host.asked_to_end();
    log.info("second signal, exiting at once");
    host.end_at_once();
  }

  asio::awaitable<void> drain_units() {
    for (auto& unit : units) co_await unit->drain();
  }

  asio::awaitable<void> run_all() {
    http::ServerOptions health_options;
    health_options.address = options.health_addr;
    http::ServerOptions metrics_options;
    metrics_options.address = options.metrics_addr;
    health_options.on_failure = tell_failures("health", metrics, log);
    metrics_options.on_failure = tell_failures("metrics", metrics, log);
    add_routes();
    std::unique_ptr<http::Listener> health;
    std::unique_ptr<http::Listener> metrics_server;
    if (options.health_addr != "0" && !options.health_addr.empty()) {
      health = host.listen(health_routes, health_options);
      tasks.spawn("health-server", health->run());
    }
    if (options.metrics_addr != "0" && !options.metrics_addr.empty()) {
      metrics_server = host.listen(metrics_routes, metrics_options);
      tasks.spawn("metrics-server", metrics_server->run());
    }
    tasks.spawn("signals", wait_for_signal());

    tasks.spawn("start-units", start_units());
    co_await stopping.wait();
    std::exception_ptr failure;
    try {
      auto draining = drain_units();
      co_await async::with_timeout(options.graceful_shutdown_timeout.milliseconds(), std::move(draining));
    } catch (...) {
      failure = std::current_exception();
    }
    if (failure) log.error("running work did not end in time", async::describe(failure));
    co_await tasks.stop(Milliseconds{2000});
    for (auto& election : elections) {
      if (options.leader_election_release_on_cancel) co_await election->release();
    }
    if (health) co_await health->stop(kServerGrace);
    if (metrics_server) co_await metrics_server->stop(kServerGrace);
  }

  Host& host;
  const CommonOptions options;
  const std::string process_name;
  const Clock& clock;
  log::Logger log;
  async::Event stopping;
  std::string fatal_problem;
  std::string unreachable;  // why the API server has not answered yet; empty once it has
  Metrics metrics;
  std::string page;  // of the metrics, good until:
  TimePoint page_until{};
  kube::ClusterConfig cluster;
  std::shared_ptr<http::Transport> api_transport;
  std::shared_ptr<http::Transport> web_transport;
  kube::Client discovery_client;
  kube::RestMapper mapper;
  Caches caches;
  async::BlockingPool io_pool;
  async::BlockingPool cpu_pool;
  http::Router health_routes;
  http::Router metrics_routes;
  std::vector<std::unique_ptr<Unit>> units;
  std::vector<std::unique_ptr<kube::Client>> election_clients;
  std::vector<std::unique_ptr<kube::LeaderElection>> elections;
  std::map<std::string, kube::LeaderElection*> election_of;  // by controller
  async::TaskGroup tasks;                                    // last: its tasks use the rest
};

Manager::Manager(Host& host, const CommonOptions& options, std::string process_name)
    : state_{std::make_unique<State>(host, options, std::move(process_name))} {}
Manager::~Manager() = default;

Host& Manager::host() { return state_->host; }
asio::any_io_executor Manager::executor() { return state_->host.executor(); }
const Clock& Manager::clock() const { return state_->clock; }
Metrics& Manager::metrics() { return state_->metrics; }
kube::RestMapper& Manager::mapper() { return state_->mapper; }
async::BlockingPool& Manager::io_pool() { return state_->io_pool; }
async::BlockingPool& Manager::cpu_pool() { return state_->cpu_pool; }
async::TaskGroup& Manager::tasks() { return state_->tasks; }
Caches& Manager::caches() { return state_->caches; }
log::Logger Manager::log() const { return state_->log; }

log::Logger Manager::log_for(std::string_view controller) const {
  return state_->log.with({{"controller", controller}});
}

http::Transport& Manager::web() { return *state_->web_transport; }

std::unique_ptr<kube::Client> Manager::make_client(const std::string& controller) {
  auto client = std::make_unique<kube::Client>(
      *state_->api_transport, state_->cluster, State::identity(controller), state_->observer()
  );
  client->guard_writes([state = state_.get(), controller] { state->require_leadership(controller); });
  client->on_unserved([state = state_.get()](std::string_view api_version) { state->mapper.forget(api_version); });
  return client;
}

asio::awaitable<int> Manager::run(std::vector<std::unique_ptr<Unit>> units) {
  auto& state = *state_;
  state.units = std::move(units);
  state.metrics.build_info(version());
  state.log.info(
      "starting", {{"process", state.process_name}, {"version", version()}, {"server", state.cluster.server.text()}}
  );
  std::exception_ptr failure;
  try {
    co_await state.run_all();
  } catch (...) {
    failure = std::current_exception();
  }
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  co_await state.tasks.stop(Milliseconds{0});
  // What the units follow by themselves unwinds while all that it uses is still there.
  state.units.clear();
  for (int turns = 0; turns < kTurnsToUnwind; ++turns) co_await async::yield_now();
  if (failure) {
    if (async::is_cancelled(failure)) std::rethrow_exception(failure);
    state.log.error("cannot run", async::describe(failure));
    co_return 1;
  }
  if (!state.fatal_problem.empty()) co_return 1;
  state.log.info("stopped");
  co_return 0;
}

}  // namespace weir::runtime
