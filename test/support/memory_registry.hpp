#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pkg/base/base64.hpp"
#include "pkg/base/text.hpp"
#include "test/support/scripted_api.hpp"

namespace weir::test {

/// A registry of images that holds tags in memory (OCI distribution): lists by pages, ETags, a token server, plain HTTP
/// instead of TLS. Both speak under one host.  Threads: reactor.
class MemoryRegistry final : public ScriptedApi {
 public:
  void put(const std::string& repository, std::vector<std::string> tags) {
    lists_.insert_or_assign(repository, List{std::move(tags), text::cat("\"", ++versions_, "\"")});
  }
  /// From now on tags are for whoever has fetched a token with this password.
  void demand(const std::string& username, const std::string& password) {
    sign_in_ = text::cat("Basic ", base64::encode(text::cat(username, ":", password)));
  }
  /// More tags than this are told in several answers.
  void set_page_size(std::size_t tags) { page_size_ = tags; }
  void speak_plain_http() { scheme_ = "http"; }
  /// Nobody answers.
  void set_down(bool is_down) { is_down_ = is_down; }
  /// Whatever is asked is answered with this.
  void answer_always(unsigned status, std::string body) {
    always_.emplace();
    always_->status = status;
    always_->body = std::move(body);
  }
  /// "/v2/app/tags/list?n=1000", and " unless <etag>" of a condition: what was asked for.
  const std::vector<std::string>& asked() const { return asked_; }

  asio::awaitable<http::Response> send(http::Request request, const http::CallOptions&) override {
    if (is_down_ || request.url.scheme != scheme_)
      throw http::TransportError{request.url.host, http::Phase::kConnect, "connection refused"};
    const auto condition = request.headers.get_or_empty("If-None-Match");
    asked_.push_back(text::cat(request.url.target, condition.empty() ? "" : " unless ", condition));
    co_return answer(request);
  }

 private:
  struct List {
    std::vector<std::string> tags;
    std::string etag;
  };
  static constexpr std::string_view kToken = "Bearer token-of-the-registry";

  static http::Response error(unsigned status, std::string_view code, std::string_view message) {
    http::Response out;
    out.status = status;
    out.body = text::cat(R"({"errors": [{"code": ")", code, R"(", "message": ")", message, R"("}]})");
    return out;
  }
  http::Response answer(const http::Request& request) const {
    if (always_) return *always_;
    const auto authorization = request.headers.get_or_empty("Authorization");
    const auto [path, query] = text::cut(request.url.target, "?");
    if (path == "/token") {
      if (authorization != sign_in_) return error(401, "UNAUTHORIZED", "incorrect username or password");
      http::Response out;
      out.status = 200;
      out.body = text::cat(R"({"token": ")", text::cut(kToken, " ").second, R"("})");
      return out;
    }
    if (!sign_in_.empty() && authorization != kToken) {
      auto out = error(401, "UNAUTHORIZED", "authentication required");
      out.headers.set(
          "WWW-Authenticate",
          text::cat("Bearer realm=\"", scheme_, "://", request.url.authority(), "/token\",service=\"registry\"")
      );
      return out;
    }
    return list(request, path, query);
  }
  http::Response list(const http::Request& request, std::string_view path, std::string_view query) const {
    constexpr std::string_view kBefore = "/v2/";
    constexpr std::string_view kAfter = "/tags/list";
    http::Response out;
    out.status = 200;
    if (path == kBefore) return out;
    const bool is_list = path.starts_with(kBefore) && path.ends_with(kAfter);
    const std::string repository{
        is_list ? path.substr(kBefore.size(), path.size() - kBefore.size() - kAfter.size()) : path};
    const auto at = lists_.find(repository);
    if (at == lists_.end()) return error(404, "NAME_UNKNOWN", "repository name not known to registry");
    const auto& [tags, etag] = at->second;
    if (request.headers.get_or_empty("If-None-Match") == etag) {
      out.status = 304;
      return out;
    }
    const auto last = text::cut(query, "&last=").second;
    auto next = last.empty() ? tags.begin() : std::ranges::find(tags, last) + 1;
    std::vector<std::string> page;
    while (next != tags.end() && page.size() < page_size_) page.push_back(text::cat("\"", *next++, "\""));
    out.body = text::cat(R"({"name": ")", repository, R"(", "tags": [)", text::join(page, ", "), "]}");
    out.headers.set("ETag", etag);
    if (next != tags.end())
      out.headers.set("Link", text::cat("<", path, "?n=1000&last=", *(next - 1), ">; rel=\"next\""));
    return out;
  }

  std::map<std::string, List> lists_;
  int versions_ = 0;
  std::string sign_in_;
  std::size_t page_size_ = 1'000;
  std::string scheme_{"https"};
  bool is_down_ = false;
  std::optional<http::Response> always_;
  std::vector<std::string> asked_;
};

}  // namespace weir::test
