#pragma once

#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "api/helm/v2/helm_release.hpp"
#include "api/source/v1/helm_chart.hpp"
#include "api/source/v1/oci_repository.hpp"
#include "controllers/helm/helm_release_reconciler.hpp"
#include "controllers/helm/helm_release_watches.hpp"
#include "pkg/artifact/archive.hpp"
#include "pkg/helm/storage/release_secret.hpp"
#include "pkg/json/codec.hpp"
#include "pkg/live/inventory.hpp"
#include "test/support/controller_bench.hpp"

namespace weir::helm_controller {

using api::source::HelmChart;
using api::source::OciRepository;
using test::Wakes;

/// A helm-controller. Its first pass over what is there begins with it.
class HelmProcess final : public test::Process {
 public:
  HelmProcess(test::World& world_, Wakes wakes) : Process{world_} {
    if (wakes == Wakes::kAll) {
      connect_watches({objects, objects, charts, oci_repositories, waiters}, controller);
      reconciler.on_wake([this](const kube::ObjectKey& key, Milliseconds pause) {
        controller.enqueue_after(key, pause);
      });
    }
    start(controller);
  }
  ~HelmProcess() override { stop(); }

 private:
  static artifact::FetcherOptions fetcher_options(const test::World& world) {
    artifact::FetcherOptions out;
    out.cache_folder = world.data("charts");
    out.retries = 0;
    out.keeps_archives = true;
    return out;
  }
  static HelmReleaseOptions reconciler_options() {
    HelmReleaseOptions out;
    out.apply.field_manager = out.field_manager;
    out.apply.annotation_group = HelmRelease::kNames.group;
    return out;
  }

 public:
  artifact::Fetcher fetcher{world.to_web, world.io, fetcher_options(world)};
  ChartStore chart_store{fetcher, world.cpu};
  ClusterFacts facts{client, world.clock};
  kube::Informer<HelmRelease>& objects = caches.get<HelmRelease>("", "");
  kube::Informer<HelmChart>& charts = caches.get<HelmChart>("", "");
  kube::Informer<OciRepository>& oci_repositories = caches.get<OciRepository>("", "");
  live::DriftWatcher drift{
      watching,
      {"helm-controller", std::string{HelmRelease::kNames.group}, {}},
      world.reactor.get_executor(),
      log::Logger{}};
  live::ObjectWatches watches{watching, world.reactor.get_executor(), log::Logger{}};
  std::set<kube::ObjectKey> waiters;
  HelmReleaseReconciler reconciler{
      {client,
       mapper,
       objects,
       charts,
       oci_repositories,
       chart_store,
       facts,
       world.cpu,
       drift,
       watches,
       world.reactor.get_executor(),
       waiters,
       world.clock,
       log::Logger{}},
      reconciler_options()};
  runtime::Controller<HelmRelease> controller{controller_parts(objects, reconciler), controller_options<HelmRelease>()};
};

/// The HelmRelease apps/web of the HelmChart apps/demo.
class HelmReleaseBench : public test::Bench<HelmRelease, HelmProcess> {
 public:
  HelmReleaseBench() : Bench{"apps", "web"} {
    world_.api.serve(kube::resource_of<HelmChart>());
    world_.api.serve(kube::resource_of<OciRepository>());
    world_.api.put(
        kChartPath, *json::parse(R"({"metadata": {"name": "demo", "namespace": "apps"}, "spec": {"chart": "demo",
        "interval": "1m", "sourceRef": {"kind": "HelmRepository", "name": "r"}}, "status": {}})")
    );
    world_.api.before_each([](const http::Request& request) -> std::optional<http::Response> {
      const auto& target = request.url.target;
      if (target != "/version" && target != "/api" && target != "/apis") return std::nullopt;
      http::Response out;
      out.status = 200;
      out.body = target == "/version" ? R"({"gitVersion": "v1.36.3"})" : R"({"items": []})";
      return out;
    });
  }

  /// @param more  members of the spec
  void add_release(const std::string& more = "") {
    add(text::cat(R"("interval": "10m", "chartRef": {"kind": "HelmChart", "name": "demo"})", more));
  }

  using Files = std::map<std::string, std::string>;
  static std::string config_map(const std::string& name, const std::string& value) {
    return text::cat("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ", name, "}\ndata: {value: \"", value, "\"}\n");
  }
  static std::string deployment() {
    return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
           "spec: {replicas: 1, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: "
           "{containers: [{name: web, image: example.com/web}]}}}\n";
  }
  static std::string hook(const std::string& name, const std::string& event, const std::string& policy = "") {
    return text::cat(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ",
        name,
        "\n  annotations:\n    helm.sh/hook: ",
        event,
        policy.empty() ? "" : "\n    helm.sh/hook-delete-policy: ",
        policy,
        "\n"
    );
  }
  void start_deployment() {
    world_.clock.advance(std::chrono::seconds{1});
    world_.api.edit("/apis/apps/v1/namespaces/apps/deployments/web", [](json::Value& web) {
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
  /// A chart with these templates as the HelmChart's artifact.
  void publish(const std::string& version, const Files& templates, const std::string& values = "color: blue\n") {
    const auto file = world_.disk / (version + ".tgz");
    artifact::ArchiveWriter writer{file.string(), DigestAlgorithm::kSha256, {}};
    writer.add_file("demo/Chart.yaml", false, text::cat("apiVersion: v2\nname: demo\nversion: ", version, "\n"));
    for (const auto& [name, content] : templates) writer.add_file("demo/templates/" + name, false, content);
    writer.add_file("demo/values.yaml", false, values);
    const auto finished = writer.finish();
    std::ifstream in{file, std::ios::binary};
    const std::string url = text::cat("http://source/demo-", version, ".tgz");
    world_.web.put(url, std::string{std::istreambuf_iterator<char>{in}, {}});
    world_.api.edit(kChartPath, [&](json::Value& chart) {
      const auto* generation = chart.find_path({"metadata", "generation"});
      chart.set(
          "status",
          json::Value::object(
              {{"observedGeneration", generation == nullptr ? json::Value{1} : *generation},
               {"conditions",
                json::Value::array({json::Value::object(
                    {{"type", "Ready"},
                     {"status", "True"},
                     {"reason", "ChartPullSucceeded"},
                     {"message", "pulled"},
                     {"lastTransitionTime", "2026-01-01T00:00:00Z"}}
                )})},
               {"artifact",
                json::Value::object(
                    {{"url", url},
                     {"revision", version},
                     {"digest", finished.digest},
                     {"path", "demo.tgz"},
                     {"lastUpdateTime", "2026-01-01T00:00:00Z"}}
                )}}
          )
      );
    });
    world_.settle();
  }

  /// The value of a ConfigMap's data.value; "absent" when there is no such object.
  std::string value(const std::string& name) const {
    const auto* found = world_.api.find("/api/v1/namespaces/apps/configmaps/" + name);
    return found == nullptr ? "absent" : std::string{found->text_at({"data", "value"})};
  }
  /// Revisions in storage: "v1 deployed".
  std::vector<std::string> revisions() const {
    std::vector<std::string> out;
    for (const auto& [path, secret] : world_.api.all(kube::core::secrets())) {
      const auto release = helm::read_release_secret(*secret);
      if (!release) continue;
      EXPECT_EQ(secret->text_at({"metadata", "labels", "status"}), release->info.status);
      out.push_back(text::cat("v", release->version, " ", release->info.status));
    }
    return out;
  }
  std::string history() const {
    std::string out;
    const auto there = object();
    if (!there) return out;
    for (const auto& snapshot : there->status.history)
      text::append(out, out.empty() ? "" : ", ", "v", snapshot.version, " ", snapshot.status);
    return out;
  }

  const std::string kChartPath = kube::resource_of<HelmChart>().path("apps", "demo");
};

}  // namespace weir::helm_controller
