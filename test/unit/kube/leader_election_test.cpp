#include "pkg/kube/leader_election.hpp"

#include <optional>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "pkg/async/task_group.hpp"
#include "pkg/async/timeout.hpp"
#include "pkg/json/codec.hpp"
#include "test/support/run.hpp"
#include "test/support/scripted_api.hpp"

namespace weir::kube {
namespace {

using namespace std::chrono_literals;

/// Holds one lease, and takes its time.
class SlowServer final : public test::ScriptedApi {
 public:
  explicit SlowServer(test::HandClock& clock) : clock_{clock} {}

  Milliseconds pause{0};           ///< of a real clock
  std::chrono::seconds length{0};  ///< of the same pause, as the process' clock has it
  std::optional<json::Value> lease;
  int reads = 0;
  int writes = 0;

  void touch() { lease->operator[]("metadata").set("resourceVersion", std::to_string(++version_)); }

  asio::awaitable<http::Response> send(http::Request request, const http::CallOptions&) override {
    clock_.advance(length);
    if (pause.count() > 0) co_await async::sleep_for(pause);
    http::Response out;
    out.status = 200;
    if (request.method == "GET") {
      ++reads;
      if (!lease) out.status = 404;
    } else {
      ++writes;
      auto next = json::parse(request.body).value();
      if (lease && next.text_at({"metadata", "resourceVersion"}) != lease->text_at({"metadata", "resourceVersion"})) {
        out.status = 409;
        co_return out;
      }
      lease = std::move(next);
      touch();
    }
    if (lease) out.body = json::write(*lease);
    co_return out;
  }

 private:
  test::HandClock& clock_;
  int version_ = 0;
};

class LeaderElectionTest : public ::testing::Test {
 protected:
  ~LeaderElectionTest() override { test::run(reactor_, tasks_.stop(Milliseconds{0})); }

  static LeaderElectionOptions options() {
    LeaderElectionOptions out;
    out.lease = {"flux-system", "lock"};
    out.identity = "me";
    out.times.retry = Milliseconds{5};
    return out;
  }
  void start() { tasks_.spawn("election", election_.run()); }
  void run_until(const std::function<bool()>& holds) {
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (!holds() && lost_.empty() && std::chrono::steady_clock::now() < deadline) {
      test::run(reactor_, async::yield_now());
    }
    EXPECT_TRUE(holds()) << lost_;
  }

  asio::io_context reactor_;
  test::HandClock clock_;
  SlowServer server_{clock_};
  Client client_{server_, SlowServer::cluster(), Identity{}};
  LeaderElection election_{client_, options(), clock_, log::Logger{}};
  std::string lost_;
  async::TaskGroup tasks_{reactor_.get_executor(), [this](std::string_view, const std::exception_ptr& failure) {
                            lost_ = log::what(failure);
                          }};
};

// Every request was cut after the retry period: a busy API server that took a little longer ended the process.
TEST_F(LeaderElectionTest, ALeaderOutlivesAnswersThatTakeLongerThanItsRetryPeriod) {
  start();
  run_until([&] { return election_.is_leader(); });
  server_.pause = Milliseconds{20};
  server_.length = 6s;
  const int before = server_.writes;
  run_until([&] { return server_.writes >= before + 10; });
  EXPECT_TRUE(election_.is_leader());
  EXPECT_EQ(lost_, "");
}

TEST_F(LeaderElectionTest, ALeaderRenewsWithOneRequest) {
  start();
  run_until([&] { return election_.is_leader(); });
  const int reads = server_.reads;
  const int writes = server_.writes;
  run_until([&] { return server_.writes >= writes + 5; });
  EXPECT_EQ(server_.reads, reads);
}

TEST_F(LeaderElectionTest, ALeaseThatSomebodyTouchedIsReadAndRenewed) {
  start();
  run_until([&] { return election_.is_leader(); });
  const int reads = server_.reads;
  server_.touch();
  run_until([&] { return server_.reads == reads + 1; });
  const int writes = server_.writes;
  run_until([&] { return server_.writes >= writes + 3; });
  EXPECT_TRUE(election_.is_leader());
}

TEST_F(LeaderElectionTest, ALeaderThatWasStoppedForAWhileLooksBeforeItWrites) {
  start();
  run_until([&] { return election_.is_leader(); });
  server_.lease->operator[]("spec").set("holderIdentity", "other");
  server_.touch();
  const int writes = server_.writes;
  clock_.advance(31s);
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  while (lost_.empty() && std::chrono::steady_clock::now() < deadline) test::run(reactor_, async::yield_now());
  EXPECT_EQ(lost_, "lost the lease flux-system/lock");
  EXPECT_EQ(server_.writes, writes);
}

TEST_F(LeaderElectionTest, ALeaseThatSomebodyTookIsLost) {
  start();
  run_until([&] { return election_.is_leader(); });
  server_.lease->operator[]("spec").set("holderIdentity", "other");
  server_.touch();
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  while (lost_.empty() && std::chrono::steady_clock::now() < deadline) test::run(reactor_, async::yield_now());
  EXPECT_EQ(lost_, "lost the lease flux-system/lock");
  EXPECT_FALSE(election_.is_leader());
}

}  // namespace
}  // namespace weir::kube
