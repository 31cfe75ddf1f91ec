#pragma once

#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "controllers/image_reflector/image_repository_reconciler.hpp"
#include "test/support/memory_registry.hpp"
#include "test/unit/image_reflector/reflector_process.hpp"

namespace weir::image_reflector {

using test::Wakes;

/// An image-reflector-controller's part for repositories. Its first pass over what is there begins with it.
class RepositoryProcess final : public ReflectorProcess {
 public:
  RepositoryProcess(test::World& world_, Wakes) : ReflectorProcess{world_} { start(controller); }
  ~RepositoryProcess() override { stop(); }

  kube::Informer<ImageRepository>& objects = caches.get<ImageRepository>("", "");
  ImageRepositoryReconciler reconciler{{registries, tags, world.cpu, 0.0}};
  runtime::Controller<ImageRepository> controller{
      controller_parts(objects, reconciler), controller_options<ImageRepository>()};
};

/// The ImageRepository images/app of registry.example.com/app.
class RepositoryBench : public test::Bench<ImageRepository, RepositoryProcess> {
 public:
  RepositoryBench() : Bench{"images", "app"} { world_.web.serve("registry.example.com", registry_); }
  ~RepositoryBench() { end(); }

  /// @param more  members of the spec
  void add_repository(const std::string& more = "") {
    add(text::cat(R"("image": "registry.example.com/app", "interval": "10m")", more));
  }
  /// A Secret with what the registry wants to hear from us.
  void add_credentials(const std::string& password = "hunter2") {
    add_secret(
        "login",
        {{".dockerconfigjson",
          text::cat(R"({"auths": {"registry.example.com": {"username": "robot", "password": ")", password, R"("}}})")}},
        "kubernetes.io/dockerconfigjson"
    );
  }
  /// The interval is over.
  void pass_when_due() {
    world_.clock.advance(std::chrono::minutes{10});
    pass();
  }

  /// What another process would find; nullptr: nothing, or no tags.
  std::shared_ptr<const TagSnapshot> stored() const {
    const auto there = object();
    if (!there) return nullptr;
    const std::string below = text::cat("imagerepository/images/app/", there->metadata.uid, ".tags");
    for (const auto& root : {world_.disk / "data", world_.disk / "away"}) {
      std::ifstream file{root / "tags" / below, std::ios::binary};
      if (file) return decode_tags(std::string{std::istreambuf_iterator<char>{file}, {}});
    }
    return nullptr;
  }
  /// "1.1.0 1.0.0": tags on the disk.
  std::string stored_tags() const {
    const auto snapshot = stored();
    if (!snapshot) return "none";
    std::vector<std::string> tags{snapshot->tags().tags().begin(), snapshot->tags().tags().end()};
    return text::join(tags, " ");
  }
  /// What the status says to have stored; empty: nothing.
  std::string told_revision() const {
    const auto there = object();
    return there && there->status.last_scan_result ? there->status.last_scan_result->revision : "";
  }
  std::string stored_revision() const {
    const auto snapshot = stored();
    return snapshot ? snapshot->tags().revision() : "";
  }

  test::MemoryRegistry registry_;
};

}  // namespace weir::image_reflector
