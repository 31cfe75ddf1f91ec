#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "pkg/http/client.hpp"
#include "pkg/http/router.hpp"
#include "pkg/http/transport.hpp"

namespace weir::simulation {

/// What can go wrong on the way; in thousandths of all calls.
struct Weather {
  unsigned lost_requests = 0;   ///< the connection breaks before the server has it
  unsigned lost_answers = 0;    ///< after the server has done it
  unsigned slow_calls = 0;      ///< take up to half a minute
  unsigned busy_servers = 0;    ///< answer 429, 500 or 503 without doing it
  unsigned broken_streams = 0;  ///< of all pieces of a stream
};

/// Who can be reached under which name, and how well.  Threads: reactor.
class Network {
 public:
  void serve(const std::string& authority, http::Transport& server) { servers_.insert_or_assign(authority, &server); }
  void withdraw(const std::string& authority, const http::Transport& server);
  /// nullptr: nobody.
  http::Transport* find(const std::string& authority) const;

  Weather weather;
  /// Hears of every request when it is sent.
  std::function<void(const std::string& sender, const http::Request& request)> on_send;

 private:
  std::map<std::string, http::Transport*> servers_;
};

/// The connections of one process.  Threads: reactor.
class Link final : public http::Transport, public http::Connections {
 public:
  Link(Network& network, std::string owner) : network_{network}, owner_{std::move(owner)} {}

  /// Nothing that it sends arrives any more, and nothing reaches it: its process has ended.
  void cut() { is_cut_ = true; }
  /// Nobody is reached for a while; what is asked meanwhile waits, as long as whoever asks does.
  void partition(bool is_partitioned) { is_partitioned_ = is_partitioned; }

  asio::awaitable<http::Response> send(http::Request request, const http::CallOptions& options) override;
  asio::awaitable<http::StreamedResponse> open(http::Request request, const http::CallOptions& options) override;
  const std::string& identity() const override { return identity_; }
  std::shared_ptr<http::Transport> get(const http::ConnectionOptions&) override {
    return {std::shared_ptr<void>{}, this};
  }

 private:
  class Stream;
  struct Fate;
  Fate draw() const;
  asio::awaitable<void> pass(Milliseconds pause) const;
  asio::awaitable<http::Transport*> reach(const Fate& fate, const http::Request& request) const;
  asio::awaitable<void> come_back(const Fate& fate, const std::string& host) const;
  asio::awaitable<http::Response> exchange(http::Request request, http::CallOptions options);
  asio::awaitable<http::StreamedResponse> begin(http::Request request, http::CallOptions options);
  http::Transport& server_of(const http::Request& request) const;

  Network& network_;
  const std::string owner_;
  const std::string identity_{"simulated"};
  bool is_cut_ = false;
  bool is_partitioned_ = false;
};

/// A router as others reach it.  Threads: reactor.
class Service final : public http::Transport {
 public:
  explicit Service(const http::Router& router) : router_{router} {}
  asio::awaitable<http::Response> send(http::Request request, const http::CallOptions& options) override;
  asio::awaitable<http::StreamedResponse> open(http::Request request, const http::CallOptions& options) override;
  const std::string& identity() const override { return identity_; }

 private:
  const http::Router& router_;
  const std::string identity_{"service"};
};

}  // namespace weir::simulation
