#include "pkg/cloud/github_app.hpp"

#include <chrono>
#include <string_view>

#include "pkg/base/digest.hpp"
#include "pkg/base/text.hpp"
#include "pkg/cloud/signed_token.hpp"

namespace weir::cloud {
namespace {

constexpr const char* kId = "githubAppID";
constexpr const char* kInstallationId = "githubAppInstallationID";
constexpr const char* kInstallationOwner = "githubAppInstallationOwner";
constexpr const char* kPrivateKey = "githubAppPrivateKey";
constexpr const char* kBaseUrl = "githubAppBaseURL";

constexpr const char* kPublicApi = "https://api.github.com";
constexpr const char* kTokenUser = "x-access-token";

/// Small enough for the limit on answers: an installation takes a few kilobytes.
constexpr unsigned kPageSize = 30;
constexpr unsigned kMaxPages = 200;

constexpr unsigned kUnauthorized = 401;
constexpr unsigned kNotFound = 404;

std::string value_of(const SecretMap& data, const char* key) { return std::string{text::trim(data.reveal(key))}; }

/// Numbers become part of a path, so they must be nothing else.
bool is_number(std::string_view text) {
  constexpr std::size_t kMostDigits = 19;
  return !text.empty() && text.size() <= kMostDigits && text.find_first_not_of("0123456789") == text.npos;
}

Result<http::Url> parse_api(const std::string& base) {
  auto url = http::Url::parse(base.empty() ? kPublicApi : base);
  if (url.has_error()) return InputError{kBaseUrl, "expected an http or https URL"};
  if (!url->user.empty() || !url->password.empty()) return InputError{kBaseUrl, "expected no user and password"};
  if (url->target.find('?') != url->target.npos) return InputError{kBaseUrl, "expected no query"};
  const bool is_api_host = url->host.starts_with("api.");  // api.github.com, api.<tenant>.ghe.com
  if (url->target == "/" && !is_api_host) url->target = "/api/v3";
  return std::move(*url);
}

http::Request ask(const GitHubApp& app, std::string method, std::string_view path, const std::string& jwt) {
  http::Request request{std::move(method), at_path(app.api, path)};
  request.headers.set("Authorization", text::cat("Bearer ", jwt));
  request.headers.set("Accept", "application/vnd.github+json");
  return request;
}

/// What a 404 means.
struct Absence {
  const char* key;  // of the Secret, the one at fault
  const char* meaning;
};
constexpr Absence kNoApi{kBaseUrl, "the API of GitHub is not there"};
constexpr Absence kNoInstallationId{kInstallationId, "the app has no such installation"};
constexpr Absence kNoInstallationOwner{kInstallationOwner, "the app has no such installation any more"};

/// GitHub's own sentences are left out, as those of every service; the status says enough.
[[noreturn]] void explain(const Refused& refusal, const Absence& absence) {
  if (refusal.status() == kUnauthorized) {
    throw CloudError{text::cat(
        kPrivateKey, ": ", refusal.what(), ": expected a key of the app that ", kId, " names (or the clock is wrong)"
    )};
  }
  if (refusal.status() == kNotFound) {
    throw CloudError{text::cat(absence.key, ": ", refusal.what(), ": ", absence.meaning)};
  }
  throw CloudError{refusal.what()};
}

asio::awaitable<http::Response> send(
    const Session& session, http::Request request, std::string about, const Absence& absence
) {
  try {
    co_return co_await exchange(session, session.outbound, std::move(request), about);
  } catch (const Refused& refusal) {
    explain(refusal, absence);
  }
}

/// RFC 8288, as GitHub writes it: <URL>; rel="next", <URL>; rel="last"
bool has_next_page(const http::Response& response) {
  return response.headers.get_or_empty("Link").find("rel=\"next\"") != std::string_view::npos;
}

asio::awaitable<std::string> find_installation(const Session& session, const GitHubApp& app, const std::string& jwt) {
  const std::string about = "GitHub App installations";
  for (unsigned page = 1; page <= kMaxPages; ++page) {
    auto request = ask(app, "GET", text::cat("/app/installations?per_page=", kPageSize, "&page=", page), jwt);
    const auto response = co_await send(session, std::move(request), about, kNoApi);
    const auto document = json_array(response, about);
    for (const auto& installation : document.as_array()) {
      if (!text::equal_ignoring_case(installation.text_at({"account", "login"}), app.installation_owner)) continue;
      const auto* id = installation.find("id");
      const auto number = id == nullptr ? std::nullopt : id->integer();
      if (!number || *number < 0) throw CloudError{text::cat(about, ": expected \"id\" in the answer")};
      co_return text::cat(*number);
    }
    if (!has_next_page(response)) break;
  }
  throw CloudError{text::cat(kInstallationOwner, ": the app is not installed at this account")};
}

}  // namespace

Result<GitHubApp> parse_github_app(const SecretMap& data) {
  GitHubApp app;
  app.id = value_of(data, kId);
  if (app.id.empty()) return InputError{kId, "the Secret has no GitHub App"};
  if (!is_number(app.id)) return InputError{kId, "expected a number"};
  app.installation_id = value_of(data, kInstallationId);
  app.installation_owner = value_of(data, kInstallationOwner);
  if (app.installation_id.empty() && app.installation_owner.empty())
    return InputError{kInstallationId, text::cat("expected it or ", kInstallationOwner)};
  if (!app.installation_id.empty() && !app.installation_owner.empty())
    return InputError{kInstallationOwner, text::cat("cannot be given together with ", kInstallationId)};
  if (!app.installation_id.empty() && !is_number(app.installation_id))
    return InputError{kInstallationId, "expected a number"};
  app.private_key = SecretString{value_of(data, kPrivateKey)};
  if (app.private_key.empty()) return InputError{kPrivateKey, "the Secret has no private key"};
  auto api = parse_api(value_of(data, kBaseUrl));
  if (api.has_error()) return api.error();
  app.api = std::move(*api);
  return app;
}

Result<std::string> github_app_jwt(const GitHubApp& app, WallTime now) {
  constexpr std::chrono::seconds kClockSkew{60};
  constexpr std::chrono::seconds kLifetime{540};  // the most that GitHub takes is ten minutes from now
  const auto since_epoch = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch());
  const auto header = json::Value::object({{"alg", "RS256"}, {"typ", "JWT"}});
  const auto claims = json::Value::object(
      {{"iat", (since_epoch - kClockSkew).count()}, {"exp", (since_epoch + kLifetime).count()}, {"iss", app.id}}
  );
  auto token = sign_rs256(header, claims, app.private_key);
  if (token.has_error()) return InputError{kPrivateKey, token.error().message};
  return std::move(*token);
}

std::string github_login_key(const GitHubApp& app) {
  return text::cat(
      "github ",
      app.api.text(),
      " ",
      app.id,
      " ",
      app.installation_id,
      " ",
      text::lower(app.installation_owner),
      " ",
      sha256_hex(app.private_key.reveal())
  );
}

asio::awaitable<Login> github_login(const Session& session, GitHubApp app) {
  const std::string about = "GitHub App token";
  const auto now = session.clock.wall_now();
  const auto jwt = github_app_jwt(app, now);
  if (jwt.has_error()) throw CloudError{jwt.error().text()};
  std::string installation = app.installation_id;
  if (installation.empty()) installation = co_await find_installation(session, app, *jwt);
  auto request = ask(app, "POST", text::cat("/app/installations/", installation, "/access_tokens"), *jwt);
  const auto response = co_await send(
      session, std::move(request), about, app.installation_id.empty() ? kNoInstallationOwner : kNoInstallationId
  );
  const auto document = json_answer(response, about);
  SecretString token{required_text(document, "token", about)};
  const auto expires_at = parse_rfc3339(document.text_at({"expires_at"}));
  // An hour when the answer does not tell.
  co_return Login{kTokenUser, std::move(token), expires_at.has_error() ? now + std::chrono::hours{1} : *expires_at};
}

}  // namespace weir::cloud
