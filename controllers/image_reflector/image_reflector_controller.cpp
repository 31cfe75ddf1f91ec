#include "controllers/image_reflector/image_reflector_controller.hpp"

#include "controllers/image_reflector/image_policy_reconciler.hpp"
#include "controllers/image_reflector/image_policy_watches.hpp"
#include "controllers/image_reflector/image_repository_reconciler.hpp"
#include "controllers/image_reflector/tag_database.hpp"
#include "pkg/access/registry.hpp"
#include "pkg/base/text.hpp"
#include "pkg/runtime/controller_unit.hpp"

namespace weir::image_reflector {
namespace {

/// Policies wait for the API server only, and one scan may wake hundreds of them.
constexpr std::int64_t kPoliciesForARepository = 2;

std::map<std::string, std::string> repository_info(const ImageRepository& object) {
  return {{"image", object.spec.image}};
}

std::map<std::string, std::string> policy_info(const ImagePolicy& object) {
  return {{"source_name", object.spec.image_repository_ref.name}};
}

class ImageReflectorController final : public runtime::ControllerUnit {
 public:
  ImageReflectorController(runtime::Manager& manager, const Options& options)
      : ControllerUnit{manager, kName, options.common, ImageRepository::kNames},
        metadata_{manager.host().connections().get(http::ConnectionOptions{})},
        logins_{*metadata_, environment_, manager.clock(), options.logins.options(kName)},
        registries_{
            {client(),
             manager.host().connections(),
             logins_,
             manager.cpu_pool(),
             manager.clock(),
             text::cat(kName, "/", runtime::version()),
             static_cast<std::size_t>(options.max_tags)}},
        tags_{options.storage_path, manager.io_pool()},
        repositories_{own_cache<ImageRepository>()},
        policies_{own_cache<ImagePolicy>()},
        repository_reconciler_{{registries_, tags_, manager.cpu_pool(), options.common.jitter()}},
        policy_reconciler_{
            {client(),
             repositories_,
             registries_,
             tags_,
             manager.cpu_pool(),
             manager.metrics(),
             options.common.requeue_dependency.milliseconds(),
             options.no_cross_namespace_refs}} {
    add<ImageRepository>(repositories_, repository_reconciler_, {options.concurrent, repository_info});
    auto& policies =
        add<ImagePolicy>(policies_, policy_reconciler_, {options.concurrent * kPoliciesForARepository, policy_info});
    connect_watches(repositories_, policies_, policies);
  }

 private:
  asio::awaitable<void> prepare() override {
    const auto removed = co_await tags_.remove_leftovers();
    if (removed > 0) log().info("leftovers of an earlier process removed", {{"files", removed}});
  }

  cloud::ProcessEnvironment environment_;
  std::shared_ptr<http::Transport> metadata_;  // no proxy: the machine's own services
  cloud::RegistryLogins logins_;
  access::RegistryAccess registries_;
  TagDatabase tags_;
  kube::Informer<ImageRepository>& repositories_;
  kube::Informer<ImagePolicy>& policies_;
  ImageRepositoryReconciler repository_reconciler_;
  ImagePolicyReconciler policy_reconciler_;
};

}  // namespace

std::unique_ptr<runtime::Unit> make_unit(runtime::Manager& manager, const Options& options) {
  return std::make_unique<ImageReflectorController>(manager, options);
}

}  // namespace weir::image_reflector
