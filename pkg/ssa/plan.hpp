#pragma once

#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "pkg/async/asio.hpp"
#include "pkg/ssa/cluster.hpp"
#include "pkg/ssa/desired.hpp"
#include "pkg/ssa/order.hpp"

namespace weir::ssa {

/// What is to be done with an object.
enum class Intent {
  kOpen,       ///< its stage will tell: what an earlier one brings may be what it needs
  kUnchanged,  ///< it is as desired
  kSkip,       ///< it asks to be left alone, in Git or in the cluster
  kCreate,
  kConfigure,
  kRecreate,  ///< to be deleted and made anew: a field of it cannot be changed
  kRefused,
};

/// One object of a plan, with what was learnt of it.
struct PlannedObject {
  explicit PlannedObject(Desired desired_) : desired{std::move(desired_)} {}
  const ObjectId& id() const { return desired.id(); }
  bool is_written() const {
    return intent == Intent::kCreate || intent == Intent::kConfigure || intent == Intent::kRecreate;
  }

  Desired desired;
  Stage stage = Stage::kRest;
  Intent intent = Intent::kOpen;
  std::string error;                       ///< why it is refused
  bool may_pass = false;                   ///< refused for what the server may just not have heard of yet
  std::optional<kube::Resource> resource;  ///< nullopt: nobody serves its kind, yet
  bool is_expected = false;                ///< probably as desired: the live one is looked at before the dry run
  std::string live_version;                ///< resourceVersion before our write; empty: it does not exist
  std::string live_uid;                    ///< of what is to be deleted and made anew
  bool is_unclean = false;                 ///< other tools left fields or metadata that go with our write
};

/// What would be done to bring a set of objects to a cluster, and what speaks against it. A value: it may be shown,
/// kept and approved, and it is true of the moment at which it was made; execute() writes over what came later as any
/// apply does.  Threads: value.
struct Plan {
  Plan() {}
  bool writes() const;
  bool has_errors() const;
  /// Of every refused object, each named.
  std::vector<std::string> errors() const;

  std::vector<PlannedObject> objects;  ///< in the order of application
  bool force = false;
  std::set<std::pair<std::string, std::string>> kinds;  ///< (apiVersion, kind) that a definition of this set serves
};

/// Hears what was found or done, at once: a pass that is cut short has not looked in vain. The functions may be empty.
struct Findings {
  Findings() {}
  /// Of an object that is as desired now. `live`: its metadata at least, as the server's answer had it.
  std::function<void(const Desired&, const kube::Object& live)> on_applied;
  /// Of an object that is not touched: `by_live` when the live one is why, which may change without a word from Git.
  std::function<void(const Desired&, bool by_live)> on_skipped;
};

/// What is to be planned, and what is known already. The functions may be empty.
struct PlanRequest {
  PlanRequest() {}
  std::vector<Desired> objects;
  bool force = false;  ///< recreate what is immutable
  /// True when the object is known to be as desired: it is not asked about.
  std::function<bool(const Desired&)> is_unchanged;
  /// True when the object is probably as desired, but that is not known: the live one is looked at before the dry run.
  std::function<bool(const ObjectId&)> is_expected;
  Findings findings;
};

/// Looks at every object, by a dry run where nothing less tells. Nothing is written. An object is refused here unless
/// an earlier stage has something to write, which may be what it needs: it stays open then. So does one that would have
/// to be made anew. What is written is decided by comparing with the live object, never by times.
/// @throws what the transport throws; refusals of the server are in the plan
/// Source of annotations and texts: docs/upstream-rules.md, "Server-side apply".  Threads: reactor.
asio::awaitable<Plan> make_plan(const Cluster& cluster, PlanRequest request);

/// Looks again at the open objects of one stage, now that the stages before it are complete; none stays open.
/// @param stage  of `plan`
asio::awaitable<void> plan_open_objects(
    const Cluster& cluster, const Plan& plan, std::span<PlannedObject> stage, const Findings& findings
);

}  // namespace weir::ssa
