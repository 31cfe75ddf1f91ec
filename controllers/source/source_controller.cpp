#include "controllers/source/source_controller.hpp"

#include <filesystem>

#include "controllers/source/facts.hpp"
#include "controllers/source/git_repository_reconciler.hpp"
#include "controllers/source/git_repository_status.hpp"
#include "controllers/source/git_repository_watches.hpp"
#include "pkg/base/text.hpp"
#include "pkg/git/damage.hpp"
#include "pkg/http/router.hpp"
#include "pkg/runtime/controller_unit.hpp"
#include "pkg/runtime/server_failures.hpp"

namespace weir::source {
namespace {

/// Bare repositories live beside the artifacts, under a name that the file server never shows.
constexpr const char* kRepositoryFolder = ".repositories";

GitRepositoryOptions reconciler_options(const Options& options) {
  GitRepositoryOptions out;
  out.repository_root = (std::filesystem::path{options.storage_path} / kRepositoryFolder).string();
  out.requeue_dependency = options.common.requeue_dependency.milliseconds();
  return out;
}

std::map<std::string, std::string> resource_info(const GitRepository& object) {
  return {
      {"url", url_label(object.spec.url)},
      {"revision", object.status.artifact ? object.status.artifact->revision : ""}};
}

/// How long a running download may go on after SIGTERM. Source: Flux, five seconds.
constexpr Milliseconds kDownloadGrace{5'000};

/// Answers the readiness probe of Flux's manifests, a GET of "/".
struct Here {
  asio::awaitable<http::ServerResponse> operator()(const http::ServerRequest&) const { return answer(); }
  static asio::awaitable<http::ServerResponse> answer() { co_return http::ServerResponse{200, "artifacts\n"}; }
};

class SourceController final : public runtime::ControllerUnit {
 public:
  SourceController(runtime::Manager& manager, const Options& options)
      : ControllerUnit{manager, kName, options.common, GitRepository::kNames},
        options_{options},
        git_{
            git::Client::Parts{manager.executor(), manager.host().connections(), manager.io_pool()},
            options.git.options()},
        remotes_{
            {client(), manager.host().connections(), environment_, manager.clock()}, options.logins.options(kName)},
        storage_{options.storage()},
        keeper_{storage_, manager.io_pool()},
        repositories_{own_cache<GitRepository>()},
        reconciler_{
            {client(), repositories_, git_, remotes_, keeper_, manager.io_pool(), manager.metrics()},
            reconciler_options(options)} {
    auto& controller = add<GitRepository>(repositories_, reconciler_, {options.concurrent, resource_info});
    // Who has pushed: a cluster without image automation has no such kind.
    auto& automations = cache<api::image::ImageUpdateAutomation>("", runtime::Need::kOptional);
    connect_watches(repositories_, automations, controller);
    // Only what is an archive is served; other folders below the storage path are nobody's business.
    for (const auto& kind : facts().kinds) {
      const std::string folder = text::cat("/", text::lower(kind.names.kind), "/");
      files_.get(folder, http::serve_folder(folder, options.storage_path + folder));
    }
    files_.get("/", Here{});
  }

  void start(async::TaskGroup& tasks) override {
    std::filesystem::create_directories(options_.storage_path);
    http::ServerOptions server;
    server.address = options_.storage_addr;
    server.on_failure = runtime::tell_failures("artifacts", manager().metrics(), log());
    server_ = manager().host().listen(files_, server);
    tasks.spawn("artifact-server", server_->run());
    ControllerUnit::start(tasks);
  }

  asio::awaitable<void> drain() override {
    co_await ControllerUnit::drain();
    if (server_) co_await server_->stop(kDownloadGrace);
  }

 private:
  asio::awaitable<void> prepare() override {
    const std::string stores = reconciler_options(options_).repository_root;
    auto& storage = storage_;
    auto sweep = [&storage, stores](std::stop_token) {
      return storage.remove_leftovers() + git::remove_leftovers(stores);
    };
    const auto removed = co_await manager().io_pool().run(std::move(sweep));
    if (removed > 0) log().info("leftovers of an earlier process removed", {{"files", removed}});
  }

  const Options options_;
  git::Client git_;
  cloud::ProcessEnvironment environment_;
  access::GitAccess remotes_;
  artifact::Storage storage_;
  ArtifactKeeper keeper_;
  kube::Informer<GitRepository>& repositories_;
  GitRepositoryReconciler reconciler_;
  http::Router files_;
  std::unique_ptr<http::Listener> server_;
};

}  // namespace

std::unique_ptr<runtime::Unit> make_unit(runtime::Manager& manager, const Options& options) {
  return std::make_unique<SourceController>(manager, options);
}

}  // namespace weir::source
