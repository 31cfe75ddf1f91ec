#include "controllers/helm/post_render.hpp"

#include <gtest/gtest.h>

#include "pkg/helm/manifest/head.hpp"
#include "pkg/json/codec.hpp"

namespace weir::helm_controller {
namespace {

using api::helm::HelmRelease;

HelmRelease object(const char* spec = "{}") {
  HelmRelease out;
  auto document = json::parse(spec).value();
  document.set("interval", "1m");
  out.spec = json::decode<api::helm::HelmReleaseSpec>(json::View{document}).value();
  out.metadata.name = "web";
  out.metadata.namespace_ = "apps";
  return out;
}

helm::Manifest manifest(std::string path, std::string text) {
  auto head = helm::read_head(text).value();
  return {std::move(path), std::move(text), std::move(head)};
}

helm::Hook hook(std::string path, std::string text) {
  return helm::read_hook(helm::read_head(text).value(), path, text).value();
}

const std::string kConfig =
    "# said by a person\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: one}\ndata:\n  b: \"red\"\n  a: yes\n";
const std::string kHook =
    "apiVersion: v1\nkind: Pod\nmetadata:\n  name: before\n  annotations: {helm.sh/hook: pre-install}\n"
    "spec:\n  containers: [{name: a, image: busybox}]\n";
constexpr const char* kLabels = "    helm.toolkit.fluxcd.io/name: web\n    helm.toolkit.fluxcd.io/namespace: apps\n";

TEST(PostRenderTest, EveryObjectIsPrintedAnewAndNamesItsOwner) {
  const auto out =
      post_render({manifest("demo/templates/a.yaml", kConfig)}, {hook("demo/templates/h.yaml", kHook)}, object());
  ASSERT_TRUE(out) << out.error().text();
  ASSERT_EQ(out->manifests.size(), 1u);
  EXPECT_EQ(out->manifests[0].path, "demo/templates/a.yaml");
  EXPECT_EQ(
      out->manifests[0].text,
      std::string{"apiVersion: v1\ndata:\n  a: \"yes\"\n  b: red\nkind: ConfigMap\nmetadata:\n  labels:\n"} + kLabels +
          "  name: one\n"
  );
  EXPECT_EQ(out->objects[0].text_at({"metadata", "name"}), "one");
  ASSERT_EQ(out->hooks.size(), 1u);
  EXPECT_EQ(out->hooks[0].name, "before");
  EXPECT_EQ(out->hooks[0].path, "demo/templates/h.yaml");
  EXPECT_NE(out->hooks[0].text.find(kLabels), std::string::npos);
}

TEST(PostRenderTest, PatchesAndImagesAreAppliedOneAfterTheOther) {
  const auto out = post_render(
      {manifest("demo/templates/a.yaml", kConfig)},
      {hook("demo/templates/h.yaml", kHook)},
      object(R"({"postRenderers": [
        {"kustomize": {"patches": [{"target": {"kind": "ConfigMap"}, "patch": "- op: add\n  path: /data/c\n  value: x"}]}},
        {"kustomize": {"patches": [{"patch": "{apiVersion: v1, kind: ConfigMap, metadata: {name: one}, data: {c: y}}"}],
                       "images": [{"name": "busybox", "newTag": "1.37"}]}}]})")
  );
  ASSERT_TRUE(out) << out.error().text();
  EXPECT_EQ(out->objects[0].text_at({"data", "c"}), "y");
  EXPECT_NE(out->hooks[0].text.find("image: busybox:1.37"), std::string::npos);
  EXPECT_EQ(out->manifests[0].text.find("config.kubernetes.io"), std::string::npos);
}

TEST(PostRenderTest, HooksMayStayAsTheyAre) {
  const auto out =
      post_render({}, {hook("demo/templates/h.yaml", kHook)}, object(R"({"postRenderStrategy": "nohooks"})"));
  ASSERT_TRUE(out) << out.error().text();
  EXPECT_EQ(out->hooks[0].text, kHook);
}

TEST(PostRenderTest, APatchMayNotReachFromOneRunIntoTheOther) {
  const char* spec = R"({"postRenderStrategy": "separate", "postRenderers": [{"kustomize": {"patches": [
      {"target": {"name": "before"}, "patch": "- {op: add, path: /metadata/labels, value: {x: z}}"}]}}]})";
  const auto out =
      post_render({manifest("demo/templates/a.yaml", kConfig)}, {hook("demo/templates/h.yaml", kHook)}, object(spec));
  ASSERT_TRUE(out) << out.error().text();
  EXPECT_NE(out->hooks[0].text.find("x: z"), std::string::npos);
}

TEST(PostRenderTest, CommonMetadataIsOfTheObjectAlone) {
  const auto out = post_render(
      {manifest(
          "demo/templates/d.yaml",
          "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {template: {metadata: {labels: {a: b}}}}\n"
      )},
      {},
      object(R"({"commonMetadata": {"labels": {"team": "x"}, "annotations": {"note": "y"}}})")
  );
  ASSERT_TRUE(out) << out.error().text();
  EXPECT_EQ(out->objects[0].text_at({"metadata", "labels", "team"}), "x");
  EXPECT_EQ(out->objects[0].text_at({"metadata", "annotations", "note"}), "y");
  EXPECT_EQ(json::write(*out->objects[0].find_path({"spec", "template", "metadata", "labels"})), R"({"a":"b"})");
}

TEST(PostRenderTest, DocumentsStayInTheirOrderWithTheirTemplates) {
  std::vector<helm::Manifest> manifests;
  for (int index = 11; index >= 0; --index) {
    const std::string name = "n" + std::to_string(index);
    manifests.push_back(manifest(
        "demo/templates/" + name + ".yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + "}\n"
    ));
  }
  manifests.push_back(manifest("demo/templates/comment.yaml", "# nothing\n"));
  const auto out = post_render(manifests, {}, object());
  ASSERT_TRUE(out) << out.error().text();
  ASSERT_EQ(out->manifests.size(), 12u);
  for (std::size_t index = 0; index < 12; ++index) {
    EXPECT_EQ(out->manifests[index].path, manifests[index].path);
    EXPECT_EQ(out->manifests[index].head.name, manifests[index].head.name);
  }
}

TEST(PostRenderTest, AListIsItsItems) {
  const auto out = post_render(
      {manifest(
          "demo/templates/l.yaml",
          "apiVersion: v1\nkind: List\nmetadata: {name: l}\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: "
          "{name: a}}\n"
          "- {apiVersion: v1, kind: ConfigMap, metadata: {name: b}}\n"
      )},
      {},
      object()
  );
  ASSERT_TRUE(out) << out.error().text();
  ASSERT_EQ(out->manifests.size(), 2u);
  EXPECT_EQ(out->manifests[1].head.name, "b");
  EXPECT_EQ(out->manifests[1].path, "demo/templates/l.yaml");
}

TEST(PostRenderTest, ErrorsNameTheTemplate) {
  const auto problem = [](std::vector<helm::Manifest> manifests, const char* spec = "{}") {
    const auto out = post_render(std::move(manifests), {}, object(spec));
    return out ? std::string{} : out.error().text();
  };
  const auto one = manifest("demo/templates/a.yaml", kConfig);
  const auto two = manifest("demo/templates/b.yaml", kConfig);
  const std::string twice = problem({one, two});
  EXPECT_EQ(
      twice,
      "error while running post render on charts: demo/templates/b.yaml:2: ConfigMap one is already there, from "
      "demo/templates/a.yaml:2; an id may stand once in a build"
  );
  const std::string nameless = problem({manifest("demo/templates/c.yaml", "apiVersion: v1\nkind: ConfigMap\n")});
  EXPECT_EQ(
      nameless,
      "error while running post render on charts: demo/templates/c.yaml:1:1: metadata.name: required in ConfigMap"
  );
}

TEST(PostRenderTest, DigestsAreOfTheFieldAsJson) {
  EXPECT_EQ(post_renderers_digest(object().spec), "");
  EXPECT_EQ(common_metadata_digest(object().spec), "");
  // printf '{"labels":{"a":"b"}}' | sha256sum
  EXPECT_EQ(
      common_metadata_digest(object(R"({"commonMetadata": {"labels": {"a": "b"}}})").spec),
      "sha256:b259ce9dedaa1185ecbe50ede7317bb253eaa2427d813450e5c0f7e49622677e"
  );
}

}  // namespace
}  // namespace weir::helm_controller
