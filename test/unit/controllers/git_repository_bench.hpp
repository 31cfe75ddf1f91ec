#pragma once

#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <string>

#include "controllers/source/git_repository_reconciler.hpp"
#include "controllers/source/git_repository_watches.hpp"
#include "pkg/artifact/extract.hpp"
#include "pkg/base/digest.hpp"
#include "test/support/git_process.hpp"
#include "test/support/git_server.hpp"

namespace weir::source {

using api::image::ImageUpdateAutomation;
using test::Wakes;

/// A source-controller without its file server. Its first pass over what is there begins with it.
class SourceProcess final : public test::GitProcess {
 public:
  SourceProcess(test::World& world_, Wakes wakes) : GitProcess{world_} {
    if (wakes == Wakes::kAll) connect_watches(objects, automations, controller);
    start(controller);
  }
  ~SourceProcess() override { stop(); }

 private:
  static artifact::StorageOptions storage_options(const test::World& world) {
    artifact::StorageOptions out;
    out.root = world.data("artifacts");
    out.advertised_address = "source";
    return out;
  }
  static GitRepositoryOptions reconciler_options(const test::World& world) {
    GitRepositoryOptions out;
    out.repository_root = world.data("repositories");
    return out;
  }

 public:
  artifact::Storage storage{storage_options(world)};
  ArtifactKeeper keeper{storage, world.io};
  kube::Informer<GitRepository>& objects = caches.get<GitRepository>("", "");
  kube::Informer<ImageUpdateAutomation>& automations = caches.get<ImageUpdateAutomation>("", "");
  GitRepositoryReconciler reconciler{
      {client, objects, git, remotes, keeper, world.io, metrics}, reconciler_options(world)};
  runtime::Controller<GitRepository> controller{
      controller_parts(objects, reconciler), controller_options<GitRepository>()};
};

/// The GitRepository apps/web of the branch main of https://git.example.com/web.git.
class GitRepositoryBench : public test::Bench<GitRepository, SourceProcess> {
 public:
  GitRepositoryBench() : Bench{"apps", "web"} {
    world_.api.serve(kube::resource_of<ImageUpdateAutomation>());
    world_.web.serve("git.example.com", server_);
  }
  ~GitRepositoryBench() { end(); }

  /// @param more  members of the spec
  void add_repository(const std::string& more = R"(, "ref": {"branch": "main"})") {
    add(text::cat(R"("url": "https://git.example.com/web.git", "interval": "5m")", more));
  }

  std::optional<api::Artifact> artifact() const {
    const auto there = object();
    return there ? there->status.artifact : std::nullopt;
  }
  std::string revision() const {
    const auto told = artifact();
    return told ? told->revision : "";
  }
  static std::string revision_of(const std::string& commit) { return text::cat("main@sha1:", commit); }
  /// Whether a consumer that asks for an artifact now gets what was told of it.
  bool is_served(const api::Artifact& told) const {
    for (const auto& root : {world_.disk / "data", world_.disk / "away"}) {
      std::ifstream file{root / "artifacts" / told.path, std::ios::binary};
      const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
      if (file && told.digest == text::cat("sha256:", sha256_hex(bytes))) return true;
    }
    return false;
  }
  using Files = test::GitServer::Files;
  /// What a consumer finds in the artifact.
  Files contents() const {
    const test::ScratchFolder folder;
    artifact::extract(world_.data("artifacts") / artifact()->path, folder.path(), {}, {});
    Files out;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{folder.path()}) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file{entry.path(), std::ios::binary};
      out.emplace(
          std::filesystem::relative(entry.path(), folder.path()).string(),
          std::string{std::istreambuf_iterator<char>{file}, {}}
      );
    }
    return out;
  }
  /// Archives of the object on the disk.
  std::size_t archives() const {
    std::size_t out = 0;
    std::error_code ignored;
    for (const auto& entry :
         std::filesystem::directory_iterator{world_.data("artifacts") / "gitrepository/apps/web", ignored})
      out += entry.path().filename().string().starts_with('.') ? 0 : 1;
    return out;
  }
  std::string condition(std::string_view type) const {
    const auto there = object();
    const auto* found = api::find_condition(there->status.conditions, type);
    return found == nullptr ? "" : text::cat(found->status, " ", found->reason, ": ", found->message);
  }

  test::GitServer server_;
};

}  // namespace weir::source
