// Every operation of a pass fails once, in turn, before or after the server has done it. Nothing that was applied may
// be unknown to the inventory that the server holds, at no moment, since a process can end at any; nothing that is
// wanted may be pruned; Ready may be True only of what is there; and the next pass, of the same process or of another
// one, finds its way.

#include <algorithm>

#include "test/support/fault_loop.hpp"
#include "test/unit/controllers/kustomization_bench.hpp"

namespace weir::kustomize_controller {
namespace {

using Objects = std::map<std::string, std::string>;  // ConfigMaps: name and value

/// A cluster, and a pass of which one operation fails.
class Trial : public test::Trial<KustomizationBench> {
 public:
  using test::Trial<KustomizationBench>::Trial;

  void offer(const std::string& revision) {
    offered_ = revision;
    publish(revision, build_of(revision).files);
  }
  /// Such a Kustomization is there, and a process has dealt with it.
  void begin_at(const std::string& revision, const std::string& more_spec = {}) {
    add_kustomization(more_spec);
    offer(revision);
    begin(Wakes::kOwnChange);
  }
  /// Somebody who may do everything.
  void add_service_account() {
    world_.api.allow("system:serviceaccount:apps:deployer");
    world_.api.put(
        kube::core::service_accounts().path("apps", "deployer"),
        *json::parse(R"({"metadata": {"name": "deployer", "namespace": "apps"}})")
    );
  }
  /// From now on a ConfigMap belongs to another Kustomization.
  void give_away(const std::string& name) {
    given_away_ = name;
    world_.api.edit(path_of_map(name), [](json::Value& map) {
      map["metadata"]["labels"].set("kustomize.toolkit.fluxcd.io/name", "other");
    });
  }

  void expect_applied(const std::string& revision) const {
    const auto& [files, built, others] = build_of(revision);
    EXPECT_EQ(ready_text(), text::cat("True ReconciliationSucceeded: Applied revision: ", revision)) << story();
    EXPECT_EQ(owned(), built) << story();
    std::set<std::string> names = others;
    for (const auto& [name, data] : built) names.insert(name);
    EXPECT_EQ(inventory(), names) << story();
    EXPECT_EQ(object()->status.observed_generation, object()->metadata.generation) << story();
    EXPECT_FALSE(api::is_condition_true(object()->status.conditions, "Reconciling")) << story();
  }
  void expect_gone() const {
    EXPECT_FALSE(object()) << story();
    EXPECT_EQ(owned(), Objects{}) << story();
  }

 private:
  struct Build {
    Files files;
    Objects maps;
    std::set<std::string> others;  // what is not a ConfigMap
  };
  static const Build& build_of(const std::string& revision) {
    static const std::map<std::string, Build> kBuilds{
        {"r1",
         {{{"a.yaml", config_map("a", "1")}, {"b.yaml", config_map("b", "1")}, {"m.yaml", config_map("m", "1")}},
          {{"a", "1"}, {"b", "1"}, {"m", "1"}},
          {}}},
        {"r2", {{{"a.yaml", config_map("a", "2")}, {"c.yaml", config_map("c", "1")}}, {{"a", "2"}, {"c", "1"}}, {}}},
        {"immutable-1",
         {{{"a.yaml", config_map("a", "1")}, {"i.yaml", immutable_config_map("i", "1")}},
          {{"a", "1"}, {"i", "1"}},
          {}}},
        {"immutable-2",
         {{{"a.yaml", config_map("a", "2")}, {"i.yaml", immutable_config_map("i", "2")}},
          {{"a", "2"}, {"i", "2"}},
          {}}},
        {"deployment", {{{"a.yaml", config_map("a", "1")}, {"web.yaml", deployment()}}, {{"a", "1"}}, {"web"}}},
    };
    return kBuilds.at(revision);
  }

  void look() override {
    const auto there = object();
    const auto ours = owned();
    const auto listed = inventory();
    for (const auto& [name, data] : ours) {
      if (!listed.contains(name)) wrong(text::cat(name, " is in the cluster and not in the inventory"));
    }
    if (there && !there->metadata.is_deleting()) judge(*there, ours);
    seen_ = ours;
  }
  void judge(const Kustomization& there, const Objects& ours) {
    for (const auto& [name, data] : seen_) {
      const bool is_replaced = there.spec.force && name == "i";
      if (!ours.contains(name) && build_of(offered_).maps.contains(name) && !is_replaced)
        wrong(text::cat(name, " was pruned, and is wanted"));
    }
    const auto condition = ready();
    if (!condition) return;
    const auto& revision = there.status.last_applied_revision;
    auto wanted = revision.empty() ? Objects{} : build_of(revision).maps;
    wanted.erase(given_away_);
    if (condition->status == "True" && ours != wanted) {
      wrong(text::cat("Ready is True at ", revision, ", which is not what the cluster holds"));
    }
    if (condition->status == "True" && there.spec.wait && !is_running()) wrong("Ready is True of what does not run");
    if (std::max(condition->observed_generation, there.status.observed_generation) > there.metadata.generation) {
      wrong("a generation was observed that is yet to come");
    }
  }
  bool is_right() const override {
    const bool is_applied = object()->status.last_applied_revision == offered_ && owned() == build_of(offered_).maps;
    return is_applied && (!object()->spec.wait || is_running());
  }
  bool is_running() const {
    const auto* web = world_.api.find(kDeploymentPath);
    return web != nullptr && web->find_path({"status", "readyReplicas"}) != nullptr;
  }

  std::string offered_;
  std::string given_away_;
  Objects seen_;
};

class KustomizationFaults : public test::FaultsTest {};

TEST_P(KustomizationFaults, FirstApply) {
  fail_each<Trial>(
      [](Trial& trial) {
        trial.add_kustomization();
        trial.offer("r1");
        trial.break_one();
        trial.begin(Wakes::kOwnChange);
      },
      [](Trial& trial) { trial.expect_applied("r1"); },
      8
  );
}

TEST_P(KustomizationFaults, ChangeWithPrune) {
  fail_each<Trial>(
      [](Trial& trial) {
        trial.begin_at("r1");
        // One of the two that leave the build belongs to somebody else by then.
        trial.offer("r2");
        trial.give_away("m");
        trial.break_one();
        trial.pass();
      },
      [](Trial& trial) {
        trial.expect_applied("r2");
        EXPECT_EQ(trial.value("m"), "1") << trial.story();
      },
      8
  );
}

TEST_P(KustomizationFaults, ChangeOfWhatMustBeMadeAnew) {
  fail_each<Trial>(
      [](Trial& trial) {
        trial.begin_at("immutable-1", R"(, "force": true)");
        trial.offer("immutable-2");
        trial.break_one();
        trial.pass();
      },
      [](Trial& trial) { trial.expect_applied("immutable-2"); },
      8
  );
}

TEST_P(KustomizationFaults, ChangeWithPruneAsAServiceAccount) {
  fail_each<Trial>(
      [](Trial& trial) {
        trial.add_service_account();
        trial.begin_at("r1", R"(, "serviceAccountName": "deployer")");
        trial.offer("r2");
        trial.break_one();
        trial.pass();
      },
      [](Trial& trial) { trial.expect_applied("r2"); },
      8
  );
}

TEST_P(KustomizationFaults, FirstApplyThatWaitsForHealth) {
  fail_each<Trial>(
      [](Trial& trial) {
        trial.add_kustomization(R"(, "wait": true)");
        trial.offer("deployment");
        trial.break_one();
        trial.begin(Wakes::kOwnChange);
      },
      [](Trial& trial) {
        EXPECT_FALSE(trial.is_ready()) << trial.story();
        trial.world_.faults.disarm();
        trial.start_deployment();
        trial.pass();
        trial.expect_applied("deployment");
      },
      8
  );
}

TEST_P(KustomizationFaults, WhatWasWaitedForRuns) {
  fail_each<Trial>(
      [](Trial& trial) {
        trial.begin_at("deployment", R"(, "wait": true)");
        trial.start_deployment();
        trial.break_one();
        trial.pass();
      },
      [](Trial& trial) { trial.expect_applied("deployment"); },
      2
  );
}

TEST_P(KustomizationFaults, Deletion) {
  fail_each<Trial>(
      [](Trial& trial) {
        trial.begin_at("r1");
        trial.break_one();
        trial.remove();
      },
      [](Trial& trial) { trial.expect_gone(); },
      5
  );
}

TEST_P(KustomizationFaults, DeletionAsAServiceAccount) {
  fail_each<Trial>(
      [](Trial& trial) {
        trial.add_service_account();
        trial.begin_at("r1", R"(, "serviceAccountName": "deployer")");
        trial.break_one();
        trial.remove();
      },
      [](Trial& trial) { trial.expect_gone(); },
      5
  );
}

INSTANTIATE_TEST_SUITE_P(, KustomizationFaults, test::every_fault_case(), test::fault_case_name);

}  // namespace
}  // namespace weir::kustomize_controller
