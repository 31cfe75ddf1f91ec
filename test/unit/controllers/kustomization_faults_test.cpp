// Every operation of a pass fails once, in turn, before or after the server has done it. Nothing that was applied may
// be unknown to the inventory that the server holds, at no moment, since a process can end at any; nothing that is
// wanted may be pruned; Ready may be True only of what is there; and the next pass, of the same process or of another
// one, finds its way.

#include <algorithm>

#include "test/unit/controllers/kustomization_bench.hpp"

namespace weir::kustomize_controller {
namespace {

using Objects = std::map<std::string, std::string>;  // ConfigMaps: name and value

using test::FaultCase;
using test::Next;

/// A cluster, and a pass of which one operation fails.
class Trial : public KustomizationBench {
 public:
  Trial(FaultCase how, std::size_t number) : how_{how}, number_{number} {
    world_.api.after_each_change([this] { look(); });
  }
  ~Trial() { world_.api.after_each_change({}); }

  void offer(const std::string& revision) {
    offered_ = revision;
    publish(revision, revision == "r1" ? kFirst : kSecond);
  }
  /// From the next operation on.
  void break_one() {
    world_.faults.arm(number_, how_.loss);
    if (how_.next != Next::kLaggingWatch) return;
    world_.faults.before_each([this] { world_.api.hold_watches(true); });
  }
  /// From now on a ConfigMap belongs to another Kustomization.
  void give_away(const std::string& name) {
    given_away_ = name;
    world_.api.edit(path_of_map(name), [](json::Value& map) {
      map["metadata"]["labels"].set("kustomize.toolkit.fluxcd.io/name", "other");
    });
  }
  /// @returns false when the pass needed no operation of that number
  bool broke() const { return !world_.faults.broken().empty(); }
  /// The pass with the failure is over: comes the one that finds its way.
  void go_on() {
    world_.faults.disarm();
    look();
    if (how_.next == Next::kOtherProcess) {
      end();
      if (object()) begin(Wakes::kOwnChange);
      return;
    }
    if (process_->kustomizations.get(kKey)) pass();
    world_.faults.before_each({});
    world_.api.hold_watches(false);
    world_.settle();
    rest();
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
  std::string story() const {
    return text::cat("operation ", number_, " failed: ", world_.faults.broken(), "; ready: ", ready_text());
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

  /// What must hold at every moment.
  void look() {
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
  void wrong(const std::string& what) const { ADD_FAILURE() << what << "; " << story(); }

  const FaultCase how_;
  const std::size_t number_;
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
