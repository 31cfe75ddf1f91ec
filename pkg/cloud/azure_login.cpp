#include "pkg/cloud/azure_login.hpp"

#include "pkg/base/text.hpp"
#include "pkg/cloud/signed_token.hpp"

namespace weir::cloud {
namespace {

/// The user name that says: the password is a refresh token.
constexpr std::string_view kTokenUser = "00000000-0000-0000-0000-000000000000";
constexpr std::string_view kAssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The sovereign clouds, by the end of their registries' names.
struct AzureCloud {
  std::string_view registries;
  std::string_view resource;
  std::string_view authority;
};
constexpr AzureCloud kClouds[] = {
    {".azurecr.io", "https://management.azure.com", "https://login.microsoftonline.com"},
    {".azurecr.cn", "https://management.chinacloudapi.cn", "https://login.chinacloudapi.cn"},
    {".azurecr.us", "https://management.usgovcloudapi.net", "https://login.microsoftonline.us"},
    {".azurecr.de", "https://management.microsoftazure.de", "https://login.microsoftonline.de"},
};

AccessToken token_of(const Session& session, const http::Response& response, std::string_view about) {
  const auto document = json_answer(response, about);
  return AccessToken{
      SecretString{required_text(document, "access_token", about)},
      expiry_of(document, "expires_in", session.clock.wall_now())};
}

asio::awaitable<AccessToken> ask_managed_identity(const Session& session, std::string resource, std::string client_id) {
  const std::string about = "Azure managed identity";
  std::string base = session.environment.variable("AZURE_POD_IDENTITY_AUTHORITY_HOST");
  if (base.empty()) base = "http://169.254.169.254";
  auto endpoint = parse_endpoint("AZURE_POD_IDENTITY_AUTHORITY_HOST", base);
  http::Request request{
      "GET",
      at_path(
          std::move(endpoint),
          text::cat(
              "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=",
              http::percent_encode(resource),
              client_id.empty() ? "" : "&client_id=",
              http::percent_encode(client_id)
          )
      )};
  request.headers.set("Metadata", "true");
  const auto response = co_await ask_metadata(session, std::move(request), about);
  co_return token_of(session, response, about);
}

}  // namespace

bool is_azure_registry(std::string_view host) {
  for (const auto& cloud : kClouds)
    if (host.ends_with(cloud.registries) && host.size() > cloud.registries.size()) return true;
  return false;
}

bool is_azure_devops(std::string_view host) {
  constexpr std::string_view kOlder = ".visualstudio.com";
  return host == "dev.azure.com" || (host.ends_with(kOlder) && host.size() > kOlder.size());
}

asio::awaitable<AccessToken> azure_access_token(const Session& session, std::string resource, std::string authority) {
  const auto& environment = session.environment;
  const auto client_id = environment.variable("AZURE_CLIENT_ID");
  const auto tenant = environment.variable("AZURE_TENANT_ID");
  const auto secret = environment.variable("AZURE_CLIENT_SECRET");
  const auto token_file = environment.variable("AZURE_FEDERATED_TOKEN_FILE");
  const bool is_application = !client_id.empty() && !tenant.empty() && (!secret.empty() || !token_file.empty());
  if (!is_application) {
    if (!token_file.empty())
      throw CloudError{"AZURE_FEDERATED_TOKEN_FILE is set, and AZURE_CLIENT_ID or AZURE_TENANT_ID is not"};
    co_return co_await ask_managed_identity(session, std::move(resource), client_id);
  }
  const std::string about = secret.empty() ? "Azure workload identity" : "Azure client secret";
  if (const auto own = environment.variable("AZURE_AUTHORITY_HOST"); !own.empty()) authority = own;
  auto url = at_path(
      parse_endpoint("AZURE_AUTHORITY_HOST", authority),
      text::cat("/", http::percent_encode(tenant), "/oauth2/v2.0/token")
  );
  const std::string scope = resource + "/.default";
  http::Request request;
  if (!secret.empty()) {
    request = form_request(
        std::move(url),
        {{"grant_type", "client_credentials"}, {"client_id", client_id}, {"scope", scope}, {"client_secret", secret}}
    );
  } else {
    const auto assertion = read_token_file(environment, token_file, about);
    request = form_request(
        std::move(url),
        {{"grant_type", "client_credentials"},
         {"client_id", client_id},
         {"scope", scope},
         {"client_assertion_type", kAssertionType},
         {"client_assertion", assertion}}
    );
  }
  const auto response = co_await exchange_as_controller(session, std::move(request), about);
  co_return token_of(session, response, about);
}

asio::awaitable<Login> azure_login(const Session& session, http::Url url) {
  const std::string about = "Azure registry token exchange";
  const AzureCloud* cloud = kClouds;
  for (const auto& each : kClouds)
    if (url.host.ends_with(each.registries)) cloud = &each;
  std::string resource{cloud->resource};
  std::string authority{cloud->authority};
  const auto token = co_await azure_access_token(session, std::move(resource), std::move(authority));
  const std::string service = url.authority();
  auto request = form_request(
      at_path(std::move(url), "/oauth2/exchange"),
      {{"grant_type", "access_token"}, {"service", service}, {"access_token", token.text.reveal()}}
  );
  const auto response = co_await exchange_as_controller(session, std::move(request), about);
  const auto document = json_answer(response, about);
  SecretString refresh{required_text(document, "refresh_token", about)};
  // Three hours when the token does not tell.
  const auto expires_at = expiry_of_token(refresh.reveal()).value_or(session.clock.wall_now() + std::chrono::hours{3});
  co_return Login{std::string{kTokenUser}, std::move(refresh), expires_at};
}

}  // namespace weir::cloud
