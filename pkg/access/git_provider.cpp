#include "pkg/access/git_provider.hpp"

#include "pkg/base/text.hpp"
#include "pkg/cloud/azure_login.hpp"
#include "pkg/cloud/code_commit.hpp"
#include "pkg/git/url.hpp"

namespace weir::access {
namespace {

ProviderProblem not_supported(std::string_view field, std::string_view value) {
  return ProviderProblem{
      api::reason::kFieldNotSupported,
      text::cat(field, ": ", text::quoted(value), " is not supported by this version of Weir")};
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
  if (spec.provider != "azure" && spec.provider != "aws") return not_supported("spec.provider", spec.provider);
  const auto url = git::Url::parse(spec.url);
  if (url.has_error()) return std::nullopt;  // said by whoever needs the URL
  const bool is_azure = spec.provider == "azure";
  const bool is_known =
      is_azure ? cloud::is_azure_devops(url->host) : cloud::parse_code_commit_host(url->host).has_value();
  if (url->scheme == git::Url::Scheme::kHttps && is_known) return std::nullopt;
  return invalid(text::cat(
      "spec.url: expected an https URL at ",
      is_azure ? "dev.azure.com or *.visualstudio.com" : "git-codecommit.<region>.amazonaws.com",
      " for provider ",
      spec.provider,
      ": the controller's own identity goes nowhere else"
  ));
}

}  // namespace weir::access
