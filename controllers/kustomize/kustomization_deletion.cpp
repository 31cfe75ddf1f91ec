#include "controllers/kustomize/dependencies.hpp"
#include "controllers/kustomize/kustomization_reconciler.hpp"
#include "controllers/kustomize/kustomization_run.hpp"
#include "controllers/kustomize/kustomization_status.hpp"
#include "pkg/base/text.hpp"
#include "pkg/ssa/remove.hpp"
#include "pkg/ssa/wait.hpp"

namespace weir::kustomize_controller {

namespace reason = api::kustomize::reason;
using runtime::Done;
using runtime::Outcome;
using runtime::ReasonedError;
using runtime::Severity;
using runtime::Stall;

asio::awaitable<Outcome> KustomizationReconciler::finalize(Context& context, Kustomization& object) {
  const auto key = kube::key_of(object);
  applied_.begin_pass(key);  // never ends: nothing is put right any more
  auto& applied = applied_.of(key);
  applied.clear();
  applied.health.reset();
  parts_.health_watches.stop(key);
  const auto& policy = object.spec.deletion_policy;
  const bool deletes =
      policy == "Delete" || policy == "WaitForTermination" || (policy != "Orphan" && object.spec.prune);
  const auto objects = live::Inventory{object.status.inventory}.objects();
  if (object.spec.suspend || !deletes || objects.empty()) co_return Done{Milliseconds{0}};
  if (const auto refused = unsupported_field(object.spec, parts_.sources)) {
    // What it lists may be somewhere else (spec.kubeConfig), or not what we would find.
    co_return Stall{
        refused->reason,
        text::cat(
            "nothing is deleted: ",
            refused->message,
            "; spec.deletionPolicy: Orphan lets it go and leaves its ",
            objects.size(),
            " objects"
        )};
  }
  const auto facts = revision_facts(object.status.last_applied_revision);
  const bool account_exists = co_await service_account_exists(object);
  if (!account_exists) {
    std::string names;
    for (const auto& id : objects) text::append(names, names.empty() ? "" : ", ", id.text());
    context.events.send(
        Severity::kError,
        reason::kReconciliationFailed,
        text::cat("unable to prune objects: the service account ", service_account(object), " is gone: ", names),
        facts
    );
    co_return Done{Milliseconds{0}};
  }
  auto client = client_for(object);
  const ssa::Cluster cluster{client, parts_.mapper, options_.apply, context.clock, context.log};
  const auto result = co_await ssa::remove(cluster, objects, owned_by(object));
  const std::string lines = ssa::changed_lines(result.changes);
  if (!lines.empty()) {
    context.log.info("objects deleted", {{"output", lines}});
    context.events.send(Severity::kInfo, reason::kReconciliationSucceeded, lines, facts);
  }
  if (!result.errors.empty()) {
    throw ReasonedError{
        reason::kPruneFailed, text::cat("pruning for deleted resource failed: ", text::join(result.errors, "; "))};
  }
  if (policy == "WaitForTermination") {
    std::vector<ssa::ObjectId> deleted;
    for (const auto& change : result.changes) {
      if (change.action == ssa::Action::kDeleted) deleted.push_back(change.id);
    }
    const auto limit = object.spec.effective_timeout().milliseconds();
    const auto left = co_await ssa::wait_until_gone(cluster, std::move(deleted), limit);
    if (!left.empty()) {
      std::string names;
      for (const auto& id : left) text::append(names, names.empty() ? "" : ", ", id.text());
      context.events.send(
          Severity::kError,
          reason::kReconciliationFailed,
          text::cat("failed to wait for resources termination: ", names),
          facts
      );
    }
  }
  co_return Done{Milliseconds{0}};
}

}  // namespace weir::kustomize_controller
