#include "pkg/ssa/execute.hpp"
#include "pkg/ssa/remove.hpp"
#include "pkg/ssa/wait.hpp"
#include "test/unit/ssa/scripted_cluster.hpp"

namespace weir::ssa {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Le;
using testing::Not;
using namespace std::chrono_literals;

/// Time passes only in pauses, and then at once.
class Waiting : public SsaUnit {
 protected:
  Cluster cluster() {
    Cluster out{client_, mapper_, options_, clock_, log::Logger{}};
    out.pause = [this](Milliseconds length) -> asio::awaitable<void> {
      pauses_.push_back(length);
      clock_.advance(length);
      if (on_pause_) on_pause_();
      co_return;
    };
    return out;
  }
  Report apply(std::vector<Desired> objects) {
    const auto where = cluster();
    PlanRequest request;
    request.objects = std::move(objects);
    auto plan = test::run(reactor_, make_plan(where, std::move(request)));
    return test::run(reactor_, execute(where, std::move(plan), ExecuteRequest{}));
  }
  std::vector<ObjectId> left(Milliseconds limit) {
    const auto where = cluster();
    std::vector<ObjectId> ids{kMap};
    return test::run(reactor_, wait_until_gone(where, std::move(ids), limit));
  }
  Milliseconds waited() const {
    Milliseconds out{0};
    for (const auto pause : pauses_) out += pause;
    return out;
  }
  /// Once the definition is written it is there, and established or not.
  void establish(bool is_established) {
    api_.on_request = [this, is_established](const std::string& request) {
      if (request != "PATCH customresourcedefinitions/boxes.example.com") return;
      api_.live["customresourcedefinitions/boxes.example.com"] = text::cat(
          R"({"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"boxes.example.com",)",
          R"("resourceVersion":"7"},"status":{"conditions":[)",
          is_established ? R"({"type":"NamesAccepted","status":"True"},{"type":"Established","status":"True"})" : "",
          "]}}"
      );
    };
  }

  const ObjectId kMap{"", "v1", "ConfigMap", "apps", "a"};
  std::vector<Milliseconds> pauses_;
  std::function<void()> on_pause_;
};

TEST_F(Waiting, WhatIsGoneIsNotWaitedFor) {
  EXPECT_THAT(left(10s), IsEmpty());
  EXPECT_THAT(pauses_, IsEmpty());
}

TEST_F(Waiting, LooksAgainEverMoreSeldomUntilItIsGone) {
  api_.live["configmaps/a"] = live_map("a", "1");
  on_pause_ = [this] {
    if (pauses_.size() == 3) api_.live.clear();
  };
  EXPECT_THAT(left(60s), IsEmpty());
  EXPECT_THAT(pauses_, ElementsAre(50ms, 100ms, 200ms));
}

TEST_F(Waiting, NamesWhatIsStillThereAtTheEnd) {
  api_.live["configmaps/a"] = live_map("a", "1");
  EXPECT_THAT(left(60s), ElementsAre(kMap));
  EXPECT_THAT(pauses_, Each(Le(2s)));
  EXPECT_GE(waited(), 60s);
  EXPECT_LE(waited(), 62s);
}

TEST_F(Waiting, ADefinitionThatIsNeverEstablishedIsAnErrorAfterTheStagesTime) {
  establish(false);
  const auto report = apply({definition(), config_map("a")});
  EXPECT_THAT(report.errors, ElementsAre("CustomResourceDefinition/boxes.example.com is not established in time"));
  EXPECT_GE(waited(), options_.stage_wait);
  EXPECT_THAT(api_.requests, Not(Contains("PATCH configmaps/a")));
}

TEST_F(Waiting, TheKindsOfThisSetAreAwaitedForTenSecondsTogether) {
  establish(true);
  const auto report = apply({definition(), box("a"), box("b")});
  EXPECT_THAT(report.errors, testing::SizeIs(2));
  EXPECT_THAT(report.errors, Each(HasSubstr("no matches for kind \"Box\"")));
  EXPECT_GE(waited(), 10s);
  EXPECT_LE(waited(), 11s);
}

TEST_F(Waiting, AKindOfThisSetThatAppearsLateIsApplied) {
  establish(true);
  on_pause_ = [this] { api_.serves_boxes = pauses_.size() >= 4; };
  const auto report = apply({definition(), box("a")});
  EXPECT_THAT(report.errors, IsEmpty());
  EXPECT_THAT(changed_lines(report.changes), HasSubstr("Box/apps/a created"));
}

TEST_F(Waiting, WhatAdmissionForbidsForAMomentAfterAnEarlierStageIsAskedAgain) {
  api_.refusals["configmaps/a"] = refusal(403, "Forbidden", "no PriorityClass with name high was found");
  on_pause_ = [this] {
    if (pauses_.size() == 3) api_.refusals.clear();
  };
  const auto report = apply({namespace_object("apps"), config_map("a")});
  EXPECT_THAT(report.errors, IsEmpty());
  EXPECT_THAT(pauses_, ElementsAre(100ms, 100ms, 100ms));
}

TEST_F(Waiting, WhatAnExtendedDefinitionAllowsAMomentLaterIsNotMadeAnew) {
  for (const bool force : {false, true}) {
    api_.requests.clear();
    pauses_.clear();
    api_.live["configmaps/a"] = live_map("a", "0");
    api_.refusals["configmaps/a"] = refusal(422, "Invalid", "no such colour");
    on_pause_ = [this] {
      if (pauses_.size() == 3) api_.refusals.clear();
    };
    const auto where = cluster();
    PlanRequest request;
    request.objects = {namespace_object("apps"), config_map("a")};
    request.force = force;
    auto plan = test::run(reactor_, make_plan(where, std::move(request)));
    const auto report = test::run(reactor_, execute(where, std::move(plan), ExecuteRequest{}));
    EXPECT_THAT(report.errors, IsEmpty());
    EXPECT_THAT(pauses_, ElementsAre(100ms, 100ms, 100ms));
    EXPECT_THAT(api_.requests, Not(Contains("DELETE configmaps/a")));
    EXPECT_EQ(api_.requests.back(), "PATCH configmaps/a");
  }
}

TEST_F(Waiting, WhatStaysForbiddenIsAnErrorAfterASecond) {
  api_.refusals["configmaps/a"] = refusal(403, "Forbidden", "may not");
  const auto report = apply({namespace_object("apps"), config_map("a")});
  EXPECT_THAT(report.errors, ElementsAre(HasSubstr("may not")));
  EXPECT_EQ(waited(), 1s);
}

TEST_F(Waiting, WhatIsForbiddenWithoutAnEarlierWriteIsAnErrorAtOnce) {
  api_.refusals["configmaps/a"] = refusal(403, "Forbidden", "may not");
  const auto report = apply({config_map("a")});
  EXPECT_THAT(report.errors, ElementsAre(HasSubstr("may not")));
  EXPECT_THAT(pauses_, IsEmpty());
}

TEST_F(Waiting, AnObjectThatDoesNotGoIsNotMadeAnew) {
  options_.stage_wait = 5s;
  api_.live["configmaps/a"] = live_map("a", "0");
  api_.refusals["configmaps/a"] = refusal(409, "Conflict", "field is immutable");
  const auto where = cluster();
  PlanRequest request;
  request.objects = {config_map("a")};
  request.force = true;
  auto plan = test::run(reactor_, make_plan(where, std::move(request)));
  const auto report = test::run(reactor_, execute(where, std::move(plan), ExecuteRequest{}));
  EXPECT_THAT(report.errors, ElementsAre(HasSubstr("the deleted object did not go away in time")));
  EXPECT_GE(waited(), 5s);
  EXPECT_THAT(api_.requests, Contains("DELETE configmaps/a"));
}

class Removing : public SsaUnit {
 protected:
  Report remove_maps(Owned owned = {}) {
    const Cluster cluster{client_, mapper_, options_, clock_, log::Logger{}};
    std::vector<ObjectId> ids;
    for (const auto* name : {"a", "b", "gone"}) ids.push_back({"", "v1", "ConfigMap", "apps", name});
    ids.push_back({"", "v1", "Namespace", "", "apps"});
    return test::run(reactor_, remove(cluster, std::move(ids), std::move(owned)));
  }
};

TEST_F(Removing, GoesBackwardsAndCountsWhatIsGoneAlready) {
  api_.live["configmaps/a"] = live_map("a", "1");
  api_.live["configmaps/b"] = live_map("b", "1");
  api_.live["namespaces/apps"] = R"({"metadata":{"name":"apps","uid":"n"}})";
  EXPECT_EQ(
      changed_lines(remove_maps().changes),
      "ConfigMap/apps/gone deleted\nConfigMap/apps/b deleted\nConfigMap/apps/a deleted\nNamespace/apps deleted"
  );
  EXPECT_EQ(api_.requests.back(), "DELETE namespaces/apps");
}

TEST_F(Removing, LeavesWhatIsNotOurs) {
  api_.live["configmaps/a"] = live_map("a", "1", R"("labels":{"owner":"other"},)");
  const auto report = remove_maps([](const kube::Object& live) { return !live.label("owner"); });
  EXPECT_THAT(report.errors, IsEmpty());
  EXPECT_THAT(api_.requests, Not(Contains("DELETE configmaps/a")));
}

}  // namespace
}  // namespace weir::ssa
