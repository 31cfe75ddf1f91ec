#pragma once

#include <exception>
#include <map>
#include <memory>
#include <string>

#include "api/image/v1/image_policy.hpp"
#include "api/image/v1/image_update_automation.hpp"
#include "api/source/v1/git_repository.hpp"
#include "controllers/image_automation/marked_files.hpp"
#include "pkg/access/git.hpp"
#include "pkg/async/blocking_pool.hpp"
#include "pkg/async/limiter.hpp"
#include "pkg/git/client.hpp"
#include "pkg/git/commit_signer.hpp"
#include "pkg/kube/client.hpp"
#include "pkg/kube/informer.hpp"
#include "pkg/runtime/metrics.hpp"
#include "pkg/runtime/reconciler.hpp"
#include "pkg/runtime/steps.hpp"

namespace weir::image_automation {

using api::image::ImagePolicy;
using api::image::ImageUpdateAutomation;
using api::source::GitRepository;

struct AutomationOptions {
  AutomationOptions() {}
  std::string repository_root;  ///< bare repositories, one for each object
  Milliseconds requeue_dependency{30'000};
  bool no_cross_namespace_refs = false;
  bool force_push_branch = false;
};

/// Writes the images that policies selected into the marked values of a Git repository, commits and pushes.
/// Threads: reactor; the object store on the io pool.
class ImageUpdateAutomationReconciler final : public runtime::Reconciler<ImageUpdateAutomation> {
 public:
  struct Parts {
    kube::Client& client;
    kube::Informer<ImagePolicy>& policies;
    kube::Informer<GitRepository>& repositories;
    git::Client& git;
    access::GitAccess& remotes;
    async::BlockingPool& io;
    runtime::Metrics& metrics;
  };
  ImageUpdateAutomationReconciler(Parts parts, AutomationOptions options);

  asio::awaitable<runtime::Outcome> reconcile(runtime::Context& context, ImageUpdateAutomation& object) override;
  asio::awaitable<runtime::Outcome> finalize(runtime::Context& context, ImageUpdateAutomation& object) override;
  /// Each conversation has the source's spec.timeout, and a push that others overtake begins anew.
  Milliseconds time_limit(const ImageUpdateAutomation&) const override { return runtime::kLongestPass; }
  const runtime::ConclusionRules& conclusion_rules() const override { return rules_; }
  void mark_done(runtime::Context& context, ImageUpdateAutomation& object) override;
  void forget(const kube::ObjectKey& key) override;

 private:
  struct Run;  // what one pass learns, in the order it learns it
  struct Draft;
  using Step = runtime::Step<ImageUpdateAutomationReconciler, Run>;
  asio::awaitable<runtime::Outcome> check_spec(runtime::Context&, Run&);
  asio::awaitable<runtime::Outcome> find_source(runtime::Context&, Run&);
  asio::awaitable<runtime::Outcome> find_policies(runtime::Context&, Run&);
  asio::awaitable<runtime::Outcome> open_remote(runtime::Context&, Run&);
  asio::awaitable<runtime::Outcome> look_at_remote(runtime::Context&, Run&);
  asio::awaitable<runtime::Outcome> update(runtime::Context&, Run&);
  static const Step kSteps[];

  asio::awaitable<void> resolve_heads(Run& run);
  asio::awaitable<Draft> edit_files(Run& run);
  asio::awaitable<git::CommitSigner> load_signer(Run& run);
  asio::awaitable<bool> commit_and_push(runtime::Context& context, Run& run, Draft& draft);
  static git::ObjectId head_of(const Run& run);
  asio::awaitable<git::ObjectId> look_again(Run& run, std::exception_ptr push_failure);
  void recall_push(ImageUpdateAutomation& object);
  std::string store_path(const ImageUpdateAutomation& object) const;

  Parts parts_;
  const runtime::ConclusionRules rules_{api::image::automation_reason::kFailure};
  const AutomationOptions options_;
  std::map<kube::ObjectKey, std::shared_ptr<MarkedFiles>> marked_;
  struct Push {
    std::string uid;  // of the object
    std::string commit;
    std::string time;
  };
  std::map<kube::ObjectKey, Push> pushes_;  // the last ones, until a status that the server holds tells of them
};

}  // namespace weir::image_automation
