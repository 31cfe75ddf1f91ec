#include "controllers/source/source_controller.hpp"

#include <filesystem>

#include "controllers/source/git_repository_reconciler.hpp"
#include "controllers/source/git_repository_status.hpp"
#include "controllers/source/git_repository_watches.hpp"
#include "pkg/base/text.hpp"
#include "pkg/git/damage.hpp"
#include "pkg/http/client.hpp"
#include "pkg/http/server.hpp"
#include "pkg/runtime/controller.hpp"
#include "pkg/runtime/server_failures.hpp"

namespace weir::source {
namespace {

/// Bare repositories live beside the artifacts, under a name that the file server never shows.
constexpr const char* kRepositoryFolder = ".repositories";

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

GitRepositoryOptions reconciler_options(const Options& options) {
  GitRepositoryOptions out;
  out.repository_root = (std::filesystem::path{options.storage_path} / kRepositoryFolder).string();
  out.requeue_dependency = options.common.requeue_dependency.milliseconds();
  return out;
}

runtime::Controller<GitRepository>::Options controller_options(const Options& options) {
  runtime::Controller<GitRepository>::Options out;
  out.loop.kind = GitRepository::kNames.kind;
  out.loop.concurrency = static_cast<std::size_t>(options.concurrent);
  out.loop.rate_limits = options.common.rate_limits();
  out.loop.jitter = options.common.jitter();
  out.status_field_manager = kName;
  out.resource_info = [](const GitRepository& object) {
    return std::map<std::string, std::string>{
        {"url", url_label(object.spec.url)},
        {"revision", object.status.artifact ? object.status.artifact->revision : ""}
    };
  };
  return out;
}

/// Who has pushed: a cluster without image automation has no such kind.
kube::ReflectorOptions automation_reflector(const Options& options) {
  kube::ReflectorOptions out;
  out.resource = kube::resource_of<api::image::ImageUpdateAutomation>();
  out.namespace_ = options.common.watch_namespace();
  out.is_optional = true;
  return out;
}

/// How long a running download may go on after SIGTERM. Source: Flux, five seconds.
constexpr Milliseconds kDownloadGrace{5'000};

/// Answers the readiness probe of Flux's manifests, a GET of "/".
struct Here {
  asio::awaitable<http::ServerResponse> operator()(const http::ServerRequest&) const { return answer(); }
  static asio::awaitable<http::ServerResponse> answer() { co_return http::ServerResponse{200, "artifacts\n"}; }
};

class SourceController final : public runtime::Unit {
 public:
  SourceController(runtime::Manager& manager, const Options& options)
      : manager_{manager},
        options_{options},
        log_{manager.log_for("gitrepository").with(
            {{"controllerGroup", GitRepository::kNames.group}, {"controllerKind", GitRepository::kNames.kind}}
        )},
        client_{manager.make_client(kName)},
        recorder_{*client_, kName, manager.tasks(), manager.clock(), log_},
        events_{
            recorder_, manager.web(), {kName, options.common.events_addr}, manager.tasks(), manager.metrics(), manager.clock(), log_
        },
        http_clients_{manager.executor()},
        git_{git::Client::Parts{manager.executor(), http_clients_, manager.io_pool()}, git_options(options)},
        remotes_{{*client_, http_clients_, environment_, manager.clock()}, login_options(options)},
        storage_{options.storage()},
        repositories_{kube::make_informer<GitRepository>(
            *client_, options.common.watch_namespace(), options.common.watch_label_selector, log_
        )},
        automations_{
            *client_,
            automation_reflector(options),
            [](const json::Value& document) { return json::decode<api::image::ImageUpdateAutomation>(json::View{document}); },
            log_
        },
        reconciler_{
            {*client_, *repositories_, git_, remotes_, storage_, manager.io_pool(), manager.metrics()},
            reconciler_options(options)
        },
        controller_{
            {*client_, *repositories_, reconciler_, events_, manager.metrics(), manager.clock(), manager.tasks(), log_},
            controller_options(options)
        } {
    connect_watches(*repositories_, automations_, controller_);
    // Only what is an archive is served; other folders below the storage path are nobody's business.
    const std::string folder = "/gitrepository/";
    files_.get(folder, http::serve_folder(folder, options.storage_path + folder));
    files_.get("/", Here{});
  }

  std::string name() const override { return kName; }
  const runtime::CommonOptions& options() const override { return options_.common; }

  void start_caches(async::TaskGroup& tasks) override {
    tasks.spawn("gitrepositories", repositories_->run());
    tasks.spawn("imageupdateautomations", automations_.run());
  }
  std::vector<async::Event*> synced() override { return {&repositories_->synced()}; }
  std::string sync_problem() const override { return repositories_->last_failure(); }

  void start(async::TaskGroup& tasks) override {
    std::filesystem::create_directories(options_.storage_path);
    http::ServerOptions server;
    server.address = options_.storage_addr;
    server.on_failure = runtime::tell_failures("artifacts", manager_.metrics(), log_);
    server_ = std::make_unique<http::Server>(manager_.executor(), files_, server);
    tasks.spawn("artifact-server", server_->run());
    tasks.spawn("gitrepository-controller", reconcile());
  }

  asio::awaitable<void> drain() override {
    co_await controller_.drain();
    if (server_) co_await server_->stop(kDownloadGrace);
  }

 private:
  asio::awaitable<void> reconcile() {
    const std::string stores = reconciler_options(options_).repository_root;
    auto& storage = storage_;
    auto sweep = [&storage, stores](std::stop_token) {
      return storage.remove_leftovers() + git::remove_leftovers(stores);
    };
    const auto removed = co_await manager_.io_pool().run(std::move(sweep));
    if (removed > 0) log_.info("leftovers of an earlier process removed", {{"files", removed}});
    co_await controller_.run();
  }

  runtime::Manager& manager_;
  const Options options_;
  log::Logger log_;
  std::unique_ptr<kube::Client> client_;
  kube::EventRecorder recorder_;
  runtime::EventSinks events_;
  http::ClientCache http_clients_;
  git::Client git_;
  cloud::ProcessEnvironment environment_;
  access::GitAccess remotes_;
  artifact::Storage storage_;
  std::unique_ptr<kube::Informer<GitRepository>> repositories_;
  kube::Informer<api::image::ImageUpdateAutomation> automations_;
  GitRepositoryReconciler reconciler_;
  runtime::Controller<GitRepository> controller_;
  http::Router files_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace

std::unique_ptr<runtime::Unit> make_unit(runtime::Manager& manager, const Options& options) {
  return std::make_unique<SourceController>(manager, options);
}

}  // namespace weir::source
