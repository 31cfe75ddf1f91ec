#include "controllers/image_automation/image_automation_controller.hpp"

#include "controllers/image_automation/image_update_automation_reconciler.hpp"
#include "controllers/image_automation/image_update_automation_watches.hpp"
#include "pkg/base/text.hpp"
#include "pkg/git/damage.hpp"
#include "pkg/http/client.hpp"
#include "pkg/runtime/controller.hpp"

namespace weir::image_automation {
namespace {

git::ClientOptions git_options(const Options& options) {
  git::ClientOptions out;
  out.user_agent = text::cat("git/weir-", runtime::version());
  out.ssh_kex_algorithms = options.ssh_kex_algos;
  out.ssh_hostkey_algorithms = options.ssh_hostkey_algos;
  return out;
}

cloud::GitLogins::Options login_options(const Options& options) {
  cloud::GitLogins::Options out;
  out.cache_size = static_cast<std::size_t>(options.token_cache_max_size);
  out.longest = options.token_cache_max_duration.milliseconds();
  out.user_agent = text::cat(kName, "/", runtime::version());
  return out;
}

AutomationOptions reconciler_options(const Options& options) {
  AutomationOptions out;
  out.repository_root = options.storage_path;
  out.requeue_dependency = options.common.requeue_dependency.milliseconds();
  out.no_cross_namespace_refs = options.no_cross_namespace_refs;
  out.force_push_branch = options.force_push_branch();
  return out;
}

runtime::Controller<ImageUpdateAutomation>::Options controller_options(const Options& options) {
  runtime::Controller<ImageUpdateAutomation>::Options out;
  out.loop.kind = ImageUpdateAutomation::kNames.kind;
  out.loop.concurrency = static_cast<std::size_t>(options.concurrent);
  out.loop.rate_limits = options.common.rate_limits();
  out.loop.jitter = options.common.jitter();
  out.status_field_manager = kName;
  out.resource_info = [](const ImageUpdateAutomation& object) {
    return std::map<std::string, std::string>{{"source_name", object.spec.source_ref.name}};
  };
  return out;
}

class ImageAutomationController final : public runtime::Unit {
 public:
  ImageAutomationController(runtime::Manager& manager, const Options& options)
      : options_{options},
        io_{manager.io_pool()},
        log_{manager.log_for("imageupdateautomation")
                 .with({{"controllerGroup", ImageUpdateAutomation::kNames.group},
                        {"controllerKind", ImageUpdateAutomation::kNames.kind}})},
        client_{manager.make_client(kName)},
        recorder_{*client_, kName, manager.tasks(), manager.clock(), log_},
        events_{
            recorder_, manager.web(), {kName, options.common.events_addr}, manager.tasks(), manager.metrics(), manager.clock(), log_
        },
        http_clients_{manager.executor()},
        git_{git::Client::Parts{manager.executor(), http_clients_, manager.io_pool()}, git_options(options)},
        remotes_{{*client_, http_clients_, environment_, manager.clock()}, login_options(options)},
        automations_{kube::make_informer<ImageUpdateAutomation>(
            *client_, options.common.watch_namespace(), options.common.watch_label_selector, log_
        )},
        // Not sharded: an automation may use every policy and repository.
        policies_{kube::make_informer<ImagePolicy>(*client_, options.common.watch_namespace(), "", log_)},
        repositories_{kube::make_informer<GitRepository>(*client_, options.common.watch_namespace(), "", log_)},
        reconciler_{
            {*client_, *policies_, *repositories_, git_, remotes_, manager.io_pool(), manager.metrics()},
            reconciler_options(options)
        },
        controller_{
            {*client_, *automations_, reconciler_, events_, manager.metrics(), manager.clock(), manager.tasks(), log_},
            controller_options(options)
        } {
    connect_watches(*automations_, *policies_, *repositories_, controller_);
  }

  std::string name() const override { return kName; }
  const runtime::CommonOptions& options() const override { return options_.common; }

  void start_caches(async::TaskGroup& tasks) override {
    tasks.spawn("imageupdateautomations", automations_->run());
    tasks.spawn("imagepolicies", policies_->run());
    tasks.spawn("gitrepositories", repositories_->run());
  }
  std::vector<async::Event*> synced() override {
    return {&automations_->synced(), &policies_->synced(), &repositories_->synced()};
  }
  std::string sync_problem() const override {
    if (!automations_->last_failure().empty()) return automations_->last_failure();
    return policies_->last_failure().empty() ? repositories_->last_failure() : policies_->last_failure();
  }

  void start(async::TaskGroup& tasks) override {
    tasks.spawn("imageupdateautomation-controller", reconcile());
  }
  asio::awaitable<void> drain() override { return controller_.drain(); }

 private:
  asio::awaitable<void> reconcile() {
    const std::string stores = options_.storage_path;
    auto sweep = [stores](std::stop_token) { return git::remove_leftovers(stores); };
    const auto removed = co_await io_.run(std::move(sweep));
    if (removed > 0) log_.info("leftovers of an earlier process removed", {{"files", removed}});
    co_await controller_.run();
  }

  const Options options_;
  async::BlockingPool& io_;
  log::Logger log_;
  std::unique_ptr<kube::Client> client_;
  kube::EventRecorder recorder_;
  runtime::EventSinks events_;
  http::ClientCache http_clients_;
  git::Client git_;
  cloud::ProcessEnvironment environment_;
  access::GitAccess remotes_;
  std::unique_ptr<kube::Informer<ImageUpdateAutomation>> automations_;
  std::unique_ptr<kube::Informer<ImagePolicy>> policies_;
  std::unique_ptr<kube::Informer<GitRepository>> repositories_;
  ImageUpdateAutomationReconciler reconciler_;
  runtime::Controller<ImageUpdateAutomation> controller_;
};

}  // namespace

std::unique_ptr<runtime::Unit> make_unit(runtime::Manager& manager, const Options& options) {
  return std::make_unique<ImageAutomationController>(manager, options);
}

}  // namespace weir::image_automation
