#include "pkg/kustomize/generate.hpp"

#include <gtest/gtest.h>

#include "pkg/json/codec.hpp"
#include "pkg/yaml/writer.hpp"
#include "test/unit/kustomize/world.hpp"

namespace weir::kustomize {
namespace {

std::string generated(const FileSystem& files, const Additions& additions = {}) {
  const auto out = generate(files, "/app", additions);
  return out ? out->text : "error: " + out.error().text();
}

TEST(Generate, ListsManifestsAndWholeKustomizations) {
  const auto files = world({
      {"app/b.yaml", kConfigMap},
      {"app/a.yml", kConfigMap},
      {"app/readme.md", "no"},
      {"app/sub/c.yaml", kConfigMap},
      {"app/kust/kustomization.yml", "namePrefix: x\n"},
      {"app/kust/inner.yaml", "not: read"},
  });
  EXPECT_EQ(
      generated(files),
      "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n- a.yml\n- b.yaml\n- kust\n- "
      "sub/c.yaml\n"
  );
}

TEST(Generate, NothingFoundBuildsToNothing) {
  const auto files = world({{"app/readme.md", "no"}});
  EXPECT_EQ(
      generated(files), "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: _placeholder\n"
  );
  const auto built = generate_and_build(files, "/app", {}, {});
  ASSERT_TRUE(built) << built.error().text();
  EXPECT_TRUE(built->resources.empty());
}

// They were refused as empty; Flux applies no object.
TEST(Generate, AFileThatSaysNothingBuildsToNothing) {
  const std::string header = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n";
  for (const auto& text :
       {std::string{},
        std::string{"# nothing\n"},
        std::string{"null\n"},
        std::string{"---\n"},
        std::string{"{}\n"},
        header,
        std::string{"resources: []\n"},
        header + "resources:\n"}) {
    const auto files = world({{"app/kustomization.yaml", text}});
    const auto built = generate_and_build(files, "/app", {}, {});
    ASSERT_TRUE(built) << text << built.error().text();
    EXPECT_TRUE(built->resources.empty());
    Additions additions;
    additions.name_prefix = "x-";
    EXPECT_TRUE(generate_and_build(files, "/app", additions, {})) << text;
  }
  EXPECT_EQ(
      generated(world({{"app/kustomization.yaml", "[]\n"}})),
      "error: kustomization.yaml:1:1: expected an object, got a list"
  );
  const auto below = world({{"app/kustomization.yaml", "resources: [../base]\n"}, {"base/kustomization.yaml", header}});
  EXPECT_TRUE(generate_and_build(below, "/app", {}, {}).has_error()) << "kustomize refuses an empty base";
}

TEST(Generate, AFileWithoutResourcesAsksForOrigins) {
  const std::string generator =
      "configMapGenerator:\n- {name: only, literals: [a=b], options: {disableNameSuffixHash: true}}\n";
  const auto files = world({{"app/kustomization.yaml", generator + "buildMetadata: [transformerAnnotations]\n"}});
  const auto origin = [&](const Additions& additions) {
    const auto built = generate_and_build(files, "/app", additions, {});
    return std::string{
        built.value().resources.at(0).text_at({"metadata", "annotations", "config.kubernetes.io/origin"})};
  };
  EXPECT_EQ(
      origin({}), "configuredIn: kustomization.yaml\nconfiguredBy:\n  apiVersion: builtin\n  kind: ConfigMapGenerator\n"
  );
  Additions additions;
  additions.build_metadata = {"managedByLabel"};
  EXPECT_EQ(origin(additions), "") << "what the spec says wins";
}

TEST(Generate, AManifestThatIsNoneIsNamedWithItsLine) {
  const auto files = world(
      {{"app/a.yaml", kConfigMap},
       {"app/bad.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n data: {}\n"}}
  );
  EXPECT_EQ(generated(files).substr(0, 60), "error: bad.yaml:5:2: failed to decode Kubernetes YAML: expec");
}

TEST(Generate, AFileWithoutAdditionsStaysAsItIs) {
  const std::string text = "# ours\nresources: [a.yaml]\n";
  EXPECT_EQ(generated(world({{"app/kustomization.yaml", text}})), text);
}

TEST(Generate, AdditionsStandBelowSoThatLinesKeepTheirNumbers) {
  const auto files = world({
      {"app/kustomization.yaml",
       "namespace: old\nresources: [cm.yaml]\nimages:\n- name: a\n  newTag: '1'\n- name: b\n  newTag: '2'\n"},
      {"app/cm.yaml", kConfigMap},
      {"app/comp/kustomization.yaml",
       "kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\nnameSuffix: -c\n"},
  });
  Additions additions;
  additions.target_namespace = "new";
  additions.name_prefix = "p-";
  additions.images = {
      json::parse(R"({"name":"b","newTag":"9"})").value(), json::parse(R"({"name":"c","digest":"sha256:1"})").value()};
  additions.patches = {
      json::parse(R"({"patch":"- op: add\n  path: /data/x\n  value: \"1\"\n","target":{"kind":"ConfigMap"}})").value()};
  additions.components = {"comp", "missing"};
  additions.ignore_missing_components = true;
  const std::string text = generated(files, additions);
  EXPECT_TRUE(text.starts_with("namespace: old\nresources: [cm.yaml]\n")) << text;
  EXPECT_NE(
      text.find("images:\n- name: a\n  newTag: \"1\"\n- name: b\n  newTag: \"9\"\n- digest: sha256:1\n  name: c\n"),
      std::string::npos
  ) << text;
  const auto built = generate_and_build(files, "/app", additions, {});
  ASSERT_TRUE(built) << built.error().text();
  ASSERT_EQ(built->resources.size(), 1U);
  EXPECT_EQ(
      yaml::write(built->resources[0]),
      "apiVersion: v1\ndata:\n  mode: dev\n  x: \"1\"\nkind: ConfigMap\nmetadata:\n  name: p-settings-c\n  namespace: "
      "new\n"
  );
  EXPECT_TRUE(are_current(files, built->inputs));
  auto with_component = files;
  with_component.write("/app/missing/kustomization.yaml", "kind: Component\n");
  EXPECT_FALSE(are_current(with_component, built->inputs));
}

TEST(Generate, AnImageKeepsWhatTheAdditionDoesNotSay) {
  const auto with = [](const char* image) {
    Additions additions;
    additions.images = {json::parse(image).value()};
    const auto files = world(
        {{"app/kustomization.yaml",
          "resources: [a.yaml]\nimages:\n- {name: nginx, newName: here, newTag: '1', digest: ''}\n"},
         {"app/a.yaml", kDeployment}}
    );
    return std::string{generate_and_build(files, "/app", additions, {})
                           .value()
                           .resources.at(0)
                           .find_path({"spec", "template", "spec", "containers"})
                           ->as_array()
                           .at(0)
                           .text_at({"image"})};
  };
  EXPECT_EQ(with(R"({"name":"nginx","newName":"new"})"), "new:1");
  EXPECT_EQ(with(R"({"name":"nginx","newTag":"2"})"), "here:2");
  EXPECT_EQ(with(R"({"name":"nginx","digest":"sha256:ff"})"), "here@sha256:ff") << "tag and digest are one choice";
}

TEST(Generate, FilesOfBracketsAreWrittenAnew) {
  const auto files = world({{"app/kustomization.yaml", "{resources: [cm.yaml]}"}, {"app/cm.yaml", kConfigMap}});
  Additions additions;
  additions.target_namespace = "n";
  EXPECT_EQ(generated(files, additions), "namespace: \"n\"\nresources:\n- cm.yaml\n");
}

TEST(Generate, ComponentsMustBeLocal) {
  const auto files = world({{"app/kustomization.yaml", "resources: []\n"}});
  for (const auto* component : {"https://example.com/x", "github.com/a/b", "/abs"}) {
    Additions additions;
    additions.components = {component};
    EXPECT_EQ(
        generated(files, additions),
        std::string{"error: spec.components: the path \""} + component + "\" must be local and relative"
    );
  }
}

TEST(Generate, ABrokenKustomizationIsToldWithItsOwnLine) {
  const auto files = world({{"app/kustomization.yaml", "resources: []\n\npatch: x\n"}});
  EXPECT_EQ(generated(files), "error: kustomization.yaml:3:1: unknown field \"patch\"");
}

TEST(Generate, ANewManifestMakesTheInputsStale) {
  auto files = world({{"app/a.yaml", kConfigMap}});
  const auto built = generate_and_build(files, "/app", {}, {});
  ASSERT_TRUE(built);
  EXPECT_TRUE(are_current(files, built->inputs));
  files.write("/app/new/b.yaml", kConfigMap);
  EXPECT_FALSE(are_current(files, built->inputs));
}

}  // namespace
}  // namespace weir::kustomize
