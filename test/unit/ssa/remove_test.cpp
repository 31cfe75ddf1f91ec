#include "pkg/ssa/remove.hpp"

#include "test/unit/ssa/scripted_cluster.hpp"

namespace weir::ssa {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Remove : public SsaUnit {
 protected:
  static std::string map_of(std::string_view owner, int version) {
    return text::cat(
        R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"apps","labels":{"owner":")",
        owner,
        R"("},"uid":"u","resourceVersion":")",
        version,
        R"("}})"
    );
  }
  Report remove() {
    const Cluster cluster{client_, mapper_, options_, clock_, log::Logger{}};
    std::vector<ObjectId> ids{{"", "v1", "ConfigMap", "apps", "a"}};
    auto ours = [](const kube::Object& live) { return live.label("owner") == std::string_view{"us"}; };
    return test::run(reactor_, ssa::remove(cluster, std::move(ids), ours));
  }
};

// It was deleted all the same, by its uid: another owner's apply does not change that.
TEST_F(Remove, WhatAnotherOwnerAppliesAfterItWasLookedAtStays) {
  api_.live["configmaps/a"] = map_of("us", 7);
  api_.on_request = [this](const std::string& request) {
    if (request == "DELETE configmaps/a") api_.live["configmaps/a"] = map_of("them", 8);
  };

  const auto report = remove();

  EXPECT_THAT(report.errors, IsEmpty());
  ASSERT_EQ(report.changes.size(), 1u);
  EXPECT_EQ(report.changes.front().action, Action::kSkipped);
  EXPECT_THAT(api_.requests, ElementsAre("GET configmaps/a", "DELETE configmaps/a", "GET configmaps/a"));
}

TEST_F(Remove, WhatChangesAndStaysOursIsLookedAtAgainAndDeleted) {
  api_.live["configmaps/a"] = map_of("us", 7);
  int deletions = 0;
  api_.on_request = [&](const std::string& request) {
    if (request == "DELETE configmaps/a" && deletions++ == 0) api_.live["configmaps/a"] = map_of("us", 8);
  };

  const auto report = remove();

  EXPECT_THAT(report.errors, IsEmpty());
  ASSERT_EQ(report.changes.size(), 1u);
  EXPECT_EQ(report.changes.front().action, Action::kDeleted);
  EXPECT_EQ(deletions, 2);
}

TEST_F(Remove, WhatGoesOnChangingIsToldAfterAFewLooks) {
  int version = 7;
  api_.live["configmaps/a"] = map_of("us", version);
  api_.on_request = [&](const std::string& request) {
    if (request == "DELETE configmaps/a") api_.live["configmaps/a"] = map_of("us", ++version);
  };

  const auto report = remove();

  EXPECT_THAT(report.errors, ElementsAre(HasSubstr("ConfigMap/apps/a delete failed: ")));
  EXPECT_THAT(report.changes, IsEmpty());
  EXPECT_EQ(version, 12);
}

}  // namespace
}  // namespace weir::ssa
