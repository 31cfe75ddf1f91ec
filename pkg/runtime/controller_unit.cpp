#include "pkg/runtime/controller_unit.hpp"

namespace weir::runtime {

ControllerUnit::ControllerUnit(
    Manager& manager, std::string name, const CommonOptions& options, const api::KindNames& kind
)
    : manager_{manager},
      name_{std::move(name)},
      options_{options},
      log_{log_for(kind)},
      client_{manager.make_client(name_)},
      recorder_{*client_, name_, manager.tasks(), manager.clock(), log_},
      events_{
          recorder_,
          manager.web(),
          {name_, options.events_addr},
          manager.tasks(),
          manager.metrics(),
          manager.clock(),
          log_} {}

log::Logger ControllerUnit::log_for(const api::KindNames& kind) const {
  return manager_.log_for(text::lower(kind.kind))
      .with({{"controllerGroup", kind.group}, {"controllerKind", kind.kind}});
}

std::vector<async::Event*> ControllerUnit::synced() {
  std::vector<async::Event*> out;
  for (const auto& cache : needed_) out.push_back(cache.synced);
  return out;
}

std::string ControllerUnit::sync_problem() const {
  for (const auto& cache : needed_) {
    if (auto failure = cache.last_failure(); !failure.empty()) return failure;
  }
  return "";
}

asio::awaitable<void> ControllerUnit::prepare() { co_return; }

void ControllerUnit::start(async::TaskGroup& tasks) { tasks.spawn(name_, run(tasks)); }

asio::awaitable<void> ControllerUnit::run(async::TaskGroup& tasks) {
  co_await prepare();
  for (auto& kind : kinds_) tasks.spawn(kind.name, kind.run());
}

asio::awaitable<void> ControllerUnit::drain() {
  for (auto& kind : kinds_) co_await kind.drain();
}

}  // namespace weir::runtime
