#include "pkg/git_access/provider.hpp"

#include "pkg/base/text.hpp"

namespace weir::git_access {
namespace {

ProviderProblem not_supported(std::string_view field, std::string_view value) {
  return ProviderProblem{
      api::reason::kFieldNotSupported,
      text::cat(field, ": ", text::quoted(value), " is not supported by this version of Weir")
  };
}

ProviderProblem invalid(std::string message) {
  return ProviderProblem{api::source::reason::kInvalidProviderConfiguration, std::move(message)};
}

}  // namespace

std::optional<ProviderProblem> provider_problem(const api::source::GitRepositorySpec& spec) {
  if (!spec.service_account_name.empty()) return not_supported("spec.serviceAccountName", spec.service_account_name);
  if (spec.provider.empty() || spec.provider == "generic") return std::nullopt;
  if (spec.provider == "github") {
    if (!spec.secret_ref) return invalid("spec.secretRef: required for provider github (a Secret with the GitHub App)");
    if (spec.url.starts_with("ssh://")) return invalid("spec.url: expected an http or https URL for provider github");
    return std::nullopt;
  }
  return not_supported("spec.provider", spec.provider);
}

}  // namespace weir::git_access
