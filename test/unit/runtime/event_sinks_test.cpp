#include "pkg/runtime/event_sinks.hpp"

#include <algorithm>
#include <functional>
#include <optional>

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>

#include "pkg/async/event.hpp"
#include "pkg/async/timeout.hpp"
#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"
#include "test/support/run.hpp"

namespace weir::runtime {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// The API server and the receiver of notifications: answers a request when the test lets it.
class ScriptedServer final : public http::Transport {
 public:
  /// Which requests are not answered before release().
  std::function<bool(const http::Request&)> is_held = [](const http::Request&) { return false; };
  std::function<unsigned(const http::Request&)> status = [](const http::Request&) { return 200u; };
  std::vector<json::Value> received;
  std::vector<std::string> requests;  // "POST /path"

  void release() { released_.set(); }

  asio::awaitable<http::Response> send(http::Request request, const http::CallOptions&) override {
    requests.push_back(text::cat(request.method, " ", text::cut(request.url.target, "?").first));
    received.push_back(json::parse(request.body).value());
    if (is_held(request)) co_await released_.wait();
    http::Response out;
    out.status = status(request);
    out.body = request.body.empty() ? "{}" : request.body;
    co_return out;
  }
  asio::awaitable<http::StreamedResponse> open(http::Request, const http::CallOptions&) override {
    throw std::logic_error{"nobody watches here"};
    co_return http::StreamedResponse{};
  }
  const std::string& identity() const override { return identity_; }

 private:
  async::Event released_;
  std::string identity_;
};

class StoppedClock final : public Clock {
 public:
  TimePoint now() const override { return now_; }
  WallTime wall_now() const override { return WallTime{std::chrono::seconds{1'800'000'000}}; }
  TimePoint now_{};
};

class EventSinksTest : public ::testing::Test {
 protected:
  ~EventSinksTest() override { test::run(reactor_, tasks_.stop(Milliseconds{0})); }

  static kube::ClusterConfig cluster() {
    kube::ClusterConfig out;
    out.server = http::Url::parse("http://api").value();
    out.credentials = std::make_shared<kube::StaticCredentials>(SecretString{});
    return out;
  }
  static kube::ObjectReference object(const std::string& name) {
    return {"source.toolkit.fluxcd.io/v1", "GitRepository", {"shop", name}, "uid-" + name, "7"};
  }
  void send(const std::string& name, const std::string& message, Severity severity = Severity::kInfo) {
    events_.send(object(name), severity, "Reason", message, {{"revision", "main@sha1:1"}}, {});
  }
  /// Runs the reactor until whatever is ready has run; no time passes.
  void settle() {
    for (int turns = 0; turns < 500; ++turns) test::run(reactor_, async::yield_now());
  }
  void run_until(const std::function<bool()>& holds) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (!holds() && std::chrono::steady_clock::now() < deadline) test::run(reactor_, async::yield_now());
    ASSERT_TRUE(holds());
  }
  /// "web: first" for each notification, in the order in which the receiver got them.
  std::vector<std::string> posted() const {
    std::vector<std::string> out;
    for (const auto& body : receiver_.received) {
      out.push_back(text::cat(body.text_at({"involvedObject", "name"}), ": ", body.text_at({"message"})));
    }
    return out;
  }
  std::string counted(std::string_view metric, std::string_view reason) {
    const std::string series = text::cat(metric, "{controller=\"test\",reason=\"", reason, "\"} ");
    const std::string page = metrics_.text({});
    const auto at = page.find(series);
    if (at == std::string::npos) return "no such series";
    return page.substr(at + series.size(), page.find('\n', at) - at - series.size());
  }
  std::string events_dropped(std::string_view reason) { return counted("weir_events_dropped_total", reason); }
  std::string notifications_dropped(std::string_view reason) {
    return counted("weir_notifications_dropped_total", reason);
  }

  asio::io_context reactor_;
  ScriptedServer api_;
  ScriptedServer receiver_;
  StoppedClock clock_;
  kube::Client client_{api_, cluster(), kube::Identity{}};
  async::TaskGroup tasks_{reactor_.get_executor(), [](std::string_view name, const std::exception_ptr& failure) {
                            ADD_FAILURE() << name << ": " << log::what(failure);
                          }};
  Metrics metrics_;
  kube::EventRecorder recorder_{client_, "test", tasks_, clock_, log::Logger{}};
  EventSinks events_{recorder_, receiver_, {"test", "receiver"}, tasks_, metrics_, clock_, log::Logger{}};
};

TEST_F(EventSinksTest, ANotificationHasFluxsForm) {
  events_.send(
      object("web"),
      Severity::kError,
      "Failed",
      "no route",
      {{"revision", "main@sha1:1"}},
      {{"event.toolkit.fluxcd.io/team", "shop"}, {"other", "x"}}
  );
  settle();
  ASSERT_EQ(receiver_.received.size(), 1u);
  const auto& body = receiver_.received.front();
  EXPECT_EQ(receiver_.requests.front(), "POST /");
  EXPECT_EQ(body.text_at({"severity"}), "error");
  EXPECT_EQ(body.text_at({"reason"}), "Failed");
  EXPECT_EQ(body.text_at({"reportingController"}), "test");
  EXPECT_EQ(
      json::write(*body.find("metadata")), R"({"source.toolkit.fluxcd.io/revision":"main@sha1:1","team":"shop"})"
  );
}

// One that the receiver took long over, or retried for seconds, held up those of all other objects.
TEST_F(EventSinksTest, ASlowNotificationHoldsUpItsOwnObjectOnly) {
  receiver_.is_held = [](const http::Request& request) { return request.body.find("first") != std::string::npos; };
  send("slow", "first");
  send("slow", "second");
  send("web", "one");
  send("web", "two");
  settle();
  EXPECT_THAT(posted(), ElementsAre("slow: first", "web: one", "web: two"));
  receiver_.release();
  settle();
  EXPECT_THAT(posted(), ElementsAre("slow: first", "web: one", "web: two", "slow: second"));
}

TEST_F(EventSinksTest, OnlySoManyAreOnTheirWayAndOnlySoManyWait) {
  receiver_.is_held = [](const http::Request&) { return true; };
  for (int i = 0; i < 20; ++i) send(text::cat("app-", i), "held");
  settle();
  EXPECT_EQ(posted().size(), 8u);
  for (int i = 0; i < 200; ++i) send("app-0", "held");
  EXPECT_EQ(notifications_dropped("queue_full"), "100") << "of one object";
  receiver_.release();
  settle();
  EXPECT_EQ(posted().size(), 120u);
  EXPECT_EQ(notifications_dropped("failed"), "0");
}

TEST_F(EventSinksTest, WhatTheReceiverRefusesIsCounted) {
  EXPECT_EQ(notifications_dropped("failed"), "0") << "from the start";
  receiver_.status = [](const http::Request&) { return 400u; };
  send("web", "one");
  settle();
  EXPECT_EQ(notifications_dropped("failed"), "1");
  receiver_.status = [](const http::Request&) { return 429u; };
  send("web", "two");
  settle();
  EXPECT_EQ(notifications_dropped("failed"), "1") << "a repeat that the receiver does not want is no failure";
}

TEST_F(EventSinksTest, EqualEventsBecomeOneWithACount) {
  for (int i = 0; i < 3; ++i) send("web", "again");
  send("web", "another");
  run_until([&] { return api_.requests.size() == 4; });
  EXPECT_EQ(api_.requests[0], "POST /api/v1/namespaces/shop/events");
  EXPECT_THAT(api_.requests[1], HasSubstr("PATCH /api/v1/namespaces/shop/events/web."));
  EXPECT_EQ(api_.received[2].find("count")->integer(), 3);
  EXPECT_EQ(api_.requests[3], "POST /api/v1/namespaces/shop/events");
  EXPECT_EQ(api_.received[3].text_at({"message"}), "another");
}

TEST_F(EventSinksTest, AnEventThatTheServerHasForgottenIsWrittenAnew) {
  send("web", "again");
  run_until([&] { return api_.requests.size() == 1; });
  api_.status = [](const http::Request& request) { return request.method == "PATCH" ? 404u : 200u; };
  send("web", "again");
  run_until([&] { return api_.requests.size() == 3; });
  EXPECT_EQ(api_.requests[2], "POST /api/v1/namespaces/shop/events");
  EXPECT_EQ(events_dropped("failed"), "0");
}

TEST_F(EventSinksTest, EventsThatAreNotWrittenAreCountedByTheReason) {
  EXPECT_EQ(events_dropped("burst"), "0") << "from the start";
  for (int i = 0; i < 30; ++i) send("loud", text::cat("message ", i));
  EXPECT_EQ(events_dropped("burst"), "5");
  clock_.now_ += std::chrono::minutes{5};
  send("loud", "one more");
  EXPECT_EQ(events_dropped("burst"), "5");
  for (int i = 0; i < 1'000; ++i) send(text::cat("app-", i), "full");
  EXPECT_EQ(events_dropped("queue_full"), "26");
  api_.status = [](const http::Request&) { return 403u; };
  run_until([&] { return events_dropped("failed") == "1000"; });
}

}  // namespace
}  // namespace weir::runtime
