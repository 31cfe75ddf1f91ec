// metadata.managedFields, as requests change them.

#include "test/simulation/api_server/api_bench.hpp"

namespace weir::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class FieldOwners : public ApiBench {
 protected:
  /// "one Apply {...}", without times, in the server's order.
  std::vector<std::string> owners(const std::string& path) {
    std::vector<std::string> out;
    const auto live = told(200, ask("GET", path));
    const auto* entries = live.find_path({"metadata", "managedFields"});
    if (entries == nullptr) return out;
    for (const auto& entry : entries->as_array()) {
      auto fields = *entry.find("fieldsV1");
      json::sort_keys(fields);
      out.push_back(text::cat(
          entry.text_at({"manager"}),
          " ",
          entry.text_at({"operation"}),
          " ",
          entry.text_at({"subresource"}),
          json::write(fields)
      ));
    }
    return out;
  }
  std::string version(const std::string& path) {
    return std::string{told(200, ask("GET", path)).text_at({"metadata", "resourceVersion"})};
  }
  static std::string data(std::string_view members) {
    return text::cat(
        R"({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {)", members, "}}"
    );
  }
};

TEST_F(FieldOwners, WhoAppliesOwnsWhatHeSaysAndLetsGoOfTheRest) {
  apply(kMap, data(R"("a": "1", "b": "1")"));
  apply(kMap, data(R"("b": "1", "c": "1")"), "two");
  EXPECT_THAT(
      owners(kMap),
      ElementsAre(R"(one Apply {"f:data":{"f:a":{},"f:b":{}}})", R"(two Apply {"f:data":{"f:b":{},"f:c":{}}})")
  );
  apply(kMap, data(R"("x": "1")"));
  EXPECT_EQ(*told(200, ask("GET", kMap)).find("data"), *json::parse(R"({"b": "1", "c": "1", "x": "1"})"));
}

TEST_F(FieldOwners, AConflictNamesTheManagerAndTheField) {
  apply(kMap, data(R"("a": "1", "b": "1")"));
  const auto one = told(409, apply(kMap, data(R"("a": "2")"), "two"));
  EXPECT_EQ(one.text_at({"message"}), "Apply failed with 1 conflict: conflict with \"one\": .data.a");
  EXPECT_EQ(one.find_path({"details", "causes"})->as_array()[0].text_at({"field"}), ".data.a");
  EXPECT_EQ(
      message(409, apply(kMap, data(R"("a": "2", "b": "2")"), "two")),
      "Apply failed with 2 conflicts: conflicts with \"one\":\n- .data.a\n- .data.b"
  );
  EXPECT_EQ(apply(kMap, data(R"("a": "2")"), "two", "&force=true").status, 200u);
  EXPECT_THAT(owners(kMap), ElementsAre(R"(one Apply {"f:data":{"f:b":{}}})", R"(two Apply {"f:data":{"f:a":{}}})"));
}

TEST_F(FieldOwners, WhatChangesNothingIsNoWriteAtAnyTime) {
  apply(kMap, data(R"("a": "1")"));
  const auto before = version(kMap);
  clock_.advance(std::chrono::seconds{10});
  apply(kMap, data(R"("a": "1")"));
  merge(kMap, data(R"("a": "1")"));
  apply(kMap, data(R"("a": "2")"), "one", "&dryRun=All");
  EXPECT_EQ(version(kMap), before);
  apply(kMap, data(R"("a": "1")"), "two");
  EXPECT_NE(version(kMap), before) << "another owner is a change";
}

TEST_F(FieldOwners, ADefaultOfACreatorIsHisAndThatOfAnApplierNobodys) {
  const std::string services = "/api/v1/namespaces/default/services";
  const std::string spec = R"("spec": {"ports": [{"port": 80}]}})";
  post(services, R"({"metadata": {"name": "made"}, )" + spec);
  apply(services + "/applied", R"({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "applied"}, )" + spec);
  EXPECT_THAT(
      owners(services + "/made"),
      ElementsAre(
          R"(bench Update {"f:spec":{"f:internalTrafficPolicy":{},"f:ports":{".":{},"k:{\"port\":80,\"protocol\":\"TCP\"}":{".":{},"f:port":{},"f:protocol":{},"f:targetPort":{}}},"f:sessionAffinity":{},"f:type":{}}})"
      )
  );
  EXPECT_THAT(
      owners(services + "/applied"),
      ElementsAre(R"(one Apply {"f:spec":{"f:ports":{"k:{\"port\":80,\"protocol\":\"TCP\"}":{".":{},"f:port":{}}}}})")
  );
}

TEST_F(FieldOwners, AStatusHasOwnersOfItsOwn) {
  const std::string path = "/apis/apps/v1/namespaces/default/deployments/web";
  const std::string spec =
      R"({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {"replicas": 1, "selector": {"matchLabels": {"app": "web"}}, "template":
      {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "web", "image": "example.com/web:1"}]}}}})";
  EXPECT_EQ(apply(path, spec).status, 201u);
  const auto before = owners(path);
  ask("PATCH",
      path + "/status?fieldManager=one",
      R"({"status": {"replicas": 1}, "spec": {"replicas": 5}})",
      "application/merge-patch+json");
  EXPECT_THAT(owners(path), ElementsAre(before.front(), R"(one Update status{"f:status":{"f:replicas":{}}})"));
  EXPECT_EQ(told(200, ask("GET", path)).find_path({"spec", "replicas"})->integer(), 1);
}

TEST_F(FieldOwners, TheListCanBeClearedAndWhatWasBeforeIsRememberedByTheFirstApply) {
  post(kMaps, config_map("a"));
  merge(kMap, R"({"metadata": {"managedFields": [{}]}})");
  EXPECT_THAT(owners(kMap), IsEmpty());
  merge(kMap, R"({"data": {"other": "1"}})");
  EXPECT_THAT(owners(kMap), IsEmpty()) << "nobody keeps a list any more";
  apply(kMap, data(R"("mine": "1")"));
  EXPECT_THAT(
      owners(kMap),
      ElementsAre(
          R"(one Apply {"f:data":{"f:mine":{}}})",
          R"(before-first-apply Update {"f:data":{".":{},"f:other":{},"f:value":{}}})"
      )
  );
}

TEST_F(FieldOwners, OfManyUpdatersTheOldestBecomeOne) {
  post(kMaps, config_map("a"));
  for (int i = 0; i < 14; ++i) {
    clock_.advance(std::chrono::seconds{1});
    ask("PATCH",
        text::cat(kMap, "?fieldManager=m", 10 + i),
        text::cat(R"({"data": {"k)", i, R"(": "1"}})"),
        "application/merge-patch+json");
  }
  const auto all = owners(kMap);
  EXPECT_EQ(all.size(), 10u);
  EXPECT_THAT(all.front(), testing::StartsWith("ancient-changes Update "));
}

}  // namespace
}  // namespace weir::test
