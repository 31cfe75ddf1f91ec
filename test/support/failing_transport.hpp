#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/http/transport.hpp"

namespace weir::test {

/// What breaks, and where.
enum class Loss {
  kRequest,  ///< a connection, before the request reached the server
  kAnswer,   ///< a connection, after the server has done it
  kDisk,     ///< the disk, from that operation on; of number 0, at once
};

/// Counts the operations of all transports that share it, and breaks one of them. So a test fails every operation
/// once: it counts on from 0 until nothing breaks any more. The disk's own operations are not counted: each comes
/// between two that are, so that a disk which breaks at each of those in turn fails each of them too.
/// Threads: reactor.
class Faults {
 public:
  /// @param break_disk  how a disk is broken; nothing by default
  explicit Faults(std::function<void()> break_disk = [] {}) : break_disk_{std::move(break_disk)} {}

  /// The operation of this number, from now on, breaks.
  void arm(std::size_t number, Loss loss) {
    armed_ = number;
    loss_ = loss;
    count_ = 0;
    broken_.clear();
    if (loss != Loss::kDisk) return;
    if (number == 0) {
      armed_.reset();
      lose_disk("the disk");
    } else {
      armed_ = number - 1;
    }
  }
  void disarm() { armed_.reset(); }
  /// "PATCH /api/v1/...": what broke; empty: nothing yet.
  const std::string& broken() const { return broken_; }
  /// Operations since arm().
  std::size_t count() const { return count_; }
  /// Told before each operation.
  void before_each(std::function<void()> told) { told_ = std::move(told); }

  /// Whether, and where, this one breaks.
  std::optional<Loss> next(const http::Request& request) {
    if (told_) told_();
    const bool is_it = armed_ && count_ == *armed_;
    ++count_;
    if (!is_it) return std::nullopt;
    broken_ = text::cat(request.method, " ", request.url.target);
    if (loss_ != Loss::kDisk) return loss_;
    lose_disk(text::cat("the disk, before ", broken_));
    return std::nullopt;
  }

 private:
  void lose_disk(std::string when) {
    broken_ = std::move(when);
    break_disk_();
  }

  const std::function<void()> break_disk_;
  std::optional<std::size_t> armed_;
  Loss loss_ = Loss::kRequest;
  std::size_t count_ = 0;
  std::string broken_;
  std::function<void()> told_;
};

/// Another transport, over connections that break when the faults say so.  Threads: reactor.
class FailingTransport final : public http::Transport {
 public:
  FailingTransport(http::Transport& server, Faults& faults) : server_{server}, faults_{faults} {}

  asio::awaitable<http::Response> send(http::Request request, const http::CallOptions& options) override {
    const auto loss = faults_.next(request);
    const std::string host = request.url.host;
    if (loss == Loss::kRequest) throw http::TransportError{host, http::Phase::kSend, "connection reset by peer"};
    auto answer = co_await server_.send(std::move(request), options);
    if (loss) throw http::TransportError{host, http::Phase::kReceive, "connection reset by peer"};
    co_return answer;
  }
  asio::awaitable<http::StreamedResponse> open(http::Request request, const http::CallOptions& options) override {
    const auto loss = faults_.next(request);
    const std::string host = request.url.host;
    if (loss == Loss::kRequest) throw http::TransportError{host, http::Phase::kSend, "connection reset by peer"};
    auto answer = co_await server_.open(std::move(request), options);
    if (loss) answer.body = std::make_unique<Broken>(host);
    co_return answer;
  }
  const std::string& identity() const override { return server_.identity(); }

 private:
  class Broken final : public http::BodyReader {
   public:
    explicit Broken(std::string host) : host_{std::move(host)} {}
    asio::awaitable<std::string> read_some() override {
      throw http::TransportError{host_, http::Phase::kReceive, "connection reset by peer"};
      co_return std::string{};
    }

   private:
    const std::string host_;
  };

  http::Transport& server_;
  Faults& faults_;
};

}  // namespace weir::test
