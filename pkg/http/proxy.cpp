#include "pkg/http/proxy.hpp"

#include <charconv>
#include <stdexcept>

#include "pkg/base/base64.hpp"
#include "pkg/base/text.hpp"

namespace weir::http {

namespace {

constexpr std::size_t kAnswerLimitBytes = 16 * 1024;

[[noreturn]] void fail(const Connection& connection, std::string_view detail) {
  throw TransportError{connection.peer(), Phase::kProxy, detail};
}

asio::awaitable<void> read_exactly(Connection& connection, char* data, std::size_t size) {
  while (size > 0) {
    const std::size_t got = co_await connection.read_some(data, size);
    if (got == 0) fail(connection, "the proxy closed the connection");
    data += got;
    size -= got;
  }
}

std::string bracketed(const std::string& host) {
  return host.find(':') == std::string::npos ? host : text::cat('[', host, ']');
}

/// RFC 9110 section 9.3.6.
asio::awaitable<void> connect_http(Connection& connection, const Proxy& proxy, std::string authority) {
  std::string request = text::cat("CONNECT ", authority, " HTTP/1.1\r\nHost: ", authority, "\r\n");
  if (const auto authorization = proxy.authorization(); !authorization.empty())
    text::append(request, "Proxy-Authorization: ", authorization, "\r\n");
  request += "\r\n";
  co_await connection.write(request);
  // One byte at a time: what follows the empty line belongs to the tunnel.
  std::string answer;
  while (!answer.ends_with("\r\n\r\n")) {
    if (answer.size() > kAnswerLimitBytes) fail(connection, "the proxy's answer has no end");
    char byte = 0;
    co_await read_exactly(connection, &byte, 1);
    answer += byte;
  }
  const auto [version, rest] = text::cut(answer, " ");
  const auto status = rest.substr(0, 3);
  if (!version.starts_with("HTTP/1.") || !status.starts_with('2'))
    fail(connection, text::cat("the proxy answered ", rest.substr(0, rest.find('\r'))));
}

std::string_view socks_error(unsigned char code) {
  switch (code) {
    case 1: return "general failure of the SOCKS proxy";
    case 2: return "the SOCKS proxy's rules forbid the connection";
    case 3: return "network unreachable from the SOCKS proxy";
    case 4: return "host unreachable from the SOCKS proxy";
    case 5: return "connection refused behind the SOCKS proxy";
    case 6: return "time to live expired behind the SOCKS proxy";
    default: return "the SOCKS proxy refused";
  }
}

/// RFC 1928, with the user name and password of RFC 1929; names are looked up by the proxy.
asio::awaitable<void> connect_socks5(Connection& connection, const Proxy& proxy, std::string host, std::uint16_t port) {
  if (host.size() > 255) fail(connection, "the host name is too long for SOCKS");
  const bool has_user = !proxy.username.empty();
  const std::string greeting{"\x05\x01", 2};
  const std::string offer = text::cat(greeting, has_user ? '\x02' : '\0');
  co_await connection.write(offer);
  unsigned char choice[2];
  co_await read_exactly(connection, reinterpret_cast<char*>(choice), sizeof choice);
  if (choice[0] != 5) fail(connection, "not a SOCKS5 proxy");
  if (choice[1] == 0xff) fail(connection, "the SOCKS proxy accepts none of our ways to log in");
  if (choice[1] == 2) {
    const std::string& password = proxy.password.reveal();
    if (proxy.username.size() > 255 || password.size() > 255)
      fail(connection, "user name or password too long for SOCKS");
    std::string login{"\x01"};
    login += static_cast<char>(proxy.username.size());
    login += proxy.username;
    login += static_cast<char>(password.size());
    login += password;
    co_await connection.write(login);
    unsigned char verdict[2];
    co_await read_exactly(connection, reinterpret_cast<char*>(verdict), sizeof verdict);
    if (verdict[1] != 0) fail(connection, "the SOCKS proxy refused the user name or password");
  }
  std::string request{"\x05\x01\x00\x03", 4};
  request += static_cast<char>(host.size());
  request += host;
  request += static_cast<char>(port >> 8);
  request += static_cast<char>(port & 0xff);
  co_await connection.write(request);
  unsigned char head[5];
  co_await read_exactly(connection, reinterpret_cast<char*>(head), sizeof head);
  if (head[1] != 0) fail(connection, socks_error(head[1]));
  // The bound address is of no use; the fifth byte is its first, or the length of a name.
  const std::size_t rest = head[3] == 1 ? 3 + 2 : head[3] == 4 ? 15 + 2 : std::size_t{head[4]} + 2;
  std::string ignored(rest, '\0');
  co_await read_exactly(connection, ignored.data(), ignored.size());
}

}  // namespace

std::string Proxy::authorization() const {
  if (username.empty()) return {};
  return text::cat("Basic ", base64::encode(text::cat(username, ':', password.reveal())));
}

std::string Proxy::peer() const { return text::cat(bracketed(host), ':', port); }

std::string through(const Proxy& proxy, std::string_view target) {
  return text::cat(target, " through the proxy ", proxy.peer());
}

std::optional<Proxy> parse_proxy(const ProxyOptions& options) {
  if (options.address.empty()) return std::nullopt;
  const auto [scheme, rest] = text::cut(options.address, "://");
  Proxy proxy;
  const std::string kind = text::lower(scheme);
  if (kind == "socks5" || kind == "socks5h") {
    proxy.kind = Proxy::Kind::kSocks5;
  } else if (kind == "https") {
    proxy.kind = Proxy::Kind::kHttps;
  } else if (kind != "http") {
    throw std::invalid_argument{"proxy address: expected http://, https:// or socks5:// at the start"};
  }
  // The URL parser knows http and https only; a SOCKS address has the same form.
  const bool is_tls = proxy.kind == Proxy::Kind::kHttps;
  const auto url = Url::parse(text::cat(is_tls ? "https://" : "http://", rest));
  if (!url) throw std::invalid_argument{text::cat("proxy address: ", url.error().message)};
  proxy.host = url->host;
  const bool is_default_port = url->port == 80 && !rest.substr(0, rest.find('/')).ends_with(":80");
  proxy.port = is_default_port && proxy.kind == Proxy::Kind::kSocks5 ? std::uint16_t{1080} : url->port;
  proxy.username = options.username.empty() ? url->user : options.username;
  proxy.password = options.username.empty() ? url->password : options.password;
  return proxy;
}

asio::awaitable<void> connect_to_proxy(Connection& connection, const Proxy& proxy, const TlsContext* tls) {
  connection.set_peer(text::cat("the proxy ", proxy.peer()));
  auto endpoints = co_await resolve(proxy.host, proxy.port, connection.deadline());
  co_await connection.connect(std::move(endpoints));
  if (proxy.kind == Proxy::Kind::kHttps) co_await connection.start_tls(*tls, proxy.host);
}

asio::awaitable<void> open_tunnel(Connection& connection, const Proxy& proxy, std::string host, std::uint16_t port) {
  const std::string target = text::cat(bracketed(host), ':', port);
  connection.set_phase(Phase::kProxy);
  connection.set_peer(through(proxy, target));
  if (proxy.kind == Proxy::Kind::kSocks5) {
    co_await connect_socks5(connection, proxy, std::move(host), port);
  } else {
    co_await connect_http(connection, proxy, target);
  }
  connection.set_peer(target);
}

}  // namespace weir::http
