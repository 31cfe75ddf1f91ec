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

using test::Wakes;

/// A kustomize-controller. Its first pass over what is there begins with it.
class KustomizeProcess final : public test::Process {
 public:
  KustomizeProcess(test::World& world_, Wakes wakes) : Process{world_} {
    sources.add(caches.get<GitRepository>("", ""));
    if (wakes == Wakes::kAll) {
      connect_watches({objects, objects, sources, waiters}, controller);
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
    out.cache_folder = world.data("unpacked");
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
  kube::Informer<Kustomization>& objects = caches.get<Kustomization>("", "");
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
       objects,
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
      controller_parts(objects, reconciler), controller_options<Kustomization>()};
};

/// The Kustomization apps/app of the GitRepository apps/source.
class KustomizationBench : public test::Bench<Kustomization, KustomizeProcess> {
 public:
  KustomizationBench() : Bench{"apps", "app"} {
    world_.api.serve(kube::resource_of<GitRepository>());
    world_.api.put(kSourcePath, *json::parse(R"({"metadata": {"name": "source", "namespace": "apps"},
        "spec": {"url": "https://git.example.com/apps", "interval": "1m"}, "status": {}})"));
  }

  /// @param more  members of the spec
  void add_kustomization(const std::string& more = "") {
    add(text::cat(
        R"("interval": "10m", "path": "./", "prune": true, "sourceRef": {"kind": "GitRepository", "name": "source"})",
        more
    ));
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
  /// One that no update changes, only a new object.
  static std::string immutable_config_map(const std::string& name, const std::string& value) {
    return config_map(name, value) + "immutable: true\n";
  }
  /// The Deployment web.
  static std::string deployment() {
    return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: apps}\n"
           "spec: {replicas: 1, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: "
           "{containers: [{name: web, image: example.com/web}]}}}\n";
  }
  /// Its pod runs. Time goes on, so that what was waited for is asked again.
  void start_deployment() {
    world_.clock.advance(std::chrono::seconds{1});
    world_.api.edit(kDeploymentPath, [](json::Value& web) {
      web.set(
          "status",
          *json::parse(
              R"({"observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "readyReplicas": 1, "availableReplicas": 1,
              "conditions": [{"type": "Available", "status": "True"}]})"
          )
      );
    });
    world_.clock.advance(std::chrono::seconds{1});
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

  const std::string kDeploymentPath = "/apis/apps/v1/namespaces/apps/deployments/web";
  const std::string kSourcePath = kube::resource_of<GitRepository>().path("apps", "source");
};

}  // namespace weir::kustomize_controller
