#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "api/helm/v2/helm_release.hpp"
#include "api/source/v1/helm_chart.hpp"
#include "api/source/v1/oci_repository.hpp"
#include "controllers/helm/chart_store.hpp"
#include "controllers/helm/cluster_facts.hpp"
#include "controllers/helm/decision.hpp"
#include "controllers/helm/release_action.hpp"
#include "controllers/helm/release_store.hpp"
#include "pkg/async/blocking_pool.hpp"
#include "pkg/kube/client.hpp"
#include "pkg/kube/informer.hpp"
#include "pkg/kube/rest_mapper.hpp"
#include "pkg/live/applied_sets.hpp"
#include "pkg/live/object_watches.hpp"
#include "pkg/runtime/reconciler.hpp"
#include "pkg/runtime/steps.hpp"
#include "pkg/ssa/cluster.hpp"
#include "pkg/ssa/plan.hpp"
#include "pkg/template/functions.hpp"

namespace weir::helm_controller {

struct HelmReleaseOptions {
  HelmReleaseOptions() {}
  std::string field_manager{"helm-controller"};
  Milliseconds requeue_dependency{30'000};
  bool no_cross_namespace_refs = false;
  std::string default_service_account;
  /// What would uninstall a release as a side effect has to be allowed by an annotation.
  bool guards_uninstall = true;
  ssa::Options apply;
};

/// Keeps a chart with values installed as a release of Helm's.
/// Threads: reactor; charts are rendered and records packed on the cpu pool.
class HelmReleaseReconciler final : public runtime::Reconciler<HelmRelease> {
 public:
  struct Parts {
    kube::Client& client;
    kube::RestMapper& mapper;
    kube::Informer<HelmRelease>& releases;  ///< all of them, those of other shards too
    kube::Informer<api::source::HelmChart>& charts;
    kube::Informer<api::source::OciRepository>& oci_repositories;
    ChartStore& chart_store;
    ClusterFacts& facts;
    async::BlockingPool& cpu;
    live::DriftWatcher& drift;
    live::ObjectWatches& watches;
    asio::any_io_executor executor;
    std::set<kube::ObjectKey>& waiters;  ///< whose last pass had to wait for a dependency
    const Clock& clock;
    log::Logger log;
  };
  HelmReleaseReconciler(Parts parts, HelmReleaseOptions options);

  /// How a HelmRelease is woken from inside: after this pause.
  void on_wake(live::AppliedSets::Wake wake) { applied_.on_wake(std::move(wake)); }

  asio::awaitable<runtime::Outcome> reconcile(runtime::Context& context, HelmRelease& object) override;
  asio::awaitable<runtime::Outcome> finalize(runtime::Context& context, HelmRelease& object) override;
  const runtime::ConclusionRules& conclusion_rules() const override { return rules_; }
  void mark_done(runtime::Context& context, HelmRelease& object) override;
  std::map<std::string, std::string> event_facts(const HelmRelease& object) const override;
  void forget(const kube::ObjectKey& key) override;

 private:
  /// An action that goes on between passes.
  struct Running {
    Running(Step step_, ActionPlan plan, ReleaseStore::Stored record_)
        : step{step_}, action{std::move(plan)}, record{std::move(record_)} {}
    Step step;
    ReleaseAction action;
    ReleaseStore::Stored record;  // the revision that it makes or takes away
    std::string inputs;           // what it was begun for
    std::string oci_digest;
    std::optional<api::helm::Snapshot> target;  // of a rollback
    std::vector<ssa::ObjectId> definitions;     // of crds/
    std::string failure_prefix;                 // of the record's description
    std::string success;
    Duration timeout;
    kube::Propagation propagation = kube::Propagation::kBackground;
    TimePoint started{};
  };
  /// What is known of a HelmRelease between passes; all of it can be found anew after a restart.
  struct Memory {
    std::string inputs;      // of the last complete pass: generation, chart, values
    std::string helm_chart;  // the HelmChart as it was last applied
    std::int64_t helm_chart_generation = 0;
    std::unique_ptr<Running> running;
  };
  struct Run;  // what one pass learns, in the order it learns it
  using Step = helm_controller::Step;
  using Row = runtime::Step<HelmReleaseReconciler, Run>;
  using Context = runtime::Context;
  using Outcome = runtime::Outcome;

  asio::awaitable<Outcome> check_spec(Context&, Run&);
  asio::awaitable<Outcome> apply_chart_object(Context&, Run&);
  asio::awaitable<Outcome> check_dependencies(Context&, Run&);
  asio::awaitable<Outcome> find_source(Context&, Run&);
  asio::awaitable<Outcome> load_values(Context&, Run&);
  asio::awaitable<Outcome> compare_inputs(Context&, Run&);
  asio::awaitable<Outcome> load_chart(Context&, Run&);
  asio::awaitable<Outcome> check_target(Context&, Run&);
  asio::awaitable<Outcome> bring_about(Context&, Run&);
  asio::awaitable<Outcome> finish(Context&, Run&);
  static const Row kRows[];

  // Actions: how they begin, go on and end.
  asio::awaitable<std::optional<Outcome>> begin(Context& context, Run& run, Step step);
  asio::awaitable<std::optional<Outcome>> begin_rollback(Context& context, Run& run, Duration timeout);
  asio::awaitable<void> begin_uninstall(Run& run, ReleaseStore::Stored record);
  void start(Run& run, Step step, ActionPlan plan, ReleaseStore::Stored record, Duration timeout);
  /// What the running action came to.
  struct Advance {
    std::optional<Milliseconds> pause;   ///< it waits
    std::optional<std::string> failure;  ///< it did not work; neither: it is done
  };
  asio::awaitable<Advance> advance(Context& context, Run& run);
  asio::awaitable<std::optional<Outcome>> go_on(Context& context, Run& run);
  asio::awaitable<void> end(Context& context, Run& run, std::optional<std::string> failure);
  asio::awaitable<void> end_uninstall(Run& run, const std::optional<std::string>& failure);
  asio::awaitable<void> abandon(Context& context, Run& run);
  asio::awaitable<void> unlock(Context& context, Run& run);
  Outcome settle(Context& context, Run& run);
  Outcome used_up(Run& run) const;

  // What they need.
  asio::awaitable<void> render(Run& run, bool is_upgrade, std::int64_t revision);
  helm::StoredRelease release_of(Run& run, std::int64_t revision, bool is_install, WallTime now) const;
  asio::awaitable<std::vector<ssa::ObjectId>> apply_definitions(Context& context, Run& run, bool is_upgrade);
  asio::awaitable<void> make_namespace(Run& run);
  asio::awaitable<void> check_ownership(Run& run, const std::vector<ssa::Desired>& objects, bool is_install);
  asio::awaitable<std::vector<ssa::ObjectId>> objects_of(const helm::StoredRelease& release);
  asio::awaitable<std::vector<ssa::ObjectId>> obsolete_objects(Run& run, const std::vector<ssa::Desired>& wanted);
  asio::awaitable<void> supersede(Run& run, std::int64_t newest);
  asio::awaitable<void> prune_history(Run& run);
  asio::awaitable<void> record_inventory(Context& context, Run& run, const std::vector<ssa::ObjectId>& ids);
  asio::awaitable<bool> has_drifted(Run& run);
  asio::awaitable<ssa::Plan> plan_drift(Run& run);
  asio::awaitable<void> correct_drift(Context& context, Run& run);
  asio::awaitable<std::optional<Outcome>> uninstall_whole(Context& context, Run& run);

  std::string service_account(const HelmRelease& object) const;
  kube::Client client_for(const HelmRelease& object) const;
  ReleaseStore store_for(const HelmRelease& object, const std::string& namespace_) const;
  asio::awaitable<std::optional<Outcome>> uninstall_old(Context& context, Run& run);
  asio::awaitable<void> remove_chart_object(Context& context, HelmRelease& object);
  live::AppliedSets::Listed listed(const kube::ObjectKey& key) const;
  void learn_applied(Run& run, const ssa::Desired& desired, const kube::Object& live);

  Parts parts_;
  const HelmReleaseOptions options_;
  const runtime::ConclusionRules rules_;
  const std::shared_ptr<const templates::Functions> functions_;
  std::map<kube::ObjectKey, Memory> memories_;
  live::AppliedSets applied_;
};

}  // namespace weir::helm_controller
