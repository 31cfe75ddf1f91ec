#include "pkg/http/dial.hpp"

#include "pkg/base/text.hpp"
#include "pkg/http/connection.hpp"
#include "pkg/http/proxy.hpp"

namespace weir::http {

asio::awaitable<int> dial(std::string host, std::uint16_t port, ProxyOptions proxy_options, Milliseconds timeout) {
  const auto executor = co_await asio::this_coro::executor;
  const auto proxy = parse_proxy(proxy_options);
  auto connection = std::make_shared<Connection>(executor, text::cat(host, ':', port));
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  connection->set_deadline(deadline, timeout);
  if (proxy) {
    if (proxy->kind == Proxy::Kind::kHttps)
      throw TransportError{
          through(*proxy, connection->peer()),
          Phase::kProxy,
          "a proxy that is spoken to over TLS carries http and https URLs only"};
    co_await connect_to_proxy(*connection, *proxy, nullptr);
    co_await open_tunnel(*connection, *proxy, host, port);
  } else {
    auto endpoints = co_await resolve(host, port, deadline);
    co_await connection->connect(std::move(endpoints));
  }
  co_return connection->release();
}

}  // namespace weir::http
