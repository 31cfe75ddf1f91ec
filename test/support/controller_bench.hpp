#pragma once

#include <charconv>
#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>

#include "api/meta/v1/condition.hpp"
#include "api/meta/v1/kind.hpp"
#include "pkg/async/blocking_pool.hpp"
#include "pkg/async/task_group.hpp"
#include "pkg/base/base64.hpp"
#include "pkg/base/text.hpp"
#include "pkg/http/client.hpp"
#include "pkg/json/codec.hpp"
#include "pkg/json/describe.hpp"
#include "pkg/kube/rest_mapper.hpp"
#include "pkg/runtime/caches.hpp"
#include "pkg/runtime/controller.hpp"
#include "test/simulation/api_server/simulated_api.hpp"
#include "test/support/failing_transport.hpp"
#include "test/support/run.hpp"
#include "test/support/scratch_folder.hpp"
#include "test/support/scripted_api.hpp"

/// What tests of whole reconcilers stand on: passes of a real controller, over a cluster in memory.
namespace weir::test {

/// The web: servers by host, and files by URL.
class Web final : public ScriptedApi {
 public:
  void put(const std::string& url, std::string content) { files_.insert_or_assign(url, std::move(content)); }
  void serve(const std::string& host, http::Transport& server) { servers_.insert_or_assign(host, &server); }

  asio::awaitable<http::Response> send(http::Request request, const http::CallOptions& options) override {
    const auto server = servers_.find(request.url.host);
    if (server != servers_.end()) co_return co_await server->second->send(std::move(request), options);
    http::Response out;
    const auto at = files_.find(request.url.text());
    out.status = at == files_.end() ? 404 : 200;
    if (at != files_.end()) out.body = at->second;
    co_return out;
  }
  asio::awaitable<http::StreamedResponse> open(http::Request request, const http::CallOptions& options) override {
    const auto server = servers_.find(request.url.host);
    if (server != servers_.end()) co_return co_await server->second->open(std::move(request), options);
    const auto answer = co_await send(std::move(request), options);
    http::StreamedResponse out;
    out.status = answer.status;
    out.body = std::make_unique<OnePiece>(answer.body);
    co_return out;
  }

 private:
  std::map<std::string, std::string> files_;
  std::map<std::string, http::Transport*> servers_;  // by host
};

/// One transport, whoever asks.
class OneConnection final : public http::Connections {
 public:
  explicit OneConnection(http::Transport& transport) : transport_{transport} {}
  std::shared_ptr<http::Transport> get(const http::ConnectionOptions&) override {
    return {std::shared_ptr<void>{}, &transport_};
  }

 private:
  http::Transport& transport_;
};

/// What outlives a process: the cluster, the web, the disk, time. The connections of passes, and the disk, break as
/// `faults` says; connections of watches do not.
struct World {
  asio::io_context reactor;
  HandClock clock;
  SimulatedApi api{clock};
  Web web;
  ScratchFolder disk;
  Faults faults{[this] { break_disk(); }};
  FailingTransport to_api{api, faults};
  FailingTransport to_web{web, faults};
  async::BlockingPool io{"io", 2, 100};
  async::BlockingPool cpu{"cpu", 2, 100};

  /// Where a process keeps something.
  std::filesystem::path data(const std::string& name) const { return disk / "data" / name; }
  /// Nothing that is kept can be reached, and nothing more be written, until the disk is mended.
  void break_disk() {
    std::filesystem::create_directories(disk / "data");
    std::filesystem::rename(disk / "data", disk / "away");
    std::filesystem::create_symlink("data", disk / "data");  // leads nowhere: no user, not even root, gets past it
  }
  void mend_disk() {
    if (!std::filesystem::exists(disk / "away")) return;
    std::filesystem::remove(disk / "data");
    std::filesystem::rename(disk / "away", disk / "data");
  }

  /// Runs what is ready, and what that makes ready.
  void settle() {
    while (reactor.poll() > 0) {
    }
    reactor.restart();
  }
  /// Runs the reactor until the condition holds; the pools may take a moment.
  template <class Condition>
  void run_until(Condition holds) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    for (;;) {
      settle();
      if (holds()) return;
      if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error{"what was waited for did not come"};
      reactor.run_one_for(std::chrono::milliseconds{20});
    }
  }

  /// An object as the server has it.
  template <api::Kind T>
  std::optional<T> find(const kube::ObjectKey& key) const {
    const auto* document = api.find(kube::resource_of<T>().path(key.namespace_, key.name));
    if (document == nullptr) return std::nullopt;
    return json::decode<T>(json::View{*document}).value();
  }
};

/// What every process makes for itself; a test's process derives from it, adds caches, a reconciler and a controller,
/// and calls start(): nothing of it runs before the reactor does. Destroying it is its end: nothing of it runs
/// afterwards.
class Process {
 public:
  explicit Process(World& world_) : world{world_} {}
  /// What the parts of a derived class have followed unwinds.
  virtual ~Process() { world.settle(); }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  /// Does something that wakes an object, and runs the pass that follows, and any that follow from that.
  template <api::Kind T, class Action>
  void pass_after(Action action) {
    const auto before = passes(T::kNames.kind);
    action();
    world.run_until([&] { return passes(T::kNames.kind) > before; });
    rest<T>();
  }
  /// Until no pass runs any more.
  template <api::Kind T>
  void rest() {
    world.run_until([&] { return is_idle(T::kNames.kind); });
  }
  /// Passes that have ended.
  double passes(std::string_view kind) { return sum_of("controller_runtime_reconcile_total", kind); }

 protected:
  template <api::Kind T>
  static typename runtime::Controller<T>::Options controller_options() {
    typename runtime::Controller<T>::Options out;
    out.loop.kind = T::kNames.kind;
    out.loop.jitter = 0;
    // Time stands still: nothing is tried again but by the test.
    out.loop.rate_limits.first = std::chrono::hours{1};
    out.status_field_manager = "bench";
    return out;
  }
  template <api::Kind T>
  typename runtime::Controller<T>::Parts controller_parts(
      kube::Informer<T>& objects, runtime::Reconciler<T>& reconciler
  ) {
    return {client, objects, reconciler, events, metrics, world.clock, tasks, log::Logger{}};
  }
  template <api::Kind T>
  void start(runtime::Controller<T>& controller) {
    caches.start(tasks, metrics);
    tasks.spawn("controller", controller.run());
  }
  /// First words of a derived class' destructor.
  void stop() {
    run(world.reactor, tasks.stop(Milliseconds{0}));
    world.settle();
  }

 public:
  World& world;
  kube::Client watching{world.api, SimulatedApi::cluster(), kube::Identity{}};
  kube::Client client{world.to_api, SimulatedApi::cluster(), kube::Identity{}};
  kube::RestMapper mapper{client, world.clock};
  runtime::Metrics metrics;
  async::TaskGroup tasks{world.reactor.get_executor(), [](std::string_view name, const std::exception_ptr& failure) {
                           ADD_FAILURE() << name << ": " << log::what(failure);
                         }};
  kube::EventRecorder recorder{watching, "bench", tasks, world.clock, log::Logger{}};
  runtime::EventSinks events{recorder, world.web, {"bench", ""}, tasks, metrics, world.clock, log::Logger{}};
  runtime::Caches caches{watching, log::Logger{}};
  OneConnection connections{world.to_web};

 private:
  /// The sum of the series of a metric.
  double sum_of(std::string_view metric, std::string_view kind) {
    const std::string name = text::cat(metric, "{controller=\"", text::lower(kind), "\"");
    const std::string all = metrics.text(world.clock.now());
    double out = 0;
    for (const auto line : text::split(all, '\n')) {
      if (!line.starts_with(name)) continue;
      const auto value = text::cut(line, "} ").second;
      double number = 0;
      std::from_chars(value.data(), value.data() + value.size(), number);
      out += number;
    }
    return out;
  }
  bool is_idle(std::string_view kind) { return sum_of("controller_runtime_active_workers", kind) == 0; }
};

/// What wakes the object of a bench.
enum class Wakes {
  kAll,
  kOwnChange,  ///< its own object, and the test: so that there is one pass at a time to look at
};

/// An object of a kind, in a cluster, and processes of its controller that come and go.
/// @tparam P  made of a World and Wakes; holds `objects` (an Informer<T>) and `controller`
template <api::Kind T, class P>
class Bench {
 public:
  Bench(const std::string& namespace_, const std::string& name)
      : kKey{namespace_, name}, kPath{kube::resource_of<T>().path(namespace_, name)} {
    world_.api.serve(kube::resource_of<T>());
    add_namespace(namespace_);
  }

  void add_namespace(const std::string& name) {
    world_.api.put(
        text::cat("/api/v1/namespaces/", name),
        json::Value::object({{"metadata", json::Value::object({{"name", name}})}})
    );
  }
  /// In the object's namespace.
  void add_secret(
      const std::string& name, const std::map<std::string, std::string>& data, const std::string& type = "Opaque"
  ) {
    auto encoded = json::Value::object();
    for (const auto& [key, value] : data) encoded.set(key, base64::encode(value));
    world_.api.put(
        kube::core::secrets().path(kKey.namespace_, name),
        json::Value::object(
            {{"metadata", json::Value::object({{"name", name}, {"namespace", kKey.namespace_}})},
             {"type", type},
             {"data", std::move(encoded)}}
        )
    );
  }
  /// Puts the object.
  /// @param spec  its members, as JSON
  void add(std::string_view spec) {
    world_.api.put(
        kPath,
        *json::parse(text::cat(
            R"({"metadata": {"name": ")",
            kKey.name,
            R"(", "namespace": ")",
            kKey.namespace_,
            R"("}, "status": {}, "spec": {)",
            spec,
            "}}"
        ))
    );
  }
  /// What a user does to the spec.
  void edit_spec(const std::function<void(json::Value& spec)>& change) {
    world_.api.edit(kPath, [&](json::Value& object) { change(object["spec"]); });
  }
  /// What a user asks for on demand.
  void request(const std::string& token) {
    world_.api.edit(kPath, [&](json::Value& object) {
      object["metadata"].set("annotations", json::Value::object({{std::string{api::kRequestedAtAnnotation}, token}}));
    });
  }

  /// A process begins; its first pass is over then.
  template <class... More>
  void begin(Wakes wakes = Wakes::kAll, More... more) {
    process_ = std::make_unique<P>(world_, wakes, more...);
    if (const auto action = std::exchange(when_begun_, {})) action();
    world_.run_until([&] { return process_->passes(T::kNames.kind) > 0; });
    rest();
  }
  /// Done once, when a process is there that has not done anything yet: at once, or by the next begin().
  void when_begun(std::function<void()> action) {
    if (process_) return action();
    when_begun_ = std::move(action);
  }
  void end() { process_.reset(); }
  void pass() {
    process_->template pass_after<T>([this] { process_->controller.enqueue(kKey); });
  }
  template <class Action>
  void pass_after(Action action) {
    process_->template pass_after<T>(action);
  }
  /// A user deletes the object, and the pass that follows.
  void remove() {
    pass_after([this] { world_.api.remove(kPath); });
  }
  /// A deletion that cannot clean up says so and waits, and goes on when the disk is there again.
  void expect_that_deletion_waits_for_the_disk() {
    world_.break_disk();
    remove();
    EXPECT_THAT(ready_text(), testing::StartsWith("False CleanUpFailed: "));
    world_.mend_disk();
    pass();
    EXPECT_FALSE(object());
  }
  /// Until no pass runs any more.
  void rest() { process_->template rest<T>(); }

  std::optional<T> object() const { return world_.find<T>(kKey); }
  std::optional<api::Condition> ready() const {
    const auto there = object();
    if (!there) return std::nullopt;
    const auto* found = api::find_condition(there->status.conditions, api::condition::kReady);
    return found == nullptr ? std::nullopt : std::optional{*found};
  }
  /// "True Succeeded: <message>"; empty when Ready is not there.
  std::string ready_text() const {
    const auto condition = ready();
    return condition ? text::cat(condition->status, " ", condition->reason, ": ", condition->message) : "";
  }
  bool is_ready() const { return ready() && ready()->is_true(); }

  const kube::ObjectKey kKey;
  const std::string kPath;
  World world_;
  std::unique_ptr<P> process_;

 private:
  std::function<void()> when_begun_;
};

}  // namespace weir::test
