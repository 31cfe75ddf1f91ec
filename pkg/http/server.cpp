#include "pkg/http/server.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <stdexcept>
#include <system_error>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/parser.hpp>

#include "pkg/async/task_group.hpp"
#include "pkg/async/timeout.hpp"
#include "pkg/base/scope.hpp"
#include "pkg/base/text.hpp"
#include "pkg/http/byte_range.hpp"
#include "pkg/http/connection.hpp"
#include "pkg/http/guest_list.hpp"
#include "pkg/http/http_date.hpp"
#include "pkg/http/piece_body.hpp"

namespace weir::http {

namespace {

namespace beast_http = boost::beast::http;
using asio::ip::tcp;
using Parser = beast_http::request_parser<PieceBody>;

constexpr std::size_t kReadBytes = 8 * 1024;
constexpr std::uint32_t kHeaderLimitBytes = 16 * 1024;

std::string_view reason_of(unsigned status) {
  const auto reason = beast_http::obsolete_reason(beast_http::int_to_status(status));
  return std::string_view{reason.data(), reason.size()};
}

tcp::endpoint parse_address(const std::string& address, bool& is_any) {
  const auto colon = address.rfind(':');
  auto bad = [&]() {
    return std::invalid_argument{text::cat("listen address: expected host:port or :port, got ", text::quoted(address))};
  };
  if (colon == std::string::npos) throw bad();
  std::uint16_t port = 0;
  const char* end = address.data() + address.size();
  const auto [stop, error] = std::from_chars(address.data() + colon + 1, end, port);
  if (error != std::errc{} || stop != end) throw bad();
  std::string host = address.substr(0, colon);
  if (host.size() > 1 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  is_any = host.empty();
  if (is_any) return tcp::endpoint{tcp::v6(), port};
  if (host == "localhost") host = "127.0.0.1";
  boost::system::error_code not_address;
  const auto parsed = asio::ip::make_address(host, not_address);
  if (not_address) throw bad();
  return tcp::endpoint{parsed, port};
}

/// The path of a target, decoded; nullopt for what no client of ours sends: "..", broken escapes, a
/// NUL.
std::optional<std::string> clean_path(std::string_view target) {
  auto decoded = percent_decode(target.substr(0, target.find('?')));
  if (!decoded || !decoded->starts_with('/') || decoded->find('\0') != std::string::npos) return std::nullopt;
  for (const auto segment : text::split(*decoded, '/')) {
    if (segment == "." || segment == "..") return std::nullopt;
  }
  return std::move(*decoded);
}

bool lists_tag(std::string_view header, std::string_view tag) {
  if (text::trim(header) == "*") return true;
  for (auto part : text::split(header, ',')) {
    part = text::trim(part);
    if (part.starts_with("W/")) part.remove_prefix(2);
    if (!tag.empty() && part == tag) return true;
  }
  return false;
}

bool is_not_modified(const ServerRequest& request, std::string_view tag, WallTime modified) {
  if (const auto header = request.headers.get("If-None-Match")) return lists_tag(*header, tag);
  const auto header = request.headers.get("If-Modified-Since");
  const auto since = header ? parse_http_date(*header) : std::nullopt;
  return since && std::chrono::floor<std::chrono::seconds>(modified) <= *since;
}

/// If-Range: a part is only good when the file is still the one the client has the beginning of.
bool is_range_current(const ServerRequest& request, std::string_view tag, WallTime modified) {
  const auto header = request.headers.get("If-Range");
  if (!header) return true;
  if (header->starts_with('"')) return *header == tag;
  const auto date = parse_http_date(*header);
  return date && std::chrono::floor<std::chrono::seconds>(modified) == *date;
}

/// Turns the answer for a file into what conditions and ranges make of it. @returns the part to
/// send
std::optional<ByteRange> settle_file(const ServerRequest& request, ServerResponse& response) {
  const auto size = response.file->size_bytes();
  const auto modified = response.file->modified();
  response.headers.set("Last-Modified", to_http_date(modified));
  response.headers.set("Accept-Ranges", "bytes");
  const std::string tag{response.headers.get_or_empty("ETag")};
  if (is_not_modified(request, tag, modified)) {
    response.status = 304;
    response.file.reset();
    return std::nullopt;
  }
  const auto range = request.headers.get("Range");
  if (range && response.status == 200 && is_range_current(request, tag, modified)) {
    const auto answer = parse_range(*range, size);
    if (answer.kind == RangeAnswer::Kind::kUnsatisfiable) {
      response.status = 416;
      response.headers.set("Content-Range", text::cat("bytes */", size));
      response.file.reset();
      return std::nullopt;
    }
    if (answer.kind == RangeAnswer::Kind::kPart) {
      response.status = 206;
      response.headers.set(
          "Content-Range",
          text::cat("bytes ", answer.part->first, '-', answer.part->first + answer.part->length - 1, '/', size)
      );
      return answer.part;
    }
  }
  return ByteRange{0, size};
}

/// The connection broke, or the client was too slow.
bool is_of_client(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const TransportError&) {
    return true;
  } catch (const async::TimedOut&) {
    return true;
  } catch (...) {
    return false;
  }
}

}  // namespace

struct Server::State : std::enable_shared_from_this<Server::State> {
  State(asio::any_io_executor executor_, const Router& router_, ServerOptions options_)
      : executor{executor_},
        router{router_},
        options{std::move(options_)},
        acceptor{executor_},
        guests{limits_of(options)},
        tasks{executor_, [this](std::string_view, const std::exception_ptr& failure) {
                if (!is_of_client(failure)) tell("", failure);
              }} {
    listen();
  }

  void tell(std::string_view request, const std::exception_ptr& failure) const {
    if (options.on_failure) options.on_failure(request, failure);
  }

  void listen() {
    bool is_any = false;
    auto endpoint = parse_address(options.address, is_any);
    boost::system::error_code error;
    acceptor.open(endpoint.protocol(), error);
    if (error && is_any) {  // a machine without IPv6
      endpoint = tcp::endpoint{tcp::v4(), endpoint.port()};
      acceptor.open(endpoint.protocol(), error);
    }
    if (!error && endpoint.protocol() == tcp::v6()) {
      boost::system::error_code ignored;
      acceptor.set_option(asio::ip::v6_only{!is_any}, ignored);
    }
    if (!error) acceptor.set_option(asio::socket_base::reuse_address{true}, error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) throw std::system_error{error, text::cat("listen on ", text::quoted(options.address))};
  }

  static GuestList::Limits limits_of(const ServerOptions& options) {
    GuestList::Limits out;
    out.most = options.max_connections;
    out.most_of_one_peer = options.max_connections_of_peer;
    out.patience = options.send_timeout;
    return out;
  }

  asio::awaitable<void> accept() {
    while (acceptor.is_open()) {
      auto [error, socket] = co_await acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
      if (error == asio::error::operation_aborted) {
        if (is_stopping) co_return;
        async::throw_cancelled();
      }
      if (error) {  // out of descriptors, or the client went away: neither ends the server
        co_await async::sleep_for(Milliseconds{50});
        continue;
      }
      boost::system::error_code gone;
      const auto peer = socket.remote_endpoint(gone);
      if (gone) continue;
      const auto admission = guests.admit(peer.address().to_string(), std::chrono::steady_clock::now());
      if (admission.leaves) close(*admission.leaves);
      if (!admission.id) continue;
      auto connection = std::make_shared<Connection>(std::move(socket), "client");
      connections.emplace(*admission.id, connection);
      tasks.spawn("connection", serve(shared_from_this(), std::move(connection), *admission.id));
    }
  }

  void close(GuestList::Id guest) {
    guests.leave(guest);
    if (const auto at = connections.find(guest); at != connections.end()) at->second->close();
  }

  /// Counts what is held for a guest. When it is too much of all together, somebody is closed, which may be itself.
  void hold(GuestList::Id guest, std::size_t bytes) {
    guests.hold(guest, bytes);
    while (guests.held_bytes() > options.max_held_bytes) {
      const auto heaviest = guests.heaviest();
      if (!heaviest) return;
      close(*heaviest);
    }
  }

  void set_state(GuestList::Id guest, GuestList::State state) {
    guests.set_state(guest, state, std::chrono::steady_clock::now());
  }

  static asio::awaitable<void> serve(
      std::shared_ptr<State> self, std::shared_ptr<Connection> connection, GuestList::Id guest
  ) {
    const ScopeExit leaves{[state = self.get(), guest] {
      state->guests.leave(guest);
      state->connections.erase(guest);
    }};
    std::string buffer;
    bool is_first = true;
    bool goes_on = true;
    while (goes_on && !self->is_stopping) {
      goes_on = co_await self->serve_one(*connection, buffer, guest, is_first);
      is_first = false;
    }
    connection->close();
  }

  /// @returns whether another request may follow
  asio::awaitable<bool> serve_one(Connection& connection, std::string& buffer, GuestList::Id guest, bool is_first) {
    const ScopeExit lets_go{[this, guest] { guests.hold(guest, 0); }};
    std::size_t received = 0;
    Parser parser;
    parser.eager(true);
    parser.header_limit(kHeaderLimitBytes);
    parser.body_limit(options.max_body_bytes);
    connection.set_phase(Phase::kReceive);
    bool has_started = !buffer.empty();
    connection.set_timeout(is_first || has_started ? options.header_timeout : options.idle_timeout);
    set_state(guest, has_started ? GuestList::State::kReading : GuestList::State::kIdle);
    bool parse_now = has_started;
    while (!parser.is_done()) {
      if (!parse_now) {
        const std::size_t before = buffer.size();
        buffer.resize(before + kReadBytes);
        std::size_t got = 0;
        std::exception_ptr failure;
        try {
          got = co_await connection.read_some(buffer.data() + before, kReadBytes);
        } catch (...) {
          failure = std::current_exception();
        }
        if (failure) {
          if (async::is_cancelled(failure) && !is_stopping) std::rethrow_exception(failure);
          co_return false;  // gone, or silent for too long
        }
        buffer.resize(before + got);
        if (got == 0) co_return false;
        if (!has_started && !is_first) connection.set_timeout(options.header_timeout);
        has_started = true;
        set_state(guest, GuestList::State::kReading);
        received += got;
        hold(guest, received);
      }
      parse_now = false;
      boost::system::error_code error;
      while (!buffer.empty() && !parser.is_done()) {
        const std::size_t used = parser.put(asio::const_buffer{buffer.data(), buffer.size()}, error);
        buffer.erase(0, used);
        if (error || used == 0) break;
      }
      if (error && error != beast_http::error::need_more) {
        const bool is_large = error == beast_http::error::body_limit;
        ServerResponse refusal = is_large ? ServerResponse{413, "the request is too large\n"}
                                          : ServerResponse{400, "not a proper HTTP request\n"};
        ServerRequest none;
        co_await answer(connection, none, refusal, false);
        co_return false;
      }
    }
    buffer.shrink_to_fit();
    ServerRequest request = make_request(parser);
    const bool keeps = parser.keep_alive() && !is_stopping;
    set_state(guest, GuestList::State::kAnswering);
    auto response = co_await respond(request);
    hold(guest, request.body.size() + response.body.size());
    co_await answer(connection, request, response, keeps);
    co_return keeps;
  }

  static ServerRequest make_request(Parser& parser) {
    auto& message = parser.get();
    ServerRequest request;
    const auto method = message.method_string();
    const auto target = message.target();
    request.method = std::string{method.data(), method.size()};
    const std::string_view target_text{target.data(), target.size()};
    request.path = clean_path(target_text).value_or("");
    const auto question = target_text.find('?');
    if (question != std::string_view::npos) request.query = std::string{target_text.substr(question + 1)};
    for (const auto& field : message) {
      const auto name = field.name_string();
      const auto value = field.value();
      request.headers.add(std::string_view{name.data(), name.size()}, std::string{value.data(), value.size()});
    }
    request.body = std::move(message.body());
    return request;
  }

  asio::awaitable<ServerResponse> respond(const ServerRequest& request) {
    if (request.path.empty()) co_return ServerResponse{400, "not a proper path\n"};
    std::exception_ptr failure;
    try {
      co_return co_await router.route(request);
    } catch (...) {
      failure = std::current_exception();
    }
    if (async::is_cancelled(failure)) std::rethrow_exception(failure);
    tell(text::cat(request.method, ' ', request.path), failure);
    co_return ServerResponse{500, "internal error\n"};
  }

  asio::awaitable<void> answer(
      Connection& connection, const ServerRequest& request, ServerResponse& response, bool keeps
  ) {
    std::optional<ByteRange> part;
    if (response.file) part = settle_file(request, response);
    std::string head = text::cat("HTTP/1.1 ", response.status, ' ', reason_of(response.status), "\r\n");
    for (const auto& field : response.headers) text::append(head, field.name, ": ", field.value, "\r\n");
    const std::uint64_t length = part ? part->length : response.body.size();
    const bool has_length = response.status != 304 && response.status != 204;
    if (has_length) text::append(head, "Content-Length: ", length, "\r\n");
    text::append(head, "Date: ", to_http_date(std::chrono::system_clock::now()), "\r\n");
    if (!keeps) head += "Connection: close\r\n";
    head += "\r\n";
    connection.set_timeout(part ? options.send_timeout : options.text_timeout);
    connection.set_phase(Phase::kSend);
    const bool has_body = request.method != "HEAD" && has_length;
    if (has_body && !part) head += response.body;
    co_await connection.write(head);
    if (has_body && part && response.file)
      co_await connection.send_file(response.file->descriptor(), part->first, part->length);
  }

  asio::any_io_executor executor;
  const Router& router;
  const ServerOptions options;
  tcp::acceptor acceptor;
  GuestList guests;
  std::map<GuestList::Id, std::shared_ptr<Connection>> connections;
  async::TaskGroup tasks;
  bool is_stopping = false;
};

Server::Server(asio::any_io_executor executor, const Router& router, ServerOptions options)
    : state_{std::make_shared<State>(std::move(executor), router, std::move(options))} {}

Server::~Server() {
  state_->is_stopping = true;
  boost::system::error_code ignored;
  state_->acceptor.close(ignored);
}

std::uint16_t Server::port() const { return state_->acceptor.local_endpoint().port(); }

asio::awaitable<void> Server::run() {
  const auto state = state_;
  co_await state->accept();
}

asio::awaitable<void> Server::stop(Milliseconds grace) {
  const auto state = state_;
  state->is_stopping = true;
  boost::system::error_code ignored;
  state->acceptor.close(ignored);
  for (const auto& [guest, connection] : state->connections) {
    if (state->guests.state(guest) == GuestList::State::kIdle) connection->close();
  }
  try {
    co_await async::with_timeout(grace, state->tasks.wait_until_empty());
    co_return;
  } catch (const async::TimedOut&) {
    // cut below
  }
  co_await state->tasks.stop(Milliseconds{0});
}

std::size_t Server::connections() const { return state_->tasks.size(); }

}  // namespace weir::http
