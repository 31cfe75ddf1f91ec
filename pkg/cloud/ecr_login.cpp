#include "pkg/cloud/ecr_login.hpp"

#include <algorithm>

#include "pkg/base/base64.hpp"
#include "pkg/base/text.hpp"
#include "pkg/cloud/aws_credentials.hpp"

namespace weir::cloud {
namespace {

struct Suffix {
  std::string_view hosts;      // what registries end with
  std::string_view api;        // what the service's own names end with
  bool is_dual_stack = false;  // dkr-ecr instead of dkr.ecr
};
constexpr Suffix kSuffixes[] = {
    {"amazonaws.com", "amazonaws.com", false},
    {"amazonaws.com.cn", "amazonaws.com.cn", false},
    {"on.aws", "api.aws", true},
    {"on.amazonwebservices.com.cn", "api.amazonwebservices.com.cn", true},
};

bool is_region(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

bool is_account(std::string_view text) { return !text.empty() && text.find_first_not_of("0123456789") == text.npos; }

}  // namespace

std::optional<EcrEndpoint> parse_ecr_host(std::string_view host) {
  EcrEndpoint out;
  if (host == "public.ecr.aws") {
    out.region = "us-east-1";
    out.url = "https://api.ecr-public.us-east-1.amazonaws.com";
    out.is_public = true;
    return out;
  }
  const auto [account, rest] = text::cut(host, ".");
  if (!is_account(account)) return std::nullopt;
  for (const bool is_fips : {false, true}) {
    const std::string_view fips = is_fips ? "-fips" : "";
    for (const Suffix& suffix : kSuffixes) {
      const std::string start = text::cat(suffix.is_dual_stack ? "dkr-ecr" : "dkr.ecr", fips, ".");
      const std::string end = text::cat(".", suffix.hosts);
      if (!rest.starts_with(start) || !rest.ends_with(end) || rest.size() <= start.size() + end.size()) continue;
      const auto region = rest.substr(start.size(), rest.size() - start.size() - end.size());
      if (!is_region(region)) continue;
      out.region = region;
      const std::string_view prefix = suffix.is_dual_stack || is_fips ? "" : "api.";
      out.url = text::cat("https://", prefix, "ecr", fips, ".", region, ".", suffix.api);
      return out;
    }
  }
  return std::nullopt;
}

asio::awaitable<Login> ecr_login(const Session& session, EcrEndpoint endpoint) {
  const std::string about = endpoint.is_public ? "ecr-public:GetAuthorizationToken" : "ecr:GetAuthorizationToken";
  const auto keys = co_await find_aws_keys(session, endpoint.region);
  auto url = aws_endpoint(session.environment, endpoint.is_public ? "ECR_PUBLIC" : "ECR", endpoint.url);
  http::Request request{"POST", at_path(std::move(url), "/")};
  request.headers.set("Content-Type", "application/x-amz-json-1.1");
  request.headers.set(
      "X-Amz-Target",
      endpoint.is_public ? "SpencerFrontendService.GetAuthorizationToken"
                         : "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken"
  );
  request.body = "{}";
  sign_v4(request, keys, endpoint.region, endpoint.is_public ? "ecr-public" : "ecr", session.clock.wall_now());
  const auto response = co_await exchange_as_controller(session, std::move(request), about);

  const auto document = json_answer(response, about);
  const auto* data = document.find("authorizationData");
  if (data != nullptr && data->is_array() && !data->empty()) data = &data->as_array().front();
  if (data == nullptr || !data->is_object())
    throw CloudError{text::cat(about, ": expected \"authorizationData\" in the answer")};
  const auto pair = base64::decode(required_text(*data, "authorizationToken", about));
  const auto [username, password] = text::cut(pair.has_value() ? std::string_view{*pair} : std::string_view{}, ":");
  if (username.empty() || password.empty()) throw CloudError{text::cat(about, ": the token is no user and password")};

  // Twelve hours when the answer does not tell. Seconds since 1970, with a fraction.
  WallTime expires_at = session.clock.wall_now() + std::chrono::hours{12};
  if (const auto* expiry = data->find("expiresAt")) {
    if (const auto seconds = expiry->real(); seconds && *seconds > 0 && *seconds < 1e10)
      expires_at = WallTime{std::chrono::seconds{static_cast<std::int64_t>(*seconds)}};
  }
  co_return Login{std::string{username}, SecretString{std::string{password}}, expires_at};
}

}  // namespace weir::cloud
