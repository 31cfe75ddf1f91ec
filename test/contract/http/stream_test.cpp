#include <thread>

#include <gtest/gtest.h>

#include "pkg/http/client.hpp"
#include "test/support/run.hpp"
#include "test/support/scripted_server.hpp"

namespace weir::http {
namespace {

using test::Peer;
using test::ScriptedServer;

asio::awaitable<std::string> read_all(Client& client, std::string url, CallOptions options) {
  Request request{"GET", *Url::parse(url)};
  auto response = co_await client.open(std::move(request), options);
  std::string out = std::to_string(response.status) + ":";
  while (true) {
    const std::string piece = co_await response.body->read_some();
    if (piece.empty()) break;
    out += "[" + piece + "]";
  }
  co_return out;
}

asio::awaitable<std::string> read_one(Client& client, std::string url) {
  Request request{"GET", *Url::parse(url)};
  const CallOptions options;
  auto response = co_await client.open(std::move(request), options);
  co_return co_await response.body->read_some();
}

class HttpStream : public ::testing::Test {
 protected:
  asio::io_context reactor_;
  Client client_{reactor_.get_executor(), ConnectionOptions{}};
};

void two_lines(Peer& peer) {
  while (!peer.read_request().empty()) {
    peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
    peer.write("4\r\none\n\r\n");
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
    peer.write("4\r\ntwo\n\r\n0\r\n\r\n");
  }
}

TEST_F(HttpStream, PiecesComeAsTheyArriveAndTheConnectionIsKept) {
  ScriptedServer server{two_lines};
  EXPECT_EQ(test::run(reactor_, read_all(client_, server.url(), CallOptions{})), "200:[one\n][two\n]");
  EXPECT_EQ(test::run(reactor_, read_all(client_, server.url(), CallOptions{})), "200:[one\n][two\n]");
  EXPECT_EQ(server.connections(), 1u);
}

TEST_F(HttpStream, LeavingEarlyClosesTheConnection) {
  ScriptedServer server{two_lines};
  EXPECT_EQ(test::run(reactor_, read_one(client_, server.url())), "one\n");
  EXPECT_EQ(client_.idle_connections(), 0u);
}

TEST_F(HttpStream, TheCallsDeadlineEndsWithTheHeaders) {
  ScriptedServer server{two_lines};
  CallOptions options;
  options.timeout = Milliseconds{15};
  options.idle_timeout = Milliseconds{10'000};
  EXPECT_EQ(test::run(reactor_, read_all(client_, server.url(), options)), "200:[one\n][two\n]");
}

TEST_F(HttpStream, SilenceEndsInATimeout) {
  ScriptedServer server{[](Peer& peer) {
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    peer.wait_for_close();
  }};
  CallOptions options;
  options.idle_timeout = Milliseconds{30};
  try {
    test::run(reactor_, read_all(client_, server.url(), options));
    FAIL();
  } catch (const async::TimedOut& error) {
    EXPECT_NE(std::string{error.what()}.find(": timed out after 30ms"), std::string::npos);
  }
}

TEST_F(HttpStream, ABreakInTheMiddleIsAnError) {
  ScriptedServer server{[](Peer& peer) {
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  }};
  EXPECT_THROW(test::run(reactor_, read_all(client_, server.url(), CallOptions{})), TransportError);
}

}  // namespace
}  // namespace weir::http
