#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "pkg/base/clock.hpp"
#include "pkg/http/transport.hpp"
#include "pkg/kube/config.hpp"

namespace weir::test {

/// Moves on only when it is told to.
class HandClock final : public Clock {
 public:
  TimePoint now() const override { return now_; }
  WallTime wall_now() const override { return WallTime{now_.time_since_epoch()}; }
  void advance(std::chrono::milliseconds by) { now_ += by; }

 private:
  TimePoint now_ = TimePoint{} + std::chrono::hours{1};
};

/// A body that is there as a whole.
class OnePiece final : public http::BodyReader {
 public:
  explicit OnePiece(std::string bytes) : bytes_{std::move(bytes)} {}
  asio::awaitable<std::string> read_some() override { co_return std::exchange(bytes_, std::string{}); }

 private:
  std::string bytes_;
};

/// An API server whose answers a test gives; streams only when it gives them too.
class ScriptedApi : public http::Transport {
 public:
  /// How a client is told to reach it.
  static kube::ClusterConfig cluster() {
    kube::ClusterConfig out;
    out.server = http::Url::parse("http://api").value();
    out.credentials = std::make_shared<kube::StaticCredentials>(SecretString{});
    return out;
  }

  asio::awaitable<http::StreamedResponse> open(http::Request, const http::CallOptions&) override {
    co_return http::StreamedResponse{};
  }
  const std::string& identity() const override { return identity_; }

 private:
  std::string identity_;
};

}  // namespace weir::test
