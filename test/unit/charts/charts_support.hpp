#pragma once

#include <map>
#include <string>
#include <vector>

#include "pkg/base/text.hpp"
#include "pkg/http/transport.hpp"

namespace weir::charts {

/// The web as a table: what stands at which address. Redirects are followed as http::Client follows them.
class Web final : public http::Transport {
 public:
  struct Page {
    unsigned status = 200;
    std::string body;
    std::vector<http::Headers::Field> headers;
  };
  std::map<std::string, Page> pages;  ///< by "GET https://host/path"
  std::vector<std::string> asked;     ///< the same, and " with Basic ..." when it came with credentials

  asio::awaitable<http::Response> send(http::Request request, const http::CallOptions& options) override {
    for (unsigned followed = 0;; ++followed) {
      const std::string line = text::cat(request.method, " ", request.url.text());
      const auto authorization = request.headers.get_or_empty("Authorization");
      asked.push_back(text::cat(line, authorization.empty() ? "" : " with ", authorization));
      http::Response response;
      response.status = 404;
      const auto page = pages.find(line);
      if (page != pages.end()) {
        response.status = page->second.status;
        response.body = page->second.body;
        for (const auto& field : page->second.headers) response.headers.add(field.name, field.value);
      }
      const auto etag = response.headers.get_or_empty("ETag");
      if (!etag.empty() && request.headers.get_or_empty("If-None-Match") == etag) {
        response.status = 304;
        response.body.clear();
      }
      if (response.body.size() > options.max_body_bytes)
        throw http::BodyTooLarge{request.url.authority(), options.max_body_bytes};
      const auto location = response.headers.get("Location");
      if (!location || followed == options.max_redirects) co_return response;
      const auto target = request.url.resolve(*location).value();
      if (target.origin() != request.url.origin()) request.headers.remove("Authorization");
      request.url = target;
    }
  }
  asio::awaitable<http::StreamedResponse> open(http::Request, const http::CallOptions&) override {
    co_return http::StreamedResponse{};
  }
  const std::string& identity() const override { return identity_; }

 private:
  std::string identity_ = "web";
};

}  // namespace weir::charts
