#include "pkg/oci/registry_client.hpp"

#include <exception>

#include "pkg/async/timeout.hpp"
#include "pkg/base/base64.hpp"
#include "pkg/base/digest.hpp"
#include "pkg/base/text.hpp"
#include "pkg/http/retry_after.hpp"
#include "pkg/json/codec.hpp"
#include "pkg/oci/link.hpp"

namespace weir::oci {
namespace {

constexpr unsigned kMaxRedirects = 5;
constexpr unsigned kMaxSignIns = 2;
constexpr std::size_t kMaxTokenBytes = 64u << 10;
constexpr std::size_t kMaxManifestBytes = 8u << 20;
constexpr std::size_t kMaxPages = 20'000;
constexpr std::size_t kLongestLink = 2'048;
constexpr unsigned kNotModified = 304;
constexpr std::size_t kLongPage = 128u << 10;  ///< read on the pool from here on
constexpr std::size_t kLongestQuote = 200;
/// How long a registry that may speak plain HTTP has to answer over TLS, the first time.
constexpr Milliseconds kTlsHeadStart{300};
constexpr std::string_view kManifestTypes =
    "application/vnd.docker.distribution.manifest.v2+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json, "
    "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json, "
    "application/vnd.docker.distribution.manifest.v1+prettyjws, application/vnd.docker.distribution.manifest.v1+json";

std::string basic(const Credentials& credentials) {
  return "Basic " + base64::encode(credentials.username + ":" + credentials.password.reveal());
}

bool is_redirect(unsigned status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/// "NAME_UNKNOWN: repository name not known to registry", of the body that registries answer errors with; else the
/// body's beginning.
std::string words_of(const http::Response& response) {
  const std::string status = text::cat("unexpected status code ", response.status);
  const auto document = json::parse(response.body);
  if (document.has_value()) {
    std::string out;
    const auto* errors = document->find("errors");
    if (errors != nullptr && errors->is_array()) {
      for (const auto& error : errors->as_array()) {
        if (!out.empty()) out += "; ";
        text::append(out, error.text_at({"code"}), ": ", error.text_at({"message"}));
      }
    }
    if (out.empty()) out = std::string{document->text_at({"details"})};
    if (!out.empty()) return text::cat(status, ": ", std::string_view{out}.substr(0, kLongestQuote));
  }
  return status;
}

std::vector<Challenge> challenges_of(const http::Headers& headers) {
  std::vector<Challenge> out;
  for (const auto& field : headers) {
    if (!text::equal_ignoring_case(field.name, "WWW-Authenticate")) continue;
    for (auto& challenge : parse_challenges(field.value)) out.push_back(std::move(challenge));
  }
  return out;
}

bool is_digest(std::string_view digest) {
  const auto [algorithm, hex] = text::cut(digest, ":");
  return !algorithm.empty() && hex.size() >= 32 && hex.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

Result<std::size_t> append_tags(std::string_view body, std::string& lines) {
  const auto document = json::parse(body);
  if (document.has_error()) return InputError{"", text::cat("expected a tag list in JSON: ", document.error().text())};
  const auto* tags = document->find("tags");
  if (!document->is_object() || (tags == nullptr && !document->contains("name"))) {
    return InputError{"", "expected a tag list: there is no \"tags\""};
  }
  if (tags == nullptr || tags->is_null()) return std::size_t{0};
  if (!tags->is_array()) return InputError{"", "expected a tag list: \"tags\" is no list"};
  std::size_t count = 0;
  for (const auto& tag : tags->as_array()) {
    const auto text = tag.text();
    if (!text) return InputError{"", "expected a tag list: a tag is no string"};
    if (!is_tag(*text)) continue;
    lines += *text;
    lines += '\n';
    ++count;
  }
  return count;
}

RegistryClient::RegistryClient(Parts parts, Repository repository, RegistryOptions options)
    : parts_{parts},
      repository_{std::move(repository)},
      options_{std::move(options)},
      scheme_key_{KnownSchemes::key(repository_.registry, parts_.transport)} {}

bool RegistryClient::allows_http() const { return options_.allows_http || is_local_registry(repository_.registry); }

RegistryError RegistryClient::error_of(std::string_view about, const http::Response& response) const {
  return RegistryError{
      response.status,
      text::cat(about, ": ", words_of(response)),
      http::parse_retry_after(response.headers.get_or_empty("Retry-After"), parts_.clock.wall_now())};
}

asio::awaitable<http::Url> RegistryClient::base_url() {
  const auto with = [&](std::string_view scheme) {
    auto url = http::Url::parse(text::cat(scheme, "://", repository_.registry));
    if (url.has_error()) throw RegistryError{0, text::cat("registry ", url.error().text())};
    return std::move(*url);
  };
  if (!allows_http()) co_return with("https");
  if (const auto known = parts_.schemes.find(scheme_key_); !known.empty()) co_return with(known);
  // Without credentials: this may go to anyone.
  for (const std::string scheme : {"https", "http"}) {
    http::Request request{"GET", with(scheme)};
    request.url.target = "/v2/";
    request.headers.set("User-Agent", options_.user_agent);
    http::CallOptions call;
    call.timeout = scheme == "https" ? kTlsHeadStart : options_.request_timeout;
    http::Response response;  // status 0: none came
    try {
      response = co_await parts_.transport.send(std::move(request), call);
    } catch (const http::TransportError&) {
    } catch (const async::TimedOut&) {
    }
    // A web server that sends everybody to https, or a TLS port that is spoken to in plain, is no registry over HTTP;
    // one that is busy or broken is.
    const bool is_turned_away = is_redirect(response.status) || response.status == 400;
    if (response.status != 0 && (scheme == "https" || !is_turned_away)) {
      parts_.schemes.set(scheme_key_, scheme);
      co_return with(scheme);
    }
  }
  co_return with("https");
}

asio::awaitable<http::Response> RegistryClient::send_patiently(
    http::Request request, unsigned max_redirects, std::size_t max_bytes
) {
  http::CallOptions call;
  call.timeout = options_.request_timeout;
  call.max_redirects = max_redirects;
  call.max_body_bytes = max_bytes == 0 ? options_.max_page_bytes : max_bytes;
  const std::string about = text::cat(request.method, " ", request.url.text());
  for (unsigned failed = 1;; ++failed) {
    http::Response response;
    std::exception_ptr failure;
    try {
      response = co_await parts_.transport.send(request, call);
    } catch (const http::TlsError&) {
      throw;  // the same the next time
    } catch (const http::BodyTooLarge&) {
      throw;
    } catch (const http::TransportError&) {
      failure = std::current_exception();
    } catch (const async::TimedOut&) {
      failure = std::current_exception();
    }
    if (!failure && !is_temporary(response.status)) co_return response;
    std::optional<Milliseconds> asked;
    if (!failure) {
      asked = http::parse_retry_after(response.headers.get_or_empty("Retry-After"), parts_.clock.wall_now());
    }
    const auto pause = options_.retry.pause(failed, asked);
    if (!pause) {
      if (failure) {
        parts_.schemes.forget(scheme_key_);
        std::rethrow_exception(failure);
      }
      throw error_of(about, response);
    }
    co_await async::sleep_for(*pause);
  }
}

void RegistryClient::check_public(const http::Url& url, std::string_view what) const {
  const auto registry = http::Url::parse(text::cat("https://", repository_.registry));
  const bool same_host = registry.has_value() && registry->host == url.host;
  // A registry must not make us ask a machine that only we can reach.
  if (!same_host && is_private_address(url.host) && !is_private_address(repository_.registry)) {
    throw RegistryError{
        401,
        text::cat("refused the ", what, " ", url.text(), ": it is a private address or name, and not the registry's")};
  }
}

asio::awaitable<http::Response> RegistryClient::follow_redirects(http::Request request, std::size_t max_bytes) {
  const std::string origin = request.url.origin();
  for (unsigned followed = 0;; ++followed) {
    auto response = co_await send_patiently(request, 0, max_bytes);
    // Whoever we were sent to must not name the realm that the registry's credentials go to.
    if (response.status == 401 && request.url.origin() != origin) {
      throw error_of(text::cat(request.method, " ", request.url.text()), response);
    }
    const auto location = response.headers.get("Location");
    if (!is_redirect(response.status) || !location || followed == kMaxRedirects) co_return response;
    const auto target = request.url.resolve(*location);
    if (target.has_error() || (request.url.is_https() && !target->is_https())) {
      throw RegistryError{
          response.status,
          text::cat(request.method, " ", request.url.text(), ": refused a redirect to plain HTTP or to no URL")};
    }
    check_public(*target, "redirect to");
    if (target->origin() != request.url.origin()) request.headers.remove("Authorization");
    request.url = *target;
  }
}

asio::awaitable<http::Response> RegistryClient::call(
    std::string method, http::Url url, std::string accept, std::string known_etag, std::size_t max_bytes
) {
  const std::string about = text::cat(method, " ", url.text());
  for (unsigned sign_ins = 0;; ++sign_ins) {
    http::Request request{method, url};
    request.headers.set("User-Agent", options_.user_agent);
    request.headers.set("Accept", accept);
    if (!authorization_.empty()) request.headers.set("Authorization", authorization_);
    if (!known_etag.empty()) request.headers.set("If-None-Match", known_etag);
    auto response = co_await follow_redirects(std::move(request), max_bytes);
    const bool is_unchanged = response.status == kNotModified && !known_etag.empty();
    if (response.status < 300 || is_unchanged) co_return response;
    if (response.status == 400) parts_.schemes.forget(scheme_key_);  // plain HTTP sent to a port that has TLS now
    if (response.status != 401 || sign_ins == kMaxSignIns) throw error_of(about, response);
    co_await sign_in(std::move(response), about);
  }
}

asio::awaitable<void> RegistryClient::sign_in(http::Response response, std::string about) {
  const auto& credentials = options_.credentials;
  const auto challenges = challenges_of(response.headers);
  for (const auto& challenge : challenges) {
    if (challenge.scheme != "bearer") continue;
    if (!credentials.registry_token.empty()) {
      const std::string wanted = "Bearer " + credentials.registry_token.reveal();
      if (authorization_ == wanted) throw error_of(about, response);
      authorization_ = wanted;
      co_return;
    }
    co_await fetch_token(challenge);
    co_return;
  }
  for (const auto& challenge : challenges) {
    if (challenge.scheme != "basic" || credentials.username.empty()) continue;
    const std::string wanted = basic(credentials);
    if (authorization_ == wanted) throw error_of(about, response);  // refused, not missing
    authorization_ = wanted;
    co_return;
  }
  throw error_of(about, response);
}

http::Url RegistryClient::checked_realm(std::string_view realm) const {
  auto url = http::Url::parse(realm);
  if (url.has_error()) {
    throw RegistryError{401, text::cat("the registry names a realm that is no URL: ", url.error().text())};
  }
  if (!url->is_https() && !options_.allows_http && !is_local_registry(url->host)) {
    throw RegistryError{
        401, text::cat("refused the realm ", url->text(), ": it speaks plain HTTP and spec.insecure is not set")};
  }
  check_public(*url, "realm");
  return std::move(*url);
}

asio::awaitable<http::Response> RegistryClient::ask_realm(http::Request request) {
  const std::string origin = request.url.origin();
  for (unsigned followed = 0;; ++followed) {
    auto response = co_await send_patiently(request, 0);
    if (!is_redirect(response.status)) co_return response;
    const auto location = response.headers.get_or_empty("Location");
    const auto target = request.url.resolve(location);
    const std::string about = text::cat(request.method, " ", request.url.text());
    if (target.has_error() || request.method != "GET" || followed == kMaxRedirects) {
      throw RegistryError{401, text::cat(about, ": refused a redirect of the token server")};
    }
    if (target->origin() != origin) {
      throw RegistryError{
          401, text::cat(about, ": refused a redirect of the token server to ", target->authority(), ", another host")};
    }
    request.url = *target;
  }
}

asio::awaitable<void> RegistryClient::fetch_token(Challenge challenge) {
  const auto& credentials = options_.credentials;
  const auto realm = checked_realm(challenge.parameter("realm"));
  scopes_.insert(text::cat("repository:", repository_.path, ":pull"));
  for (const auto scope : text::split(challenge.parameter("scope"), ' ')) {
    if (!scope.empty()) scopes_.insert(std::string{scope});
  }
  const std::string service{challenge.parameter("service")};
  http::Response response;
  bool asked = false;
  if (!credentials.identity_token.empty()) {
    http::Request request{"POST", realm};
    request.headers.set("Content-Type", "application/x-www-form-urlencoded");
    request.headers.set("User-Agent", options_.user_agent);
    const std::vector<std::string> scopes{scopes_.begin(), scopes_.end()};
    request.body = text::cat(
        "grant_type=refresh_token&client_id=weir&service=",
        http::percent_encode(service),
        "&scope=",
        http::percent_encode(text::join(scopes, " ")),
        "&refresh_token=",
        http::percent_encode(credentials.identity_token.reveal())
    );
    response = co_await ask_realm(std::move(request));
    asked = response.status != 404 && response.status != 405;
  }
  if (!asked) {
    http::Request request{"GET", realm};
    std::string query;
    for (const auto& scope : scopes_) text::append(query, "&scope=", http::percent_encode(scope));
    if (!service.empty()) text::append(query, "&service=", http::percent_encode(service));
    const bool has_query = request.url.target.find('?') != std::string::npos;
    text::append(request.url.target, has_query ? "&" : "?", std::string_view{query}.substr(1));
    request.headers.set("User-Agent", options_.user_agent);
    if (!credentials.username.empty()) request.headers.set("Authorization", basic(credentials));
    response = co_await ask_realm(std::move(request));
  }
  if (response.status != 200) throw error_of(text::cat("token server ", realm.authority()), response);
  if (response.body.size() > kMaxTokenBytes) {
    throw RegistryError{0, text::cat("token server ", realm.authority(), ": the answer is longer than 64 KiB")};
  }
  const auto document = json::parse(response.body);
  std::string token;
  if (document.has_value()) {
    token = document->text_at({"token"});
    if (token.empty()) token = document->text_at({"access_token"});
  }
  if (token.empty()) {
    throw RegistryError{0, text::cat("token server ", realm.authority(), ": expected JSON with a token")};
  }
  authorization_ = "Bearer " + token;
}

asio::awaitable<TagListing> RegistryClient::list_tags(std::string known_etag) {
  TagListing out;
  auto url = co_await base_url();
  const std::string origin = url.origin();
  url.target = text::cat("/v2/", repository_.path, "/tags/list?n=", options_.page_size);
  std::set<std::string> seen;
  while (true) {
    const std::string about = text::cat("GET ", url.text());
    if (url.target.size() > kLongestLink || !seen.insert(url.target).second || seen.size() > kMaxPages) {
      throw RegistryError{0, text::cat(about, ": the pages of the tag list never end")};
    }
    const std::string accept{"application/json"};
    const bool is_first = seen.size() == 1;
    const std::string condition = is_first ? known_etag : "";
    const auto response = co_await call("GET", url, accept, condition);
    if (response.status == kNotModified) {
      out.is_unchanged = true;
      out.etag = known_etag;
      co_return out;
    }
    auto& lines = out.lines;
    Result<std::size_t> added = std::size_t{0};
    if (response.body.size() >= kLongPage) {
      auto read = [&response, &lines](std::stop_token) { return append_tags(response.body, lines); };
      added = co_await parts_.cpu.run(std::move(read));
    } else {
      added = append_tags(response.body, lines);
    }
    if (added.has_error()) {
      const auto type = response.headers.get_or_empty("Content-Type");
      throw RegistryError{0, text::cat(about, ": ", added.error().text(), " (Content-Type ", text::quoted(type), ")")};
    }
    out.count += *added;
    if (out.count > options_.max_tags) {
      throw RegistryError{
          0, text::cat(about, ": the repository has more than ", options_.max_tags, " tags, the limit of --max-tags")};
    }
    const auto next = next_link(response.headers.get_or_empty("Link"));
    if (!next) {
      // The tag of one page of several says nothing about the others.
      if (is_first) out.etag = response.headers.get_or_empty("ETag");
      co_return out;
    }
    const auto target = url.resolve(*next);
    if (target.has_error() || target->origin() != origin) {
      throw RegistryError{0, text::cat(about, ": the next page is on another host: ", *next)};
    }
    url.target = target->target;
  }
}

asio::awaitable<std::string> RegistryClient::digest(std::string tag) {
  auto url = co_await base_url();
  url.target = text::cat("/v2/", repository_.path, "/manifests/", http::percent_encode(tag));
  const std::string accept{kManifestTypes};
  const auto head = co_await call("HEAD", url, accept);
  std::string digest{head.headers.get_or_empty("Docker-Content-Digest")};
  if (is_digest(digest)) co_return digest;
  // An old registry: the digest is the manifest's own.
  const auto manifest = co_await call("GET", url, accept);
  digest = manifest.headers.get_or_empty("Docker-Content-Digest");
  if (is_digest(digest)) co_return digest;
  if (manifest.body.empty() || manifest.body.size() > kMaxManifestBytes) {
    throw RegistryError{0, text::cat("GET ", url.text(), ": no digest and no manifest")};
  }
  co_return text::cat("sha256:", sha256_hex(manifest.body));
}

asio::awaitable<Manifest> RegistryClient::manifest(std::string reference) {
  auto url = co_await base_url();
  url.target = text::cat("/v2/", repository_.path, "/manifests/", http::percent_encode(reference));
  const std::string about = text::cat("GET ", url.text());
  const std::string accept{kManifestTypes}, none;
  const auto response = co_await call("GET", url, accept, none, kMaxManifestBytes);
  Manifest out;
  out.digest = text::cat("sha256:", sha256_hex(response.body));
  if (is_digest(reference) && reference != out.digest) {
    throw RegistryError{0, text::cat(about, ": the manifest has the digest ", out.digest)};
  }
  auto document = json::parse(response.body);
  if (document.has_error() || !document->is_object()) {
    throw RegistryError{0, text::cat(about, ": expected a manifest, a JSON object")};
  }
  out.document = std::move(*document);
  out.media_type = out.document.text_at({"mediaType"});
  if (out.media_type.empty()) {
    const auto type = response.headers.get_or_empty("Content-Type");
    out.media_type = text::trim(type.substr(0, type.find(';')));
  }
  co_return out;
}

asio::awaitable<std::string> RegistryClient::blob(std::string digest, std::uint64_t size, std::size_t max_bytes) {
  auto url = co_await base_url();
  url.target = text::cat("/v2/", repository_.path, "/blobs/", digest);
  const std::string about = text::cat("GET ", url.text());
  const std::string_view name = std::string_view{digest}.substr(0, digest.find(':'));
  const auto algorithm = parse_digest_algorithm(name);
  if (!is_digest(digest) || !algorithm || *algorithm == DigestAlgorithm::kSha1) {
    throw RegistryError{
        0, text::cat("blob ", text::quoted(digest), ": expected sha256: or sha512: and hexadecimal digits")};
  }
  if (size > max_bytes) {
    throw RegistryError{0, text::cat(about, ": has ", size, " bytes, more than ", max_bytes)};
  }
  const std::string accept{"*/*"}, none;
  // One byte more than there are tells what is too long from what is not.
  auto response = co_await call("GET", url, accept, none, static_cast<std::size_t>(size) + 1);
  if (response.body.size() != size) {
    throw RegistryError{0, text::cat(about, ": expected ", size, " bytes, got ", response.body.size())};
  }
  auto hash = [&response, &algorithm](std::stop_token) {
    Digester digester{*algorithm};
    digester.update(response.body);
    return digester.finish();
  };
  const std::string found = co_await parts_.cpu.run(std::move(hash));
  if (found != digest) throw RegistryError{0, text::cat(about, ": the content has the digest ", found)};
  co_return std::move(response.body);
}

}  // namespace weir::oci
