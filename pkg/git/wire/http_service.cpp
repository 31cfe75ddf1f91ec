#include "pkg/git/wire/http_service.hpp"

#include <utility>

#include "pkg/base/base64.hpp"
#include "pkg/base/clock.hpp"
#include "pkg/base/text.hpp"
#include "pkg/git/errors.hpp"
#include "pkg/http/http_date.hpp"
#include "pkg/http/retry_after.hpp"

namespace weir::git::wire {

namespace {

constexpr unsigned kMaxRedirects = 5;

std::string authorization_of(const Credentials& credentials) {
  if (!credentials.bearer_token.empty()) return text::cat("Bearer ", credentials.bearer_token.reveal());
  if (credentials.username.empty()) return {};
  const std::string pair = text::cat(credentials.username, ':', credentials.password.reveal());
  return text::cat("Basic ", base64::encode(pair));
}

std::string without_trailing_slashes(std::string text) {
  while (text.ends_with('/')) text.pop_back();
  return text;
}

http::Url parse(const std::string& text) {
  auto url = http::Url::parse(text);
  if (!url) throw GitError{GitFailure::kProtocol, text::cat("not a URL: ", url.error().message)};
  return std::move(*url);
}

/// A date counts from the server's own clock, if it tells it.
std::optional<Milliseconds> retry_after(const http::Headers& headers) {
  const WallTime now = http::parse_http_date(headers.get_or_empty("Date")).value_or(SystemClock{}.wall_now());
  return http::parse_retry_after(headers.get_or_empty("Retry-After"), now);
}

bool is_redirect(unsigned status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

}  // namespace

HttpService::HttpService(
    http::Transport& transport,
    Url url,
    std::string base,
    const Credentials& credentials,
    std::string service,
    std::string user_agent,
    Milliseconds timeout
)
    : transport_{transport},
      url_{std::move(url)},
      base_{base.empty() ? without_trailing_slashes(url_.text()) : std::move(base)},
      authorization_{authorization_of(credentials)},
      authorized_origin_{parse(url_.text()).origin()},
      service_{std::move(service)},
      user_agent_{std::move(user_agent)},
      timeout_{timeout} {}

http::Request HttpService::request(std::string method, const std::string& path_and_query) const {
  http::Request out{std::move(method), parse(text::cat(base_, path_and_query))};
  out.headers.add("User-Agent", user_agent_);
  out.headers.add("Git-Protocol", "version=2");
  // A redirect to another host does not take the credentials along.
  if (!authorization_.empty() && out.url.origin() == authorized_origin_)
    out.headers.add("Authorization", authorization_);
  return out;
}

http::CallOptions HttpService::options() const {
  http::CallOptions out;
  out.timeout = timeout_;
  out.idle_timeout = timeout_;
  return out;
}

asio::awaitable<PacketReader*> HttpService::greet() {
  const std::string path = text::cat("/info/refs?service=", service_);
  const auto call_options = options();
  for (unsigned redirects = 0;; ++redirects) {
    ++requests_;
    auto what = request("GET", path);
    const http::Url asked = what.url;
    auto response = co_await transport_.open(std::move(what), call_options);
    if (!is_redirect(response.status)) {
      co_await check(response, text::cat("application/x-", service_, "-advertisement"));
      reader_ = std::make_unique<PacketReader>(std::move(response.body));
      co_return reader_.get();
    }
    const auto target = asked.resolve(response.headers.get_or_empty("Location"));
    if (!target || redirects == kMaxRedirects)
      throw GitError{GitFailure::kProtocol, "the server redirects without end or to no URL"};
    if (asked.is_https() && !target->is_https())
      throw GitError{
          GitFailure::kProtocol, text::cat("refused the redirect from https to http (", target->authority(), ')')};
    const std::string text = target->text();
    if (!text.ends_with(path))
      throw GitError{
          GitFailure::kProtocol,
          text::cat("the server redirects to a page that is no Git repository: ", target->authority())};
    base_ = without_trailing_slashes(text.substr(0, text.size() - path.size()));
  }
}

asio::awaitable<PacketReader*> HttpService::call(std::string body) {
  ++requests_;
  auto what = request("POST", text::cat("/", service_));
  what.headers.add("Content-Type", text::cat("application/x-", service_, "-request"));
  what.headers.add("Accept", text::cat("application/x-", service_, "-result"));
  what.body = std::move(body);
  const auto call_options = options();
  co_await finish();
  auto response = co_await transport_.open(std::move(what), call_options);
  co_await check(response, text::cat("application/x-", service_, "-result"));
  reader_ = std::make_unique<PacketReader>(std::move(response.body));
  co_return reader_.get();
}

asio::awaitable<void> HttpService::finish() {
  // What follows the last packet is the end of the HTTP body; only when it was read does the
  // connection go back.
  constexpr int kMostPackets = 16;
  for (int i = 0; reader_ && i < kMostPackets; ++i) {
    const auto packet = co_await reader_->next();
    if (packet.kind == Packet::Kind::kEndOfStream) break;
  }
  reader_.reset();
}

asio::awaitable<void> HttpService::check(http::StreamedResponse& response, std::string expected_type) {
  if (response.status == 200) {
    const auto type = response.headers.get_or_empty("Content-Type");
    if (text::trim(type.substr(0, type.find(';'))) == expected_type) co_return;
    throw GitError{
        GitFailure::kProtocol,
        text::cat("not a Git server: it answers with ", type.empty() ? "no content type" : text::quoted(type))};
  }
  // The rest of a short refusal is read, so that the connection can be kept.
  std::size_t read = 0;
  constexpr std::size_t kShort = 16 * 1024;
  while (read < kShort) {
    const std::string piece = co_await response.body->read_some();
    if (piece.empty()) break;
    read += piece.size();
  }
  const unsigned status = response.status;
  if (status == 401) throw GitError{GitFailure::kAuthentication, "authentication required: the server answered 401"};
  if (status == 403) throw GitError{GitFailure::kAuthentication, "authorization failed: the server answered 403"};
  if (status == 404 || status == 410)
    throw GitError{GitFailure::kNotFound, text::cat("repository not found: the server answered ", status)};
  throw GitError{
      GitFailure::kProtocol,
      text::cat("the server answered ", status),
      status == 429 || status == 503 ? retry_after(response.headers) : std::nullopt};
}

}  // namespace weir::git::wire
