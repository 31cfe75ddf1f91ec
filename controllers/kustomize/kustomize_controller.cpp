#include "controllers/kustomize/kustomize_controller.hpp"

#include "controllers/kustomize/kustomization_reconciler.hpp"
#include "controllers/kustomize/kustomization_watches.hpp"
#include "pkg/runtime/controller.hpp"

namespace weir::kustomize_controller {
namespace {

/// Flux writes status under this name and applies under the controller's own.
constexpr const char* kStatusManager = "gotk-kustomize-controller";

KustomizationOptions reconciler_options(const Options& options) {
  KustomizationOptions out;
  out.field_manager = kName;
  out.requeue_dependency = options.common.requeue_dependency.milliseconds();
  out.no_cross_namespace_refs = options.no_cross_namespace_refs;
  out.default_service_account = options.default_service_account;
  out.strict_substitution = options.common.gate("StrictPostBuildSubstitutions", true);
  out.applier.field_manager = kName;
  out.applier.annotation_group = Kustomization::kNames.group;
  out.applier.concurrency = static_cast<std::size_t>(options.concurrent_ssa);
  out.applier.override_managers = options.override_managers;
  out.applier.custom_stage_kinds = options.custom_apply_stage_kinds;
  return out;
}

runtime::Controller<Kustomization>::Options controller_options(const Options& options) {
  runtime::Controller<Kustomization>::Options out;
  out.loop.kind = Kustomization::kNames.kind;
  out.loop.concurrency = static_cast<std::size_t>(options.concurrent);
  out.loop.rate_limits = options.common.rate_limits();
  out.loop.jitter = options.common.jitter();
  out.status_field_manager = kStatusManager;
  out.resource_info = [](const Kustomization& object) {
    return std::map<std::string, std::string>{
        {"revision", object.status.last_applied_revision}, {"source_name", object.spec.source_ref.name}
    };
  };
  return out;
}

class KustomizeController final : public runtime::Unit {
 public:
  KustomizeController(runtime::Manager& manager, const Options& options)
      : options_{options},
        log_{manager.log_for("kustomization").with(
            {{"controllerGroup", Kustomization::kNames.group}, {"controllerKind", Kustomization::kNames.kind}}
        )},
        client_{manager.make_client(kName)},
        recorder_{*client_, kName, manager.tasks(), manager.clock(), log_},
        events_{
            recorder_, manager.web(), {kName, options.common.events_addr}, manager.tasks(), manager.metrics(), manager.clock(), log_
        },
        fetcher_{manager.web(), manager.io_pool(), options.fetcher()},
        kustomizations_{kube::make_informer<Kustomization>(
            *client_, options.common.watch_namespace(), options.common.watch_label_selector, log_
        )},
        // Sources and dependencies may carry other labels than the shard's.
        of_other_shards_{
            options.common.watch_label_selector.empty()
                ? nullptr
                : kube::make_informer<Kustomization>(*client_, options.common.watch_namespace(), "", log_)
        },
        repositories_{kube::make_informer<GitRepository>(*client_, options.common.watch_namespace(), "", log_)},
        config_maps_{make_config_informer(
            *client_, kube::core::config_maps(), options.common.watch_configs_label_selector, log_
        )},
        secrets_{make_config_informer(
            *client_, kube::core::secrets(), options.common.watch_configs_label_selector, log_
        )},
        watches_configs_{!options.common.gate("DisableConfigWatchers", false)},
        drift_{
            *client_,
            {kName, std::string{Kustomization::kNames.group}, options.override_managers},
            manager.executor(),
            log_
        },
        health_watches_{*client_, manager.executor(), log_},
        reconciler_{
            {*client_,
             manager.mapper(),
             all_kustomizations(),
             *repositories_,
             fetcher_,
             manager.cpu_pool(),
             drift_,
             health_watches_,
             waiters_,
             manager.clock(),
             log_},
            reconciler_options(options)
        },
        controller_{
            {*client_, *kustomizations_, reconciler_, events_, manager.metrics(), manager.clock(), manager.tasks(), log_},
            controller_options(options)
        } {
    const Watches watches{*kustomizations_, all_kustomizations(), *repositories_, *config_maps_, *secrets_, waiters_};
    connect_watches(watches, controller_);
    reconciler_.on_wake([this](const kube::ObjectKey& key, Milliseconds pause) {
      controller_.enqueue_after(key, pause);
    });
  }

  std::string name() const override { return kName; }
  const runtime::CommonOptions& options() const override { return options_.common; }

  void start_caches(async::TaskGroup& tasks) override {
    tasks.spawn("kustomizations", kustomizations_->run());
    if (of_other_shards_) tasks.spawn("all-kustomizations", of_other_shards_->run());
    tasks.spawn("gitrepositories", repositories_->run());
    if (!watches_configs_) return;
    tasks.spawn("configmaps", config_maps_->run());
    tasks.spawn("secrets", secrets_->run());
  }
  std::vector<async::Event*> synced() override {
    return {&kustomizations_->synced(), &all_kustomizations().synced(), &repositories_->synced()};
  }
  std::string sync_problem() const override {
    return kustomizations_->last_failure().empty() ? repositories_->last_failure()
                                                   : kustomizations_->last_failure();
  }

  void start(async::TaskGroup& tasks) override {
    tasks.spawn("kustomization-controller", controller_.run());
  }

  asio::awaitable<void> drain() override { return controller_.drain(); }

 private:
  kube::Informer<Kustomization>& all_kustomizations() {
    return of_other_shards_ ? *of_other_shards_ : *kustomizations_;
  }

  const Options options_;
  log::Logger log_;
  std::unique_ptr<kube::Client> client_;
  kube::EventRecorder recorder_;
  runtime::EventSinks events_;
  artifact::Fetcher fetcher_;
  std::unique_ptr<kube::Informer<Kustomization>> kustomizations_;
  std::unique_ptr<kube::Informer<Kustomization>> of_other_shards_;  // all of them; nullptr when there is one shard
  std::unique_ptr<kube::Informer<GitRepository>> repositories_;
  std::unique_ptr<kube::Informer<WatchedConfig>> config_maps_;
  std::unique_ptr<kube::Informer<WatchedConfig>> secrets_;
  const bool watches_configs_;
  live::DriftWatcher drift_;
  live::ObjectWatches health_watches_;
  DependencyWaiters waiters_;
  KustomizationReconciler reconciler_;
  runtime::Controller<Kustomization> controller_;
};

}  // namespace

std::unique_ptr<runtime::Unit> make_unit(runtime::Manager& manager, const Options& options) {
  return std::make_unique<KustomizeController>(manager, options);
}

}  // namespace weir::kustomize_controller
