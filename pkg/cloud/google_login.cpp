#include "pkg/cloud/google_login.hpp"

#include "pkg/base/text.hpp"
#include "pkg/cloud/signed_token.hpp"
#include "pkg/json/codec.hpp"

namespace weir::cloud {
namespace {

constexpr std::string_view kScope = "https://www.googleapis.com/auth/cloud-platform";
constexpr std::string_view kTokenUrl = "https://oauth2.googleapis.com/token";
constexpr std::string_view kVariable = "GOOGLE_APPLICATION_CREDENTIALS";

AccessToken token_of(const Session& session, const http::Response& response, std::string_view about) {
  const auto document = json_answer(response, about);
  return AccessToken{
      SecretString{required_text(document, "access_token", about)},
      expiry_of(document, "expires_in", session.clock.wall_now())};
}

asio::awaitable<AccessToken> ask_server(const Session& session) {
  const std::string about = "Google metadata server";
  std::string host = session.environment.variable("GCE_METADATA_HOST");
  if (host.empty()) host = "metadata.google.internal";
  auto url = parse_endpoint("GCE_METADATA_HOST", text::cat("http://", host));
  http::Request request{
      "GET",
      at_path(
          std::move(url),
          text::cat("/computeMetadata/v1/instance/service-accounts/default/token?scopes=", http::percent_encode(kScope))
      )};
  request.headers.set("Metadata-Flavor", "Google");
  const auto response = co_await ask_metadata(session, std::move(request), about);
  if (response.headers.get_or_empty("Metadata-Flavor") != "Google")
    throw CloudError{text::cat(about, ": something else answers at ", host)};
  co_return token_of(session, response, about);
}

/// RFC 7523: a token that we sign ourselves.
asio::awaitable<AccessToken> ask_with_key(const Session& session, json::Value file) {
  const std::string about = "Google service account key";
  std::string token_uri{file.text_at({"token_uri"})};
  if (token_uri.empty()) token_uri = kTokenUrl;
  const auto now =
      std::chrono::duration_cast<std::chrono::seconds>(session.clock.wall_now().time_since_epoch()).count();
  auto header = json::Value::object({{"alg", "RS256"}, {"typ", "JWT"}});
  if (const auto id = file.text_at({"private_key_id"}); !id.empty()) header.set("kid", id);
  const auto claims = json::Value::object(
      {{"iss", required_text(file, "client_email", about)},
       {"scope", kScope},
       {"aud", token_uri},
       {"iat", now},
       {"exp", now + 3'600}}
  );
  const SecretString key{required_text(file, "private_key", about)};
  const auto assertion = sign_rs256(header, claims, key);
  if (assertion.has_error()) throw CloudError{text::cat(about, ": ", assertion.error().text())};
  auto request = form_request(
      parse_endpoint("token_uri", token_uri),
      {{"grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"}, {"assertion", *assertion}}
  );
  const auto response = co_await exchange_as_controller(session, std::move(request), about);
  co_return token_of(session, response, about);
}

asio::awaitable<AccessToken> refresh(const Session& session, json::Value file) {
  const std::string about = "Google user credentials";
  std::string token_uri{file.text_at({"token_uri"})};
  if (token_uri.empty()) token_uri = kTokenUrl;
  auto request = form_request(
      parse_endpoint("token_uri", token_uri),
      {{"grant_type", "refresh_token"},
       {"client_id", required_text(file, "client_id", about)},
       {"client_secret", required_text(file, "client_secret", about)},
       {"refresh_token", required_text(file, "refresh_token", about)}}
  );
  const auto response = co_await exchange_as_controller(session, std::move(request), about);
  co_return token_of(session, response, about);
}

/// A whole text, or a member of a JSON object, as credential_source.format says.
std::string subject_token_in(std::string_view content, const json::Value& source, std::string_view about) {
  std::string token;
  if (source.text_at({"format", "type"}) == "json") {
    const auto document = json::parse(content);
    const auto name = source.text_at({"format", "subject_token_field_name"});
    if (document.has_value()) token = document->text_at({name});
    if (token.empty()) throw CloudError{text::cat(about, ": no ", text::quoted(name), " in the subject token's JSON")};
    return token;
  }
  token = text::trim(content);
  if (token.empty()) throw CloudError{text::cat(about, ": the subject token is empty")};
  return token;
}

asio::awaitable<std::string> subject_token(const Session& session, json::Value source, std::string about) {
  if (const auto path = source.text_at({"file"}); !path.empty()) {
    const auto content = read_token_file(session.environment, std::string{path}, about);
    co_return subject_token_in(content, source, about);
  }
  const auto url = source.text_at({"url"});
  if (url.empty())
    throw CloudError{
        text::cat(about, ": credential_source has neither a file nor a url; other kinds are not supported")};
  http::Request request{"GET", parse_endpoint("credential_source.url", url)};
  if (const auto* headers = source.find("headers"); headers != nullptr && headers->is_object()) {
    for (const auto& member : headers->as_object())
      request.headers.set(member.key, std::string{member.value.text().value_or("")});
  }
  const auto response = co_await ask_metadata(session, std::move(request), about);
  co_return subject_token_in(response.body, source, about);
}

asio::awaitable<AccessToken> impersonate(const Session& session, std::string url, AccessToken own) {
  const std::string about = "Google service account impersonation";
  http::Request request{"POST", parse_endpoint("service_account_impersonation_url", url)};
  request.headers.set("Content-Type", "application/json");
  request.headers.set("Authorization", "Bearer " + own.text.reveal());
  request.body = json::write(json::Value::object({{"scope", json::Value::array({kScope})}, {"lifetime", "3600s"}}));
  const auto response = co_await exchange_as_controller(session, std::move(request), about);
  const auto document = json_answer(response, about);
  const auto expiry = parse_rfc3339(document.text_at({"expireTime"}));
  co_return AccessToken{
      SecretString{required_text(document, "accessToken", about)}, expiry.has_value() ? *expiry : own.expires_at};
}

/// RFC 8693: another identity provider's token for one of Google's.
asio::awaitable<AccessToken> federate(const Session& session, json::Value file) {
  const std::string about = "Google workload identity federation";
  const auto* source = file.find("credential_source");
  if (source == nullptr || !source->is_object())
    throw CloudError{text::cat(about, ": expected credential_source in the file")};
  json::Value source_copy = *source;
  const std::string subject = co_await subject_token(session, std::move(source_copy), about);
  auto request = form_request(
      parse_endpoint("token_url", required_text(file, "token_url", about)),
      {{"grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"},
       {"audience", required_text(file, "audience", about)},
       {"scope", kScope},
       {"requested_token_type", "urn:ietf:params:oauth:token-type:access_token"},
       {"subject_token_type", required_text(file, "subject_token_type", about)},
       {"subject_token", subject}}
  );
  const auto response = co_await exchange_as_controller(session, std::move(request), about);
  auto token = token_of(session, response, about);
  std::string impersonation{file.text_at({"service_account_impersonation_url"})};
  if (impersonation.empty()) co_return token;
  co_return co_await impersonate(session, std::move(impersonation), std::move(token));
}

}  // namespace

bool is_google_registry(std::string_view host) {
  return host == "gcr.io" || host.ends_with(".gcr.io") || host.ends_with("-docker.pkg.dev") ||
         host == "docker.s3nsregistry.fr";
}

asio::awaitable<AccessToken> google_access_token(const Session& session) {
  const auto path = session.environment.variable(std::string{kVariable});
  if (path.empty()) co_return co_await ask_server(session);
  auto file = json::parse(read_token_file(session.environment, path, kVariable));
  if (file.has_error() || !file->is_object())
    throw CloudError{text::cat(kVariable, ": expected JSON in the file ", path)};
  const std::string type{file->text_at({"type"})};
  json::Value document = std::move(*file);
  if (type == "service_account") co_return co_await ask_with_key(session, std::move(document));
  if (type == "authorized_user") co_return co_await refresh(session, std::move(document));
  if (type == "external_account") co_return co_await federate(session, std::move(document));
  throw CloudError{text::cat(kVariable, ": credentials of the type ", text::quoted(type), " are not supported")};
}

asio::awaitable<Login> google_login(const Session& session) {
  auto token = co_await google_access_token(session);
  co_return Login{"oauth2accesstoken", std::move(token.text), token.expires_at};
}

}  // namespace weir::cloud
