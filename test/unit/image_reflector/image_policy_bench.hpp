#pragma once

#include <memory>
#include <optional>
#include <string>

#include "controllers/image_reflector/image_policy_reconciler.hpp"
#include "controllers/image_reflector/image_policy_watches.hpp"
#include "controllers/image_reflector/image_repository_reconciler.hpp"
#include "pkg/http/client.hpp"
#include "pkg/json/codec.hpp"
#include "test/support/controller_bench.hpp"

namespace weir::image_reflector {

/// An image-reflector-controller's part for policies. Its first pass over what is there begins with it.
class PolicyProcess final : public test::Process {
 public:
  PolicyProcess(test::World& world_, bool is_woken_by_repositories) : Process{world_} {
    if (is_woken_by_repositories) connect_watches(repositories, policies, controller);
    start(controller);
  }
  ~PolicyProcess() override { stop(); }

 private:
  static cloud::RegistryLogins::Options login_options() {
    cloud::RegistryLogins::Options out;
    out.cache_size = 1;
    return out;
  }

 public:
  http::ClientCache connections{world.reactor.get_executor()};
  cloud::ProcessEnvironment environment;
  cloud::RegistryLogins logins{world.to_web, environment, world.clock, login_options()};
  access::RegistryAccess registries{{client, connections, logins, world.cpu, world.clock, "bench/1", 1000}};
  TagDatabase tags{(world.disk / "tags").string(), world.io};
  kube::Informer<ImageRepository>& repositories = caches.get<ImageRepository>("", "");
  kube::Informer<ImagePolicy>& policies = caches.get<ImagePolicy>("", "");
  ImagePolicyReconciler reconciler{
      {client, repositories, registries, tags, world.cpu, metrics, Milliseconds{30'000}, false}};
  runtime::Controller<ImagePolicy> controller{
      controller_parts(policies, reconciler), controller_options<ImagePolicy>()};
};

/// The ImagePolicy apps/policy of the ImageRepository images/app, which lets it in, and processes that come and go.
class PolicyBench {
 public:
  PolicyBench() {
    auto& api = world_.api;
    api.serve(kube::resource_of<ImageRepository>());
    api.serve(kube::resource_of<ImagePolicy>());
    api.put("/api/v1/namespaces/apps", *json::parse(R"({"metadata": {"name": "apps", "labels": {"team": "apps"}}})"));
    api.put("/api/v1/namespaces/images", *json::parse(R"({"metadata": {"name": "images"}})"));
    api.put(
        kRepositoryPath,
        *json::parse(R"({"metadata": {"name": "app", "namespace": "images"}, "status": {},
        "spec": {"image": "registry.example.com/app", "accessFrom": {"namespaceSelectors": [{"matchLabels": {"team": "apps"}}]}}})"
        )
    );
  }

  void add_policy(const char* range = "1.x") {
    world_.api.put(
        kPath,
        *json::parse(text::cat(
            R"({"metadata": {"name": "policy", "namespace": "apps"}, "status": {}, "spec": {
            "imageRepositoryRef": {"name": "app", "namespace": "images"}, "policy": {"semver": {"range": ")",
            range,
            R"("}}}})"
        ))
    );
  }
  /// What a scan leaves: tags on the disk, then the word in the status.
  void scan(const std::string& lines) {
    const auto list = TagList::make(lines, {});
    TagDatabase tags{(world_.disk / "tags").string(), world_.io};
    auto repository = world_.find<ImageRepository>({"images", "app"});
    auto snapshot = std::make_shared<const TagSnapshot>("registry.example.com/app", list);
    test::run(
        world_.reactor,
        process_ ? process_->tags.put(tag_key(*repository), snapshot) : tags.put(tag_key(*repository), snapshot)
    );
    world_.api.edit(kRepositoryPath, [&](json::Value& object) {
      object["status"].set("canonicalImageName", "registry.example.com/app");
      object["status"].set(
          "lastScanResult", json::Value::object({{"tagCount", list->size()}, {"revision", list->revision()}})
      );
    });
    world_.settle();
  }

  void begin(bool is_woken_by_repositories = true) {
    process_ = std::make_unique<PolicyProcess>(world_, is_woken_by_repositories);
    world_.run_until([&] { return process_->passes(ImagePolicy::kNames.kind) > 0; });
    process_->rest<ImagePolicy>();
  }
  void end() { process_.reset(); }
  template <class Action>
  void pass_after(Action action) {
    process_->pass_after<ImagePolicy>(action);
  }
  void pass() {
    pass_after([this] { process_->controller.enqueue(kKey); });
  }

  std::optional<ImagePolicy> object() const { return world_.find<ImagePolicy>(kKey); }
  std::string ready_text() const {
    const auto there = object();
    const auto* ready = there ? api::find_condition(there->status.conditions, api::condition::kReady) : nullptr;
    return ready == nullptr ? "" : text::cat(ready->status, " ", ready->reason, ": ", ready->message);
  }
  std::string latest() const {
    const auto there = object();
    return there && there->status.latest_ref ? there->status.latest_ref->text() : "";
  }

  const kube::ObjectKey kKey{"apps", "policy"};
  const std::string kPath = kube::resource_of<ImagePolicy>().path("apps", "policy");
  const std::string kRepositoryPath = kube::resource_of<ImageRepository>().path("images", "app");
  test::World world_;
  std::unique_ptr<PolicyProcess> process_;
};

}  // namespace weir::image_reflector
