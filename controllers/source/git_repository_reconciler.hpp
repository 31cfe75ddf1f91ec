#pragma once

#include <string>
#include <vector>

#include "api/source/v1/git_repository.hpp"
#include "controllers/source/artifact_keeper.hpp"
#include "controllers/source/git_repository_status.hpp"
#include "pkg/access/git.hpp"
#include "pkg/async/blocking_pool.hpp"
#include "pkg/git/client.hpp"
#include "pkg/kube/client.hpp"
#include "pkg/kube/informer.hpp"
#include "pkg/runtime/metrics.hpp"
#include "pkg/runtime/reconciler.hpp"
#include "pkg/runtime/steps.hpp"

namespace weir::source {

using api::source::GitRepository;

struct GitRepositoryOptions {
  GitRepositoryOptions() {}
  std::string repository_root;  ///< bare repositories, one for each object
  Milliseconds requeue_dependency{30'000};
};

/// Fetches a Git remote and offers its files as an artifact.  Threads: reactor; the object store on the io pool.
class GitRepositoryReconciler final : public runtime::Reconciler<GitRepository> {
 public:
  struct Parts {
    kube::Client& client;
    kube::Informer<GitRepository>& repositories;
    git::Client& git;
    access::GitAccess& remotes;
    ArtifactKeeper& keeper;
    async::BlockingPool& io;
    runtime::Metrics& metrics;
  };
  GitRepositoryReconciler(Parts parts, GitRepositoryOptions options);

  asio::awaitable<runtime::Outcome> reconcile(runtime::Context& context, GitRepository& object) override;
  asio::awaitable<runtime::Outcome> finalize(runtime::Context& context, GitRepository& object) override;
  /// spec.timeout is of one conversation: look, fetch, submodules.
  Milliseconds time_limit(const GitRepository& object) const override {
    return runtime::kPassGrace + 3 * object.spec.timeout.milliseconds();
  }
  const runtime::ConclusionRules& conclusion_rules() const override { return source::conclusion_rules(); }
  void mark_done(runtime::Context& context, GitRepository& object) override;

 private:
  struct Run;  // what one pass learns, in the order it learns it
  using Step = runtime::Step<GitRepositoryReconciler, Run>;
  asio::awaitable<runtime::Outcome> check_spec(runtime::Context&, Run&);
  asio::awaitable<runtime::Outcome> check_storage(runtime::Context&, Run&);
  asio::awaitable<runtime::Outcome> load_credentials(runtime::Context&, Run&);
  asio::awaitable<runtime::Outcome> find_includes(runtime::Context&, Run&);
  asio::awaitable<runtime::Outcome> resolve_reference(runtime::Context&, Run&);
  asio::awaitable<runtime::Outcome> fetch_commit(runtime::Context&, Run&);
  asio::awaitable<std::optional<git::FetchReport>> fetch_or_skip(Run&);
  asio::awaitable<runtime::Outcome> verify_signature(runtime::Context&, Run&);
  asio::awaitable<runtime::Outcome> store_artifact(runtime::Context&, Run&);
  static const Step kSteps[];
  asio::awaitable<void> tell_recovery(runtime::Context&, Run&);
  asio::awaitable<std::string> read_subject(Run&);

  std::string store_path(const GitRepository& object) const;

  Parts parts_;
  const GitRepositoryOptions options_;
};

}  // namespace weir::source
