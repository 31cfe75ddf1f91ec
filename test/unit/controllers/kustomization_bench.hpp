#pragma once

#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "api/source/v1/git_repository.hpp"
#include "controllers/kustomize/kustomization_reconciler.hpp"
#include "controllers/kustomize/kustomization_watches.hpp"
#include "pkg/artifact/archive.hpp"
#include "pkg/json/codec.hpp"
#include "pkg/live/inventory.hpp"
#include "test/support/controller_bench.hpp"

namespace weir::kustomize_controller {

using api::source::GitRepository;

/// What wakes a Kustomization.
enum class Wakes {
  kAll,
  kOwnChange,  ///< its own object, and the test: so that there is one pass at a time to look at
};

/// A kustomize-controller. Its first pass over what is there begins with it.
class KustomizeProcess final : public test::Process {
 public:
  KustomizeProcess(test::World& world_, Wakes wakes) : Process{world_} {
    sources.add(caches.get<GitRepository>("", ""));
    if (wakes == Wakes::kAll) {
      connect_watches({kustomizations, kustomizations, sources, waiters}, controller);
      reconciler.on_wake([this](const kube::ObjectKey& key, Milliseconds pause) {
        controller.enqueue_after(key, pause);
      });
    }
    start(controller);
  }
  ~KustomizeProcess() override { stop(); }

 private:
  static artifact::FetcherOptions fetcher_options(const test::World& world) {
    artifact::FetcherOptions out;
    out.cache_folder = world.disk / "unpacked";
    out.retries = 0;
    return out;
  }
  static KustomizationOptions reconciler_options() {
    KustomizationOptions out;
    out.apply.field_manager = out.field_manager;
    out.apply.annotation_group = Kustomization::kNames.group;
    return out;
  }

 public:
  artifact::Fetcher fetcher{world.to_web, world.io, fetcher_options(world)};
  kube::Informer<Kustomization>& kustomizations = caches.get<Kustomization>("", "");
  sources::Sources sources;
  live::DriftWatcher drift{
      watching,
      {"kustomize-controller", std::string{Kustomization::kNames.group}, {}},
      world.reactor.get_executor(),
      log::Logger{}};
  live::ObjectWatches health_watches{watching, world.reactor.get_executor(), log::Logger{}};
  DependencyWaiters waiters;
  KustomizationReconciler reconciler{
      {client,
       mapper,
       kustomizations,
       sources,
       fetcher,
       world.cpu,
       drift,
       health_watches,
       waiters,
       world.clock,
       log::Logger{}},
      reconciler_options()};
  runtime::Controller<Kustomization> controller{
      controller_parts(kustomizations, reconciler), controller_options<Kustomization>()};
};

/// The Kustomization apps/app of the GitRepository apps/source, and processes that come and go.
class KustomizationBench {
 public:
  KustomizationBench() {
    auto& api = world_.api;
    api.serve(kube::resource_of<Kustomization>());
    api.serve(kube::resource_of<GitRepository>());
    api.put("/api/v1/namespaces/apps", *json::parse(R"({"metadata": {"name": "apps"}})"));
    api.put(kSourcePath, *json::parse(R"({"metadata": {"name": "source", "namespace": "apps"},
        "spec": {"url": "https://git.example.com/apps", "interval": "1m"}, "status": {}})"));
  }

  /// @param more  members of the spec
  void add_kustomization(const std::string& more = "") {
    world_.api.put(
        kPath,
        *json::parse(text::cat(
            R"({"metadata": {"name": "app", "namespace": "apps"}, "status": {}, "spec": {"interval": "10m", "path": "./",
            "prune": true, "sourceRef": {"kind": "GitRepository", "name": "source"})",
            more,
            "}}"
        ))
    );
  }

  using Files = std::map<std::string, std::string>;
  static std::string config_map(const std::string& name, const std::string& value) {
    return text::cat(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ",
        name,
        ", namespace: apps}\ndata: {value: \"",
        value,
        "\"}\n"
    );
  }
  /// A source with a new artifact; whoever watches hears of it.
  void publish(const std::string& revision, const Files& files) {
    const auto file = world_.disk / (revision + ".tar.gz");
    artifact::ArchiveWriter writer{file.string(), DigestAlgorithm::kSha256, {}};
    for (const auto& [name, content] : files) writer.add_file(name, false, content);
    const auto finished = writer.finish();
    std::ifstream in{file, std::ios::binary};
    const std::string url = text::cat("http://source/", revision, ".tar.gz");
    world_.web.put(url, std::string{std::istreambuf_iterator<char>{in}, {}});
    world_.api.edit(kSourcePath, [&](json::Value& source) {
      source["status"].set(
          "artifact",
          json::Value::object(
              {{"url", url},
               {"revision", revision},
               {"digest", finished.digest},
               {"path", "a"},
               {"lastUpdateTime", "2026-01-01T00:00:00Z"}}
          )
      );
    });
    world_.settle();
  }

  void begin(Wakes wakes = Wakes::kAll) {
    process_ = std::make_unique<KustomizeProcess>(world_, wakes);
    world_.run_until([&] { return process_->passes(Kustomization::kNames.kind) > 0; });
    rest();
  }
  void end() { process_.reset(); }
  void pass() {
    process_->pass_after<Kustomization>([this] { process_->controller.enqueue(kKey); });
  }
  template <class Action>
  void pass_after(Action action) {
    process_->pass_after<Kustomization>(action);
  }
  /// Until no pass runs any more.
  void rest() { process_->rest<Kustomization>(); }

  std::optional<Kustomization> object() const { return world_.find<Kustomization>(kKey); }
  std::optional<api::Condition> ready() const {
    const auto there = object();
    if (!there) return std::nullopt;
    const auto* found = api::find_condition(there->status.conditions, api::condition::kReady);
    return found == nullptr ? std::nullopt : std::optional{*found};
  }
  std::string ready_text() const {
    const auto condition = ready();
    return condition ? text::cat(condition->status, " ", condition->reason, ": ", condition->message) : "";
  }
  static std::string path_of_map(const std::string& name) { return "/api/v1/namespaces/apps/configmaps/" + name; }
  /// The value of a ConfigMap's data.value; "absent" when there is no such object.
  std::string value(const std::string& name) const {
    const auto* found = world_.api.find(path_of_map(name));
    return found == nullptr ? "absent" : std::string{found->text_at({"data", "value"})};
  }
  /// Names of what the status lists.
  std::set<std::string> inventory() const {
    std::set<std::string> out;
    const auto there = object();
    if (!there) return out;
    for (const auto& id : live::Inventory{there->status.inventory}.objects()) out.insert(id.name);
    return out;
  }
  /// What of the cluster says that it is ours: name and value of each.
  std::map<std::string, std::string> owned() const {
    std::map<std::string, std::string> out;
    for (const auto& [path, document] : world_.api.all(kube::core::config_maps())) {
      const auto owner = document->text_at({"metadata", "labels", "kustomize.toolkit.fluxcd.io/name"});
      if (owner == kKey.name)
        out.emplace(document->text_at({"metadata", "name"}), document->text_at({"data", "value"}));
    }
    return out;
  }

  const kube::ObjectKey kKey{"apps", "app"};
  const std::string kPath = kube::resource_of<Kustomization>().path("apps", "app");
  const std::string kSourcePath = kube::resource_of<GitRepository>().path("apps", "source");
  test::World world_;
  std::unique_ptr<KustomizeProcess> process_;
};

}  // namespace weir::kustomize_controller
