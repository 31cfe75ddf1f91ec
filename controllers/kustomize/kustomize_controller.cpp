#include "controllers/kustomize/kustomize_controller.hpp"

#include "api/source/v1/git_repository.hpp"
#include "controllers/kustomize/kustomization_reconciler.hpp"
#include "controllers/kustomize/kustomization_watches.hpp"
#include "pkg/runtime/controller_unit.hpp"
#include "pkg/sources/sources.hpp"

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
  out.apply.field_manager = kName;
  out.apply.annotation_group = Kustomization::kNames.group;
  out.apply.concurrency = static_cast<std::size_t>(options.concurrent_ssa);
  out.apply.override_managers = options.override_managers;
  out.apply.custom_stage_kinds = options.custom_apply_stage_kinds;
  return out;
}

std::map<std::string, std::string> resource_info(const Kustomization& object) {
  return {{"revision", object.status.last_applied_revision}, {"source_name", object.spec.source_ref.name}};
}

class KustomizeController final : public runtime::ControllerUnit {
 public:
  KustomizeController(runtime::Manager& manager, const Options& options)
      : ControllerUnit{manager, kName, options.common, Kustomization::kNames},
        fetcher_{manager.web(), manager.io_pool(), options.fetcher()},
        kustomizations_{own_cache<Kustomization>()},
        // Sources and dependencies may carry other labels than the shard's.
        of_all_shards_{cache<Kustomization>()},
        drift_{
            client(),
            {kName, std::string{Kustomization::kNames.group}, options.override_managers},
            manager.executor(),
            log()},
        health_watches_{client(), manager.executor(), log()},
        reconciler_{
            {client(),
             manager.mapper(),
             of_all_shards_,
             sources_,
             fetcher_,
             manager.cpu_pool(),
             drift_,
             health_watches_,
             waiters_,
             manager.clock(),
             log()},
            reconciler_options(options)} {
    sources_.add(cache<api::source::GitRepository>());
    KindOptions<Kustomization> kind{options.concurrent, resource_info};
    kind.status_field_manager = kStatusManager;
    auto& controller = add<Kustomization>(kustomizations_, reconciler_, std::move(kind));
    connect_watches({kustomizations_, of_all_shards_, sources_, waiters_}, controller);
    if (!options.common.gate("DisableConfigWatchers", false)) {
      const std::string& selector = options.common.watch_configs_label_selector;
      connect_config_watches(manager.caches(), options.common.watch_namespace(), selector, kustomizations_, controller);
    }
    reconciler_.on_wake([&controller](const kube::ObjectKey& key, Milliseconds pause) {
      controller.enqueue_after(key, pause);
    });
  }

 private:
  artifact::Fetcher fetcher_;
  kube::Informer<Kustomization>& kustomizations_;
  kube::Informer<Kustomization>& of_all_shards_;
  sources::Sources sources_;
  live::DriftWatcher drift_;
  live::ObjectWatches health_watches_;
  DependencyWaiters waiters_;
  KustomizationReconciler reconciler_;
};

}  // namespace

std::unique_ptr<runtime::Unit> make_unit(runtime::Manager& manager, const Options& options) {
  return std::make_unique<KustomizeController>(manager, options);
}

}  // namespace weir::kustomize_controller
