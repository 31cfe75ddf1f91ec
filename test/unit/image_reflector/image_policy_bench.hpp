#pragma once

#include <memory>
#include <optional>
#include <string>

#include "controllers/image_reflector/image_policy_reconciler.hpp"
#include "controllers/image_reflector/image_policy_watches.hpp"
#include "controllers/image_reflector/image_repository_reconciler.hpp"
#include "test/unit/image_reflector/reflector_process.hpp"

namespace weir::image_reflector {

using test::Wakes;

/// An image-reflector-controller's part for policies. Its first pass over what is there begins with it.
class PolicyProcess final : public ReflectorProcess {
 public:
  PolicyProcess(test::World& world_, Wakes wakes, bool no_cross_namespace_refs_ = false)
      : ReflectorProcess{world_}, no_cross_namespace_refs{no_cross_namespace_refs_} {
    if (wakes == Wakes::kAll) connect_watches(repositories, objects, controller);
    start(controller);
  }
  ~PolicyProcess() override { stop(); }

  const bool no_cross_namespace_refs;
  kube::Informer<ImageRepository>& repositories = caches.get<ImageRepository>("", "");
  kube::Informer<ImagePolicy>& objects = caches.get<ImagePolicy>("", "");
  ImagePolicyReconciler reconciler{
      {client, repositories, registries, tags, world.cpu, metrics, Milliseconds{30'000}, no_cross_namespace_refs}};
  runtime::Controller<ImagePolicy> controller{controller_parts(objects, reconciler), controller_options<ImagePolicy>()};
};

/// The ImagePolicy apps/policy of the ImageRepository images/app, which lets it in.
class PolicyBench : public test::Bench<ImagePolicy, PolicyProcess> {
 public:
  PolicyBench() : Bench{"apps", "policy"} {
    auto& api = world_.api;
    api.serve(kube::resource_of<ImageRepository>());
    add_namespace("images");
    api.edit("/api/v1/namespaces/apps", [](json::Value& it) {
      it["metadata"].set("labels", json::Value::object({{"team", "apps"}}));
    });
    api.put(
        kRepositoryPath,
        *json::parse(R"({"metadata": {"name": "app", "namespace": "images"}, "status": {},
        "spec": {"image": "registry.example.com/app", "accessFrom": {"namespaceSelectors": [{"matchLabels": {"team": "apps"}}]}}})"
        )
    );
  }

  void add_policy(const char* range = "1.x") {
    add(text::cat(
        R"("imageRepositoryRef": {"name": "app", "namespace": "images"}, "policy": {"semver": {"range": ")",
        range,
        R"("}})"
    ));
  }
  /// What a scan leaves: tags on the disk, then the word in the status.
  void scan(const std::string& lines) {
    const auto list = TagList::make(lines, {});
    TagDatabase tags{world_.data("tags"), world_.io};
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

  std::string latest() const {
    const auto there = object();
    return there && there->status.latest_ref ? there->status.latest_ref->text() : "";
  }

  const std::string kRepositoryPath = kube::resource_of<ImageRepository>().path("images", "app");
};

}  // namespace weir::image_reflector
