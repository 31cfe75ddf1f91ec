#include <gtest/gtest.h>

#include "pkg/base/text.hpp"
#include "test/unit/kustomize/world.hpp"

namespace weir::kustomize {
namespace {

TEST(Limits, AFileOverTheLimitIsRefused) {
  BuildOptions options;
  options.limits.file_bytes = 100;
  const auto files = world({{"app/kustomization.yaml", "resources: [a.yaml]\n"}, {"app/a.yaml", std::string(200, '#')}});
  EXPECT_EQ(built(files, options), "error: kustomization.yaml:1:1: resources: a.yaml: is larger than 100 bytes");
}

TEST(Limits, AliasesExpandOnlySoFar) {
  BuildOptions options;
  options.limits.alias_nodes = 50;
  std::string text = "apiVersion: v1\nkind: A\nmetadata: {name: x}\na: &a [1,2,3,4,5,6,7,8,9]\nb: &b [*a,*a,*a]\nc: [*b,*b,*b]\n";
  const auto files = world({{"app/kustomization.yaml", "resources: [a.yaml]\n"}, {"app/a.yaml", text}});
  EXPECT_EQ(built(files, options), "error: a.yaml:6:5: aliases expand to more than 50 nodes");
}

TEST(Limits, NestingIsBounded) {
  BuildOptions options;
  options.limits.nesting = 30;
  const std::string text = "kind: A\nmetadata: {name: x}\ndeep: " + std::string(40, '[') + std::string(40, ']') + "\n";
  const auto files = world({{"app/kustomization.yaml", "resources: [a.yaml]\n"}, {"app/a.yaml", text}});
  EXPECT_EQ(built(files, options), "error: a.yaml:3:36: nested deeper than 30 levels");
}

TEST(Limits, BasesMayNotFormACircle) {
  const auto files = world({{"app/kustomization.yaml", "resources: [../base]\n"}, {"base/kustomization.yaml", "resources: [../app]\n"}});
  EXPECT_EQ(built(files), "error: /base/kustomization.yaml:1:1: resources: cycle: '.' contains '.', which leads to it");
  const auto self = world({{"app/kustomization.yaml", "resources: [./]\n"}});
  EXPECT_EQ(built(self), "error: kustomization.yaml:1:1: resources: cycle: '.' contains '.', which leads to it");
}

TEST(Limits, BasesMayBeNestedOnlySoDeep) {
  BuildOptions options;
  options.limits.directories = 5;
  MemoryFileSystem files;
  std::string directory = "/app";
  for (int i = 0; i < 10; ++i) {
    files.write(directory + "/kustomization.yaml", "resources: [d]\n");
    directory += "/d";
  }
  files.write(directory + "/kustomization.yaml", "namePrefix: x\n");
  EXPECT_EQ(built(files, options), "error: d/d/d/d/d/kustomization.yaml:1:1: resources: d/d/d/d/d: kustomizations are nested deeper than 5 levels");
}

TEST(Limits, TheNumberOfResourcesIsBounded) {
  BuildOptions options;
  options.limits.resources = 3;
  std::string text;
  for (int i = 0; i < 4; ++i) text += text::cat("---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c", i, "\n");
  const auto files = world({{"app/kustomization.yaml", "resources: [a.yaml]\n"}, {"app/a.yaml", text}});
  EXPECT_EQ(built(files, options), "error: the build reads more than 3 resources");
}

}  // namespace
}  // namespace weir::kustomize
