#include "pkg/http/connection.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

#include "pkg/async/event.hpp"
#include "pkg/async/timeout.hpp"
#include "pkg/base/text.hpp"

namespace weir::http {

namespace {

using asio::ip::tcp;

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr Milliseconds kShortestAttempt{2'000};
constexpr std::uint64_t kFilePiece = 1u << 20;

/// Finds a peer that vanished without a word: a watch may be silent for minutes.
void tune(tcp::socket& socket) {
  const int on = 1;
  const int idle_seconds = 30;
  const int interval_seconds = 10;
  const int probes = 3;
  const int descriptor = socket.native_handle();
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, &idle_seconds, sizeof idle_seconds);
  setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, &interval_seconds, sizeof interval_seconds);
  setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
}

std::string lower_message(const boost::system::error_code& error) {
  if (error == asio::error::eof) return "the connection was closed";
  std::string message = error.message();
  if (message.size() > 1 && message[0] >= 'A' && message[0] <= 'Z' && !(message[1] >= 'A' && message[1] <= 'Z'))
    message[0] = static_cast<char>(message[0] - 'A' + 'a');
  return message;
}

/// A lookup in getaddrinfo cannot be interrupted; this outlives whoever stopped waiting for it.
struct Lookup {
  explicit Lookup(const asio::any_io_executor& executor) : resolver{executor} {}
  tcp::resolver resolver;
  boost::system::error_code error;
  Endpoints endpoints;
  async::Event done;
};

}  // namespace

asio::awaitable<Endpoints> resolve(std::string host, std::uint16_t port, std::optional<TimePoint> deadline) {
  boost::system::error_code no_address;
  const auto address = asio::ip::make_address(host, no_address);
  if (!no_address) {
    Endpoints endpoints;
    endpoints.emplace_back(address, port);
    co_return endpoints;
  }
  const auto lookup = std::make_shared<Lookup>(co_await asio::this_coro::executor);
  lookup->resolver.async_resolve(
      host,
      std::to_string(port),
      tcp::resolver::numeric_service,
      [lookup](const boost::system::error_code& error, const tcp::resolver::results_type& results) {
        lookup->error = error;
        for (const auto& entry : results) lookup->endpoints.push_back(entry.endpoint());
        lookup->done.set();
      }
  );
  if (deadline) {
    const auto left = std::chrono::duration_cast<Milliseconds>(*deadline - std::chrono::steady_clock::now());
    const auto limit = std::max(left, Milliseconds{1});
    std::optional<async::TimedOut> timed_out;
    try {
      co_await async::with_timeout(limit, lookup->done.wait());
    } catch (const async::TimedOut&) {
      timed_out.emplace(text::cat("resolve ", host), limit);
    }
    if (timed_out) throw *timed_out;
  } else {
    co_await lookup->done.wait();
  }
  if (lookup->error) throw TransportError{host, Phase::kResolve, lower_message(lookup->error)};
  if (lookup->endpoints.empty()) throw TransportError{host, Phase::kResolve, "the name has no address"};
  co_return std::move(lookup->endpoints);
}

Connection::Connection(const asio::any_io_executor& executor, std::string peer)
    : socket_{executor}, timer_{executor}, peer_{std::move(peer)} {}

Connection::Connection(tcp::socket socket, std::string peer)
    : socket_{std::move(socket)}, timer_{socket_.get_executor()}, peer_{std::move(peer)} {
  socket_.non_blocking(true);
  tune(socket_);
}

Connection::~Connection() { close(); }

void Connection::set_deadline(std::optional<TimePoint> moment, Milliseconds limit) {
  limit_ = limit;
  deadline_ = moment;
  has_expired_ = false;
  if (!moment) {
    timer_.cancel();
    return;
  }
  timer_.expires_at(*moment);  // cancels the wait before
  timer_.async_wait([self = weak_from_this(), moment](const boost::system::error_code& error) {
    const auto connection = self.lock();
    if (error || !connection || connection->deadline_ != moment) return;
    connection->has_expired_ = true;
    boost::system::error_code ignored;
    connection->socket_.cancel(ignored);
  });
}

void Connection::set_timeout(Milliseconds limit) {
  if (limit.count() <= 0) {
    set_deadline(std::nullopt, limit);
  } else {
    set_deadline(std::chrono::steady_clock::now() + std::min(limit, Milliseconds{std::chrono::hours{24 * 365}}), limit);
  }
}

asio::awaitable<void> Connection::connect(Endpoints endpoints) {
  phase_ = Phase::kConnect;
  const auto deadline = deadline_;
  const auto limit = limit_;
  boost::system::error_code failure = asio::error::host_not_found;
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    const std::size_t left = endpoints.size() - i;
    if (left > 1) {
      // An address that swallows packets must leave time for the next one.
      const auto now = std::chrono::steady_clock::now();
      auto attempt = now + kShortestAttempt;
      if (deadline) attempt = std::min(*deadline, std::max(attempt, now + (*deadline - now) / static_cast<int>(left)));
      set_deadline(attempt, limit);
    } else {
      set_deadline(deadline, limit);
    }
    boost::system::error_code ignored;
    socket_.close(ignored);
    socket_.open(endpoints[i].protocol(), failure);
    if (failure) continue;
    socket_.non_blocking(true, ignored);
    tune(socket_);
    std::tie(failure) = co_await socket_.async_connect(endpoints[i], kTuple);
    if (!failure) {
      set_deadline(deadline, limit);
      co_return;
    }
    if (failure == asio::error::operation_aborted && !has_expired_) async::throw_cancelled();
    if (has_expired_ && deadline && std::chrono::steady_clock::now() >= *deadline) throw_timed_out();
  }
  if (has_expired_) throw_timed_out();
  check(failure);
}

asio::awaitable<void> Connection::start_tls(const TlsContext& context, std::string server_name) {
  phase_ = Phase::kTls;
  tls_ = tls_ ? std::make_unique<TlsSession>(context, std::move(tls_), server_name)
              : std::make_unique<TlsSession>(context, socket_.native_handle(), server_name);
  while (true) {
    auto want = TlsSession::Want::kNothing;
    try {
      want = tls_->handshake();
    } catch (const TlsFailure& error) {
      throw TlsError{peer_, error.what()};
    }
    if (want == TlsSession::Want::kNothing) co_return;
    co_await wait_for(want);
  }
}

asio::awaitable<std::size_t> Connection::read_some(char* data, std::size_t size) {
  if (has_expired_) throw_timed_out();
  if (!tls_) {
    const auto [error, got] = co_await socket_.async_read_some(asio::buffer(data, size), kTuple);
    if (error == asio::error::eof) co_return 0;
    check(error);
    co_return got;
  }
  while (true) {
    std::size_t got = 0;
    auto want = TlsSession::Want::kNothing;
    try {
      want = tls_->read(data, size, got);
    } catch (const TlsFailure& error) {
      throw TransportError{peer_, phase_, error.what()};
    }
    if (want == TlsSession::Want::kNothing) co_return got;
    if (want == TlsSession::Want::kEnded) co_return 0;
    co_await wait_for(want);
  }
}

asio::awaitable<void> Connection::write(std::string_view data) {
  if (has_expired_) throw_timed_out();
  if (!tls_) {
    const auto [error, put] = co_await asio::async_write(socket_, asio::buffer(data.data(), data.size()), kTuple);
    check(error);
    co_return;
  }
  while (!data.empty()) {
    std::size_t put = 0;
    auto want = TlsSession::Want::kNothing;
    try {
      want = tls_->write(data.data(), data.size(), put);
    } catch (const TlsFailure& error) {
      throw TransportError{peer_, phase_, error.what()};
    }
    if (want == TlsSession::Want::kEnded) throw TransportError{peer_, phase_, "the connection was closed"};
    data.remove_prefix(put);
    if (want != TlsSession::Want::kNothing) co_await wait_for(want);
  }
}

asio::awaitable<void> Connection::send_file(int descriptor, std::uint64_t offset, std::uint64_t size) {
  if (has_expired_) throw_timed_out();
  auto position = static_cast<off_t>(offset);
  while (size > 0) {
    const auto sent = ::sendfile(socket_.native_handle(), descriptor, &position, std::min(size, kFilePiece));
    if (sent > 0) {
      size -= static_cast<std::uint64_t>(sent);
    } else if (sent == 0) {
      throw std::runtime_error{"the file became shorter while it was sent"};
    } else if (errno == EAGAIN || errno == EINTR) {
      co_await wait(tcp::socket::wait_write);
      if (deadline_) set_timeout(limit_);  // the limit is for a client that takes nothing at all
    } else if (errno == EPIPE || errno == ECONNRESET || errno == ETIMEDOUT) {
      throw TransportError{peer_, phase_, std::strerror(errno)};
    } else {
      throw std::system_error{errno, std::generic_category(), "send a file"};
    }
  }
}

bool Connection::is_quiet() {
  if (!socket_.is_open() || has_expired_) return false;
  if (tls_) return tls_->is_quiet();
  char byte;
  const auto got = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void Connection::close() {
  if (!socket_.is_open()) return;
  if (tls_) tls_->close();
  boost::system::error_code ignored;
  socket_.close(ignored);
  timer_.cancel();
}

int Connection::release() {
  timer_.cancel();
  return socket_.release();
}

asio::awaitable<void> Connection::wait(tcp::socket::wait_type type) {
  if (has_expired_) throw_timed_out();
  const auto [error] = co_await socket_.async_wait(type, kTuple);
  check(error);
}

asio::awaitable<void> Connection::wait_for(TlsSession::Want want) {
  return wait(want == TlsSession::Want::kReadable ? tcp::socket::wait_read : tcp::socket::wait_write);
}

void Connection::check(const boost::system::error_code& error) const {
  if (!error) return;
  if (has_expired_) throw_timed_out();
  if (error == asio::error::operation_aborted) async::throw_cancelled();
  throw TransportError{peer_, phase_, lower_message(error)};
}

void Connection::throw_timed_out() const { throw async::TimedOut{text::cat(to_string(phase_), ' ', peer_), limit_}; }

}  // namespace weir::http
