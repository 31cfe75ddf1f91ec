#include "pkg/cloud/exchange.hpp"

#include <algorithm>
#include <charconv>

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"

namespace weir::cloud {
namespace {

constexpr Milliseconds kTimeout{15'000};
constexpr Milliseconds kMetadataTimeout{2'000};
constexpr std::size_t kMaxAnswerBytes = 256u << 10;
constexpr std::size_t kLongestCode = 80;

/// A service's error code. Its sentences are left out: some repeat parts of what was sent.
std::string code_of(const http::Response& response) {
  std::string code;
  if (const auto document = json::parse(response.body); document.has_value()) {
    for (const auto* name : {"error", "__type", "code", "Code"}) {
      if (code.empty()) code = document->text_at({name});
    }
    if (code.empty()) code = document->text_at({"error", "status"});
    if (const auto hash = code.rfind('#'); hash != code.npos) code.erase(0, hash + 1);
  } else {
    const auto rest = text::cut(response.body, "<Code>").second;
    const auto end = rest.find("</Code>");
    if (end != rest.npos) code = rest.substr(0, end);
  }
  const bool is_word =
      code.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-:/") == code.npos;
  return is_word && code.size() <= kLongestCode ? code : "";
}

asio::awaitable<http::Response> send(
    const Session& session, http::Transport& transport, http::Request request, std::string about, Milliseconds timeout
) {
  request.headers.set("User-Agent", session.user_agent);
  http::CallOptions call;
  call.timeout = timeout;
  call.max_body_bytes = kMaxAnswerBytes;
  const std::string authority = request.url.authority();
  auto response = co_await transport.send(std::move(request), call);
  if (response.status != 200 && response.status != 201) {
    const auto code = code_of(response);
    throw Refused{
        response.status,
        text::cat(
            about, " at ", authority, ": unexpected status code ", response.status, code.empty() ? "" : ": ", code
        )};
  }
  co_return response;
}

}  // namespace

http::Url parse_endpoint(std::string_view what, std::string_view text) {
  auto url = http::Url::parse(text);
  if (url.has_error()) throw CloudError{text::cat(what, ": ", url.error().text())};
  return std::move(*url);
}

http::Url at_path(http::Url endpoint, std::string_view path) {
  while (endpoint.target.ends_with('/')) endpoint.target.pop_back();
  endpoint.target += path;
  return endpoint;
}

http::Request form_request(http::Url url, std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
  http::Request request{"POST", std::move(url)};
  request.headers.set("Content-Type", "application/x-www-form-urlencoded");
  for (const auto& [name, value] : fields) {
    if (!request.body.empty()) request.body += '&';
    text::append(request.body, http::percent_encode(name), "=", http::percent_encode(value));
  }
  return request;
}

asio::awaitable<http::Response> exchange(
    const Session& session, http::Transport& transport, http::Request request, std::string about
) {
  return send(session, transport, std::move(request), std::move(about), kTimeout);
}

asio::awaitable<http::Response> exchange_as_controller(
    const Session& session, http::Request request, std::string about
) {
  auto& transport = request.url.is_https() ? session.outbound : session.direct;
  return exchange(session, transport, std::move(request), std::move(about));
}

asio::awaitable<http::Response> ask_metadata(const Session& session, http::Request request, std::string about) {
  return send(session, session.direct, std::move(request), std::move(about), kMetadataTimeout);
}

json::Value json_answer(const http::Response& response, std::string_view about) {
  auto document = json::parse(response.body);
  if (document.has_error() || !document->is_object())
    throw CloudError{text::cat(about, ": expected a JSON object as answer")};
  return std::move(*document);
}

json::Value json_array(const http::Response& response, std::string_view about) {
  auto document = json::parse(response.body);
  if (document.has_error() || !document->is_array())
    throw CloudError{text::cat(about, ": expected a JSON array as answer")};
  return std::move(*document);
}

std::string required_text(const json::Value& document, std::string_view name, std::string_view about) {
  const auto value = document.text_at({name});
  if (value.empty()) throw CloudError{text::cat(about, ": expected ", text::quoted(name), " in the answer")};
  return std::string{value};
}

WallTime expiry_of(const json::Value& document, std::string_view name, WallTime now) {
  std::int64_t seconds = 3'600;
  if (const auto* value = document.find(name)) {
    if (const auto number = value->integer()) seconds = *number;
    if (const auto text = value->text()) std::from_chars(text->data(), text->data() + text->size(), seconds);
  }
  return now + std::chrono::seconds{std::clamp<std::int64_t>(seconds, 0, 7 * 86'400)};
}

std::string read_token_file(const Environment& environment, const std::string& path, std::string_view about) {
  const auto content = environment.file(path);
  if (!content) throw CloudError{text::cat(about, ": the file ", path, " cannot be read")};
  const auto token = text::trim(*content);
  if (token.empty()) throw CloudError{text::cat(about, ": the file ", path, " is empty")};
  return std::string{token};
}

}  // namespace weir::cloud
