#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "pkg/base/text.hpp"
#include "pkg/kube/event_recorder.hpp"
#include "pkg/runtime/controller.hpp"
#include "pkg/runtime/event_sinks.hpp"
#include "pkg/runtime/manager.hpp"

namespace weir::runtime {

/// A controller of one kind or several: its client, its events, the caches that it needs and the work of each kind.
/// What is its own are reconcilers and what wakes them: a derived class asks for caches, makes reconcilers and adds
/// them. Threads: reactor, but for construction.
class ControllerUnit : public Unit {
 public:
  std::string name() const override { return name_; }
  const CommonOptions& options() const override { return options_; }
  std::vector<async::Event*> synced() override;
  std::string sync_problem() const override;
  void start(async::TaskGroup& tasks) override;
  asio::awaitable<void> drain() override;

 protected:
  /// @param kind  the first of its kinds: what its log is about when it is about none in particular
  ControllerUnit(Manager& manager, std::string name, const CommonOptions& options, const api::KindNames& kind);

  /// Before the first pass of any kind: what an earlier process left behind.
  virtual asio::awaitable<void> prepare();

  /// The objects of a kind, of all shards unless a selector is given.
  template <api::Kind T>
  kube::Informer<T>& cache(const std::string& label_selector = "", Need need = Need::kRequired) {
    auto& out = manager_.caches().get<T>(options_.watch_namespace(), label_selector, need);
    if (need == Need::kRequired) needed_.push_back({&out.synced(), [&out] { return out.last_failure(); }});
    return out;
  }
  /// The objects of a kind that are this shard's to reconcile.
  template <api::Kind T>
  kube::Informer<T>& own_cache() {
    return cache<T>(options_.watch_label_selector);
  }

  /// What differs from kind to kind.
  template <api::Kind T>
  struct KindOptions {
    KindOptions(std::int64_t concurrency_, ResourceInfo<T> resource_info_)
        : concurrency{static_cast<std::size_t>(concurrency_)}, resource_info{std::move(resource_info_)} {}
    std::size_t concurrency;
    ResourceInfo<T> resource_info;
    std::string status_field_manager;  ///< empty: the controller's name
  };
  /// Adds a kind. `reconciler` must live as long as this.
  template <api::Kind T>
  Controller<T>& add(kube::Informer<T>& objects, Reconciler<T>& reconciler, KindOptions<T> kind) {
    typename Controller<T>::Options options;
    options.loop.kind = T::kNames.kind;
    options.loop.concurrency = kind.concurrency;
    options.loop.rate_limits = options_.rate_limits();
    options.loop.jitter = options_.jitter();
    options.status_field_manager = kind.status_field_manager.empty() ? name_ : kind.status_field_manager;
    options.resource_info = std::move(kind.resource_info);
    auto controller = std::make_shared<Controller<T>>(
        typename Controller<T>::Parts{
            *client_,
            objects,
            reconciler,
            events_,
            manager_.metrics(),
            manager_.clock(),
            manager_.tasks(),
            log_for(T::kNames)},
        std::move(options)
    );
    auto& out = *controller;
    kinds_.push_back(
        {text::cat(text::lower(T::kNames.kind), "-controller"),
         [&out] { return out.run(); },
         [&out] { return out.drain(); },
         std::move(controller)}
    );
    return out;
  }

  Manager& manager() { return manager_; }
  kube::Client& client() { return *client_; }
  const log::Logger& log() const { return log_; }

 private:
  struct Needed {
    async::Event* synced;
    std::function<std::string()> last_failure;
  };
  struct RunningKind {
    std::string name;
    std::function<asio::awaitable<void>()> run;
    std::function<asio::awaitable<void>()> drain;
    std::shared_ptr<void> controller;
  };
  log::Logger log_for(const api::KindNames& kind) const;
  asio::awaitable<void> run(async::TaskGroup& tasks);

  Manager& manager_;
  const std::string name_;
  const CommonOptions options_;
  log::Logger log_;
  std::unique_ptr<kube::Client> client_;
  kube::EventRecorder recorder_;
  EventSinks events_;
  std::vector<Needed> needed_;
  std::vector<RunningKind> kinds_;
};

}  // namespace weir::runtime
