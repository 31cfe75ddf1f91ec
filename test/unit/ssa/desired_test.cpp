#include "pkg/ssa/desired.hpp"

#include <gtest/gtest.h>

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"

namespace weir::ssa {
namespace {

Desired desired(std::string_view text) { return Desired{kube::Object{json::parse(text).value()}}; }

constexpr const char* kMap =
    R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"apps"},"data":{"n":1.0}})";

TEST(Desired, TravelsAsTheTextThatItWasMadeOf) {
  const auto object = desired(kMap);
  EXPECT_EQ(object.text(), kMap);
  EXPECT_EQ(object.id().text(), "ConfigMap/apps/a");
  const auto copy = object;
  EXPECT_EQ(copy.text().data(), object.text().data()) << "a copy holds the text once more";
}

TEST(Desired, TheTreeIsReadFromTheTextWhenItWasDropped) {
  auto object = desired(kMap);
  const auto kept = object.tree().value();
  EXPECT_EQ(object.tree().value(), kept) << "read again";
  object.drop_tree();
  EXPECT_NE(object.tree().value(), kept);
  EXPECT_EQ(object.tree().value()->document(), kept->document());
}

TEST(Desired, EveryByteCountsForTheHash) {
  const std::string text = kMap;
  EXPECT_EQ(desired(text).hash(), desired(kMap).hash());
  for (const std::string_view other : {R"({"n":1})", R"({"n":"1.0"})", R"({"n":1.0,"m":""})"}) {
    auto changed = text;
    changed.replace(changed.find(R"({"n":1.0})"), 9, other);
    EXPECT_FALSE(desired(changed).hash() == desired(kMap).hash()) << changed;
  }
  EXPECT_FALSE(ContentHash{} == ContentHash::of(""));
}

TEST(Desired, ItsHeadHoldsWhatSteersAndNoContent) {
  const auto object = desired(
      R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":"a","annotations":{"x/ssa":"Merge"},"labels":{"l":"1"}},)"
      R"("data":{"code":"aHVzaA=="}})"
  );
  EXPECT_EQ(object.head().annotation("x/ssa"), "Merge");
  EXPECT_EQ(object.head().label("l"), "1");
  EXPECT_EQ(json::write(object.head().document()).find("aHVzaA"), std::string::npos);
}

TEST(Desired, OfADefinitionTheKindsThatItServes) {
  const auto object = desired(
      R"({"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"boxes.example.com"},)"
      R"("spec":{"group":"example.com","names":{"kind":"Box"},"versions":[{"name":"v1","served":true},)"
      R"({"name":"v1beta1","served":false}]}})"
  );
  EXPECT_EQ(object.kinds(), (Desired::Kinds{{"example.com/v1", "Box"}}));
  EXPECT_TRUE(desired(kMap).kinds().empty());
}

TEST(Desired, AJobThatTheClusterRemovesExpires) {
  const auto job = [](std::string_view spec) {
    return desired(text::cat(R"({"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"j"},"spec":)", spec, "}"));
  };
  EXPECT_TRUE(job(R"({"ttlSecondsAfterFinished":0})").expires());
  EXPECT_FALSE(job("{}").expires());
}

TEST(Desired, WithoutItsNamespaceItIsTheSameContent) {
  auto object = desired(kMap);
  const auto hash = object.hash();
  object.drop_namespace();
  EXPECT_EQ(object.id().text(), "ConfigMap/a");
  EXPECT_EQ(object.text(), R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"n":1.0}})");
  EXPECT_EQ(object.tree().value()->namespace_(), "");
  EXPECT_EQ(object.hash(), hash);
}

}  // namespace
}  // namespace weir::ssa
