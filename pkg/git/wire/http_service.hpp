#pragma once

#include <memory>
#include <string>

#include "pkg/git/credentials.hpp"
#include "pkg/git/url.hpp"
#include "pkg/git/wire/service.hpp"
#include "pkg/http/transport.hpp"

namespace weir::git::wire {

/// Smart HTTP. Source: gitprotocol-http(5).  Threads: reactor.
class HttpService final : public Service {
 public:
  /// @param service  "git-upload-pack" or "git-receive-pack"
  /// @param base     where the repository turned out to be after redirects; empty = the URL itself
  HttpService(
      http::Transport& transport,
      Url url,
      std::string base,
      const Credentials& credentials,
      std::string service,
      std::string user_agent,
      Milliseconds timeout
  );

  asio::awaitable<PacketReader*> greet() override;
  asio::awaitable<PacketReader*> call(std::string body) override;
  asio::awaitable<void> finish() override;

  /// Where the repository is, after the redirects that greet() followed.
  const std::string& base() const { return base_; }
  std::size_t requests() const { return requests_; }

 private:
  http::Request request(std::string method, const std::string& path_and_query) const;
  asio::awaitable<void> check(http::StreamedResponse& response, std::string expected_type);
  http::CallOptions options() const;

  http::Transport& transport_;
  Url url_;
  std::string base_;
  std::string authorization_;
  std::string authorized_origin_;
  std::string service_;
  std::string user_agent_;
  Milliseconds timeout_;
  std::unique_ptr<PacketReader> reader_;
  std::size_t requests_ = 0;
};

}  // namespace weir::git::wire
