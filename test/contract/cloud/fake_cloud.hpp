#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "pkg/base/text.hpp"
#include "pkg/cloud/exchange.hpp"
#include "pkg/http/client.hpp"
#include "test/support/run.hpp"
#include "test/support/scripted_server.hpp"

namespace weir::cloud {

struct Asked {
  std::string line;  // "POST /oauth2/exchange"
  std::map<std::string, std::string> headers;
  std::string body;

  std::string header(const std::string& name) const {
    const auto at = headers.find(name);
    return at == headers.end() ? "" : at->second;
  }
};
struct Answer {
  int status = 200;
  std::string body;
  std::string headers;
};

/// Every identity service of a cloud at one address of loopback: an answer for each "METHOD /path" that it knows
/// (without the query), 404 for the others.
class FakeCloud {
 public:
  using Service = std::function<Answer(const Asked&)>;

  FakeCloud() : server_{[this](test::Peer& peer) { serve(peer); }} {}

  void on(std::string line, Service service) {
    const std::lock_guard lock{mutex_};
    services_[std::move(line)] = std::move(service);
  }
  void on(std::string line, Answer answer) {
    on(std::move(line), [answer](const Asked&) { return answer; });
  }
  std::string url(std::string_view path = "") const { return text::cat("http://127.0.0.1:", server_.port(), path); }
  std::string address() const { return text::cat("127.0.0.1:", server_.port()); }
  std::vector<Asked> log() const {
    const std::lock_guard lock{mutex_};
    return log_;
  }
  std::vector<std::string> lines() const {
    std::vector<std::string> out;
    for (const auto& asked : log()) out.push_back(asked.line);
    return out;
  }

 private:
  void serve(test::Peer& peer) {
    while (true) {
      const std::string request = peer.read_request();
      const auto end = request.find("\r\n\r\n");
      if (end == std::string::npos) return;
      Asked asked;
      asked.line = request.substr(0, request.find(" HTTP/"));
      asked.body = request.substr(end + 4);
      for (const auto header : text::split(std::string_view{request}.substr(0, end), '\n')) {
        const auto [name, value] = text::cut(header, ":");
        asked.headers[text::lower(name)] = text::trim(value);
      }
      Service service;
      {
        const std::lock_guard lock{mutex_};
        log_.push_back(asked);
        if (const auto at = services_.find(asked.line.substr(0, asked.line.find('?'))); at != services_.end())
          service = at->second;
      }
      const Answer answer = service ? service(asked) : Answer{404, "", ""};
      if (answer.status == 0) return;
      peer.answer(answer.status, answer.body, answer.headers);
    }
  }

  mutable std::mutex mutex_;
  std::map<std::string, Service> services_;
  std::vector<Asked> log_;
  test::ScriptedServer server_;
};

class FakeEnvironment final : public Environment {
 public:
  std::string variable(const std::string& name) const override {
    const auto at = variables.find(name);
    return at == variables.end() ? "" : at->second;
  }
  std::optional<std::string> file(const std::string& path) const override {
    const auto at = files.find(path);
    if (at == files.end()) return std::nullopt;
    return at->second;
  }
  std::map<std::string, std::string> variables;
  std::map<std::string, std::string> files;
};

class FixedClock final : public Clock {
 public:
  TimePoint now() const override { return TimePoint{}; }
  WallTime wall_now() const override { return wall; }
  WallTime wall = parse_rfc3339("2026-11-23T12:00:00Z").value();
};

/// What a case works with. Secrets of the cases begin with "s3cr3t": no message may hold one.
class CloudTest : public testing::Test {
 protected:
  Session session() { return Session{transport_, transport_, environment_, clock_, "weir-test/1"}; }

  template <class T>
  T run(asio::awaitable<T> work) {
    return test::run(reactor_, std::move(work));
  }
  template <class T>
  std::string failure_of(asio::awaitable<T> work) {
    try {
      run(std::move(work));
    } catch (const CloudError& error) {
      EXPECT_THAT(error.what(), testing::Not(testing::HasSubstr("s3cr3t")));
      return error.what();
    }
    ADD_FAILURE() << "no CloudError";
    return "";
  }
  std::string after(WallTime moment) const {
    return text::cat(std::chrono::duration_cast<std::chrono::seconds>(moment - clock_.wall).count(), " s");
  }

  asio::io_context reactor_;
  http::Client transport_{reactor_.get_executor(), http::ConnectionOptions{}};
  FakeEnvironment environment_;
  FixedClock clock_;
  FakeCloud cloud_;
};

}  // namespace weir::cloud
