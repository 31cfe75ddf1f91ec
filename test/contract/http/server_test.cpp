#include "pkg/http/server.hpp"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include "pkg/async/errors.hpp"
#include "pkg/async/event.hpp"
#include "pkg/async/task_group.hpp"
#include "pkg/async/timeout.hpp"
#include "pkg/base/text.hpp"
#include "pkg/http/client.hpp"
#include "pkg/http/connection.hpp"
#include "pkg/http/http_date.hpp"
#include "test/support/run.hpp"
#include "test/support/scratch_folder.hpp"

namespace weir::http {
namespace {

asio::awaitable<ServerResponse> echo(ServerRequest request) {
  co_return ServerResponse{200, request.method + " " + request.path + "?" + request.query + " " + request.body};
}

asio::awaitable<ServerResponse> fail(ServerRequest) {
  throw std::runtime_error{"password=hunter2"};
  co_return ServerResponse{};
}

struct WaitFor {
  explicit WaitFor(async::Event& event_) : event{&event_} {}
  asio::awaitable<ServerResponse> operator()(ServerRequest) const { return wait(*event); }
  static asio::awaitable<ServerResponse> wait(async::Event& event) {
    co_await event.wait();
    co_return ServerResponse{200, "done"};
  }
  async::Event* event;
};

ServerOptions on_loopback() {
  ServerOptions options;
  options.address = "127.0.0.1:0";
  options.max_body_bytes = 1000;
  options.header_timeout = Milliseconds{100};
  return options;
}

class HttpServer : public ::testing::Test {
 protected:
  HttpServer() {
    for (int i = 0; i < 300'000; ++i) content_ += static_cast<char>('a' + i % 26);
    std::ofstream{folder_ / "a.tar.gz"} << content_;
    router_.get("/files/", serve_folder("/files/", folder_.path()));
    router_.get("/echo", echo);
    router_.add("POST", "/echo", echo);
    router_.get("/fail", fail);
    router_.get("/slow", WaitFor{release_});
    tasks_.spawn("server", server_.run());
  }
  ~HttpServer() override {
    test::run(reactor_, server_.stop(Milliseconds{0}));
    test::run(reactor_, tasks_.stop(Milliseconds{1000}));
  }

  ServerOptions options() {
    auto out = on_loopback();
    out.on_failure = [this](std::string_view what, const std::exception_ptr& failure) {
      failures_.push_back(text::cat(what, ": ", async::describe(failure)));
    };
    return out;
  }
  Request request(std::string method, const std::string& path) {
    return Request{std::move(method), *Url::parse("http://127.0.0.1:" + std::to_string(server_.port()) + path)};
  }
  Response send(Request what) { return test::run(reactor_, client_.send(std::move(what), CallOptions{})); }
  Response get(const std::string& path) { return send(request("GET", path)); }

  test::ScratchFolder folder_;
  std::string content_;
  asio::io_context reactor_;
  async::Event release_;
  Router router_;
  std::vector<std::string> failures_;
  Server server_{reactor_.get_executor(), router_, options()};
  async::TaskGroup tasks_{reactor_.get_executor(), [](std::string_view, const std::exception_ptr& error) {
                            ADD_FAILURE() << async::describe(error);
                          }};
  Client client_{reactor_.get_executor(), ConnectionOptions{}};
};

TEST_F(HttpServer, AnswersOnKeptConnections) {
  EXPECT_EQ(get("/echo?a=b").body, "GET /echo?a=b ");
  auto post = request("POST", "/echo");
  post.body = "body";
  EXPECT_EQ(send(post).body, "POST /echo? body");
  EXPECT_EQ(send(request("HEAD", "/echo")).body, "");
  EXPECT_EQ(get("/missing").status, 404u);
  EXPECT_EQ(client_.connections_made(), 1u);
}

TEST_F(HttpServer, WhyAnAnswerIsOurOwnFaultIsHeardHere) {
  EXPECT_EQ(get("/fail?token=abc").status, 500u);
  EXPECT_EQ(get("/nowhere").status, 404u);
  EXPECT_THAT(failures_, testing::ElementsAre("GET /fail: password=hunter2"));
}

TEST_F(HttpServer, AFileThatShrinksWhileItIsSentIsOurFaultAClientThatLeavesIsNot) {
  std::ofstream{folder_ / "large"} << std::string(30'000'000, 'x');
  const CallOptions options;
  auto leaving = client_.open(request("GET", "/files/large"), options);
  { auto gone = test::run(reactor_, std::move(leaving)); }
  auto reading = client_.open(request("GET", "/files/large"), options);
  auto response = test::run(reactor_, std::move(reading));
  std::filesystem::resize_file(folder_ / "large", 10);
  EXPECT_ANY_THROW({
    while (!test::run(reactor_, response.body->read_some()).empty()) {
    }
  });
  EXPECT_THAT(failures_, testing::ElementsAre(": the file became shorter while it was sent"));
}

TEST_F(HttpServer, AFailingHandlerTellsNothing) {
  const auto response = get("/fail");
  EXPECT_EQ(response.status, 500u);
  EXPECT_EQ(response.body, "internal error\n");
}

TEST_F(HttpServer, RefusesLongBodiesAndStrangePaths) {
  auto post = request("POST", "/echo");
  post.body = std::string(1001, 'x');
  EXPECT_EQ(send(post).status, 413u);
  for (const char* path : {"/files/../echo", "/files/%2e%2e/echo", "/%zz", "/files/a%00b"})
    EXPECT_EQ(get(path).status, 400u) << path;
}

TEST_F(HttpServer, SendsFilesWholeAndInParts) {
  const auto whole = get("/files/a.tar.gz");
  EXPECT_EQ(whole.status, 200u);
  EXPECT_EQ(whole.body, content_);
  EXPECT_EQ(whole.headers.get("Accept-Ranges"), "bytes");
  EXPECT_EQ(whole.headers.get("Content-Length"), "300000");

  auto part = request("GET", "/files/a.tar.gz");
  part.headers.set("Range", "bytes=100000-100009");
  const auto answer = send(part);
  EXPECT_EQ(answer.status, 206u);
  EXPECT_EQ(answer.body, content_.substr(100'000, 10));
  EXPECT_EQ(answer.headers.get("Content-Range"), "bytes 100000-100009/300000");

  part.headers.set("Range", "bytes=300000-");
  EXPECT_EQ(send(part).status, 416u);
  EXPECT_EQ(send(part).headers.get("Content-Range"), "bytes */300000");

  const auto head = send(request("HEAD", "/files/a.tar.gz"));
  EXPECT_EQ(head.body, "");
  EXPECT_EQ(head.headers.get("Content-Length"), "300000");
}

TEST_F(HttpServer, AnswersConditionalRequests) {
  const std::string modified{*get("/files/a.tar.gz").headers.get("Last-Modified")};
  auto again = request("GET", "/files/a.tar.gz");
  again.headers.set("If-Modified-Since", modified);
  EXPECT_EQ(send(again).status, 304u);
  again.headers.set("If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(send(again).status, 200u);

  auto part = request("GET", "/files/a.tar.gz");
  part.headers.set("Range", "bytes=0-9");
  part.headers.set("If-Range", modified);
  EXPECT_EQ(send(part).status, 206u);
  part.headers.set("If-Range", "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(send(part).status, 200u);
}

asio::awaitable<std::string> send_raw(std::uint16_t port, std::string text) {
  const auto executor = co_await asio::this_coro::executor;
  auto connection = std::make_shared<Connection>(executor, "server");
  connection->set_timeout(Milliseconds{5000});
  auto endpoints = co_await resolve("127.0.0.1", port, std::nullopt);
  co_await connection->connect(std::move(endpoints));
  co_await connection->write(text);
  std::string out;
  char buffer[4096];
  while (true) {
    const auto got = co_await connection->read_some(buffer, sizeof buffer);
    if (got == 0) co_return out;
    out.append(buffer, got);
  }
}

TEST_F(HttpServer, RequestsThatNeverEndAreDropped) {
  EXPECT_EQ(test::run(reactor_, send_raw(server_.port(), "GET /echo HTT")), "");
}

TEST_F(HttpServer, PipelinedRequestsAreAnsweredInOrder) {
  const auto out = test::run(
      reactor_,
      send_raw(
          server_.port(),
          "GET /echo?1 HTTP/1.1\r\nHost: x\r\n\r\nGET /echo?2 HTTP/1.1\r\nHost: x\r\nConnection: "
          "close\r\n\r\n"
      )
  );
  EXPECT_LT(out.find("GET /echo?1 "), out.find("GET /echo?2 "));
  EXPECT_NE(out.find("GET /echo?2 "), std::string::npos);
}

TEST_F(HttpServer, NonsenseIsA400) {
  EXPECT_TRUE(test::run(reactor_, send_raw(server_.port(), "nonsense\r\n\r\n")).starts_with("HTTP/1.1 400 "));
}

/// Opens a connection, says this much, and keeps it open.
asio::awaitable<std::shared_ptr<Connection>> say(std::uint16_t port, std::string text) {
  const auto executor = co_await asio::this_coro::executor;
  auto connection = std::make_shared<Connection>(executor, "server");
  connection->set_timeout(Milliseconds{5000});
  auto endpoints = co_await resolve("127.0.0.1", port, std::nullopt);
  co_await connection->connect(std::move(endpoints));
  co_await connection->write(text);
  co_return connection;
}

ServerOptions crowded() {
  auto options = on_loopback();
  options.header_timeout = Milliseconds{60'000};
  options.max_connections = 4;
  options.max_connections_of_peer = 4;
  options.max_body_bytes = 1u << 20;
  options.max_held_bytes = 20'000;
  return options;
}

class CrowdedHttpServer : public ::testing::Test {
 protected:
  CrowdedHttpServer() {
    router_.get("/echo", echo);
    router_.add("POST", "/echo", echo);
    tasks_.spawn("server", server_.run());
  }
  ~CrowdedHttpServer() override {
    test::run(reactor_, server_.stop(Milliseconds{0}));
    test::run(reactor_, tasks_.stop(Milliseconds{1000}));
  }
  std::string ask() {
    return test::run(reactor_, send_raw(server_.port(), "GET /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
  }

  asio::io_context reactor_;
  Router router_;
  Server server_{reactor_.get_executor(), router_, crowded()};
  async::TaskGroup tasks_{reactor_.get_executor(), [](std::string_view, const std::exception_ptr& error) {
                            ADD_FAILURE() << async::describe(error);
                          }};
};

// As many as there was room for kept every scrape and probe waiting for as long as they were silent.
TEST_F(CrowdedHttpServer, SilentConnectionsKeepNobodyWaiting) {
  std::vector<std::shared_ptr<Connection>> silent;
  for (int i = 0; i < 10; ++i) silent.push_back(test::run(reactor_, say(server_.port(), i % 2 == 0 ? "" : "GET /ec")));
  EXPECT_THAT(ask(), testing::StartsWith("HTTP/1.1 200 "));
  EXPECT_LE(server_.connections(), 4u);
}

TEST_F(CrowdedHttpServer, UnfinishedBodiesTakeNoMoreThanTheirShare) {
  const std::string head = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n";
  std::vector<std::shared_ptr<Connection>> unfinished;
  for (int i = 0; i < 3; ++i)
    unfinished.push_back(test::run(reactor_, say(server_.port(), head + std::string(9'000, 'x'))));
  test::run(reactor_, async::sleep_for(Milliseconds{50}));
  EXPECT_EQ(server_.connections(), 2u) << "27 kB are over the limit, 18 kB are not";
  EXPECT_THAT(ask(), testing::StartsWith("HTTP/1.1 200 "));
}

TEST(HttpServerOptions, NoBodyIsTakenUnlessItIsAskedFor) {
  asio::io_context reactor;
  Router router;
  router.get("/echo", echo);
  ServerOptions options;
  options.address = "127.0.0.1:0";
  Server server{reactor.get_executor(), router, options};
  async::TaskGroup tasks{reactor.get_executor(), [](std::string_view, const std::exception_ptr&) {}};
  tasks.spawn("server", server.run());
  const auto ask = [&](const std::string& text) { return test::run(reactor, send_raw(server.port(), text)); };
  EXPECT_THAT(ask("GET /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx"), testing::StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(ask("GET /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), testing::StartsWith("HTTP/1.1 200 "));
  test::run(reactor, server.stop(Milliseconds{0}));
  test::run(reactor, tasks.stop(Milliseconds{1000}));
}

asio::awaitable<void> call(Client& client, Request request, std::string& out) {
  const CallOptions options;
  auto response = co_await client.send(std::move(request), options);
  out = std::move(response.body);
}

asio::awaitable<void> release_later(async::Event& event) {
  co_await async::sleep_for(Milliseconds{50});
  event.set();
}

TEST_F(HttpServer, StopWaitsForRunningAnswers) {
  std::string answer;
  get("/echo");  // leaves an idle connection, which must not hold up the stop
  tasks_.spawn("call", call(client_, request("GET", "/slow"), answer));
  tasks_.spawn("call", call(client_, request("GET", "/slow"), answer));
  tasks_.spawn("release", release_later(release_));
  test::run(reactor_, async::sleep_for(Milliseconds{20}));
  const auto start = std::chrono::steady_clock::now();
  test::run(reactor_, server_.stop(Milliseconds{20'000}));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds{5});
  test::run(reactor_, tasks_.wait_until_empty());
  EXPECT_EQ(answer, "done");
  EXPECT_EQ(server_.connections(), 0u);
}

TEST(HttpServerOptions, ABadAddressIsNamed) {
  asio::io_context reactor;
  const Router router;
  ServerOptions options;
  for (const char* address : {"", "8080", "localhost:", ":x", "host.name:80"}) {
    options.address = address;
    EXPECT_THROW(Server(reactor.get_executor(), router, options), std::invalid_argument) << address;
  }
  options.address = "127.0.0.1:0";
  const Server first{reactor.get_executor(), router, options};
  options.address = "127.0.0.1:" + std::to_string(first.port());
  EXPECT_THROW(Server(reactor.get_executor(), router, options), std::system_error);
}

}  // namespace
}  // namespace weir::http
