#include "pkg/cloud/aws_credentials.hpp"

#include "pkg/base/text.hpp"

namespace weir::cloud {
namespace {

constexpr std::string_view kInstanceMetadata = "http://169.254.169.254";
constexpr std::string_view kInstanceMetadataV6 = "http://[fd00:ec2::254]";
constexpr std::string_view kContainerMetadata = "http://169.254.170.2";

bool is_true(std::string_view value) { return text::equal_ignoring_case(value, "true"); }

/// The text of an element of the answers of STS, which have no attributes and nothing nested within their leaves.
std::string element(std::string_view xml, std::string_view name, std::string_view about) {
  const auto rest = text::cut(xml, text::cat("<", name, ">")).second;
  const auto end = rest.find(text::cat("</", name, ">"));
  if (end == rest.npos || end == 0) throw CloudError{text::cat(about, ": expected <", name, "> in the answer")};
  const auto value = rest.substr(0, end);
  // Keys and tokens are base64; nothing in them is escaped.
  if (value.find_first_of("<&") != value.npos) throw CloudError{text::cat(about, ": <", name, "> is no key")};
  return std::string{value};
}

asio::awaitable<AwsKeys> assume_role(
    const Session& session, std::string role, std::string token_file, std::string region
) {
  const std::string about = "STS AssumeRoleWithWebIdentity";
  const std::string token = read_token_file(session.environment, token_file, about);
  std::string session_name = session.environment.variable("AWS_ROLE_SESSION_NAME");
  if (session_name.empty()) session_name = "weir";
  const std::string suffix = region.starts_with("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com";
  auto url = aws_endpoint(session.environment, "STS", text::cat("https://sts.", region, suffix));
  auto request = form_request(
      at_path(std::move(url), "/"),
      {{"Action", "AssumeRoleWithWebIdentity"},
       {"Version", "2011-06-15"},
       {"RoleArn", role},
       {"RoleSessionName", session_name},
       {"WebIdentityToken", token}}
  );
  request.headers.set("Accept", "text/xml");
  const auto response = co_await exchange_as_controller(session, std::move(request), about);
  AwsKeys keys;
  keys.id = element(response.body, "AccessKeyId", about);
  keys.secret = SecretString{element(response.body, "SecretAccessKey", about)};
  keys.session_token = SecretString{element(response.body, "SessionToken", about)};
  co_return keys;
}

AwsKeys keys_of(const json::Value& document, std::string_view about) {
  AwsKeys keys;
  keys.id = required_text(document, "AccessKeyId", about);
  keys.secret = SecretString{required_text(document, "SecretAccessKey", about)};
  keys.session_token = SecretString{required_text(document, "Token", about)};
  return keys;
}

/// Over plain HTTP the token may go to this machine, and to the addresses of ECS and EKS, only.
void check_container_host(const http::Url& url) {
  const bool is_loopback = url.host == "localhost" || url.host.starts_with("127.") || url.host == "::1";
  const bool is_known = url.host == "169.254.170.2" || url.host == "169.254.170.23" || url.host == "fd00:ec2::23";
  if (url.is_https() || is_loopback || is_known) return;
  throw CloudError{text::cat(
      "AWS_CONTAINER_CREDENTIALS_FULL_URI: ",
      url.text(),
      " speaks plain HTTP and is no address of this machine, ECS or EKS"
  )};
}

asio::awaitable<AwsKeys> ask_container(const Session& session, http::Url url) {
  const std::string about = "AWS container credentials";
  http::Request request{"GET", std::move(url)};
  const auto& environment = session.environment;
  std::string token = environment.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN");
  if (const auto file = environment.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"); !file.empty())
    token = read_token_file(environment, file, about);
  if (token.find_first_of("\r\n") != token.npos)
    throw CloudError{text::cat(about, ": the authorization token has a line break")};
  if (!token.empty()) request.headers.set("Authorization", token);
  request.headers.set("Accept", "application/json");
  const auto response = co_await ask_metadata(session, std::move(request), about);
  co_return keys_of(json_answer(response, about), about);
}

asio::awaitable<AwsKeys> ask_instance(const Session& session) {
  const std::string about = "EC2 instance metadata";
  const auto& environment = session.environment;
  std::string base = environment.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT");
  if (base.empty()) {
    const bool is_v6 =
        text::equal_ignoring_case(environment.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"), "IPv6");
    base = is_v6 ? kInstanceMetadataV6 : kInstanceMetadata;
  }
  const auto endpoint = parse_endpoint("AWS_EC2_METADATA_SERVICE_ENDPOINT", base);
  http::Request ask_token{"PUT", at_path(endpoint, "/latest/api/token")};
  ask_token.headers.set("X-aws-ec2-metadata-token-ttl-seconds", "300");
  const auto token = co_await ask_metadata(session, std::move(ask_token), about);

  constexpr std::string_view kRoles = "/latest/meta-data/iam/security-credentials/";
  http::Request ask_role{"GET", at_path(endpoint, kRoles)};
  ask_role.headers.set("X-aws-ec2-metadata-token", std::string{text::trim(token.body)});
  const auto roles = co_await ask_metadata(session, std::move(ask_role), about);
  const std::string role{text::trim(text::cut(roles.body, "\n").first)};
  if (role.empty()) throw CloudError{text::cat(about, ": the instance has no role")};

  http::Request ask_keys{"GET", at_path(endpoint, text::cat(kRoles, http::percent_encode(role)))};
  ask_keys.headers.set("X-aws-ec2-metadata-token", std::string{text::trim(token.body)});
  const auto keys = co_await ask_metadata(session, std::move(ask_keys), about);
  co_return keys_of(json_answer(keys, about), about);
}

}  // namespace

http::Url aws_endpoint(const Environment& environment, std::string_view service, std::string_view standard) {
  if (!is_true(environment.variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"))) {
    for (const auto& name : {text::cat("AWS_ENDPOINT_URL_", service), std::string{"AWS_ENDPOINT_URL"}}) {
      if (const auto url = environment.variable(name); !url.empty()) return parse_endpoint(name, url);
    }
  }
  return parse_endpoint(service, standard);
}

asio::awaitable<AwsKeys> find_aws_keys(const Session& session, std::string region) {
  const auto& environment = session.environment;
  AwsKeys fixed;
  fixed.id = environment.variable("AWS_ACCESS_KEY_ID");
  fixed.secret = SecretString{environment.variable("AWS_SECRET_ACCESS_KEY")};
  fixed.session_token = SecretString{environment.variable("AWS_SESSION_TOKEN")};
  if (!fixed.id.empty() && !fixed.secret.empty()) co_return fixed;

  auto token_file = environment.variable("AWS_WEB_IDENTITY_TOKEN_FILE");
  if (!token_file.empty()) {
    auto role = environment.variable("AWS_ROLE_ARN");
    if (role.empty()) throw CloudError{"AWS_WEB_IDENTITY_TOKEN_FILE is set and AWS_ROLE_ARN is not"};
    for (const auto* name : {"AWS_DEFAULT_REGION", "AWS_REGION"}) {
      if (auto own = environment.variable(name); !own.empty()) region = std::move(own);
    }
    co_return co_await assume_role(session, std::move(role), std::move(token_file), std::move(region));
  }
  if (const auto path = environment.variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"); !path.empty()) {
    auto url = parse_endpoint("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", text::cat(kContainerMetadata, path));
    check_container_host(url);
    co_return co_await ask_container(session, std::move(url));
  }
  if (const auto text = environment.variable("AWS_CONTAINER_CREDENTIALS_FULL_URI"); !text.empty()) {
    auto url = parse_endpoint("AWS_CONTAINER_CREDENTIALS_FULL_URI", text);
    check_container_host(url);
    co_return co_await ask_container(session, std::move(url));
  }
  if (is_true(environment.variable("AWS_EC2_METADATA_DISABLED")))
    throw CloudError{
        "no AWS credentials: neither keys, a web identity nor container credentials are set, and the instance metadata "
        "is disabled"};
  co_return co_await ask_instance(session);
}

}  // namespace weir::cloud
