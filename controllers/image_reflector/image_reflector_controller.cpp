#include "controllers/image_reflector/image_reflector_controller.hpp"

#include "controllers/image_reflector/image_policy_reconciler.hpp"
#include "controllers/image_reflector/image_policy_watches.hpp"
#include "controllers/image_reflector/image_repository_reconciler.hpp"
#include "controllers/image_reflector/tag_database.hpp"
#include "pkg/access/registry.hpp"
#include "pkg/base/text.hpp"
#include "pkg/http/client.hpp"
#include "pkg/runtime/controller.hpp"

namespace weir::image_reflector {
namespace {

/// Policies wait for the API server only, and one scan may wake hundreds of them.
constexpr std::size_t kPoliciesForARepository = 2;

template <class T>
typename runtime::Controller<T>::Options controller_options(const Options& options) {
  typename runtime::Controller<T>::Options out;
  out.loop.kind = T::kNames.kind;
  out.loop.concurrency = static_cast<std::size_t>(options.concurrent);
  out.loop.rate_limits = options.common.rate_limits();
  out.loop.jitter = options.common.jitter();
  out.status_field_manager = kName;
  return out;
}

cloud::RegistryLogins::Options login_options(const Options& options) {
  cloud::RegistryLogins::Options out;
  out.cache_size = static_cast<std::size_t>(options.token_cache_max_size);
  out.longest = options.token_cache_max_duration.milliseconds();
  out.user_agent = text::cat(kName, "/", runtime::version());
  return out;
}

runtime::Controller<ImageRepository>::Options repository_options(const Options& options) {
  auto out = controller_options<ImageRepository>(options);
  out.resource_info = [](const ImageRepository& object) {
    return std::map<std::string, std::string>{{"image", object.spec.image}};
  };
  return out;
}

runtime::Controller<ImagePolicy>::Options policy_options(const Options& options) {
  auto out = controller_options<ImagePolicy>(options);
  out.loop.concurrency *= kPoliciesForARepository;
  out.resource_info = [](const ImagePolicy& object) {
    return std::map<std::string, std::string>{{"source_name", object.spec.image_repository_ref.name}};
  };
  return out;
}

template <class T>
log::Logger log_for(runtime::Manager& manager) {
  return manager.log_for(text::lower(T::kNames.kind))
      .with({{"controllerGroup", T::kNames.group}, {"controllerKind", T::kNames.kind}});
}

class ImageReflectorController final : public runtime::Unit {
 public:
  ImageReflectorController(runtime::Manager& manager, const Options& options)
      : options_{options},
        repository_log_{log_for<ImageRepository>(manager)},
        policy_log_{log_for<ImagePolicy>(manager)},
        client_{manager.make_client(kName)},
        recorder_{*client_, kName, manager.tasks(), manager.clock(), repository_log_},
        events_{
            recorder_, manager.web(), {kName, options.common.events_addr}, manager.tasks(), manager.metrics(), manager.clock(),
            repository_log_
        },
        connections_{manager.executor()},
        metadata_{connections_.get(http::ConnectionOptions{})},
        logins_{*metadata_, environment_, manager.clock(), login_options(options)},
        registries_{
            {*client_, connections_, logins_, manager.cpu_pool(), manager.clock(), text::cat(kName, "/", runtime::version()),
             static_cast<std::size_t>(options.max_tags)}
        },
        tags_{options.storage_path, manager.io_pool()},
        repositories_{kube::make_informer<ImageRepository>(
            *client_, options.common.watch_namespace(), options.common.watch_label_selector, repository_log_
        )},
        policies_{kube::make_informer<ImagePolicy>(
            *client_, options.common.watch_namespace(), options.common.watch_label_selector, policy_log_
        )},
        repository_reconciler_{{registries_, tags_, manager.cpu_pool(), options.common.jitter()}},
        policy_reconciler_{
            {*client_, *repositories_, registries_, tags_, manager.cpu_pool(), manager.metrics(),
             options.common.requeue_dependency.milliseconds(), options.no_cross_namespace_refs}
        },
        repository_controller_{
            {*client_, *repositories_, repository_reconciler_, events_, manager.metrics(), manager.clock(),
             manager.tasks(), repository_log_},
            repository_options(options)
        },
        policy_controller_{
            {*client_, *policies_, policy_reconciler_, events_, manager.metrics(), manager.clock(), manager.tasks(),
             policy_log_},
            policy_options(options)
        } {
    connect_watches(*repositories_, *policies_, policy_controller_);
  }

  std::string name() const override { return kName; }
  const runtime::CommonOptions& options() const override { return options_.common; }

  void start_caches(async::TaskGroup& tasks) override {
    tasks.spawn("imagerepositories", repositories_->run());
    tasks.spawn("imagepolicies", policies_->run());
  }
  std::vector<async::Event*> synced() override { return {&repositories_->synced(), &policies_->synced()}; }
  std::string sync_problem() const override {
    return repositories_->last_failure().empty() ? policies_->last_failure() : repositories_->last_failure();
  }

  void start(async::TaskGroup& tasks) override {
    tasks.spawn("imagerepository-controller", scan());
    tasks.spawn("imagepolicy-controller", policy_controller_.run());
  }

  asio::awaitable<void> drain() override {
    co_await repository_controller_.drain();
    co_await policy_controller_.drain();
  }

 private:
  asio::awaitable<void> scan() {
    const auto removed = co_await tags_.remove_leftovers();
    if (removed > 0) repository_log_.info("leftovers of an earlier process removed", {{"files", removed}});
    co_await repository_controller_.run();
  }

  const Options options_;
  log::Logger repository_log_;
  log::Logger policy_log_;
  std::unique_ptr<kube::Client> client_;
  kube::EventRecorder recorder_;
  runtime::EventSinks events_;
  http::ClientCache connections_;
  cloud::ProcessEnvironment environment_;
  std::shared_ptr<http::Client> metadata_;  // no proxy: the machine's own services
  cloud::RegistryLogins logins_;
  access::RegistryAccess registries_;
  TagDatabase tags_;
  std::unique_ptr<kube::Informer<ImageRepository>> repositories_;
  std::unique_ptr<kube::Informer<ImagePolicy>> policies_;
  ImageRepositoryReconciler repository_reconciler_;
  ImagePolicyReconciler policy_reconciler_;
  runtime::Controller<ImageRepository> repository_controller_;
  runtime::Controller<ImagePolicy> policy_controller_;
};

}  // namespace

std::unique_ptr<runtime::Unit> make_unit(runtime::Manager& manager, const Options& options) {
  return std::make_unique<ImageReflectorController>(manager, options);
}

}  // namespace weir::image_reflector
