#include "controllers/image_automation/image_automation_controller.hpp"

#include "controllers/image_automation/image_update_automation_reconciler.hpp"
#include "controllers/image_automation/image_update_automation_watches.hpp"
#include "pkg/git/damage.hpp"
#include "pkg/runtime/controller_unit.hpp"

namespace weir::image_automation {
namespace {

AutomationOptions reconciler_options(const Options& options) {
  AutomationOptions out;
  out.repository_root = options.storage_path;
  out.requeue_dependency = options.common.requeue_dependency.milliseconds();
  out.no_cross_namespace_refs = options.no_cross_namespace_refs;
  out.force_push_branch = options.force_push_branch();
  return out;
}

std::map<std::string, std::string> resource_info(const ImageUpdateAutomation& object) {
  return {{"source_name", object.spec.source_ref.name}};
}

class ImageAutomationController final : public runtime::ControllerUnit {
 public:
  ImageAutomationController(runtime::Manager& manager, const Options& options)
      : ControllerUnit{manager, kName, options.common, ImageUpdateAutomation::kNames},
        options_{options},
        git_{
            git::Client::Parts{manager.executor(), manager.host().connections(), manager.io_pool()},
            options.git.options()},
        remotes_{
            {client(), manager.host().connections(), environment_, manager.clock()}, options.logins.options(kName)},
        automations_{own_cache<ImageUpdateAutomation>()},
        // Not sharded: an automation may use every policy and repository.
        policies_{cache<ImagePolicy>()},
        repositories_{cache<GitRepository>()},
        reconciler_{
            {client(), policies_, repositories_, git_, remotes_, manager.io_pool(), manager.metrics()},
            reconciler_options(options)} {
    auto& controller = add<ImageUpdateAutomation>(automations_, reconciler_, {options.concurrent, resource_info});
    connect_watches(automations_, policies_, repositories_, controller);
  }

 private:
  asio::awaitable<void> prepare() override {
    const std::string stores = options_.storage_path;
    auto sweep = [stores](std::stop_token) { return git::remove_leftovers(stores); };
    const auto removed = co_await manager().io_pool().run(std::move(sweep));
    if (removed > 0) log().info("leftovers of an earlier process removed", {{"files", removed}});
  }

  const Options options_;
  git::Client git_;
  cloud::ProcessEnvironment environment_;
  access::GitAccess remotes_;
  kube::Informer<ImageUpdateAutomation>& automations_;
  kube::Informer<ImagePolicy>& policies_;
  kube::Informer<GitRepository>& repositories_;
  ImageUpdateAutomationReconciler reconciler_;
};

}  // namespace

std::unique_ptr<runtime::Unit> make_unit(runtime::Manager& manager, const Options& options) {
  return std::make_unique<ImageAutomationController>(manager, options);
}

}  // namespace weir::image_automation
