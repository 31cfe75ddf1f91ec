#include "pkg/charts/http_repository.hpp"

#include <utility>

#include "pkg/base/base64.hpp"
#include "pkg/base/digest.hpp"
#include "pkg/base/text.hpp"
#include "pkg/helm/repository/address.hpp"
#include "pkg/http/url.hpp"

namespace weir::charts {
namespace {

constexpr unsigned kNotModified = 304;

/// The address without credentials, for messages; one that is no URL is not repeated.
std::string shown(const std::string& address) {
  const auto url = http::Url::parse(address);
  return url ? url->text() : "the address";
}

}  // namespace

std::string status_text(unsigned status) {
  const auto words = [status]() -> std::string_view {
    switch (status) {
      case 301: return "Moved Permanently";
      case 302: return "Found";
      case 303: return "See Other";
      case 307: return "Temporary Redirect";
      case 308: return "Permanent Redirect";
      case 400: return "Bad Request";
      case 401: return "Unauthorized";
      case 403: return "Forbidden";
      case 404: return "Not Found";
      case 405: return "Method Not Allowed";
      case 407: return "Proxy Authentication Required";
      case 410: return "Gone";
      case 429: return "Too Many Requests";
      case 500: return "Internal Server Error";
      case 502: return "Bad Gateway";
      case 503: return "Service Unavailable";
      case 504: return "Gateway Timeout";
      default: return "";
    }
  }();
  return words.empty() ? std::to_string(status) : text::cat(status, " ", words);
}

HttpRepository::HttpRepository(Parts parts, std::string url, RepositoryOptions options)
    : parts_{parts}, url_{std::move(url)}, options_{std::move(options)} {
  const auto parsed = http::Url::parse(url_);
  if (!parsed || parsed->user.empty() || !options_.username.empty()) return;
  options_.username = parsed->user;
  options_.password = parsed->password;
}

asio::awaitable<http::Response> HttpRepository::get(
    std::string address, std::string accept, std::string known_etag, std::size_t max_bytes
) {
  auto url = http::Url::parse(address);
  if (!url) throw FetchError{text::cat("invalid chart URL format: ", url.error().text())};
  http::Request request{"GET", *url};
  request.headers.set("User-Agent", options_.user_agent);
  if (!accept.empty()) request.headers.set("Accept", accept);
  if (!known_etag.empty()) request.headers.set("If-None-Match", known_etag);
  const bool may_know = options_.passes_credentials || helm::is_same_origin(url_, address);
  if (may_know && !options_.username.empty() && !options_.password.empty()) {
    request.headers.set(
        "Authorization", "Basic " + base64::encode(text::cat(options_.username, ":", options_.password.reveal()))
    );
  }
  http::CallOptions call;
  call.timeout = options_.timeout;
  call.max_redirects = options_.max_redirects;
  call.max_body_bytes = max_bytes;
  auto response = co_await parts_.transport.send(std::move(request), call);
  const bool is_unchanged = response.status == kNotModified && !known_etag.empty();
  if (response.status != 200 && !is_unchanged) {
    throw FetchError{
        text::cat("failed to fetch ", shown(address), " : ", status_text(response.status)), response.status};
  }
  co_return response;
}

asio::awaitable<FetchedIndex> HttpRepository::fetch_index(std::string known_etag) {
  auto address = helm::resolve_address(url_, "index.yaml");
  if (!address) throw FetchError{address.error().text()};
  FetchedIndex out;
  http::Response response;
  std::string accept;
  try {
    response = co_await get(*std::move(address), std::move(accept), known_etag, options_.index.bytes);
  } catch (const http::BodyTooLarge&) {
    throw FetchError{text::cat("index exceeds the maximum index file size of ", options_.index.bytes, " bytes")};
  }
  out.is_unchanged = response.status == kNotModified;
  out.etag = out.is_unchanged ? std::move(known_etag) : std::string{response.headers.get_or_empty("ETag")};
  out.text = std::move(response.body);
  co_return out;
}

asio::awaitable<helm::ChartIndex> HttpRepository::read_index(
    FetchedIndex index, std::set<std::string, std::less<>> charts
) {
  const std::string source = shown(url_);
  auto read = [&index, &charts, &source, this](std::stop_token) {
    return helm::read_index(index.text, charts, source, options_.index);
  };
  auto found = co_await parts_.cpu.run(std::move(read));
  if (!found) throw FetchError{found.error().text()};
  co_return *std::move(found);
}

asio::awaitable<std::string> HttpRepository::fetch_archive(std::string address, std::string digest) {
  auto absolute = helm::resolve_address(url_, address);
  if (!absolute) throw FetchError{text::cat("failed to make chart URL absolute: ", absolute.error().text())};
  std::string wanted;
  if (!digest.empty()) {
    auto hex = helm::sha256_of_digest(digest);
    if (!hex) throw FetchError{text::cat("the digest of ", shown(*absolute), " in the index: ", hex.error().text())};
    wanted = *std::move(hex);
  }
  const std::string about = shown(*absolute);
  std::string accept = "application/gzip,application/octet-stream", none;
  http::Response response;
  try {
    response = co_await get(*std::move(absolute), std::move(accept), std::move(none), options_.max_archive_bytes);
  } catch (const http::BodyTooLarge&) {
    throw FetchError{text::cat("the archive ", about, " has more than ", options_.max_archive_bytes, " bytes")};
  }
  if (!wanted.empty()) {
    auto hash = [&response](std::stop_token) { return sha256_hex(response.body); };
    const std::string found = co_await parts_.cpu.run(std::move(hash));
    if (found != wanted)
      throw FetchError{text::cat(
          "the archive ", about, " is not what the index says: expected the digest ", wanted, ", got ", found
      )};
  }
  co_return std::move(response.body);
}

asio::awaitable<std::string> HttpRepository::fetch_file(std::string address, std::size_t max_bytes) {
  const std::string about = shown(address);
  std::string none, also_none;
  http::Response response;
  try {
    response = co_await get(std::move(address), std::move(none), std::move(also_none), max_bytes);
  } catch (const http::BodyTooLarge&) {
    throw FetchError{text::cat(about, " has more than ", max_bytes, " bytes")};
  }
  co_return std::move(response.body);
}

}  // namespace weir::charts
