#pragma once

#include <map>
#include <string>

#include "api/image/v1/image_repository.hpp"
#include "controllers/image_reflector/tag_database.hpp"
#include "pkg/access/registry.hpp"
#include "pkg/async/blocking_pool.hpp"
#include "pkg/runtime/reconciler.hpp"
#include "pkg/runtime/steps.hpp"

namespace weir::image_reflector {

using api::image::ImageRepository;

/// Lists the tags of an image when that is due, and keeps them.  Threads: reactor; sorting on the cpu pool.
class ImageRepositoryReconciler final : public runtime::Reconciler<ImageRepository> {
 public:
  struct Parts {
    access::RegistryAccess& registries;
    TagDatabase& tags;
    async::BlockingPool& cpu;
    double jitter;  ///< by which share of the interval a pass may come early
  };
  explicit ImageRepositoryReconciler(Parts parts) : parts_{parts} {}

  asio::awaitable<runtime::Outcome> reconcile(runtime::Context& context, ImageRepository& object) override;
  asio::awaitable<runtime::Outcome> finalize(runtime::Context& context, ImageRepository& object) override;
  Milliseconds time_limit(const ImageRepository& object) const override {
    return runtime::kPassGrace + object.spec.effective_timeout().milliseconds();
  }
  const runtime::ConclusionRules& conclusion_rules() const override { return rules_; }
  void mark_done(runtime::Context& context, ImageRepository& object) override;
  void forget(const kube::ObjectKey& key) override { etags_.erase(key); }

 private:
  struct Run;  // what one pass learns, in the order it learns it
  using Step = runtime::Step<ImageRepositoryReconciler, Run>;
  asio::awaitable<runtime::Outcome> check_spec(runtime::Context&, Run&);
  asio::awaitable<runtime::Outcome> decide(runtime::Context&, Run&);
  asio::awaitable<runtime::Outcome> scan(runtime::Context&, Run&);
  asio::awaitable<runtime::Outcome> store(runtime::Context&, Run&);
  static const Step kSteps[];

  asio::awaitable<oci::TagListing> list(
      const ImageRepository& object, const oci::Repository& name, std::string known_etag, const log::Logger& log
  );

  Parts parts_;
  const runtime::ConclusionRules rules_{api::image::reason::kFailure};
  std::map<kube::ObjectKey, std::string> etags_;  // of the last listing, for registries that give them
};

/// The tags' place in the database.
TagKey tag_key(const ImageRepository& object);

}  // namespace weir::image_reflector
