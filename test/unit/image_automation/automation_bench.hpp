#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "controllers/image_automation/image_update_automation_reconciler.hpp"
#include "controllers/image_automation/image_update_automation_watches.hpp"
#include "test/support/git_process.hpp"
#include "test/support/git_server.hpp"

namespace weir::image_automation {

using test::Wakes;

/// An image-automation-controller. Its first pass over what is there begins with it.
class AutomationProcess final : public test::GitProcess {
 public:
  AutomationProcess(test::World& world_, Wakes wakes, bool no_cross_namespace_refs_ = false)
      : GitProcess{world_}, no_cross_namespace_refs{no_cross_namespace_refs_} {
    if (wakes == Wakes::kAll) {
      connect_watches(objects, policies, repositories, controller);
    } else {
      policies.add_index(kByNamespace, [](const ImagePolicy& object) {
        return std::vector<std::string>{object.metadata.namespace_};
      });
    }
    start(controller);
  }
  ~AutomationProcess() override { stop(); }

 private:
  AutomationOptions reconciler_options() const {
    AutomationOptions out;
    out.repository_root = world.data("repositories");
    out.no_cross_namespace_refs = no_cross_namespace_refs;
    return out;
  }

 public:
  const bool no_cross_namespace_refs;
  kube::Informer<ImageUpdateAutomation>& objects = caches.get<ImageUpdateAutomation>("", "");
  kube::Informer<ImagePolicy>& policies = caches.get<ImagePolicy>("", "");
  kube::Informer<GitRepository>& repositories = caches.get<GitRepository>("", "");
  ImageUpdateAutomationReconciler reconciler{
      {client, policies, repositories, git, remotes, world.io, metrics}, reconciler_options()};
  runtime::Controller<ImageUpdateAutomation> controller{
      controller_parts(objects, reconciler), controller_options<ImageUpdateAutomation>()};
};

/// The ImageUpdateAutomation apps/auto of the GitRepository apps/source, the branch main of
/// https://git.example.com/apps.git, and the ImagePolicy apps/app.
class AutomationBench : public test::Bench<ImageUpdateAutomation, AutomationProcess> {
 public:
  AutomationBench() : Bench{"apps", "auto"} {
    world_.api.serve(kube::resource_of<GitRepository>());
    world_.api.serve(kube::resource_of<ImagePolicy>());
    world_.web.serve("git.example.com", server_);
    world_.api.put(
        kSourcePath, *json::parse(R"({"metadata": {"name": "source", "namespace": "apps"}, "status": {}, "spec":
        {"url": "https://git.example.com/apps.git", "interval": "1m", "ref": {"branch": "main"}}})")
    );
    world_.api.put(kPolicyPath, *json::parse(R"({"metadata": {"name": "app", "namespace": "apps"}, "status": {}, "spec":
        {"imageRepositoryRef": {"name": "app"}, "policy": {"semver": {"range": ">=0"}}}})"));
  }
  ~AutomationBench() { end(); }

  /// @param more  members of spec.git besides the author
  void add_automation(const std::string& more = "") {
    add(text::cat(
        R"("sourceRef": {"kind": "GitRepository", "name": "source"}, "interval": "10m", "git": {"commit": {"author":
        {"name": "robot", "email": "robot@example.com"}})",
        more,
        "}"
    ));
  }
  /// What the policy has chosen from now on.
  void select(const std::string& tag) {
    world_.api.edit(kPolicyPath, [&](json::Value& policy) {
      policy["status"].set("latestRef", json::Value::object({{"name", "registry.example.com/app"}, {"tag", tag}}));
    });
    world_.settle();
  }
  static std::string manifest(const std::string& tag) {
    return text::cat("image: registry.example.com/app:", tag, " # {\"$imagepolicy\": \"apps:app\"}\n");
  }
  /// What the manifest of a branch holds.
  std::string deployed(const std::string& branch = "main") const { return server_.files(branch).at("app.yaml"); }

  const std::string kSourcePath = kube::resource_of<GitRepository>().path("apps", "source");
  const std::string kPolicyPath = kube::resource_of<ImagePolicy>().path("apps", "app");
  test::GitServer server_;
};

}  // namespace weir::image_automation
