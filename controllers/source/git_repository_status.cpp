#include "controllers/source/git_repository_status.hpp"

#include <array>

#include "pkg/access/git_provider.hpp"
#include "pkg/git/url.hpp"

namespace weir::source {
namespace {

namespace meta = api::condition;
namespace git = api::source::condition;
using runtime::ConditionRule;
using runtime::Polarity;

/// Source: Flux's GitRepository summary, in its declared order; without Reconciling, which says of a failed pass only
/// that it will be tried again, and must not hide the failure's own reason.
constexpr std::array kReadyRules{
    ConditionRule{meta::kStalled, Polarity::kNegative},
    ConditionRule{git::kIncludeUnavailable, Polarity::kNegative},
    ConditionRule{git::kSourceVerified, Polarity::kPositive},
    ConditionRule{git::kFetchFailed, Polarity::kNegative},
    ConditionRule{git::kStorageOperationFailed, Polarity::kNegative},
    ConditionRule{git::kArtifactOutdated, Polarity::kNegative},
    ConditionRule{git::kArtifactInStorage, Polarity::kPositive},
};

}  // namespace

std::string url_label(const std::string& url) {
  auto parsed = weir::git::Url::parse(url);
  if (parsed.has_error()) return "";
  parsed->user.clear();
  return parsed->text();
}

const runtime::ConclusionRules& conclusion_rules() {
  static const auto kRules = [] {
    runtime::ConclusionRules out{api::reason::kFailed};
    out.ready_rules = kReadyRules;
    out.failure_condition = git::kFetchFailed;
    return out;
  }();
  return kRules;
}

bool has_same_inputs(const api::source::GitRepository& object) {
  const auto& spec = object.spec;
  const auto& status = object.status;
  return status.observed_ignore == spec.ignore && status.observed_recurse_submodules == spec.recurse_submodules &&
         status.observed_include == spec.include && status.observed_sparse_checkout == spec.sparse_checkout;
}

std::optional<runtime::Stall> unsupported_field(const api::source::GitRepositorySpec& spec) {
  auto problem = access::provider_problem(spec);
  if (!problem) return std::nullopt;
  return runtime::Stall{problem->reason, std::move(problem->message)};
}

}  // namespace weir::source
