#include "pkg/access/git_provider.hpp"

#include <gtest/gtest.h>

namespace weir::access {
namespace {

struct Row {
  const char* provider;
  const char* url;
  bool has_secret;
  const char* service_account;
  const char* message;  // empty: no problem
};

constexpr Row kRows[] = {
    {"", "https://example.com/a", false, "", ""},
    {"generic", "ssh://git@example.com/a", true, "", ""},
    {"github", "https://github.com/a/b", true, "", ""},
    {"github", "http://127.0.0.1/a/b", true, "", ""},
    {"github",
     "https://github.com/a/b",
     false,
     "",
     "spec.secretRef: required for provider github (a Secret with the GitHub App)"},
    {"github", "ssh://git@github.com/a/b", true, "", "spec.url: expected an http or https URL for provider github"},
    {"azure",
     "https://dev.azure.com/a/b",
     false,
     "robot",
     "spec.serviceAccountName: \"robot\" is not supported by this version of Weir"},
    {"azure", "https://dev.azure.com/a/b", false, "", ""},
    {"azure", "https://team.visualstudio.com/a/_git/b", true, "", ""},
    {"azure",
     "https://dev.azure.com.example.com/a/b",
     false,
     "",
     "spec.url: expected an https URL at dev.azure.com or *.visualstudio.com for provider azure: the controller's own "
     "identity goes nowhere else"},
    {"azure",
     "http://dev.azure.com/a/b",
     false,
     "",
     "spec.url: expected an https URL at dev.azure.com or *.visualstudio.com for provider azure: the controller's own "
     "identity goes nowhere else"},
    {"aws", "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/a", false, "", ""},
    {"aws",
     "https://example.com/v1/repos/a",
     false,
     "",
     "spec.url: expected an https URL at git-codecommit.<region>.amazonaws.com for provider aws: the controller's own "
     "identity goes nowhere else"},
    {"aws",
     "ssh://git-codecommit.eu-west-1.amazonaws.com/v1/repos/a",
     false,
     "",
     "spec.url: expected an https URL at git-codecommit.<region>.amazonaws.com for provider aws: the controller's own "
     "identity goes nowhere else"},
    {"gitlab",
     "https://example.com/a",
     false,
     "",
     "spec.provider: \"gitlab\" is not supported by this version of Weir"},
};

TEST(Provider, ProblemsNameTheField) {
  for (const auto& row : kRows) {
    api::source::GitRepositorySpec spec;
    spec.provider = row.provider;
    spec.url = row.url;
    if (row.has_secret) spec.secret_ref.emplace().name = "login";
    spec.service_account_name = row.service_account;
    const auto problem = provider_problem(spec);
    EXPECT_EQ(problem ? problem->message : "", row.message) << row.provider << " " << row.url;
  }
}

}  // namespace
}  // namespace weir::access
