#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
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
  /// Somebody has changed an object by hand: "ConfigMap/one-a".
  void disturbed(const std::string& object);
  /// Something that delays everybody goes on, or is over.
  void troubled(bool begins);
  bool is_troubled() const { return troubles_ > 0; }

  /// After each change of the API server. Ready=True with a revision, a generation and no drift: every object of that
  /// build says what Git says, but for what somebody changed less than kHealing ago.
  void look();
  /// A controller has asked for a write of a ConfigMap that is not a dry run.
  void wrote(const std::string& config_map);
  /// "" once everybody has arrived where people meant, else who has not, and why.
  std::string unsettled();
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
  /// How long a pass that has begun may go on writing when nothing is in the way.
  static constexpr std::chrono::seconds kLongestPass{65};

 private:
  static std::chrono::milliseconds now();
  const json::Value* find(const std::string& object) const;
  /// Objects that do not say what they should, in words.
  std::vector<std::string> differences(const Objects& expected, bool with_allowance);
  void look_at(const std::string& name, const json::Value& object);

  /// What is known of a Kustomization.
  struct Known {
    std::string version;  // of the object that was looked at last
    std::string judged;   // spec and revision that `expected` is of
    std::optional<Objects> expected;
    bool is_ready = false;
    std::optional<std::chrono::milliseconds> suspended_since;
  };

  const test::SimulatedApi& api_;
  std::map<std::string, Tree> trees_;  // by revision
  std::string head_;
  std::map<std::string, std::chrono::milliseconds> disturbed_;  // by object
  std::map<std::string, Known> known_;                          // by Kustomization
  std::set<std::string> may_leave_;    // Kustomizations that did not prune for a while, as somebody wished
  std::set<std::string> terminating_;  // objects that are to go, whoever applies them meanwhile
  std::chrono::seconds healing_{kHealing};
  int troubles_ = 0;
  std::chrono::milliseconds calm_since_{0};
  std::string violation_;
};

}  // namespace weir::simulation
