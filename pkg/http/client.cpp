#include "pkg/http/client.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <utility>
#include <vector>

#include <boost/asio/steady_timer.hpp>

#include "pkg/async/limiter.hpp"
#include "pkg/base/digest.hpp"
#include "pkg/base/text.hpp"
#include "pkg/http/connection.hpp"
#include "pkg/http/exchange.hpp"
#include "pkg/http/proxy.hpp"
#include "pkg/http/tls.hpp"

namespace weir::http {

namespace {

struct Idle {
  std::shared_ptr<Connection> connection;
  TimePoint since;
};

/// What is kept for one origin: the most recently used connection is taken first, so that the
/// others can go.
struct Host {
  explicit Host(std::size_t max_calls) : calls{max_calls} {}
  std::vector<Idle> idle;
  async::Limiter calls;
};

bool is_redirect(unsigned status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

TimePoint now() { return std::chrono::steady_clock::now(); }

/// A digest over all options, each with its length in front so that none runs into the next.
std::string identity_of(const ConnectionOptions& options) {
  std::string all;
  for (const std::string_view part : {
           std::string_view{options.ca_pem},
           std::string_view{options.use_system_ca ? "system" : ""},
           std::string_view{options.client_cert_pem},
           std::string_view{options.client_key_pem.reveal()},
           std::string_view{options.tls_server_name},
           std::string_view{options.proxy.address},
           std::string_view{options.proxy.username},
           std::string_view{options.proxy.password.reveal()},
       })
    text::append(all, part.size(), ':', part);
  return sha256_hex(all);
}

}  // namespace

struct Client::State : std::enable_shared_from_this<Client::State> {
  State(asio::any_io_executor executor_, ConnectionOptions options_, PoolOptions pool_)
      : executor{executor_},
        options{std::move(options_)},
        identity{identity_of(options)},
        pool{pool_},
        proxy{parse_proxy(options.proxy)},
        eviction{executor_} {
    const bool has_own_tls =
        !options.ca_pem.empty() || !options.client_cert_pem.empty() || !options.client_key_pem.empty();
    if (has_own_tls) tls();  // a bad certificate is reported at once
  }

  const TlsContext& tls() {
    if (!tls_context) tls_context = std::make_unique<TlsContext>(options);
    return *tls_context;
  }

  Host& host(const std::string& origin) {
    auto& entry = hosts[origin];
    if (!entry) entry = std::make_unique<Host>(pool.max_calls_per_host);
    return *entry;
  }

  std::shared_ptr<Connection> take_idle(Host& from) {
    while (!from.idle.empty()) {
      auto connection = std::move(from.idle.back().connection);
      from.idle.pop_back();
      if (connection->is_quiet()) return connection;
      connection->close();
    }
    return nullptr;
  }

  void keep(const std::string& origin, std::shared_ptr<Connection> connection) {
    auto& idle = host(origin).idle;
    connection->set_deadline(std::nullopt, Milliseconds{0});
    idle.push_back(Idle{std::move(connection), now()});
    if (idle.size() > pool.max_idle_per_host) {
      idle.front().connection->close();
      idle.erase(idle.begin());
    }
    if (!is_evicting) evict_later();
  }

  void evict_later() {
    is_evicting = true;
    eviction.expires_after(pool.idle_timeout);
    eviction.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
      const auto state = weak.lock();
      if (error || !state) return;
      state->is_evicting = false;
      state->evict(now() - state->pool.idle_timeout / 2);
    });
  }

  /// Closes what has been idle since before `limit`.
  void evict(TimePoint limit) {
    bool is_any_left = false;
    for (auto& [origin, entry] : hosts) {
      std::erase_if(entry->idle, [&](const Idle& idle) {
        if (idle.since > limit) return false;
        idle.connection->close();
        return true;
      });
      is_any_left = is_any_left || !entry->idle.empty();
    }
    std::erase_if(hosts, [](const auto& item) {
      return item.second->idle.empty() && item.second->calls.in_use() == 0 && item.second->calls.waiting() == 0;
    });
    if (is_any_left) evict_later();
  }

  /// Whether the proxy itself is asked, instead of the server through a tunnel.
  bool is_forwarded(const Url& url) const { return proxy && !url.is_https() && proxy->kind != Proxy::Kind::kSocks5; }

  asio::awaitable<std::shared_ptr<Connection>> connect(
      Url url, Milliseconds timeout, std::optional<TimePoint> deadline
  ) {
    ++made;
    const std::string peer = text::cat(url.host, ':', url.port);
    auto connection = std::make_shared<Connection>(executor, peer);
    connection->set_deadline(deadline, timeout);
    if (!proxy) {
      auto endpoints = co_await resolve(url.host, url.port, deadline);
      co_await connection->connect(std::move(endpoints));
    } else {
      const bool is_tls = proxy->kind == Proxy::Kind::kHttps;
      co_await connect_to_proxy(*connection, *proxy, is_tls ? &tls() : nullptr);
      if (is_forwarded(url)) {
        connection->set_peer(through(*proxy, peer));
      } else {
        co_await open_tunnel(*connection, *proxy, url.host, url.port);
      }
    }
    if (url.is_https()) {
      const std::string name = options.tls_server_name.empty() ? url.host : options.tls_server_name;
      co_await connection->start_tls(tls(), name);
    }
    co_return connection;
  }

  /// Sends the request and receives the headers of the answer, on a kept connection if there is
  /// one.
  asio::awaitable<std::unique_ptr<Exchange>> begin(const Request& request, const CallOptions& call) {
    const bool by_proxy = is_forwarded(request.url);
    const std::string target =
        by_proxy ? text::cat("http://", request.url.authority(), request.url.target) : request.url.target;
    const std::string head = request_head(request, target, by_proxy ? proxy->authorization() : std::string{});
    const std::string origin = request.url.origin();
    std::optional<TimePoint> deadline;
    if (call.timeout.count() > 0) deadline = now() + std::min(call.timeout, Milliseconds{std::chrono::hours{24 * 365}});

    auto kept = take_idle(host(origin));
    if (kept) {
      kept->set_deadline(deadline, call.timeout);
      auto exchange = std::make_unique<Exchange>(std::move(kept), request.method == "HEAD");
      try {
        co_await exchange->send(head, request.body);
        co_await exchange->receive_headers();
        co_return exchange;
      } catch (const TransportError&) {
        if (!call.retry_stale || !exchange->has_received_nothing()) throw;
      }
      // The server had closed the connection while it was idle; a fresh one tells whether it is
      // well.
    }
    auto connection = co_await connect(request.url, call.timeout, deadline);
    auto exchange = std::make_unique<Exchange>(std::move(connection), request.method == "HEAD");
    co_await exchange->send(head, request.body);
    co_await exchange->receive_headers();
    co_return exchange;
  }

  /// After the end of a body: the connection serves again, or is closed.
  void finish(const std::string& origin, Exchange& exchange) {
    if (exchange.is_reusable()) {
      keep(origin, exchange.connection());
    } else {
      exchange.connection()->close();
    }
  }

  asio::any_io_executor executor;
  const ConnectionOptions options;
  const std::string identity;
  const PoolOptions pool;
  const std::optional<Proxy> proxy;
  std::unique_ptr<TlsContext> tls_context;
  std::map<std::string, std::unique_ptr<Host>> hosts;
  asio::steady_timer eviction;
  bool is_evicting = false;
  std::size_t made = 0;
};

namespace {

/// The next request after a redirect; nullopt when the answer is to be returned as it is.
std::optional<Request> follow(const Request& request, const Headers& headers) {
  const auto location = headers.get("Location");
  if (!location) return std::nullopt;
  const auto target = request.url.resolve(*location);
  const std::string host = request.url.authority();
  if (!target)
    throw TransportError{
        host, Phase::kReceive, text::cat("redirected to something that is no URL: ", target.error().message)};
  if (request.url.is_https() && !target->is_https())
    throw TransportError{
        host, Phase::kReceive, text::cat("refused the redirect from https to http (", target->authority(), ')')};
  Request next = request;
  next.url = *target;
  if (target->origin() != request.url.origin()) {
    next.headers.remove("Authorization");
    next.headers.remove("Cookie");
  }
  return next;
}

bool may_follow(const Request& request, const CallOptions& options, unsigned status, unsigned followed) {
  return is_redirect(status) && followed < options.max_redirects &&
         (request.method == "GET" || request.method == "HEAD");
}

}  // namespace

/// The stream's own hold on the client's state, so that the connection can go back to the pool.
template <class State>
class StreamReader final : public BodyReader {
 public:
  StreamReader(
      std::shared_ptr<State> state, std::string origin, std::unique_ptr<Exchange> exchange, Milliseconds idle_timeout
  )
      : state_{std::move(state)},
        origin_{std::move(origin)},
        exchange_{std::move(exchange)},
        idle_timeout_{idle_timeout} {}

  asio::awaitable<std::string> read_some() override {
    std::string piece;
    if (!exchange_) co_return piece;
    exchange_->connection()->set_timeout(idle_timeout_);
    piece = co_await exchange_->receive_some();
    if (piece.empty()) {
      state_->finish(origin_, *exchange_);
      exchange_.reset();
    }
    co_return piece;
  }

 private:
  std::shared_ptr<State> state_;
  std::string origin_;
  std::unique_ptr<Exchange> exchange_;
  Milliseconds idle_timeout_;
};

Client::Client(asio::any_io_executor executor, ConnectionOptions connection, PoolOptions pool)
    : state_{std::make_shared<State>(std::move(executor), std::move(connection), pool)} {}

Client::~Client() { close_idle(); }

asio::awaitable<Response> Client::send(Request request, const CallOptions& options) {
  const auto state = state_;
  for (unsigned followed = 0;; ++followed) {
    const std::string origin = request.url.origin();
    const auto permit = co_await state->host(origin).calls.acquire();
    auto exchange = co_await state->begin(request, options);
    Response response;
    response.status = exchange->status();
    response.headers = exchange->take_headers();
    const auto length = exchange->content_length();
    if (request.method != "HEAD" && length && *length > options.max_body_bytes)
      throw BodyTooLarge{request.url.authority(), options.max_body_bytes};
    while (true) {
      std::string piece = co_await exchange->receive_some();
      if (piece.empty()) break;
      if (response.body.size() + piece.size() > options.max_body_bytes)
        throw BodyTooLarge{request.url.authority(), options.max_body_bytes};
      if (response.body.empty()) {
        response.body = std::move(piece);
      } else {
        response.body += piece;
      }
    }
    state->finish(origin, *exchange);
    if (!may_follow(request, options, response.status, followed)) co_return response;
    auto next = follow(request, response.headers);
    if (!next) co_return response;
    request = std::move(*next);
  }
}

asio::awaitable<StreamedResponse> Client::open(Request request, const CallOptions& options) {
  const auto state = state_;
  for (unsigned followed = 0;; ++followed) {
    auto exchange = co_await state->begin(request, options);
    StreamedResponse response;
    response.status = exchange->status();
    response.headers = exchange->take_headers();
    if (may_follow(request, options, response.status, followed)) {
      exchange->connection()->close();
      auto next = follow(request, response.headers);
      if (next) {
        request = std::move(*next);
        continue;
      }
    }
    response.body =
        std::make_unique<StreamReader<State>>(state, request.url.origin(), std::move(exchange), options.idle_timeout);
    co_return response;
  }
}

const std::string& Client::identity() const { return state_->identity; }

void Client::close_idle() {
  for (auto& [origin, entry] : state_->hosts) {
    for (auto& idle : entry->idle) idle.connection->close();
    entry->idle.clear();
  }
  state_->eviction.cancel();
  state_->is_evicting = false;
}

std::size_t Client::idle_connections() const {
  std::size_t count = 0;
  for (const auto& [origin, entry] : state_->hosts) count += entry->idle.size();
  return count;
}

std::size_t Client::connections_made() const { return state_->made; }

ClientCache::ClientCache(asio::any_io_executor executor, std::size_t max_unused, PoolOptions pool)
    : executor_{std::move(executor)}, max_unused_{max_unused}, pool_{pool} {}

std::shared_ptr<Transport> ClientCache::get(const ConnectionOptions& options) {
  const auto known =
      std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.options == options; });
  if (known != entries_.end()) {
    std::rotate(known, known + 1, entries_.end());  // the last used stands last
    return entries_.back().client;
  }
  auto client = std::make_shared<Client>(executor_, options, pool_);
  std::size_t unused = 0;
  for (const auto& entry : entries_) unused += entry.client.use_count() == 1 ? 1 : 0;
  for (auto it = entries_.begin(); it != entries_.end() && unused >= max_unused_;) {
    if (it->client.use_count() == 1) {
      it = entries_.erase(it);
      --unused;
    } else {
      ++it;
    }
  }
  entries_.emplace_back(options, client);
  return client;
}

}  // namespace weir::http
