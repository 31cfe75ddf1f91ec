#include "pkg/ssa/plan.hpp"

#include "pkg/ssa/execute.hpp"
#include "test/unit/ssa/scripted_cluster.hpp"

namespace weir::ssa {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

class Planning : public SsaUnit {
 protected:
  Plan plan(std::vector<Desired> objects) {
    request_.objects = std::move(objects);
    api_.requests.clear();
    const Cluster cluster{client_, mapper_, options_, clock_, log::Logger{}};
    return test::run(reactor_, make_plan(cluster, request_));
  }
  Report carry_out(Plan plan) {
    api_.requests.clear();
    Cluster cluster{client_, mapper_, options_, clock_, log::Logger{}};
    cluster.pause = [this](Milliseconds length) -> asio::awaitable<void> {
      clock_.advance(length);
      co_return;
    };
    return test::run(reactor_, execute(cluster, std::move(plan), how_));
  }
  /// What is intended, by the names of the objects and in their order.
  static std::vector<std::pair<std::string, Intent>> intents(const Plan& plan) {
    std::vector<std::pair<std::string, Intent>> out;
    for (const auto& object : plan.objects) out.emplace_back(object.id().name, object.intent);
    return out;
  }
  using Pair = std::pair<std::string, Intent>;

  PlanRequest request_;
  ExecuteRequest how_;
};

TEST_F(Planning, NewObjectsAreCreatedInTheOrderOfTheirStagesAndNothingIsWritten) {
  const auto made = plan({config_map("b"), config_map("a"), namespace_object("apps")});
  EXPECT_THAT(
      intents(made), ElementsAre(Pair{"apps", Intent::kCreate}, Pair{"a", Intent::kCreate}, Pair{"b", Intent::kCreate})
  );
  EXPECT_TRUE(made.writes());
  EXPECT_THAT(made.errors(), IsEmpty());
  EXPECT_THAT(api_.requests, UnorderedElementsAre("DRY namespaces/apps", "DRY configmaps/a", "DRY configmaps/b"));
}

TEST_F(Planning, DryRunAndWriteSendTheTextThatWasBuilt) {
  const auto object = config_map("a");
  carry_out(plan({object}));
  EXPECT_THAT(api_.bodies, ElementsAre(object.text(), object.text()));
}

TEST_F(Planning, WhatIsKnownToBeAsDesiredIsNotAskedAbout) {
  const auto known = config_map("a");
  request_.is_unchanged = [&](const Desired& one) { return one.hash() == known.hash(); };
  const auto made = plan({config_map("a"), config_map("b")});
  EXPECT_THAT(intents(made), ElementsAre(Pair{"a", Intent::kUnchanged}, Pair{"b", Intent::kCreate}));
  EXPECT_THAT(api_.requests, ElementsAre("DRY configmaps/b"));
}

TEST_F(Planning, AnExpectedObjectThatIsAsDesiredCostsOneLook) {
  request_.is_expected = [](const ObjectId&) { return true; };
  std::vector<std::string> versions;
  request_.findings.on_applied = [&](const Desired& one, const kube::Object& live) {
    versions.push_back(text::cat(one.id().name, " ", live.resource_version()));
  };
  api_.live["configmaps/a"] = live_map("a", "1");
  const auto made = plan({config_map("a")});
  EXPECT_THAT(intents(made), ElementsAre(Pair{"a", Intent::kUnchanged}));
  EXPECT_FALSE(made.writes());
  EXPECT_THAT(api_.requests, ElementsAre("GET configmaps/a"));
  EXPECT_THAT(versions, ElementsAre("a 7"));
}

TEST_F(Planning, AnExpectedObjectThatDiffersIsDryRunAndConfigured) {
  request_.is_expected = [](const ObjectId&) { return true; };
  api_.live["configmaps/a"] = live_map("a", "theirs");
  const auto differs = plan({config_map("a")});
  EXPECT_THAT(api_.requests, ElementsAre("GET configmaps/a", "DRY configmaps/a"));
  // The dry run is answered by the live object, as it is when the server writes the same value otherwise.
  EXPECT_THAT(intents(differs), ElementsAre(Pair{"a", Intent::kUnchanged}));
  request_.is_expected = {};
  EXPECT_THAT(intents(plan({config_map("a")})), ElementsAre(Pair{"a", Intent::kConfigure}));
}

TEST_F(Planning, EveryRefusedObjectIsAnErrorAndAPlanWithErrorsIsNotBegun) {
  api_.refusals["configmaps/b"] = refusal(422, "Invalid", "bad b");
  api_.refusals["configmaps/c"] = refusal(403, "Forbidden", "not you");
  const auto made = plan({config_map("a"), config_map("b"), config_map("c"), box("d")});
  const std::vector<std::string> errors{
      "ConfigMap/apps/b dry-run failed (Invalid): bad b",
      "ConfigMap/apps/c dry-run failed (Forbidden): not you",
      "Box/apps/d not found: no matches for kind \"Box\" in version \"example.com/v1\""};
  EXPECT_THAT(made.errors(), testing::ElementsAreArray(errors));
  const auto report = carry_out(made);
  EXPECT_THAT(report.errors, testing::ElementsAreArray(errors));
  EXPECT_THAT(report.changes, IsEmpty());
  EXPECT_THAT(api_.requests, IsEmpty());
}

TEST_F(Planning, AnErrorOfALaterStageStaysOpenWhileAnEarlierOneHasSomethingToWrite) {
  api_.refusals["configmaps/a"] = refusal(404, "NotFound", "namespaces \\\"apps\\\" not found");
  const auto made = plan({config_map("a"), namespace_object("apps")});
  EXPECT_THAT(intents(made), ElementsAre(Pair{"apps", Intent::kCreate}, Pair{"a", Intent::kOpen}));
  EXPECT_FALSE(made.has_errors());

  api_.live["namespaces/apps"] = R"({"metadata":{"name":"apps","resourceVersion":"1"}})";
  request_.is_unchanged = [](const Desired& one) { return one.id().kind == "Namespace"; };
  const auto later = plan({config_map("a"), namespace_object("apps")});
  EXPECT_THAT(intents(later), ElementsAre(Pair{"apps", Intent::kUnchanged}, Pair{"a", Intent::kRefused}));
  EXPECT_THAT(later.errors(), ElementsAre("ConfigMap/apps/a not found: namespaces \"apps\" not found"));
}

TEST_F(Planning, AnOpenObjectIsLookedAtAgainWhenItsStageComes) {
  api_.refusals["configmaps/a"] = refusal(404, "NotFound", "namespaces \\\"apps\\\" not found");
  const auto made = plan({config_map("a"), namespace_object("apps")});
  api_.on_request = [&](const std::string& request) {
    if (request == "PATCH namespaces/apps") api_.refusals.clear();
  };
  const auto report = carry_out(made);
  EXPECT_THAT(report.errors, IsEmpty());
  EXPECT_THAT(api_.requests, ElementsAre("PATCH namespaces/apps", "DRY configmaps/a", "PATCH configmaps/a"));
  EXPECT_EQ(changed_lines(report.changes), "Namespace/apps created\nConfigMap/apps/a created");
}

TEST_F(Planning, AnObjectIsMadeAnewOnlyByForceAndNotByAnInvalidOne) {
  api_.live["configmaps/a"] = live_map("a", "0");
  api_.refusals["configmaps/a"] = refusal(422, "Invalid", "field is immutable");
  EXPECT_THAT(plan({config_map("a")}).errors(), ElementsAre(HasSubstr("immutable")));

  request_.force = true;
  const auto forced = plan({config_map("a")});
  EXPECT_THAT(intents(forced), ElementsAre(Pair{"a", Intent::kRecreate}));
  EXPECT_EQ(forced.objects[0].live_uid, "u");
  EXPECT_THAT(
      api_.requests,
      ElementsAre(
          "DRY configmaps/a",
          "GET configmaps/a",
          "DRY configmaps/weir-dry-run-only",
          "DRY configmaps/a",
          "GET configmaps/a"
      )
  );

  // What the class or definition of an earlier stage allows is known when it is there.
  EXPECT_THAT(
      intents(plan({config_map("a"), namespace_object("apps")})),
      ElementsAre(Pair{"apps", Intent::kCreate}, Pair{"a", Intent::kOpen})
  );
  api_.refusals["configmaps/weir-dry-run-only"] = refusal(422, "Invalid", "no such colour");
  EXPECT_THAT(plan({config_map("a")}).errors(), ElementsAre(HasSubstr("dry-run failed (Invalid)")));
}

TEST_F(Planning, WhatIsAcceptedWhenAskedAgainIsNotMadeAnew) {
  api_.live["configmaps/a"] = live_map("a", "0");
  api_.refusals["configmaps/a"] = refusal(422, "Invalid", "no such colour");
  request_.force = true;
  api_.on_request = [&](const std::string& request) {
    // The extended definition arrives between the two questions.
    if (request == "GET configmaps/a") api_.refusals.clear();
  };
  EXPECT_THAT(intents(plan({config_map("a")})), ElementsAre(Pair{"a", Intent::kConfigure}));
}

TEST_F(Planning, WhatAsksToBeLeftAloneIsSkippedAndTold) {
  std::vector<std::string> skipped;
  request_.findings.on_skipped = [&](const Desired& one, bool by_live) {
    skipped.push_back(text::cat(one.id().name, by_live ? " by the live one" : " by Git"));
  };
  constexpr std::string_view kDisabled = R"("annotations":{"kustomize.toolkit.fluxcd.io/reconcile":"disabled"},)";
  api_.live["configmaps/b"] = live_map("b", "theirs", kDisabled);
  auto& text = api_.live["configmaps/b"];
  text.erase(text.find(R"("annotations":{},)"), std::string_view{R"("annotations":{},)"}.size());
  api_.live["configmaps/c"] = live_map("c", "theirs");
  const auto made = plan(
      {config_map("a", R"("kustomize.toolkit.fluxcd.io/ssa":"ignore")"),
       config_map("b"),
       config_map("c", R"("kustomize.toolkit.fluxcd.io/ssa":"IfNotPresent")")}
  );
  EXPECT_THAT(intents(made), ElementsAre(Pair{"a", Intent::kSkip}, Pair{"b", Intent::kSkip}, Pair{"c", Intent::kSkip}));
  EXPECT_THAT(skipped, UnorderedElementsAre("a by Git", "b by the live one", "c by the live one"));
  EXPECT_EQ(carry_out(made).changes.size(), 3u);
  EXPECT_THAT(api_.requests, IsEmpty());
}

// With a slow server each pass gets a little further, because what was found is known to the next one.
TEST_F(Planning, TellsWhatItFoundAlsoWhenItIsCutShort) {
  request_.is_expected = [](const ObjectId&) { return true; };
  std::vector<std::string> found;
  request_.findings.on_applied = [&](const Desired& one, const kube::Object&) { found.push_back(one.id().name); };
  api_.live["configmaps/a"] = live_map("a", "1");
  api_.breaks_at = "configmaps/b";
  EXPECT_THROW(plan({config_map("a"), config_map("b")}), http::TransportError);
  EXPECT_THAT(found, ElementsAre("a"));
}

TEST_F(Planning, AClusterScopedObjectLosesItsNamespace) {
  const auto made =
      plan({desired(R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"n","namespace":"apps"}})")});
  EXPECT_THAT(intents(made), ElementsAre(Pair{"n", Intent::kCreate}));
  EXPECT_THAT(api_.bodies, ElementsAre(Not(HasSubstr("apps"))));
}

TEST_F(Planning, ANamespacedObjectWithoutANamespaceIsRefused) {
  const auto made = plan({desired(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}})")});
  EXPECT_THAT(made.errors(), ElementsAre(HasSubstr("ConfigMap/a namespace not specified")));
  EXPECT_THAT(api_.requests, IsEmpty());
}

TEST_F(Planning, AnErrorShowsNoValueOfASecret) {
  api_.refusals["secrets/s"] = refusal(422, "Invalid", "data[code]: Invalid value: \\\"hush\\\"");
  const auto made =
      plan({desired(R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":"s","namespace":"apps"}})")});
  EXPECT_THAT(made.errors(), ElementsAre(Not(HasSubstr("hush"))));
}

TEST_F(Planning, APlanIsAValueThatIsCarriedOutLater) {
  const auto made = plan({config_map("a")});
  const Plan approved = made;
  EXPECT_EQ(changed_lines(carry_out(approved).changes), "ConfigMap/apps/a created");
  EXPECT_THAT(intents(made), ElementsAre(Pair{"a", Intent::kCreate}));
}

TEST_F(Planning, EverythingIsAnnouncedBeforeTheFirstWriteAndOnlyWhenThereIsOne) {
  std::vector<std::string> told;
  auto record = [&](const std::vector<ObjectId>& ids) -> asio::awaitable<void> {
    EXPECT_THAT(api_.requests, IsEmpty()) << "written before it was recorded";
    for (const auto& id : ids) told.push_back(id.name);
    co_return;
  };
  how_.before_write = record;
  carry_out(plan({config_map("a"), config_map("b")}));
  EXPECT_THAT(told, ElementsAre("a", "b"));
  request_.is_unchanged = [](const Desired&) { return true; };
  carry_out(plan({config_map("a"), config_map("b")}));
  EXPECT_EQ(told.size(), 2u);
}

TEST_F(Planning, NothingOfAStageIsWrittenWhenAnOpenObjectOfItIsRefused) {
  api_.refusals["configmaps/b"] = refusal(422, "Invalid", "bad b");
  const auto made = plan({namespace_object("apps"), config_map("a"), config_map("b")});
  EXPECT_THAT(
      intents(made), ElementsAre(Pair{"apps", Intent::kCreate}, Pair{"a", Intent::kCreate}, Pair{"b", Intent::kOpen})
  );
  const auto report = carry_out(made);
  EXPECT_THAT(report.errors, ElementsAre("ConfigMap/apps/b dry-run failed (Invalid): bad b"));
  EXPECT_THAT(api_.requests, Not(testing::Contains("PATCH configmaps/a")));
}

TEST_F(Planning, ARefusedWriteNamesItsObjectAndStopsWhatComesAfter) {
  const auto secret = desired(R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":"s","namespace":"apps"}})");
  for (const std::string first : {"namespaces/apps", "configmaps/a"}) {
    api_.refusals.clear();
    const auto made = plan({namespace_object("apps"), config_map("a"), secret});
    api_.refusals[first] = refusal(403, "Forbidden", "not you");
    const auto report = carry_out(made);
    EXPECT_THAT(report.errors, ElementsAre(HasSubstr("apply failed: not you")));
    EXPECT_EQ(api_.requests.back(), "PATCH " + first);
  }
}

}  // namespace
}  // namespace weir::ssa
