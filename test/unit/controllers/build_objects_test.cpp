#include "controllers/kustomize/build_objects.hpp"

#include <fstream>

#include <gtest/gtest.h>

#include "pkg/json/codec.hpp"
#include "test/support/scratch_folder.hpp"

namespace weir::kustomize_controller {
namespace {

/// An artifact with one manifest in a folder "app", and the Kustomization that builds it.
class BuildObjects : public testing::Test {
 protected:
  BuildObjects() {
    std::filesystem::create_directory(scratch_ / "app");
    request_.root = scratch_.path();
    request_.object.spec.path = "./app";
    request_.label_group = "owner.example.org";
  }

  void write(const std::string& manifest) { std::ofstream{scratch_ / "app/m.yaml"} << manifest; }

  /// The names of the objects, or "error: ...".
  std::string built() {
    const auto out = build_objects(request_);
    if (!out) return "error: " + out.error().text();
    std::string names;
    for (const auto& object : out->objects) names += object.id().name + " ";
    hidden_ = out->hidden;
    return names;
  }

  test::ScratchFolder scratch_;
  BuildRequest request_;
  std::set<std::string> hidden_;
};

TEST_F(BuildObjects, DotsDoNotLeadAboveTheRoot) {
  write("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\n");
  for (const auto* path : {"app", "./app/", "/app", "../../app", "app/../../app", ""}) {
    request_.object.spec.path = path;
    EXPECT_TRUE(has_path(request_.root, path)) << path;
    EXPECT_EQ(built(), "m ") << path;
  }
  EXPECT_FALSE(has_path(request_.root, "../" + scratch_.path().filename().string()));
}

TEST_F(BuildObjects, ALargeBuildIsGivenUpUntilItMayBeLarge) {
  const std::string small = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\n";
  write(small);
  request_.may_be_large = false;
  EXPECT_EQ(built(), "m ");
  write(small + "data: {a: " + std::string(kSmallBuildBytes, 'x') + "}\n");
  EXPECT_THROW(built(), kustomize::TrialTooSmall);
  request_.may_be_large = true;
  EXPECT_EQ(built(), "m ");
  write(small + "data: {a: \"${v}${v}\"}\n");
  request_.variables = Variables{{"v", std::string(kSmallBuildBytes / 8 + 1, 'x')}};
  EXPECT_EQ(built(), "m ");
  request_.may_be_large = false;
  EXPECT_THROW(built(), kustomize::TrialTooSmall);
}

TEST_F(BuildObjects, WhatNamesAnObjectHasToBeText) {
  write("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: \"${n}\", namespace: x}\n");
  request_.variables = Variables{{"n", "123"}};
  EXPECT_EQ(built(), "error: ConfigMap/x/${n}: metadata.name: expected a string, got a number");
  request_.variables = Variables{{"n", ""}};
  EXPECT_EQ(built(), "error: ConfigMap/x/${n}: metadata.name: required");
  request_.variables = Variables{{"n", "\"123\""}};
  EXPECT_EQ(built(), "123 ");
  write("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m, labels: \"${n}\"}\n");
  request_.variables = Variables{{"n", "[a]"}};
  EXPECT_EQ(built(), "error: ConfigMap/m: metadata.labels: expected an object, got a list");
}

// A Secret was applied, and Ready, without the key.
TEST_F(BuildObjects, StringDataThatBecomesANumberIsAnError) {
  write("apiVersion: v1\nkind: Secret\nmetadata: {name: target}\nstringData: {id: \"${id}\", other: text}\n");
  request_.variables = Variables{{"id", "123456789"}};
  EXPECT_EQ(built(), "error: Secret/target: stringData.id: expected a string, got a number");
}

TEST_F(BuildObjects, WhatSecretsBecameIsTold) {
  write("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata: {a: \"${pw^^}\", b: \"${open^^}\"}\n");
  request_.variables = Variables{{"pw", "hunter2"}, {"open", "sesame"}};
  request_.secret_variables = {"pw"};
  EXPECT_EQ(built(), "m ");
  EXPECT_TRUE(hidden_.contains("HUNTER2"));
  write("apiVersion: v1\nkind: Secret\nmetadata: {name: m}\nstringData: {\"${pw^^}\": 5}\n");
  EXPECT_EQ(built(), "error: Secret/m: stringData.***: expected a string, got a number");
}

TEST_F(BuildObjects, ABudgetHoldsForAllObjects) {
  std::string manifests;
  for (int i = 0; i < 40; ++i)
    manifests +=
        "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: m" + std::to_string(i) + "}\ndata: {a: \"${v}\"}\n";
  write(manifests);
  request_.variables = Variables{{"v", std::string(1 << 20, 'v')}};
  EXPECT_EQ(built(), "error: ConfigMap/m38: variable substitution failed: the results of the variables are too long");
}

}  // namespace
}  // namespace weir::kustomize_controller
