#pragma once

#include <charconv>
#include <chrono>
#include <iostream>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>

#include "api/meta/v1/condition.hpp"
#include "api/meta/v1/kind.hpp"
#include "pkg/async/blocking_pool.hpp"
#include "pkg/async/task_group.hpp"
#include "pkg/base/text.hpp"
#include "pkg/json/describe.hpp"
#include "pkg/kube/rest_mapper.hpp"
#include "pkg/runtime/caches.hpp"
#include "pkg/runtime/controller.hpp"
#include "test/support/failing_transport.hpp"
#include "test/support/memory_api.hpp"
#include "test/support/run.hpp"
#include "test/support/scratch_folder.hpp"
#include "test/support/scripted_api.hpp"

/// What tests of whole reconcilers stand on: passes of a real controller, over a cluster in memory.
namespace weir::test {

/// Files on the web, by URL.
class Web final : public ScriptedApi {
 public:
  void put(const std::string& url, std::string content) { files_.insert_or_assign(url, std::move(content)); }

  asio::awaitable<http::Response> send(http::Request request, const http::CallOptions&) override {
    http::Response out;
    const auto at = files_.find(request.url.text());
    out.status = at == files_.end() ? 404 : 200;
    if (at != files_.end()) out.body = at->second;
    co_return out;
  }
  asio::awaitable<http::StreamedResponse> open(http::Request request, const http::CallOptions& options) override {
    const auto answer = co_await send(std::move(request), options);
    http::StreamedResponse out;
    out.status = answer.status;
    out.body = std::make_unique<OnePiece>(answer.body);
    co_return out;
  }

 private:
  class OnePiece final : public http::BodyReader {
   public:
    explicit OnePiece(std::string bytes) : bytes_{std::move(bytes)} {}
    asio::awaitable<std::string> read_some() override { co_return std::exchange(bytes_, std::string{}); }

   private:
    std::string bytes_;
  };
  std::map<std::string, std::string> files_;
};

/// What outlives a process: the cluster, the web, the disk, time. The connections of passes break as `faults` says;
/// those of watches do not.
struct World {
  asio::io_context reactor;
  HandClock clock;
  MemoryApi api{clock};
  Web web;
  ScratchFolder disk;
  Faults faults;
  FailingTransport to_api{api, faults};
  FailingTransport to_web{web, faults};
  async::BlockingPool io{"io", 2, 100};
  async::BlockingPool cpu{"cpu", 2, 100};

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
/// and calls start(). Destroying it is its end: nothing of it runs afterwards.
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
    world.settle();
  }
  /// First words of a derived class' destructor.
  void stop() {
    run(world.reactor, tasks.stop(Milliseconds{0}));
    world.settle();
  }

 public:
  World& world;
  kube::Client watching{world.api, MemoryApi::cluster(), kube::Identity{}};
  kube::Client client{world.to_api, MemoryApi::cluster(), kube::Identity{}};
  kube::RestMapper mapper{client, world.clock};
  runtime::Metrics metrics;
  async::TaskGroup tasks{world.reactor.get_executor(), [](std::string_view name, const std::exception_ptr& failure) {
                           ADD_FAILURE() << name << ": " << log::what(failure);
                         }};
  kube::EventRecorder recorder{watching, "bench", tasks, world.clock, log::Logger{}};
  runtime::EventSinks events{recorder, world.web, {"bench", ""}, tasks, metrics, world.clock, log::Logger{}};
  runtime::Caches caches{watching, log::Logger{}};

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

/// Who goes on after a pass of which an operation failed.
enum class Next {
  kSameProcess,   ///< tries again, and knows what it did
  kLaggingWatch,  ///< the same, before any watch has told what became of its writes
  kOtherProcess,  ///< finds what the other one left
};

struct FaultCase {
  Loss loss;
  Next next;
};

inline auto every_fault_case() {
  return testing::Values(
      FaultCase{Loss::kRequest, Next::kSameProcess},
      FaultCase{Loss::kAnswer, Next::kSameProcess},
      FaultCase{Loss::kRequest, Next::kLaggingWatch},
      FaultCase{Loss::kAnswer, Next::kLaggingWatch},
      FaultCase{Loss::kRequest, Next::kOtherProcess},
      FaultCase{Loss::kAnswer, Next::kOtherProcess}
  );
}

inline std::string fault_case_name(const testing::TestParamInfo<FaultCase>& tested) {
  const std::string loss = tested.param.loss == Loss::kRequest ? "RequestLost" : "AnswerLost";
  const auto next = tested.param.next;
  return loss + (next == Next::kSameProcess    ? ""
                 : next == Next::kLaggingWatch ? "BeforeTheWatchTells"
                                               : "AndRestarted");
}

/// Fails every operation of a pass once, in turn.
class FaultsTest : public testing::TestWithParam<FaultCase> {
 protected:
  /// Runs a trial for each operation, until a pass needs no more. A Trial is made of the case and the number of the
  /// operation; `broke()` says whether it came to that one, `go_on()` runs the pass that is to repair what is left.
  template <class Trial, class Pass, class Expect>
  void fail_each(Pass pass_with_failure, Expect expect_repaired, std::size_t at_least) {
    std::size_t number = 0;
    for (bool goes_on = true; goes_on && !HasFailure(); ++number) {
      Trial trial{GetParam(), number};
      pass_with_failure(trial);
      goes_on = trial.broke();
      if (goes_on) trial.go_on();
      expect_repaired(trial);
    }
    const auto operations = number - 1;
    RecordProperty("operations", static_cast<int>(operations));
    RecordProperty("passes", static_cast<int>(2 * operations + 1));
    std::cout << operations << " operations, each failed once: " << 2 * operations + 1 << " passes\n";
    EXPECT_GE(operations, at_least);
  }
};

}  // namespace weir::test
