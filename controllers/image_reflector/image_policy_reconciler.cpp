#include "controllers/image_reflector/image_policy_reconciler.hpp"

#include "controllers/image_reflector/image_repository_reconciler.hpp"
#include "controllers/image_reflector/registry.hpp"
#include "pkg/access/reference.hpp"
#include "pkg/async/errors.hpp"
#include "pkg/async/timeout.hpp"
#include "pkg/base/text.hpp"

namespace weir::image_reflector {
namespace {

namespace reason = api::image::reason;
using runtime::Context;
using runtime::Done;
using runtime::Failed;
using runtime::Next;
using runtime::Outcome;
using runtime::ReasonedError;
using runtime::Severity;
using runtime::Stall;
using runtime::Wait;

/// New tags wake a policy that found nothing; this is only for what no watch tells.
constexpr Milliseconds kNothingFound = std::chrono::minutes{10};

}  // namespace

struct ImagePolicyReconciler::Run {
  explicit Run(ImagePolicy& object_) : object{object_} {}

  ImagePolicy& object;
  std::optional<PolicyRule> rule;
  std::shared_ptr<const ImageRepository> repository;
  oci::Repository name;
  api::image::ImageRef chosen;
};

const ImagePolicyReconciler::Step ImagePolicyReconciler::kSteps[] = {
    {"spec", &ImagePolicyReconciler::check_spec, api::condition::kReady, reason::kFailure},
    {"repository", &ImagePolicyReconciler::find_repository, api::condition::kReady, reason::kFailure},
    {"choose", &ImagePolicyReconciler::choose, api::condition::kReady, reason::kFailure},
    {"digest", &ImagePolicyReconciler::reflect_digest, api::condition::kReady, reason::kFailure},
    {"record", &ImagePolicyReconciler::record, api::condition::kReady, reason::kFailure},
};

asio::awaitable<Outcome> ImagePolicyReconciler::reconcile(Context& context, ImagePolicy& object) {
  Run run{object};
  co_return co_await runtime::run_steps(*this, kSteps, context, run);
}

asio::awaitable<Outcome> ImagePolicyReconciler::check_spec(Context&, Run& run) {
  const auto& spec = run.object.spec;
  auto rule = PolicyRule::compile(spec);
  if (rule.has_error()) co_return Stall{reason::kInvalidPolicy, rule.error().text()};
  run.rule = std::move(*rule);
  const auto& digests = spec.digest_reflection_policy;
  if (digests != "Never" && digests != "IfNotPresent" && digests != "Always" && !digests.empty()) {
    co_return Stall{
        api::reason::kInvalidSpec,
        text::cat("spec.digestReflectionPolicy: expected Always, IfNotPresent or Never, got ", text::quoted(digests))};
  }
  if (digests == "Always" && !spec.interval) {
    co_return Stall{reason::kIntervalNotConfigured, "spec.interval: required with spec.digestReflectionPolicy Always"};
  }
  co_return Next{};
}

asio::awaitable<bool> ImagePolicyReconciler::may_refer(const ImagePolicy& object, const ImageRepository& repository) {
  if (object.metadata.namespace_ == repository.metadata.namespace_) co_return true;
  if (!repository.spec.access_from) co_return false;
  const kube::ObjectKey key{"", object.metadata.namespace_};
  auto namespace_ = co_await parts_.client.get(kube::core::namespaces(), key, kube::Detail::kMetadata);
  if (!namespace_) co_return false;
  const auto metadata = json::decode<api::ObjectMeta>(json::View{namespace_->metadata()});
  co_return metadata.has_value() && repository.spec.access_from->allows(metadata->labels);
}

asio::awaitable<Outcome> ImagePolicyReconciler::find_repository(Context&, Run& run) {
  const auto& object = run.object;
  const auto& reference = object.spec.image_repository_ref;
  const auto key = access::referred(object.metadata.namespace_, reference);
  if (parts_.no_cross_namespace_refs) {
    auto refusal =
        access::cross_namespace_refusal("cannot access", object.metadata.namespace_, ImageRepository::kNames.kind, key);
    if (refusal) co_return Stall{reason::kAccessDenied, std::move(*refusal)};
  }
  run.repository = parts_.repositories.get(key);
  if (!run.repository) {
    const auto problem = parts_.repositories.problem(key);
    co_return Wait{
        reason::kDependencyNotReady,
        problem.empty() ? text::cat("failed to get the referred ImageRepository: ", key.text(), " not found")
                        : text::cat("failed to read the referred ImageRepository ", key.text(), ": ", problem),
        parts_.requeue_dependency};
  }
  const bool is_allowed = co_await may_refer(object, *run.repository);
  if (!is_allowed) {
    // Retried: the labels of namespaces are not watched.
    co_return Failed{
        reason::kAccessDenied,
        text::cat(
            "access denied: namespace ",
            object.metadata.namespace_,
            " is not in spec.accessFrom of ImageRepository ",
            key.text()
        ),
        parts_.requeue_dependency};
  }
  auto name = oci::parse_repository(run.repository->spec.image);
  if (name.has_error()) co_return Stall{reason::kImageUrlInvalid, name.error().text()};
  run.name = std::move(*name);
  co_return Next{};
}

asio::awaitable<Outcome> ImagePolicyReconciler::choose(Context& context, Run& run) {
  auto key = tag_key(*run.repository);
  const auto snapshot = co_await parts_.tags.find(std::move(key));
  // Tags of the image that the repository named before are nobody's any more.
  if (!snapshot || snapshot->image() != run.name.text() || snapshot->tags().size() == 0) {
    const Duration pause{parts_.requeue_dependency};
    co_return Wait{
        reason::kDependencyNotReady,
        text::cat("retrying in ", to_string(pause), " error: no tags in database"),
        parts_.requeue_dependency};
  }
  Result<Choice> choice = Choice{};
  if (auto known = snapshot->known(*run.rule)) {
    choice = std::move(*known);
  } else {
    const auto& rule = *run.rule;
    auto select = [&snapshot, &rule](std::stop_token) { return snapshot->select(rule); };
    choice = co_await parts_.cpu.run(std::move(select));
  }
  if (choice.has_error()) {
    co_return Failed{reason::kFailure, choice.error().text(), kNothingFound};
  }
  // Not in the message: it would make an alert each time the number changes.
  const auto own_key = kube::key_of(run.object);
  parts_.metrics.object_gauge(
      "weir_image_policy_skipped_tags",
      "Tags that a numerical policy skips because they are no numbers, and one of them",
      ImagePolicy::kNames.kind,
      own_key,
      {{"example", choice->skipped_example}},
      static_cast<double>(choice->skipped)
  );
  if (choice->skipped > 0) {
    context.log.info(
        "tags skipped, they are no numbers", {{"tags", choice->skipped}, {"example", choice->skipped_example}}
    );
  }
  run.chosen.name = run.repository->spec.image;
  run.chosen.tag = std::move(choice->tag);
  co_return Next{};
}

asio::awaitable<std::string> ImagePolicyReconciler::look_up_digest(
    const ImageRepository& object, const oci::Repository& name, std::string tag, const log::Logger& log
) {
  const auto registry = co_await open_registry(parts_.registries, object, name, log);
  co_return co_await registry->client().digest(std::move(tag));
}

asio::awaitable<Outcome> ImagePolicyReconciler::reflect_digest(Context& context, Run& run) {
  const auto& policy = run.object.spec.digest_reflection_policy;
  if (policy != "Always" && policy != "IfNotPresent") co_return Next{};
  const auto& before = run.object.status.latest_ref;
  if (policy == "IfNotPresent" && before && before->name == run.chosen.name && before->tag == run.chosen.tag &&
      !before->digest.empty()) {
    run.chosen.digest = before->digest;
    co_return Next{};
  }
  if (const auto problem = access::provider_problem(registry_settings(*run.repository))) {
    co_return Failed{problem->reason, text::cat("ImageRepository: ", problem->message), kNothingFound};
  }
  std::exception_ptr failure;
  try {
    auto looking = look_up_digest(*run.repository, run.name, run.chosen.tag, context.log);
    run.chosen.digest =
        co_await async::with_timeout(run.repository->spec.effective_timeout().milliseconds(), std::move(looking));
  } catch (const ReasonedError&) {
    throw;
  } catch (...) {
    failure = std::current_exception();
  }
  if (!failure) co_return Next{};
  if (async::is_cancelled(failure)) std::rethrow_exception(failure);
  throw ReasonedError{
      reason::kFailure, text::cat("failed fetching digest for ", run.chosen.text(), ": ", async::describe(failure))};
}

asio::awaitable<Outcome> ImagePolicyReconciler::record(Context& context, Run& run) {
  auto& status = run.object.status;
  if (!status.latest_ref || *status.latest_ref != run.chosen) {
    context.log.info("latest image changed", {{"image", run.chosen.text()}});
    status.observed_previous_ref = std::move(status.latest_ref);
    status.latest_ref = std::move(run.chosen);
  }
  status.latest_image = status.latest_ref->text();
  const auto& interval = run.object.spec.interval;
  const bool looks_again = run.object.spec.digest_reflection_policy == "Always" && interval;
  co_return Done{looks_again ? interval->milliseconds() : Milliseconds{0}};
}

std::string ready_message(const api::image::ImagePolicyStatus& status) {
  const auto& latest = *status.latest_ref;
  std::string out = text::cat("Latest image tag for ", latest.name, " resolved to ", latest.tag);
  if (!latest.digest.empty()) text::append(out, " with digest ", latest.digest);
  if (status.observed_previous_ref) text::append(out, " (previously ", status.observed_previous_ref->text(), ")");
  return out;
}

void ImagePolicyReconciler::mark_done(Context& context, ImagePolicy& object) {
  const std::string message = ready_message(object.status);
  const bool is_news = runtime::mark_ready(
      runtime::parts_of(object), rules_, api::reason::kSucceeded, message, context.clock.wall_now()
  );
  if (is_news) context.events.send(Severity::kInfo, api::reason::kSucceeded, message);
}

asio::awaitable<Outcome> ImagePolicyReconciler::finalize(Context&, ImagePolicy&) { co_return Done{Milliseconds{0}}; }

}  // namespace weir::image_reflector
