#include "pkg/ssa/managed_fields.hpp"

#include <gtest/gtest.h>

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"
#include "pkg/json/patch.hpp"

namespace weir::ssa {
namespace {

constexpr const char* kUs = "kustomize-controller";

kube::Object object_with(std::string_view entries, std::string_view metadata = "") {
  return kube::Object{
      json::parse(text::cat(R"({"metadata":{"resourceVersion":"7",)", metadata, R"("managedFields":[)", entries, "]}}"))
          .value()};
}

std::string entry(
    std::string_view manager, std::string_view operation, std::string_view fields, std::string_view time = "t"
) {
  return text::cat(
      R"({"manager":")",
      manager,
      R"(","operation":")",
      operation,
      R"(","apiVersion":"v1","time":")",
      time,
      R"(","fieldsV1":)",
      fields,
      "}"
  );
}

Ownership ownership(std::string_view entries) { return ownership_of(object_with(entries), kUs, {}); }

TEST(ManagedFields, TheHashesFollowOurEntryOnly) {
  const auto ours = entry(kUs, "Apply", R"({"f:data":{"f:a":{}}})");
  const auto before = ownership(ours);
  ASSERT_NE(before.entry, 0u);
  const auto beside = ownership(ours + "," + entry("hpa", "Update", R"({"f:x":{}})"));
  EXPECT_EQ(beside.entry, before.entry);
  EXPECT_EQ(beside.fields, before.fields);
  EXPECT_NE(beside.all, before.all);
  EXPECT_EQ(beside.writer, "hpa");
  EXPECT_NE(ownership(entry(kUs, "Apply", R"({"f:data":{}})")).entry, before.entry);
  EXPECT_EQ(ownership(entry(kUs, "Update", R"({"f:data":{}})")).entry, 0u);
}

// Two who apply under one name leave an entry with the same fields: only its time tells them apart.
TEST(ManagedFields, AnApplyUnderOurNameChangesTheEntry) {
  const auto fields = R"({"f:data":{"f:a":{}}})";
  const auto before = ownership(entry(kUs, "Apply", fields, "2026-01-01T00:00:00Z"));
  const auto after = ownership(entry(kUs, "Apply", fields, "2026-01-01T00:00:05Z"));
  EXPECT_NE(after.entry, before.entry);
  EXPECT_EQ(after.fields, before.fields);
}

TEST(ManagedFields, WhatTheScaleSubresourceTookIsKnownAsSuch) {
  const auto before = ownership(entry(kUs, "Apply", R"({"f:spec":{"f:replicas":{},"f:template":{}}})"));
  const auto after = ownership(
      entry(kUs, "Apply", R"({"f:spec":{"f:template":{}}})") +
      R"(,{"manager":"kube-controller-manager","operation":"Update","subresource":"scale","time":"u","fieldsV1":{"f:spec":{"f:replicas":{}}}})"
  );
  EXPECT_NE(after.fields, before.fields);
  EXPECT_EQ(after.with_scale, before.fields);
  EXPECT_EQ(after.writer, "kube-controller-manager (scale)");
}

TEST(ManagedFields, WhatAManagerThatWeTakeOverAddedIsUnclean) {
  const auto ours = entry(kUs, "Apply", R"({"f:data":{"f:a":{}}})");
  EXPECT_FALSE(ownership(ours).unclean);
  EXPECT_FALSE(ownership(ours + "," + entry("operator", "Update", R"({"f:x":{}})")).unclean);
  const auto edited = ownership(ours + "," + entry("kubectl-edit", "Update", R"({"f:x":{}})"));
  EXPECT_TRUE(edited.unclean);
  EXPECT_FALSE(edited.only_restarted);
  const auto restarted = ownership(ours + "," + entry("kubectl-rollout", "Update", R"({"f:x":{}})"));
  EXPECT_TRUE(restarted.unclean);
  EXPECT_TRUE(restarted.only_restarted);
}

TEST(ManagedFields, KubectlsFieldsBecomeOurs) {
  const auto live = object_with(
      entry("kubectl-client-side-apply", "Update", R"({"f:data":{"f:b":{}}})") + "," +
          entry(kUs, "Apply", R"({"f:data":{"f:a":{}}})") + "," + entry("hpa", "Update", R"({"f:spec":{}})"),
      R"("annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{}"},)"
  );
  const auto patch = clean_up_patch(live, kUs, {});
  ASSERT_TRUE(patch);
  const auto cleaned = kube::Object{json::apply_patch(live.document(), *patch).value()};
  EXPECT_FALSE(cleaned.annotation("kubectl.kubernetes.io/last-applied-configuration"));
  const auto& entries = cleaned.document().find_path({"metadata", "managedFields"})->as_array();
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(json::write(*entries[0].find("fieldsV1")), R"({"f:data":{"f:a":{},"f:b":{}}})");
  EXPECT_EQ(entries[1].text_at({"manager"}), "hpa");
}

TEST(ManagedFields, AnObjectWithoutForeignersNeedsNoCleanUp) {
  const auto live = object_with(entry(kUs, "Apply", "{}") + "," + entry("hpa", "Update", "{}"));
  EXPECT_FALSE(clean_up_patch(live, kUs, {}));
  EXPECT_TRUE(clean_up_patch(live, kUs, {"hpa"}));
}

TEST(ManagedFields, StatusIsNobodysBusiness) {
  const auto live =
      object_with(R"({"manager":"kubectl","operation":"Update","subresource":"status","fieldsV1":{"f:status":{}}})");
  EXPECT_FALSE(clean_up_patch(live, kUs, {}));
}

}  // namespace
}  // namespace weir::ssa
