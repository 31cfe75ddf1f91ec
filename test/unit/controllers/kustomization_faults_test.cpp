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
    publish(revision, revision == "r1" ? kFirst : kSecond);
  }
  /// From now on a ConfigMap belongs to another Kustomization.
  void give_away(const std::string& name) {
    given_away_ = name;
    world_.api.edit(path_of_map(name), [](json::Value& map) {
      map["metadata"]["labels"].set("kustomize.toolkit.fluxcd.io/name", "other");
    });
  }

  void expect_applied(const std::string& revision) const {
    const auto& built = built_at(revision);
    EXPECT_EQ(ready_text(), text::cat("True ReconciliationSucceeded: Applied revision: ", revision)) << story();
    EXPECT_EQ(owned(), built) << story();
    std::set<std::string> names;
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
  const Files kFirst{
      {"a.yaml", config_map("a", "1")}, {"b.yaml", config_map("b", "1")}, {"m.yaml", config_map("m", "1")}};
  const Files kSecond{{"a.yaml", config_map("a", "2")}, {"c.yaml", config_map("c", "1")}};

  static const Objects& built_at(const std::string& revision) {
    static const std::map<std::string, Objects> kBuilt{
        {"r1", {{"a", "1"}, {"b", "1"}, {"m", "1"}}},
        {"r2", {{"a", "2"}, {"c", "1"}}},
    };
    return kBuilt.at(revision);
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
      if (!ours.contains(name) && built_at(offered_).contains(name))
        wrong(text::cat(name, " was pruned, and is wanted"));
    }
    const auto condition = ready();
    if (!condition) return;
    const auto& revision = there.status.last_applied_revision;
    auto wanted = revision.empty() ? Objects{} : built_at(revision);
    wanted.erase(given_away_);
    if (condition->status == "True" && ours != wanted) {
      wrong(text::cat("Ready is True at ", revision, ", which is not what the cluster holds"));
    }
    if (std::max(condition->observed_generation, there.status.observed_generation) > there.metadata.generation) {
      wrong("a generation was observed that is yet to come");
    }
  }
  bool is_right() const override {
    return object()->status.last_applied_revision == offered_ && owned() == built_at(offered_);
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
        trial.add_kustomization();
        trial.offer("r1");
        trial.begin(Wakes::kOwnChange);
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

TEST_P(KustomizationFaults, Deletion) {
  fail_each<Trial>(
      [](Trial& trial) {
        trial.add_kustomization();
        trial.offer("r1");
        trial.begin(Wakes::kOwnChange);
        trial.break_one();
        trial.pass_after([&] { trial.world_.api.remove(trial.kPath); });
      },
      [](Trial& trial) { trial.expect_gone(); },
      5
  );
}

INSTANTIATE_TEST_SUITE_P(, KustomizationFaults, test::every_fault_case(), test::fault_case_name);

}  // namespace
}  // namespace weir::kustomize_controller
