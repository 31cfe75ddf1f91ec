#include "pkg/ssa/comparison.hpp"

#include <gtest/gtest.h>

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"

namespace weir::ssa {
namespace {

constexpr const char* kUs = "kustomize-controller";

kube::Object object(std::string_view text) { return kube::Object{json::parse(text).value()}; }

/// A live object with our Apply entry over `fields`, and `rest` as further members.
kube::Object live(std::string_view fields, std::string_view rest, std::string_view version = "v1") {
  return object(text::cat(
      R"({"apiVersion":"v1","kind":"Thing","metadata":{"name":"a","uid":"u","managedFields":[)",
      R"({"manager":"other","operation":"Update","fieldsV1":{"f:x":{}}},)",
      R"({"manager":"kustomize-controller","operation":"Apply","time":"t","apiVersion":")",
      version,
      R"(","fieldsV1":)",
      fields,
      "}]},",
      rest,
      "}"
  ));
}
kube::Object desired(std::string_view rest) {
  return object(text::cat(R"({"apiVersion":"v1","kind":"Thing","metadata":{"name":"a"},)", rest, "}"));
}

TEST(Holds, EveryFieldWithItsValueAndNoOther) {
  const auto fields = R"({"f:data":{".":{},"f:a":{},"f:b":{}}})";
  EXPECT_TRUE(
      holds(live(fields, R"("data":{"a":"1","b":"2","theirs":"3"})"), desired(R"("data":{"b":"2","a":"1"})"), kUs)
  );
  EXPECT_FALSE(holds(live(fields, R"("data":{"a":"9","b":"2"})"), desired(R"("data":{"a":"1","b":"2"})"), kUs));
  EXPECT_FALSE(holds(live(fields, R"("data":{"a":"1","b":"2"})"), desired(R"("data":{"a":"1"})"), kUs));
  EXPECT_FALSE(
      holds(live(fields, R"("data":{"a":"1","b":"2","c":"3"})"), desired(R"("data":{"a":"1","b":"2","c":"3"})"), kUs)
  ) << "c is there, but not ours: it would go when somebody else lets it go";
}

TEST(Holds, NothingOfAnotherManagerOrVersion) {
  const auto fields = R"({"f:data":{"f:a":{}}})";
  const auto wanted = desired(R"("data":{"a":"1"})");
  EXPECT_TRUE(holds(live(fields, R"("data":{"a":"1"})"), wanted, kUs));
  EXPECT_FALSE(holds(live(fields, R"("data":{"a":"1"})"), wanted, "somebody"));
  EXPECT_FALSE(holds(live(fields, R"("data":{"a":"1"})", "v1beta1"), wanted, kUs));
}

TEST(Holds, ElementsOfListsByTheirKeysAndInTheirOrder) {
  const auto fields = R"({"f:spec":{"f:containers":{"k:{\"name\":\"a\"}":{".":{},"f:image":{},"f:name":{}},)"
                      R"("k:{\"name\":\"b\"}":{".":{},"f:image":{},"f:name":{}}}}})";
  const auto one_way = R"("spec":{"containers":[{"name":"a","image":"x"},{"name":"b","image":"y"}]})";
  const auto other_way = R"("spec":{"containers":[{"name":"b","image":"y"},{"name":"a","image":"x"}]})";
  const auto with_sidecar =
      R"("spec":{"containers":[{"name":"a","image":"x","tty":true},{"name":"side"},{"name":"b","image":"y"}]})";
  EXPECT_TRUE(holds(live(fields, one_way), desired(one_way), kUs));
  EXPECT_TRUE(holds(live(fields, with_sidecar), desired(one_way), kUs));
  EXPECT_FALSE(holds(live(fields, one_way), desired(other_way), kUs));
  EXPECT_FALSE(holds(live(fields, R"("spec":{"containers":[{"name":"a","image":"x"}]})"), desired(one_way), kUs));
}

TEST(Holds, ElementsOfSetsAndWholeLists) {
  EXPECT_TRUE(holds(live(R"({"f:ports":{"v:80":{}}})", R"("ports":[443,80])"), desired(R"("ports":[80])"), kUs));
  EXPECT_TRUE(holds(live(R"({"f:args":{}})", R"("args":["a","b"])"), desired(R"("args":["a","b"])"), kUs));
  EXPECT_FALSE(holds(live(R"({"f:args":{}})", R"("args":["a","b","c"])"), desired(R"("args":["a","b"])"), kUs));
}

TEST(Holds, AValueThatTheServerWritesOtherwiseIsLeftToTheServer) {
  EXPECT_FALSE(holds(live(R"({"f:cpu":{}})", R"("cpu":"1")"), desired(R"("cpu":"1000m")"), kUs));
}

TEST(SameState, TimesOfEntriesDoNotCount) {
  const auto state = [](std::string_view time, std::string_view data) {
    return object(
        text::cat(R"({"metadata":{"managedFields":[{"manager":"a","time":")", time, R"("}]},"data":)", data, "}")
    );
  };
  EXPECT_TRUE(is_same_state(state("1", R"({"a":1,"b":2})"), state("2", R"({"b":2,"a":1})")));
  EXPECT_FALSE(is_same_state(state("1", R"({"a":1})"), state("1", R"({"a":2})")));
}

}  // namespace
}  // namespace weir::ssa
