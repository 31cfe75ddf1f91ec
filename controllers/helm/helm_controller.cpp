#include "controllers/helm/helm_controller.hpp"

#include <set>

#include "api/source/v1/helm_chart.hpp"
#include "api/source/v1/oci_repository.hpp"
#include "controllers/helm/helm_release_reconciler.hpp"
#include "controllers/helm/helm_release_watches.hpp"
#include "pkg/runtime/controller_unit.hpp"

namespace weir::helm_controller {
namespace {

HelmReleaseOptions reconciler_options(const Options& options) {
  HelmReleaseOptions out;
  out.field_manager = kName;
  out.requeue_dependency = options.common.requeue_dependency.milliseconds();
  out.no_cross_namespace_refs = options.no_cross_namespace_refs;
  out.default_service_account = options.default_service_account;
  out.guards_uninstall = options.uninstall_guard;
  out.apply.field_manager = kName;
  out.apply.annotation_group = HelmRelease::kNames.group;
  out.apply.concurrency = static_cast<std::size_t>(options.concurrent_ssa);
  out.apply.override_managers = options.override_managers;
  return out;
}

std::map<std::string, std::string> resource_info(const HelmRelease& object) {
  const std::string revision =
      object.status.history.empty() ? std::string{} : object.status.history.front().chart_version;
  return {
      {"revision", revision},
      {"chart_name", object.spec.chart ? object.spec.chart->spec.chart : std::string{}},
      {"chart_ref_name", object.spec.chart_ref ? object.spec.chart_ref->name : std::string{}},
      {"chart_source_name", object.spec.chart ? object.spec.chart->spec.source_ref.name : std::string{}}};
}

class HelmController final : public runtime::ControllerUnit {
 public:
  HelmController(runtime::Manager& manager, const Options& options)
      : ControllerUnit{manager, kName, options.common, HelmRelease::kNames},
        fetcher_{manager.web(), manager.io_pool(), options.fetcher()},
        chart_store_{fetcher_, manager.cpu_pool()},
        facts_{client(), manager.clock()},
        releases_{own_cache<HelmRelease>()},
        // Sources and dependencies may carry other labels than the shard's.
        of_all_shards_{cache<HelmRelease>()},
        charts_{cache<api::source::HelmChart>()},
        oci_repositories_{cache<api::source::OciRepository>()},
        drift_{
            client(),
            {kName, std::string{HelmRelease::kNames.group}, options.override_managers},
            manager.executor(),
            log()},
        watches_{client(), manager.executor(), log()},
        reconciler_{
            {client(),
             manager.mapper(),
             of_all_shards_,
             charts_,
             oci_repositories_,
             chart_store_,
             facts_,
             manager.cpu_pool(),
             drift_,
             watches_,
             manager.executor(),
             waiters_,
             manager.clock(),
             log()},
            reconciler_options(options)} {
    auto& controller = add<HelmRelease>(releases_, reconciler_, {options.concurrent, resource_info});
    connect_watches({releases_, of_all_shards_, charts_, oci_repositories_, waiters_}, controller);
    if (!options.common.gate("DisableConfigWatchers", false)) {
      const std::string& selector = options.common.watch_configs_label_selector;
      connect_config_watches(manager.caches(), options.common.watch_namespace(), selector, releases_, controller);
    }
    reconciler_.on_wake([&controller](const kube::ObjectKey& key, Milliseconds pause) {
      controller.enqueue_after(key, pause);
    });
  }

 private:
  artifact::Fetcher fetcher_;
  ChartStore chart_store_;
  ClusterFacts facts_;
  kube::Informer<HelmRelease>& releases_;
  kube::Informer<HelmRelease>& of_all_shards_;
  kube::Informer<api::source::HelmChart>& charts_;
  kube::Informer<api::source::OciRepository>& oci_repositories_;
  live::DriftWatcher drift_;
  live::ObjectWatches watches_;
  std::set<kube::ObjectKey> waiters_;
  HelmReleaseReconciler reconciler_;
};

}  // namespace

std::unique_ptr<runtime::Unit> make_unit(runtime::Manager& manager, const Options& options) {
  return std::make_unique<HelmController>(manager, options);
}

}  // namespace weir::helm_controller
