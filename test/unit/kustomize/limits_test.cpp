#include <gtest/gtest.h>

#include "pkg/base/text.hpp"
#include "pkg/kustomize/document_cache.hpp"
#include "test/unit/kustomize/world.hpp"

namespace weir::kustomize {
namespace {

TEST(Limits, AFileOverTheLimitIsRefused) {
  BuildOptions options;
  options.limits.file_bytes = 100;
  const auto files =
      world({{"app/kustomization.yaml", "resources: [a.yaml]\n"}, {"app/a.yaml", std::string(200, '#')}});
  EXPECT_EQ(built(files, options), "error: kustomization.yaml:1:1: resources: a.yaml: is larger than 100 bytes");
}

TEST(Limits, AliasesExpandOnlySoFar) {
  BuildOptions options;
  options.limits.alias_nodes = 50;
  std::string text =
      "apiVersion: v1\nkind: A\nmetadata: {name: x}\na: &a [1,2,3,4,5,6,7,8,9]\nb: &b [*a,*a,*a]\nc: [*b,*b,*b]\n";
  const auto files = world({{"app/kustomization.yaml", "resources: [a.yaml]\n"}, {"app/a.yaml", text}});
  EXPECT_EQ(built(files, options), "error: a.yaml:6:5: aliases expand to more than 50 nodes");
}

// 11.7 KB of them took 2.2 GiB: the limit held for each document alone.
TEST(Limits, AliasesOfManyDocumentsShareOneLimit) {
  BuildOptions options;
  options.limits.alias_nodes = 50;
  std::string text;
  for (int i = 0; i < 3; ++i)
    text +=
        text::cat("---\napiVersion: v1\nkind: A\nmetadata: {name: x", i, "}\na: &a [1,2,3,4,5,6,7,8,9]\nb: [*a,*a]\n");
  const auto files = world({{"app/kustomization.yaml", "resources: [a.yaml]\n"}, {"app/a.yaml", text}});
  EXPECT_EQ(built(files, options), "error: a.yaml:18:8: aliases expand to more than 50 nodes");
  options.documents = std::make_shared<DocumentCache>(1u << 20);
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(built(files, options), "error: a.yaml:18:8: aliases expand to more than 50 nodes")
        << "parsed before, or not";
  const auto kustomizations = world({
      {"app/kustomization.yaml", "resources: [../a, ../b]\n"},
      {"a/kustomization.yaml", "commonAnnotations: {a: &a v, b: *a}\n"},
      {"b/kustomization.yaml", "commonAnnotations: {a: &a v, b: *a}\n"},
  });
  options.limits.alias_nodes = 1;
  EXPECT_EQ(built(kustomizations, options), "error: /b/kustomization.yaml:1:33: aliases expand to more than 1 nodes");
}

TEST(Limits, WhatABuildMakesIsBoundedAsAWhole) {
  BuildOptions options;
  options.limits.memory_bytes = 1u << 20;
  const std::string map = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: m\ndata:\n  k: ";
  const std::string error =
      "error: the build takes more than 1 MiB of memory: its files, aliases, patches and replacements together make "
      "too much";
  const auto with = [&](std::string kustomization, std::string resource) {
    return built(
        world({{"app/kustomization.yaml", "resources: [a.yaml]\n" + kustomization}, {"app/a.yaml", std::move(resource)}}
        ),
        options
    );
  };
  std::string copies = "patches:\n- target: {kind: ConfigMap}\n  patch: |\n";
  for (int i = 0; i < 30; ++i) copies += "    - {op: copy, from: /data, path: /data/x" + std::to_string(i) + "}\n";
  EXPECT_EQ(with(copies, map + "v\n"), error) << "each doubles the object";
  const std::string large(100'000, 'x');
  std::string aliases = "  spec: [&a " + large;
  for (int i = 0; i < 20; ++i) aliases += ", *a";
  EXPECT_EQ(with("", map + "v\n" + aliases + "]\n"), error) << "texts that aliases copy";
  std::string targets;
  for (int i = 0; i < 20; ++i) targets += text::cat(i == 0 ? "" : ", ", "data.k", i);
  EXPECT_EQ(
      with(
          text::cat(
              "replacements:\n- source: {kind: ConfigMap, fieldPath: data.k}\n  targets: [{select: {kind: ConfigMap}, "
              "fieldPaths: [",
              targets,
              "], options: {create: true}}]\n"
          ),
          map + large + "\n"
      ),
      error
  );
  std::string uses;
  for (int i = 0; i < 20; ++i) uses += "$(V)";
  const auto variables = world({
      {"app/kustomization.yaml",
       "resources: [a.yaml]\nvars: [{name: V, objref: {apiVersion: v1, kind: ConfigMap, name: m}, fieldref: "
       "{fieldPath: data.k}}]\nconfigurations: [c.yaml]\n"},
      {"app/c.yaml", "varReference: [{path: data/uses, kind: ConfigMap}]\n"},
      {"app/a.yaml", text::cat(map, large, "\n  uses: ", uses, "\n")},
  });
  EXPECT_EQ(built(variables, options), error);
}

TEST(Limits, ATrialThatIsTooSmallIsNoError) {
  BuildOptions options;
  options.limits.memory_bytes = 10'000;
  const auto files = world(
      {{"app/kustomization.yaml", "resources: [a.yaml]\n"},
       {"app/a.yaml", text::cat("apiVersion: v1\nkind: A\nmetadata: {name: x}\na: ", std::string(20'000, 'x'), "\n")}}
  );
  EXPECT_NE(built(files, options).find("the build takes more than"), std::string::npos);
  options.limits.is_trial = true;
  EXPECT_THROW(built(files, options), TrialTooSmall);
}

// Each of thirty folders named the next one twice: a thousand million builds.
TEST(Limits, TheNumberOfKustomizationsIsBounded) {
  BuildOptions options;
  options.limits.kustomizations = 100;
  MemoryFileSystem files;
  for (int i = 0; i < 30; ++i)
    files.write(
        text::cat(i == 0 ? "/app" : text::cat("/d", i), "/kustomization.yaml"),
        text::cat("resources: [../d", i + 1, ", ../d", i + 1, "]\n")
    );
  files.write("/d30/kustomization.yaml", "namePrefix: x\n");
  EXPECT_NE(built(files, options).find("the build reads more than 100 kustomizations"), std::string::npos)
      << built(files, options);
}

TEST(Limits, DefinitionsOfCrdsLeadOnlySoFar) {
  std::string definitions =
      R"({"w.v1.Widget": {"Schema": {"properties": {"apiVersion": {}, "kind": {}, "metadata": {}, "a": {"$ref": "d0"}}}})";
  for (int i = 0; i < 40; ++i)
    text::append(
        definitions,
        R"(, "d)",
        i,
        R"(": {"Schema": {"properties": {"a": {"$ref": "d)",
        i + 1,
        R"("}, "b": {"$ref": "d)",
        i + 1,
        R"("}}}})"
    );
  const auto files =
      world({{"app/kustomization.yaml", "namePrefix: x-\ncrds: [c.json]\n"}, {"app/c.json", definitions + "}"}});
  EXPECT_EQ(built(files), "error: crds: the definitions lead to more than 200000 properties");
}

TEST(Limits, NestingIsBounded) {
  BuildOptions options;
  options.limits.nesting = 30;
  const std::string text = "kind: A\nmetadata: {name: x}\ndeep: " + std::string(40, '[') + std::string(40, ']') + "\n";
  const auto files = world({{"app/kustomization.yaml", "resources: [a.yaml]\n"}, {"app/a.yaml", text}});
  EXPECT_EQ(built(files, options), "error: a.yaml:3:36: nested deeper than 30 levels");
}

TEST(Limits, BasesMayNotFormACircle) {
  const auto files =
      world({{"app/kustomization.yaml", "resources: [../base]\n"}, {"base/kustomization.yaml", "resources: [../app]\n"}}
      );
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
  EXPECT_EQ(
      built(files, options),
      "error: d/d/d/d/d/kustomization.yaml:1:1: resources: d/d/d/d/d: kustomizations are nested deeper than 5 levels"
  );
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
