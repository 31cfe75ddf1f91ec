#include "test/simulation/network.hpp"

#include <unistd.h>

#include "pkg/async/timeout.hpp"
#include "pkg/base/text.hpp"
#include "test/simulation/places.hpp"
#include "test/simulation/time.hpp"
#include "test/support/scripted_api.hpp"

namespace weir::simulation {

void Network::withdraw(const std::string& authority, const http::Transport& server) {
  const auto at = servers_.find(authority);
  if (at != servers_.end() && at->second == &server) servers_.erase(at);
}

http::Transport* Network::find(const std::string& authority) const {
  const auto at = servers_.find(authority);
  return at == servers_.end() ? nullptr : at->second;
}

/// What becomes of one call.
struct Link::Fate {
  Milliseconds there{0};
  Milliseconds back{0};
  bool loses_request = false;
  bool loses_answer = false;
  unsigned refusal = 0;  // an HTTP status; 0: none
};

Link::Fate Link::draw() const {
  const auto& weather = network_.weather;
  Fate out;
  out.there = Milliseconds{chance().below(4)};
  out.back = Milliseconds{chance().below(4)};
  if (chance().chance(weather.slow_calls))
    (chance().chance(500) ? out.there : out.back) += Milliseconds{chance().below(30'000)};
  out.loses_request = chance().chance(weather.lost_requests);
  out.loses_answer = chance().chance(weather.lost_answers);
  if (chance().chance(weather.busy_servers)) out.refusal = std::array{429u, 500u, 503u}.at(chance().below(3));
  return out;
}

namespace {

[[noreturn]] void reset(const std::string& host, http::Phase phase) {
  throw http::TransportError{host, phase, "connection reset by peer"};
}

std::string place_of(const http::Request& request) {
  const auto [path, query] = text::cut(std::string_view{request.url.target}, "?");
  const bool is_dry = query.find("dryRun") != std::string_view::npos;
  return text::cat(request.method, " ", request.url.host, path, is_dry ? " as a dry run" : "");
}

/// 0: as long as it takes.
template <class T>
asio::awaitable<T> within(Milliseconds limit, asio::awaitable<T> work) {
  if (limit.count() == 0) co_return co_await std::move(work);
  co_return co_await async::with_timeout(limit, std::move(work));
}

}  // namespace

/// On the way, and as long as nobody is reached.
asio::awaitable<void> Link::pass(Milliseconds pause) const {
  co_await async::sleep_for(pause);
  while (is_partitioned_ && !is_cut_) co_await async::sleep_for(Milliseconds{200});
}

http::Transport& Link::server_of(const http::Request& request) const {
  auto* server = is_cut_ ? nullptr : network_.find(request.url.authority());
  if (server == nullptr) throw http::TransportError{request.url.host, http::Phase::kConnect, "connection refused"};
  return *server;
}

/// @returns who the request has reached
asio::awaitable<http::Transport*> Link::reach(const Fate& fate, const http::Request& request) const {
  co_await pass(fate.there);
  auto& server = server_of(request);
  if (fate.loses_request) reset(request.url.host, http::Phase::kSend);
  co_return &server;
}

asio::awaitable<void> Link::come_back(const Fate& fate, const std::string& host) const {
  co_await pass(fate.back);
  if (fate.loses_answer || is_cut_) reset(host, http::Phase::kReceive);
}

asio::awaitable<http::Response> Link::exchange(http::Request request, http::CallOptions options) {
  const std::string place = place_of(request);
  if (!is_cut_) places().pass(owner_, place + " is sent");
  if (network_.on_send && !is_cut_) network_.on_send(owner_, request);
  const auto fate = draw();
  const std::string host = request.url.host;
  auto* server = co_await reach(fate, request);
  if (fate.refusal != 0) {
    http::Response busy;
    busy.status = fate.refusal;
    co_return busy;
  }
  auto out = co_await server->send(std::move(request), options);
  if (!is_cut_) places().pass(owner_, place + " was done");
  co_await come_back(fate, host);
  co_return out;
}

asio::awaitable<http::Response> Link::send(http::Request request, const http::CallOptions& options) {
  return within(options.timeout, exchange(std::move(request), options));
}

/// A body whose pieces take their time, and which may break.
class Link::Stream final : public http::BodyReader {
 public:
  Stream(Link& link, std::string host, std::unique_ptr<http::BodyReader> body, Milliseconds idle)
      : link_{link}, host_{std::move(host)}, body_{std::move(body)}, idle_{idle} {}

  asio::awaitable<std::string> read_some() override { return within(idle_, read()); }

 private:
  asio::awaitable<std::string> read() {
    auto out = co_await body_->read_some();
    co_await link_.pass(Milliseconds{chance().below(6)});
    if (link_.is_cut_ || chance().chance(link_.network_.weather.broken_streams)) reset(host_, http::Phase::kReceive);
    co_return out;
  }

  Link& link_;
  const std::string host_;
  std::unique_ptr<http::BodyReader> body_;
  const Milliseconds idle_;
};

asio::awaitable<http::StreamedResponse> Link::begin(http::Request request, http::CallOptions options) {
  const auto fate = draw();
  const std::string host = request.url.host;
  auto* server = co_await reach(fate, request);
  auto out = co_await server->open(std::move(request), options);
  co_await come_back(fate, host);
  out.body = std::make_unique<Stream>(*this, host, std::move(out.body), options.idle_timeout);
  co_return out;
}

asio::awaitable<http::StreamedResponse> Link::open(http::Request request, const http::CallOptions& options) {
  return within(options.timeout, begin(std::move(request), options));
}

asio::awaitable<http::Response> Service::send(http::Request request, const http::CallOptions&) {
  http::ServerRequest asked;
  asked.method = request.method;
  const auto [path, query] = text::cut(request.url.target, "?");
  asked.path = path;
  asked.query = query;
  asked.headers = std::move(request.headers);
  auto answer = co_await router_.route(std::move(asked));
  http::Response out;
  out.status = answer.status;
  out.headers = std::move(answer.headers);
  out.body = std::move(answer.body);
  if (answer.file) {
    out.body.resize(answer.file->size_bytes());
    const auto got = ::pread(answer.file->descriptor(), out.body.data(), out.body.size(), 0);
    out.body.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  }
  co_return out;
}

asio::awaitable<http::StreamedResponse> Service::open(http::Request request, const http::CallOptions& options) {
  auto answer = co_await send(std::move(request), options);
  http::StreamedResponse out;
  out.status = answer.status;
  out.headers = std::move(answer.headers);
  out.body = std::make_unique<test::OnePiece>(std::move(answer.body));
  co_return out;
}

}  // namespace weir::simulation
