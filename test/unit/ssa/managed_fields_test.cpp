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
      json::parse(text::cat(
                      R"({"metadata":{"resourceVersion":"7",)", metadata, R"("managedFields":[)", entries, "]}}"
                  ))
          .value()
  };
}

std::string entry(std::string_view manager, std::string_view operation, std::string_view fields, std::string_view time = "t") {
  return text::cat(
      R"({"manager":")", manager, R"(","operation":")", operation, R"(","apiVersion":"v1","time":")", time,
      R"(","fieldsV1":)", fields, "}"
  );
}

TEST(ManagedFields, TheHashFollowsOurFieldsOnly) {
  const auto ours = entry(kUs, "Apply", R"({"f:data":{"f:a":{}}})");
  const auto before = owned_fields_hash(object_with(ours), kUs);
  ASSERT_TRUE(before);
  EXPECT_EQ(owned_fields_hash(object_with(ours + "," + entry("hpa", "Update", R"({"f:x":{}})")), kUs), before);
  EXPECT_EQ(owned_fields_hash(object_with(entry(kUs, "Apply", R"({"f:data":{"f:a":{}}})", "later")), kUs), before);
  EXPECT_NE(owned_fields_hash(object_with(entry(kUs, "Apply", R"({"f:data":{}})")), kUs), before);
  EXPECT_EQ(owned_fields_hash(object_with(entry(kUs, "Update", R"({"f:data":{}})")), kUs), std::nullopt);
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
  const auto live = object_with(
      R"({"manager":"kubectl","operation":"Update","subresource":"status","fieldsV1":{"f:status":{}}})"
  );
  EXPECT_FALSE(clean_up_patch(live, kUs, {}));
}

}  // namespace
}  // namespace weir::ssa
