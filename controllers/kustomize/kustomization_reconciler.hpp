#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "api/kustomize/v1/kustomization.hpp"
#include "api/source/v1/git_repository.hpp"
#include "controllers/kustomize/dependencies.hpp"
#include "controllers/kustomize/drift_watcher.hpp"
#include "controllers/kustomize/health_watches.hpp"
#include "controllers/kustomize/substitute.hpp"
#include "pkg/artifact/fetcher.hpp"
#include "pkg/async/blocking_pool.hpp"
#include "pkg/async/limiter.hpp"
#include "pkg/kube/client.hpp"
#include "pkg/kube/informer.hpp"
#include "pkg/kube/rest_mapper.hpp"
#include "pkg/kustomize/build.hpp"
#include "pkg/live/drift.hpp"
#include "pkg/live/health_wait.hpp"
#include "pkg/runtime/reconciler.hpp"
#include "pkg/runtime/steps.hpp"
#include "pkg/ssa/applier.hpp"

namespace weir::kustomize_controller {

using api::kustomize::Kustomization;
using api::source::GitRepository;

struct KustomizationOptions {
  KustomizationOptions() {}
  std::string field_manager{"kustomize-controller"};
  Milliseconds requeue_dependency{30'000};
  bool no_cross_namespace_refs = false;
  std::string default_service_account;
  bool strict_substitution = true;
  ssa::ApplierOptions applier;
};

/// Builds a folder of a source, applies it, prunes what left it, and sees to its health.
/// Threads: reactor; builds on the cpu pool.
class KustomizationReconciler final : public runtime::Reconciler<Kustomization> {
 public:
  struct Parts {
    kube::Client& client;
    kube::RestMapper& mapper;
    kube::Informer<Kustomization>& kustomizations;  ///< all of them, those of other shards too
    kube::Informer<GitRepository>& repositories;
    artifact::Fetcher& fetcher;
    async::BlockingPool& cpu;
    DriftWatcher& drift;
    HealthWatches& health_watches;
    DependencyWaiters& waiters;
    const Clock& clock;
    log::Logger log;
  };
  KustomizationReconciler(Parts parts, KustomizationOptions options);

  /// How a Kustomization is woken from inside: after this pause.
  using Wake = std::function<void(const kube::ObjectKey& key, Milliseconds pause)>;
  void on_wake(Wake wake) { wake_ = std::move(wake); }

  asio::awaitable<runtime::Outcome> reconcile(runtime::Context& context, Kustomization& object) override;
  asio::awaitable<runtime::Outcome> finalize(runtime::Context& context, Kustomization& object) override;
  const runtime::ConclusionRules& conclusion_rules() const override { return rules_; }
  void mark_done(runtime::Context& context, Kustomization& object) override;
  std::map<std::string, std::string> event_facts(const Kustomization& object) const override;
  Milliseconds time_limit(const Kustomization& object) const override {
    return runtime::kPassGrace + object.spec.effective_timeout().milliseconds();
  }
  std::optional<Milliseconds> retry_pause(const Kustomization& object) const override;
  void forget(const kube::ObjectKey& key) override;

 private:
  /// Who else writes an object of ours.
  struct Opponent {
    std::string object;             // "Kind/namespace/name"
    std::string who;                // "Kustomization apps/b", or a field manager
    kube::ObjectKey kustomization;  // without a name: a field manager
  };
  /// What is known of a Kustomization between passes; all of it can be found anew after a restart.
  struct Memory {
    bool busy = false;          // a pass runs: what its own writes cause is no drift
    std::set<std::string> seen; // objects that changed meanwhile, to be looked at when the pass ends
    std::string inputs;         // of the last complete apply: artifact, generation, variables
    std::string settings;       // of that apply: generation and variables
    bool is_large = false;      // its build: goes with the memory
    std::vector<kustomize::Input> files;    // that its build read
    std::string digest;         // of what was rendered
    TimePoint looked_at{};      // when every object was last found or brought to be as desired
    std::map<std::string, live::Record> records;  // by ObjectId::identity(), as the next two
    std::map<std::string, Opponent> opponents;
    live::HealPauses heals;
    std::optional<live::HealthWait> health;
  };
  struct Run;  // what one pass learns, in the order it learns it
  using Step = runtime::Step<KustomizationReconciler, Run>;
  using Context = runtime::Context;

  asio::awaitable<runtime::Outcome> check_spec(runtime::Context&, Run&);
  asio::awaitable<runtime::Outcome> find_source(runtime::Context&, Run&);
  asio::awaitable<runtime::Outcome> check_dependencies(runtime::Context&, Run&);
  asio::awaitable<runtime::Outcome> load_variables(runtime::Context&, Run&);
  asio::awaitable<runtime::Outcome> compare_inputs(runtime::Context&, Run&);
  asio::awaitable<runtime::Outcome> fetch_artifact(runtime::Context&, Run&);
  asio::awaitable<runtime::Outcome> compare_files(runtime::Context&, Run&);
  asio::awaitable<runtime::Outcome> build(runtime::Context&, Run&);
  asio::awaitable<runtime::Outcome> apply(runtime::Context&, Run&);
  asio::awaitable<runtime::Outcome> prune(runtime::Context&, Run&);
  asio::awaitable<runtime::Outcome> check_health(runtime::Context&, Run&);
  asio::awaitable<runtime::Outcome> finish(runtime::Context&, Run&);
  static const Step kSteps[];

  void check_inventory_size(const Run& run) const;
  asio::awaitable<void> record_before_write(Context& context, Run& run, const std::vector<ssa::ObjectId>& ids);
  asio::awaitable<void> prune_some(Context& context, Run& run, std::vector<ssa::ObjectId> stale);
  void learn_applied(Run& run, const ssa::AppliedObject& applied);
  static void learn_skipped(Run& run, const ssa::ObjectId& id, std::uint64_t desired_hash, bool by_live);
  asio::awaitable<void> ask_health(const Run& run, ssa::ObjectId id);
  void end_health(Run& run);

  // What happens to applied objects (kustomization_drift.cpp).
  live::Drift drift_of(const kube::ObjectKey& key, const live::Record& record) const;
  bool is_settled(const kube::ObjectKey& key, const Memory& memory, const live::Record& record, bool is_due) const;
  bool is_untouched(const kube::ObjectKey& key, const Memory& memory, bool is_due) const;
  bool has_drifted(const kube::ObjectKey& key, const Memory& memory) const;
  bool lists(const kube::ObjectKey& key, const ssa::ObjectId& id) const;
  void on_complete(const kube::Resource& kind);
  void on_inventory_change(const kube::ObjectKey& key);
  void on_object_change(const ssa::ObjectId& id, const live::LiveState* before, const live::LiveState* after);
  void notice(const kube::ObjectKey& key, const ssa::ObjectId& id);
  void judge(const kube::ObjectKey& key, Memory& memory, const std::string& object);
  void end_pass(const kube::ObjectKey& key, Memory& memory);
  void meet(const kube::ObjectKey& key, Memory& memory, const live::Record& record, const kube::ObjectKey& other);
  void meet(const kube::ObjectKey& key, Memory& memory, const live::Record& record, const std::string& manager);
  void drop_settled_managers(const kube::ObjectKey& key, Memory& memory);
  void tell_conflicts(Context& context, Kustomization& object);
  void wake(const kube::ObjectKey& key, Milliseconds pause) const {
    if (wake_) wake_(key, pause);
  }

  kube::Client client_for(const Kustomization& object) const;
  std::string service_account(const Kustomization& object) const;
  asio::awaitable<bool> service_account_exists(const Kustomization& object);
  std::function<bool(const kube::Object&)> owned_by(const Kustomization& object) const;

  Parts parts_;
  const KustomizationOptions options_;
  const runtime::ConclusionRules rules_;
  Wake wake_;
  std::map<kube::ObjectKey, Memory> memories_;
  /// Who else to tell of an object that several have applied: its labels name one of them. By ObjectId::identity().
  std::map<std::string, std::set<kube::ObjectKey>> shared_;
  struct Listing {
    std::shared_ptr<const Kustomization> of;
    std::unordered_set<std::string> names;
  };
  mutable std::map<kube::ObjectKey, Listing> listings_; // inventories that were asked for
  std::size_t running_ = 0;                             // passes
  async::Limiter large_builds_{1};
  std::shared_ptr<kustomize::DocumentCache> documents_; // bases that their builds share; goes with the last of them
};

}  // namespace weir::kustomize_controller
