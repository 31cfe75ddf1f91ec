#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "test/simulation/api_server/simulated_api.hpp"
#include "test/simulation/intent.hpp"

namespace weir::simulation {

/// What must hold, whatever happens; it reads the API server's objects themselves, and what people meant, nothing that
/// the controllers hold.  Threads: one.
class Truth {
 public:
  explicit Truth(const test::SimulatedApi& api) : api_{api} {}

  // What people tell it.
  /// @param revision  as a GitRepository writes it
  void committed(const std::string& revision, const Tree& tree);
  /// The GitRepository leaves kIgnorable out from now on, or no longer.
  void ignored(bool ignores);
  /// Somebody has changed an object by hand: "ConfigMap/one-a".
  void disturbed(const std::string& object);
  /// Somebody said of an object that it is to be left alone, or no longer; whoever let it go meanwhile does not come
  /// back.
  void left_alone(const std::string& object) {
    disturbed(object);
    left_alone_.insert(object);
  }
  /// What befalls people's objects, or all that is on its way.
  enum class Trouble {
    kRefusal,  ///< something is refused or not there; whoever asks hears of it at once
    kDelay,    ///< messages, and what is known of the cluster, are late
  };
  /// It goes on, or is over.
  void troubled(Trouble trouble, bool begins);
  bool is_troubled() const { return troubles_ > 0; }

  /// The cluster runs what a Deployment says: "Deployment/one-app".
  void runs(const std::string& deployment) { runs_since_.insert_or_assign(deployment, now()); }

  /// After each change of the API server. Ready=True with a revision, a generation and no drift: every object of that
  /// build says what Git says, but for what somebody changed less than kHealing ago.
  void look();
  /// A controller has asked for a write of an object that is not a dry run.
  /// @param object  "ConfigMap/one-a"
  /// @param user  whom it impersonates; empty: nobody
  void wrote(const std::string& object, bool deletes, const std::string& user);
  /// "" once everybody has arrived where people meant, else who has not, and why.
  std::string unsettled();
  /// "" when whoever was requested has said that he was.
  std::string requested_in_vain() const;
  /// Whether somebody goes on asking, as what Git says cannot be.
  bool keeps_trying() const;
  /// When all has settled: nothing is there that was ours and is in no build.
  void look_for_orphans();

  /// The first thing that did not hold; empty: all did.
  const std::string& violation() const { return violation_; }
  void violated(std::string what) {
    if (violation_.empty()) violation_ = std::move(what);
  }

  /// How long drift may last when nothing is in the way.
  static constexpr std::chrono::seconds kHealing{30};
  /// And until another replica leads.
  void allow_elections() { healing_ = kHealing + std::chrono::seconds{45}; }
  /// How long a pass may go on with what it has read when no message is late.
  static constexpr std::chrono::seconds kLongestPass{5};
  /// And how long after messages were: those on their way arrive, and watches are found to be broken.
  static constexpr std::chrono::seconds kCatchingUp{45};

 private:
  static std::chrono::milliseconds now();
  /// Somebody has changed it by hand a short while ago, or trouble is in the way of putting it right.
  bool is_excused(const std::string& object) const;
  const json::Value* find(const std::string& object) const;
  /// Which objects may say something else.
  enum class Allowance {
    kNone,
    kHealing,  ///< those that were changed by hand a while ago, as long as they may take to be put right
    kPass,     ///< those that were changed by hand since a pass that has just ended may have looked at them
  };
  /// Objects that do not say what they should, in words.
  /// @param name  of their Kustomization
  std::vector<std::string> differences(const std::string& name, const Objects& expected, Allowance allowance);
  void look_at(const std::string& name, const json::Value& object);

  /// What is known of a Kustomization.
  struct Known {
    std::string version;  // of the object that was looked at last
    std::string judged;   // spec and revision that `expected` is of
    std::optional<Objects> expected;
    bool is_ready = false;
    bool exists = false;
    std::string applied;            // revision
    std::set<std::string> reached;  // revisions that it has said to have applied
    std::optional<std::chrono::milliseconds> deleted_since;
    struct Spec {
      json::Value value;
      std::optional<std::chrono::milliseconds> until;  // it was the present one
    };
    std::vector<Spec> specs;  // that a pass may go by; the last is the present one
    std::string request;      // that was not served yet
    std::chrono::milliseconds requested_since{0};
    bool says_unhealthy = false;
    std::optional<std::chrono::milliseconds> suspended_since;
    std::optional<std::chrono::milliseconds> unready_since;
    std::string failed_at;  // the newest commit when it last said that it failed
  };

  void learn_spec(Known& known, const json::Value& spec);
  /// Forgets those that no pass goes by any more.
  const std::vector<Known::Spec>& specs_in_use(Known& known) const;
  void judge_request(const std::string& name, const json::Value& object, Known& known);
  bool runs_for_long(const Objects& expected, const std::function<bool(std::chrono::milliseconds since)>& is_long)
      const;
  void judge_wait(const std::string& name, const json::Value& object, Known& known);
  void judge_failure(const std::string& name, const json::Value& object, Known& known);
  void judge_inventory(const std::string& name, const json::Value& object, const Objects& expected);
  void judge_health(const std::string& name, const json::Value& object, const Objects& expected);
  bool has_hopeless(const json::Value& object, const Objects& expected) const;
  void judge_deletion(const std::string& object, const std::string& owner, Known& known);
  /// Whether another one builds it under the same name, or has it in its inventory.
  bool is_contested(const std::string& name, const std::string& object) const;
  /// Kustomizations that name this one's prefix, itself not counted.
  std::vector<std::string> sharers(const std::string& name) const;
  /// Whether it waits for one that has not arrived.
  bool is_blocked(const json::Value& object) const;
  bool is_healthy(const std::string& deployment) const;
  std::string judge_conflict(const std::string& name, const json::Value& object, const Objects& expected) const;
  /// Whether everybody has heard of it, and what was begun before it has ended.
  bool over(std::chrono::milliseconds since) const {
    return delays_ == 0 && now() - on_time_since_ >= kCatchingUp && now() - since >= kLongestPass;
  }
  /// Whether it was so for long enough to be put right.
  bool is_overdue(std::chrono::milliseconds since) const {
    return troubles_ == 0 && now() - std::max(since, calm_since_) >= healing_;
  }

  const test::SimulatedApi& api_;
  std::vector<std::pair<std::string, Tree>> trees_;  // with their revisions, in order
  std::map<std::string, std::size_t> places_;        // of revisions in it
  std::string head_;
  bool ignores_ = false;
  bool ever_ignored_ = false;
  std::map<std::string, std::chrono::milliseconds> disturbed_;   // by object
  std::map<std::string, std::chrono::milliseconds> contested_;   // when it was last, by object
  std::map<std::string, std::chrono::milliseconds> runs_since_;  // by Deployment
  std::map<std::string, Known> known_;                           // by Kustomization
  std::set<std::string> may_leave_;    // Kustomizations that did not prune for a while, as somebody wished
  std::set<std::string> left_alone_;   // once, by object
  std::set<std::string> terminating_;  // objects that are to go, whoever applies them meanwhile
  std::chrono::seconds healing_{kHealing};
  int troubles_ = 0;  // of both kinds
  int delays_ = 0;
  std::chrono::milliseconds calm_since_{0};
  std::chrono::milliseconds on_time_since_{0};
  std::string violation_;
};

}  // namespace weir::simulation
