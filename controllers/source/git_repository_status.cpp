#include "controllers/source/git_repository_status.hpp"

#include <array>

#include "pkg/base/text.hpp"
#include "pkg/git/url.hpp"
#include "pkg/git_access/provider.hpp"
#include "pkg/runtime/conditions.hpp"

namespace weir::source {
namespace {

namespace meta = api::condition;
namespace git = api::source::condition;
using runtime::ConditionRule;
using runtime::Polarity;

/// Source: Flux's GitRepository summary, in its declared order; without Reconciling, which says of a failed pass only that
/// it will be tried again, and must not hide the failure's own reason.
constexpr std::array kReadyRules{
    ConditionRule{meta::kStalled, Polarity::kNegative},
    ConditionRule{git::kIncludeUnavailable, Polarity::kNegative},
    ConditionRule{git::kSourceVerified, Polarity::kPositive},
    ConditionRule{git::kFetchFailed, Polarity::kNegative},
    ConditionRule{git::kStorageOperationFailed, Polarity::kNegative},
    ConditionRule{git::kArtifactOutdated, Polarity::kNegative},
    ConditionRule{git::kArtifactInStorage, Polarity::kPositive},
};

constexpr std::array kFailures{
    git::kFetchFailed, git::kStorageOperationFailed, git::kIncludeUnavailable, git::kArtifactOutdated
};

}  // namespace

std::string stored_message(std::string_view revision) {
  return text::cat("stored artifact for revision '", revision, "'");
}

std::string url_label(const std::string& url) {
  auto parsed = weir::git::Url::parse(url);
  if (parsed.has_error()) return "";
  parsed->user.clear();
  return parsed->text();
}

void mark_ready(api::source::GitRepository& object, WallTime now) {
  auto& conditions = object.status.conditions;
  const auto generation = object.metadata.generation;
  for (const auto type : kFailures) runtime::remove_condition(conditions, type);
  runtime::remove_condition(conditions, meta::kReconciling);
  runtime::remove_condition(conditions, meta::kStalled);
  const std::string message = stored_message(object.status.artifact->revision);
  runtime::set_condition(
      conditions, git::kArtifactInStorage, "True", api::reason::kSucceeded, message, generation, now
  );
  // Ready speaks of the artifact, also when SourceVerified is True beside it.
  runtime::set_condition(
      conditions, meta::kReady, "True", api::reason::kSucceeded, message, generation, now
  );
  object.status.observed_generation = generation;
}

void mark_failed(api::source::GitRepository& object, const Problem& problem, WallTime now) {
  auto& conditions = object.status.conditions;
  const auto generation = object.metadata.generation;
  for (const auto type : kFailures) {
    if (type != problem.condition) runtime::remove_condition(conditions, type);
  }
  runtime::remove_condition(conditions, meta::kStalled);
  if (!object.status.artifact) runtime::remove_condition(conditions, git::kArtifactInStorage);
  const bool positive = problem.condition == git::kSourceVerified;
  runtime::set_condition(
      conditions, problem.condition, positive ? "False" : "True", problem.reason, problem.message, generation, now
  );
  runtime::set_condition(
      conditions,
      meta::kReconciling,
      "True",
      api::reason::kProgressingWithRetry,
      problem.message,
      generation,
      now
  );
  runtime::summarize_ready(conditions, kReadyRules, generation, now);
}

void mark_stalled(api::source::GitRepository& object, const runtime::Stall& stall, WallTime now) {
  auto& conditions = object.status.conditions;
  const auto generation = object.metadata.generation;
  for (const auto type : kFailures) runtime::remove_condition(conditions, type);
  runtime::remove_condition(conditions, meta::kReconciling);
  runtime::set_condition(
      conditions, meta::kStalled, "True", stall.reason, stall.message, generation, now
  );
  runtime::set_condition(
      conditions, meta::kReady, "False", stall.reason, stall.message, generation, now
  );
  object.status.observed_generation = generation;
}

bool has_same_inputs(const api::source::GitRepository& object) {
  const auto& spec = object.spec;
  const auto& status = object.status;
  return status.observed_ignore == spec.ignore &&
         status.observed_recurse_submodules == spec.recurse_submodules &&
         status.observed_include == spec.include &&
         status.observed_sparse_checkout == spec.sparse_checkout;
}

std::optional<runtime::Stall> unsupported_field(const api::source::GitRepositorySpec& spec) {
  auto problem = git_access::provider_problem(spec);
  if (!problem) return std::nullopt;
  return runtime::Stall{problem->reason, std::move(problem->message)};
}

}  // namespace weir::source
