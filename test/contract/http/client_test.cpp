#include "pkg/http/client.hpp"

#include <thread>

#include <gtest/gtest.h>

#include "pkg/async/task_group.hpp"
#include "pkg/async/timeout.hpp"
#include "test/support/run.hpp"
#include "test/support/scripted_server.hpp"

namespace weir::http {
namespace {

using test::Peer;
using test::ScriptedServer;

class HttpClient : public ::testing::Test {
 protected:
  Response send(const std::string& url, const CallOptions& options = CallOptions{}) {
    return test::run(reactor_, client_.send(Request{"GET", *Url::parse(url)}, options));
  }
  template <class Error>
  std::string failure(const std::string& url, const CallOptions& options = CallOptions{}) {
    try {
      send(url, options);
    } catch (const Error& error) {
      return error.what();
    }
    return "no failure of that kind";
  }
  static CallOptions within(int milliseconds) {
    CallOptions options;
    options.timeout = Milliseconds{milliseconds};
    return options;
  }
  static std::string at(const ScriptedServer& server) { return "127.0.0.1:" + std::to_string(server.port()); }

  asio::io_context reactor_;
  Client client_{reactor_.get_executor(), ConnectionOptions{}};
};

void answer_every_request(Peer& peer) {
  while (true) {
    const std::string request = peer.read_request();
    if (request.empty()) return;
    peer.answer(200, request.substr(0, request.find('\r')));
  }
}

TEST_F(HttpClient, KeepsTheConnection) {
  ScriptedServer server{answer_every_request};
  for (int i = 0; i < 5; ++i) EXPECT_EQ(send(server.url("/a")).body, "GET /a HTTP/1.1");
  EXPECT_EQ(server.connections(), 1u);
  EXPECT_EQ(client_.idle_connections(), 1u);
}

TEST_F(HttpClient, SendsABodyWithItsLength) {
  ScriptedServer server{[](Peer& peer) {
    const std::string request = peer.read_request();
    peer.answer(200, request.substr(request.size() - 3));
  }};
  for (const std::size_t size : {std::size_t{3}, std::size_t{300'000}}) {
    Request request{"POST", *Url::parse(server.url())};
    request.body = std::string(size - 3, 'x') + "end";
    EXPECT_EQ(test::run(reactor_, client_.send(std::move(request), CallOptions{})).body, "end");
  }
}

TEST_F(HttpClient, SendsAgainOnceWhenAKeptConnectionWasClosed) {
  ScriptedServer server{[](Peer& peer) {
    peer.read_request();
    peer.answer(200, "one");
    peer.read_until("\r\n\r\n");  // takes the second request and closes without an answer
  }};
  EXPECT_EQ(send(server.url()).body, "one");
  EXPECT_EQ(send(server.url()).body, "one");
  EXPECT_EQ(server.connections(), 2u);
  auto once = CallOptions{};
  once.retry_stale = false;
  EXPECT_EQ(failure<TransportError>(server.url(), once), "receive from " + at(server) + ": the connection was closed");
}

TEST_F(HttpClient, AConnectionClosedWhileIdleIsNotUsed) {
  ScriptedServer server{[](Peer& peer) {
    peer.read_request();
    peer.answer(200, "one");
  }};
  EXPECT_EQ(send(server.url()).body, "one");
  std::this_thread::sleep_for(std::chrono::milliseconds{20});
  auto once = CallOptions{};
  once.retry_stale = false;
  EXPECT_EQ(send(server.url(), once).body, "one");
}

TEST_F(HttpClient, NothingIsSentAgainOnceSomethingWasReceived) {
  std::atomic<int> requests = 0;
  ScriptedServer server{[&](Peer& peer) {
    peer.read_request();
    ++requests;
    peer.answer(200, "one");
    peer.read_request();
    ++requests;
    peer.write("HTTP/1.1 200 OK\r\nContent-Le");
  }};
  EXPECT_EQ(send(server.url()).body, "one");
  EXPECT_EQ(failure<TransportError>(server.url()), "receive from " + at(server) + ": the connection was closed");
  EXPECT_EQ(requests, 2);
}

TEST_F(HttpClient, AHungServerEndsInATimeoutThatNamesIt) {
  ScriptedServer server{[](Peer& peer) { peer.wait_for_close(); }};
  EXPECT_EQ(
      failure<async::TimedOut>(server.url(), within(50)), "receive from " + at(server) + ": timed out after 50ms"
  );
}

TEST_F(HttpClient, ABodyThatDribblesForEverEndsAtTheDeadline) {
  ScriptedServer server{[](Peer& peer) {
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
    for (int i = 0; i < 100; ++i) {
      peer.write("x");
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
  }};
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(
      failure<async::TimedOut>(server.url(), within(100)), "receive from " + at(server) + ": timed out after 100ms"
  );
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds{800});
}

TEST_F(HttpClient, ATruncatedBodyIsAnError) {
  ScriptedServer server{[](Peer& peer) {
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
  }};
  EXPECT_EQ(failure<TransportError>(server.url()), "receive from " + at(server) + ": the answer was cut short");
}

TEST_F(HttpClient, ATruncatedChunkedBodyIsAnError) {
  ScriptedServer server{[](Peer& peer) {
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
  }};
  EXPECT_EQ(failure<TransportError>(server.url()), "receive from " + at(server) + ": the answer was cut short");
}

TEST_F(HttpClient, ReadsChunksAndBodiesUpToTheEnd) {
  ScriptedServer chunked{[](Peer& peer) {
    peer.read_request();
    for (const char* piece :
         {"HTTP/1.1 200 OK\r\nTransfer-Enc", "oding: chunked\r\n\r\n3\r", "\nabc\r\n2\r\nd", "e\r\n0\r\n\r\n"}) {
      peer.write(piece);
      std::this_thread::sleep_for(std::chrono::milliseconds{3});
    }
    peer.wait_for_close();
  }};
  EXPECT_EQ(send(chunked.url()).body, "abcde");
  EXPECT_EQ(client_.idle_connections(), 1u);
  ScriptedServer until_end{[](Peer& peer) {
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\n\r\nabc");
  }};
  EXPECT_EQ(send(until_end.url()).body, "abc");
}

TEST_F(HttpClient, InformationalAnswersAreSkipped) {
  ScriptedServer server{[](Peer& peer) {
    peer.read_request();
    peer.write("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n");
    peer.answer(200, "after");
  }};
  EXPECT_EQ(send(server.url()).body, "after");
}

TEST_F(HttpClient, AnswersWithoutABody) {
  ScriptedServer server{[](Peer& peer) {
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
    peer.read_request();
    peer.write("HTTP/1.1 204 No Content\r\n\r\n");
    peer.wait_for_close();
  }};
  EXPECT_EQ(test::run(reactor_, client_.send(Request{"HEAD", *Url::parse(server.url())}, CallOptions{})).body, "");
  EXPECT_EQ(send(server.url()).status, 204u);
  EXPECT_EQ(server.connections(), 1u);
}

TEST_F(HttpClient, TooLongABodyIsRefused) {
  ScriptedServer server{[](Peer& peer) {
    peer.read_request();
    peer.answer(200, std::string(1000, 'x'));
  }};
  CallOptions options;
  options.max_body_bytes = 999;
  EXPECT_EQ(
      failure<BodyTooLarge>(server.url(), options),
      "receive from " + at(server) + ": the answer is longer than the limit of 999 bytes"
  );
  EXPECT_EQ(client_.idle_connections(), 0u);
  options.max_body_bytes = 1000;
  EXPECT_EQ(send(server.url(), options).body.size(), 1000u);
}

TEST_F(HttpClient, WhatIsNotHttpIsAnError) {
  ScriptedServer server{[](Peer& peer) {
    peer.read_request();
    peer.write("SSH-2.0-OpenSSH_9.2\r\n\r\n");
  }};
  EXPECT_NE(failure<TransportError>(server.url()).find("not a proper HTTP answer"), std::string::npos);
}

TEST_F(HttpClient, NobodyListens) {
  std::string url;
  std::string peer;
  {
    ScriptedServer server{[](Peer&) {}};
    url = server.url();
    peer = at(server);
  }
  EXPECT_EQ(failure<TransportError>(url), "connect to " + peer + ": connection refused");
}

TEST_F(HttpClient, AnUnknownHost) {
  const auto text = failure<TransportError>("http://no-such-host.invalid/", within(20'000));
  EXPECT_TRUE(text.starts_with("resolve no-such-host.invalid: ")) << text;
}

TEST_F(HttpClient, RedirectsAreFollowedOnRequestWithoutCredentialsForOthers) {
  ScriptedServer target{[](Peer& peer) { peer.answer(200, peer.read_request()); }};
  ScriptedServer server{[&](Peer& peer) {
    while (true) {
      const std::string request = peer.read_request();
      if (request.empty()) return;
      if (request.starts_with("GET /own")) {
        peer.answer(200, request);
      } else {
        const bool is_own = request.starts_with("GET /a");
        peer.answer(302, "", "Location: " + (is_own ? std::string{"/own"} : target.url("/there")) + "\r\n");
      }
    }
  }};
  CallOptions options;
  EXPECT_EQ(send(server.url("/a")).status, 302u);
  options.max_redirects = 3;
  Request request{"GET", *Url::parse(server.url("/a"))};
  request.headers.set("Authorization", "Basic x");
  EXPECT_NE(test::run(reactor_, client_.send(request, options)).body.find("Authorization: Basic x"), std::string::npos);
  request.url = *Url::parse(server.url("/b"));
  const auto response = test::run(reactor_, client_.send(request, options));
  EXPECT_TRUE(response.body.starts_with("GET /there"));
  EXPECT_EQ(response.body.find("Authorization"), std::string::npos);
}

asio::awaitable<void> hold(Client& client, std::string url) {
  Request request{"GET", *Url::parse(url)};
  const CallOptions options;
  co_await client.send(std::move(request), options);
}

TEST_F(HttpClient, CancellationEndsACallAndIsNoFailure) {
  ScriptedServer server{[](Peer& peer) { peer.wait_for_close(); }};
  std::string failures;
  async::TaskGroup group{
      reactor_.get_executor(), [&](std::string_view name, const std::exception_ptr&) { failures += name; }};
  group.spawn("call", hold(client_, server.url()));
  auto later = [&]() -> asio::awaitable<void> {
    co_await async::sleep_for(Milliseconds{30});
    co_await group.stop(Milliseconds{5000});
  };
  test::run(reactor_, later());
  EXPECT_EQ(failures, "");
  EXPECT_EQ(group.size(), 0u);
}

TEST_F(HttpClient, CallsWaitTheirTurn) {
  std::atomic<int> inside = 0;
  std::atomic<int> most = 0;
  ScriptedServer server{[&](Peer& peer) {
    while (!peer.read_request().empty()) {
      most = std::max<int>(most, ++inside);
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
      --inside;
      peer.answer(200, "");
    }
  }};
  PoolOptions pool;
  pool.max_calls_per_host = 2;
  Client client{reactor_.get_executor(), ConnectionOptions{}, pool};
  async::TaskGroup group{reactor_.get_executor(), [](std::string_view, const std::exception_ptr& error) {
                           FAIL() << async::describe(error);
                         }};
  for (int i = 0; i < 8; ++i) group.spawn("call", hold(client, server.url()));
  test::run(reactor_, group.wait_until_empty());
  EXPECT_EQ(most, 2);
  EXPECT_EQ(server.connections(), 2u);
}

TEST_F(HttpClient, IdleConnectionsAreClosedAfterAWhile) {
  ScriptedServer server{answer_every_request};
  PoolOptions pool;
  pool.idle_timeout = Milliseconds{20};
  Client client{reactor_.get_executor(), ConnectionOptions{}, pool};
  test::run(reactor_, hold(client, server.url()));
  EXPECT_EQ(client.idle_connections(), 1u);
  test::run(reactor_, async::sleep_for(Milliseconds{100}));
  EXPECT_EQ(client.idle_connections(), 0u);
}

TEST(HttpClientCache, EqualOptionsShareAClient) {
  asio::io_context reactor;
  ClientCache cache{reactor.get_executor(), 1};
  ConnectionOptions proxied;
  proxied.proxy.address = "http://127.0.0.1:1";
  const auto first = cache.get(ConnectionOptions{});
  EXPECT_EQ(first, cache.get(ConnectionOptions{}));
  const std::weak_ptr<Transport> second = cache.get(proxied);
  EXPECT_FALSE(second.expired());
  proxied.proxy.address = "http://127.0.0.1:2";
  cache.get(proxied);
  EXPECT_TRUE(second.expired());
  EXPECT_EQ(first, cache.get(ConnectionOptions{}));
}

}  // namespace
}  // namespace weir::http
