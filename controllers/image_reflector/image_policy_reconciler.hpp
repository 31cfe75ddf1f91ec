#pragma once

#include <string>

#include "api/image/v1/image_policy.hpp"
#include "api/image/v1/image_repository.hpp"
#include "controllers/image_reflector/tag_database.hpp"
#include "pkg/access/registry.hpp"
#include "pkg/async/blocking_pool.hpp"
#include "pkg/kube/client.hpp"
#include "pkg/kube/informer.hpp"
#include "pkg/runtime/metrics.hpp"
#include "pkg/runtime/reconciler.hpp"
#include "pkg/runtime/steps.hpp"

namespace weir::image_reflector {

using api::image::ImagePolicy;

/// Chooses one of the tags that an ImageRepository has found.  Threads: reactor; choosing on the cpu pool.
class ImagePolicyReconciler final : public runtime::Reconciler<ImagePolicy> {
 public:
  struct Parts {
    kube::Client& client;
    kube::Informer<api::image::ImageRepository>& repositories;
    access::RegistryAccess& registries;
    TagDatabase& tags;
    async::BlockingPool& cpu;
    runtime::Metrics& metrics;
    Milliseconds requeue_dependency;
    bool no_cross_namespace_refs;
  };
  explicit ImagePolicyReconciler(Parts parts) : parts_{parts} {}

  asio::awaitable<runtime::Outcome> reconcile(runtime::Context& context, ImagePolicy& object) override;
  asio::awaitable<runtime::Outcome> finalize(runtime::Context& context, ImagePolicy& object) override;
  const runtime::ConclusionRules& conclusion_rules() const override { return rules_; }
  void mark_done(runtime::Context& context, ImagePolicy& object) override;

 private:
  struct Run;  // what one pass learns, in the order it learns it
  using Step = runtime::Step<ImagePolicyReconciler, Run>;
  asio::awaitable<runtime::Outcome> check_spec(runtime::Context&, Run&);
  asio::awaitable<runtime::Outcome> find_repository(runtime::Context&, Run&);
  asio::awaitable<runtime::Outcome> choose(runtime::Context&, Run&);
  asio::awaitable<runtime::Outcome> reflect_digest(runtime::Context&, Run&);
  asio::awaitable<runtime::Outcome> record(runtime::Context&, Run&);
  static const Step kSteps[];

  asio::awaitable<bool> may_refer(const ImagePolicy& object, const api::image::ImageRepository& repository);
  asio::awaitable<std::string> look_up_digest(
      const api::image::ImageRepository& object, const oci::Repository& name, std::string tag, const log::Logger& log
  );

  Parts parts_;
  const runtime::ConclusionRules rules_{api::image::reason::kFailure};
};

/// "Latest image tag for <image> resolved to <tag>[ with digest <d>][ (previously <name>:<tag>[@<d>])]"
std::string ready_message(const api::image::ImagePolicyStatus& status);

}  // namespace weir::image_reflector
