#include "pkg/kustomize/loader.hpp"

#include <gtest/gtest.h>

#include "test/unit/kustomize/world.hpp"

namespace weir::kustomize {
namespace {

TEST(Loader, KnowsRepositoryUrls) {
  for (const auto* url :
       {"github.com/org/repo",
        "https://github.com/org/repo//path?ref=v1",
        "git@github.com:org/repo.git",
        "ssh://git@host/org/repo",
        "https://host/org/repo.git/sub",
        "file:///srv/repo",
        "git::https://host/a/b",
        "GitHub.com/a/b"})
    EXPECT_TRUE(is_repository_url(url)) << url;
  for (const auto* path :
       {"base", "../base", "./a/b", "github.com", "/abs/path", "a@b/c", "host.example/org/repo", "https://host"})
    EXPECT_FALSE(is_repository_url(path)) << path;
}

TEST(Loader, RemoteResourcesAreOffUnlessALoaderIsGiven) {
  const auto by_http = world({{"app/kustomization.yaml", "resources:\n- https://example.com/a.yaml\n"}});
  EXPECT_EQ(
      built(by_http),
      "error: kustomization.yaml:1:1: resources: https://example.com/a.yaml is remote, and remote resources are off; "
      "commit what it names instead"
  );
  const auto by_git = world({{"app/kustomization.yaml", "resources:\n- github.com/org/repo\n"}});
  EXPECT_EQ(
      built(by_git),
      "error: kustomization.yaml:1:1: resources: github.com/org/repo is remote, and remote resources are off; commit "
      "what it names instead"
  );
}

class FakeRemote final : public RemoteLoader {
 public:
  Result<std::string> load_file(const std::string& url) override {
    if (url != "https://example.com/a.yaml") return InputError{"", "not found"};
    return std::string{kConfigMap};
  }
  Result<Directory> load_directory(const std::string& url) override {
    auto files = std::make_shared<MemoryFileSystem>();
    files->write(
        "/clone/sub/kustomization.yaml",
        url.ends_with("escape") ? "resources: [../../secret]\n" : "resources: [cm.yaml]\nnamePrefix: remote-\n"
    );
    files->write("/clone/sub/cm.yaml", kConfigMap);
    files->write("/secret/kustomization.yaml", "namePrefix: x\n");
    return Directory{files, "/clone", "/clone/sub"};
  }
};

TEST(Loader, ARemoteLoaderServesFilesAndDirectories) {
  FakeRemote remote;
  BuildOptions options;
  options.remote = &remote;
  EXPECT_EQ(
      built(world({{"app/kustomization.yaml", "resources:\n- https://example.com/a.yaml\n"}}), options),
      "apiVersion: v1\ndata:\n  mode: dev\nkind: ConfigMap\nmetadata:\n  name: settings\n"
  );
  EXPECT_EQ(
      built(world({{"app/kustomization.yaml", "resources:\n- github.com/org/repo//sub\n"}}), options),
      "apiVersion: v1\ndata:\n  mode: dev\nkind: ConfigMap\nmetadata:\n  name: remote-settings\n"
  );
  const std::string escaped =
      built(world({{"app/kustomization.yaml", "resources:\n- github.com/org/repo//escape\n"}}), options);
  EXPECT_NE(escaped.find("lies outside of its repository '/clone'"), std::string::npos) << escaped;
}

TEST(Loader, FilesOutsideOfTheKustomizationNeedPermission) {
  const auto files =
      world({{"app/kustomization.yaml", "resources: [../shared/cm.yaml]\n"}, {"shared/cm.yaml", kConfigMap}});
  EXPECT_EQ(built(files), "error: kustomization.yaml:1:1: resources: file '/shared/cm.yaml' is not in or below '/app'");
  BuildOptions anywhere;
  anywhere.load_restrictions = LoadRestrictions::kNone;
  EXPECT_NE(built(files, anywhere).find("name: settings"), std::string::npos);
}

TEST(Loader, OddPathsAreRefused) {
  EXPECT_EQ(
      built(world({{"app/kustomization.yaml", "resources: ['']\n"}})),
      "error: kustomization.yaml:1:1: resources: expected a path, got an empty text"
  );
  const auto files =
      world({{"app/kustomization.yaml", "components: [/base]\n"}, {"base/kustomization.yaml", "namePrefix: x\n"}});
  EXPECT_EQ(
      built(files), "error: kustomization.yaml:1:1: components: the path of a kustomization cannot be absolute: '/base'"
  );
}

}  // namespace
}  // namespace weir::kustomize
