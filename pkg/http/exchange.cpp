#include "pkg/http/exchange.hpp"

#include <algorithm>

#include <boost/beast/http/parser.hpp>

#include "pkg/base/text.hpp"
#include "pkg/http/piece_body.hpp"

namespace weir::http {

namespace {

namespace beast_http = boost::beast::http;

using Parser = beast_http::response_parser<PieceBody>;

constexpr std::size_t kReadBytes = 16 * 1024;
constexpr std::size_t kJoinedBytes = 64 * 1024;  // a smaller body travels with the head in one write
constexpr std::uint32_t kHeaderLimitBytes = 128 * 1024;

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char character) {
    const auto byte = static_cast<unsigned char>(character);
    return byte > 0x20 && byte < 0x7f &&
           std::string_view{"()<>@,;:\\\"/[]?={}"}.find(character) == std::string_view::npos;
  });
}

bool is_field_value(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char character) {
    return character == '\r' || character == '\n' || character == '\0';
  });
}

}  // namespace

struct Exchange::State {
  explicit State(std::shared_ptr<Connection> connection_, bool is_head_)
      : connection{std::move(connection_)}, is_head{is_head_} {
    renew_parser();
  }

  void renew_parser() {
    parser.emplace();
    parser->eager(true);
    parser->body_limit(boost::none);
    parser->header_limit(kHeaderLimitBytes);
    parser->skip(is_head);
  }

  asio::awaitable<bool> fill() {
    if (start == end) start = end = 0;
    if (buffer.empty()) buffer.resize(kReadBytes);
    if (end == buffer.size()) {
      if (start > 0) {
        std::copy(buffer.data() + start, buffer.data() + end, buffer.data());
        end -= start;
        start = 0;
      } else {
        buffer.resize(buffer.size() * 2);  // one header line longer than the buffer; the header limit bounds it
      }
    }
    const std::size_t got = co_await connection->read_some(buffer.data() + end, buffer.size() - end);
    end += got;
    received += got;
    co_return got > 0;
  }

  /// Feeds what is in the buffer. @returns false when the parser needs more
  bool parse() {
    boost::system::error_code error;
    while (start < end && !parser->is_done()) {
      const std::size_t used = parser->put(asio::const_buffer{buffer.data() + start, end - start}, error);
      start += used;
      if (error == beast_http::error::need_more) return false;
      if (error) fail(text::cat("not a proper HTTP answer: ", error.message()));
      if (used == 0) return false;
      if (!parser->get().body().empty()) return true;
    }
    return parser->is_done();
  }

  void finish_at_end_of_stream() {
    if (!parser->got_some()) fail("the connection was closed");
    boost::system::error_code error;
    parser->put_eof(error);
    if (error) fail(parser->is_header_done() ? "the answer was cut short" : "the connection was closed");
  }

  [[noreturn]] void fail(std::string_view detail) const {
    throw TransportError{connection->peer(), Phase::kReceive, detail};
  }

  std::shared_ptr<Connection> connection;
  const bool is_head;
  std::optional<Parser> parser;
  std::vector<char> buffer;
  std::size_t start = 0;
  std::size_t end = 0;
  std::size_t received = 0;
};

Exchange::Exchange(std::shared_ptr<Connection> connection, bool is_head)
    : state_{std::make_unique<State>(std::move(connection), is_head)} {}
Exchange::~Exchange() = default;

asio::awaitable<void> Exchange::send(std::string_view head, std::string_view body) {
  auto& connection = *state_->connection;
  connection.set_phase(Phase::kSend);
  if (body.size() <= kJoinedBytes) {
    const std::string joined = text::cat(head, body);
    co_await connection.write(joined);
  } else {
    co_await connection.write(head);
    co_await connection.write(body);
  }
  connection.set_phase(Phase::kReceive);
}

asio::awaitable<void> Exchange::receive_headers() {
  auto& state = *state_;
  while (true) {
    while (!state.parser->is_header_done()) {
      const bool more = co_await state.fill();
      if (!more) {
        state.finish_at_end_of_stream();
        state.fail("the connection was closed");
      }
      state.parse();
    }
    if (state.parser->get().result_int() / 100 != 1) co_return;
    state.renew_parser();
    state.parse();
  }
}

asio::awaitable<std::string> Exchange::receive_some() {
  auto& state = *state_;
  auto& piece = state.parser->get().body();
  while (piece.empty() && !state.parser->is_done()) {
    if (state.start < state.end && state.parse()) continue;
    const bool more = co_await state.fill();
    if (more) {
      state.parse();
    } else {
      state.finish_at_end_of_stream();
    }
  }
  std::string out;
  out.swap(piece);
  co_return out;
}

unsigned Exchange::status() const { return state_->parser->get().result_int(); }

Headers Exchange::take_headers() {
  Headers headers;
  for (const auto& field : state_->parser->get()) {
    const auto name = field.name_string();
    const auto value = field.value();
    headers.add(std::string_view{name.data(), name.size()}, std::string{value.data(), value.size()});
  }
  return headers;
}

std::optional<std::uint64_t> Exchange::content_length() const {
  const auto length = state_->parser->content_length();
  if (!length) return std::nullopt;
  return *length;
}

bool Exchange::has_received_nothing() const { return state_->received == 0; }

bool Exchange::is_reusable() const {
  const auto& parser = *state_->parser;
  return parser.is_done() && parser.keep_alive() && !parser.need_eof() && state_->start == state_->end;
}

const std::shared_ptr<Connection>& Exchange::connection() const { return state_->connection; }

std::string request_head(const Request& request, std::string_view target, std::string_view proxy_authorization) {
  const std::string host = request.url.authority();
  auto refuse = [&](std::string_view what) {
    throw TransportError{host, Phase::kSend, text::cat(what, " holds a character that is not allowed there")};
  };
  if (!is_token(request.method)) refuse("the method");
  if (!is_field_value(target)) refuse("the target");
  std::string head;
  head.reserve(512);
  text::append(head, request.method, ' ', target, " HTTP/1.1\r\nHost: ", host, "\r\n");
  for (const auto& field : request.headers) {
    if (!is_token(field.name)) refuse("the name of a header");
    if (!is_field_value(field.value)) refuse(text::cat("the header ", field.name));
    text::append(head, field.name, ": ", field.value, "\r\n");
  }
  if (!proxy_authorization.empty()) text::append(head, "Proxy-Authorization: ", proxy_authorization, "\r\n");
  const bool may_have_body = request.method != "GET" && request.method != "HEAD" && request.method != "DELETE";
  if (may_have_body || !request.body.empty()) text::append(head, "Content-Length: ", request.body.size(), "\r\n");
  head += "\r\n";
  return head;
}

}  // namespace weir::http
