#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "api/kustomize/v1/kustomization.hpp"
#include "controllers/kustomize/dependencies.hpp"
#include "controllers/kustomize/substitute.hpp"
#include "pkg/artifact/fetcher.hpp"
#include "pkg/async/blocking_pool.hpp"
#include "pkg/async/limiter.hpp"
#include "pkg/kube/client.hpp"
#include "pkg/kube/informer.hpp"
#include "pkg/kube/rest_mapper.hpp"
#include "pkg/kustomize/build.hpp"
#include "pkg/live/applied_sets.hpp"
#include "pkg/live/object_watches.hpp"
#include "pkg/runtime/reconciler.hpp"
#include "pkg/runtime/steps.hpp"
#include "pkg/sources/sources.hpp"
#include "pkg/ssa/cluster.hpp"
#include "pkg/ssa/desired.hpp"

namespace weir::kustomize_controller {

using api::kustomize::Kustomization;

struct KustomizationOptions {
  KustomizationOptions() {}
  std::string field_manager{"kustomize-controller"};
  Milliseconds requeue_dependency{30'000};
  bool no_cross_namespace_refs = false;
  std::string default_service_account;
  bool strict_substitution = true;
  ssa::Options apply;
};

/// Builds a folder of a source, applies it, prunes what left it, and sees to its health.
/// Threads: reactor; builds on the cpu pool.
class KustomizationReconciler final : public runtime::Reconciler<Kustomization> {
 public:
  struct Parts {
    kube::Client& client;
    kube::RestMapper& mapper;
    kube::Informer<Kustomization>& kustomizations;  ///< all of them, those of other shards too
    const sources::Sources& sources;
    artifact::Fetcher& fetcher;
    async::BlockingPool& cpu;
    live::DriftWatcher& drift;
    live::ObjectWatches& health_watches;
    DependencyWaiters& waiters;
    const Clock& clock;
    log::Logger log;
  };
  KustomizationReconciler(Parts parts, KustomizationOptions options);

  /// How a Kustomization is woken from inside: after this pause.
  void on_wake(live::AppliedSets::Wake wake) { applied_.on_wake(std::move(wake)); }

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
  /// What is known of a Kustomization between passes, besides what
  /// it applied; all of it can be found anew after a restart.
  struct Memory {
    std::string inputs;                   // of the last complete apply: artifact, generation, variables
    std::string settings;                 // of that apply: generation and variables
    bool is_large = false;                // its build: goes with the memory
    std::vector<kustomize::Input> files;  // that its build read
    std::string digest;                   // of what was rendered
    std::uint64_t listed = 0;             // hash of the inventory that this apply left
    TimePoint looked_at{};                // when every object was last found or brought to be as desired
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

  asio::awaitable<void> say_that_it_writes(Context& context, Run& run);
  asio::awaitable<void> record_before_write(Context& context, Run& run, const std::vector<ssa::ObjectId>& ids);
  asio::awaitable<void> prune_some(Context& context, Run& run, std::vector<ssa::ObjectId> stale);
  void learn_applied(Run& run, const ssa::Desired& desired, const kube::Object& live);
  void learn_skipped(Run& run, const ssa::Desired& desired, bool by_live);
  asio::awaitable<void> ask_health(const Run& run, ssa::ObjectId id);
  void end_health(Run& run);

  live::AppliedSets::Listed listed(const kube::ObjectKey& key) const;
  void tell_conflicts(Context& context, Kustomization& object);

  kube::Client client_for(const Kustomization& object) const;
  std::string service_account(const Kustomization& object) const;
  asio::awaitable<bool> service_account_exists(const Kustomization& object);
  std::function<bool(const kube::Object&)> owned_by(const Kustomization& object) const;

  Parts parts_;
  const KustomizationOptions options_;
  const runtime::ConclusionRules rules_;
  std::map<kube::ObjectKey, Memory> memories_;
  live::AppliedSets applied_;
  std::size_t running_ = 0;  // passes
  async::Limiter large_builds_{1};
  std::shared_ptr<kustomize::DocumentCache> documents_;  // bases that their builds share; goes with the last of them
};

}  // namespace weir::kustomize_controller
