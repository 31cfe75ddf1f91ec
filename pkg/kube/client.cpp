#include "pkg/kube/client.hpp"

#include <algorithm>
#include <charconv>

#include "pkg/async/timeout.hpp"
#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"
#include "pkg/kube/watch_decoder.hpp"

namespace weir::kube {
namespace {

constexpr Milliseconds kCallTimeout{30'000};
constexpr std::size_t kMaxAnswerBytes = 256u << 20;
/// Bookmarks come about once a minute: a stream that is silent for longer is dead.
constexpr Milliseconds kWatchSilence{150'000};
constexpr unsigned kMostThrottledRetries = 8;
constexpr Milliseconds kLongestRetryAfter{30'000};

constexpr std::string_view kAcceptMetadata = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
constexpr std::string_view kAcceptMetadataList = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

class Query {
 public:
  void add(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    text::append(text_, text_.empty() ? "?" : "&", name, "=", http::percent_encode(value));
  }
  std::string on(std::string path) const { return path + text_; }

 private:
  std::string text_;
};

/// Whether a name stays one segment of a path. Source: Kubernetes, IsValidPathSegmentName.
bool is_segment(std::string_view name) {
  return name != "." && name != ".." && name.find_first_of("/%") == std::string_view::npos;
}

std::string collection_path(const Resource& resource, std::string_view namespace_) {
  if (is_segment(namespace_)) return resource.path(namespace_);
  throw ApiError{
      400, "BadRequest", text::cat(resource.kind, ": no namespace can be called ", text::quoted(namespace_))};
}

/// The path of one object. A name that is empty, or no single segment, would make it that of the whole collection (and
/// a DELETE of that one of everything), or of a subresource.
std::string object_path(const Resource& resource, std::string_view namespace_, std::string_view name) {
  if (name.empty()) {
    throw ApiError{400, "BadRequest", text::cat(resource.kind, ": an object without a name cannot be asked for")};
  }
  if (!is_segment(name)) {
    throw ApiError{400, "BadRequest", text::cat(resource.kind, ": no object can be called ", text::quoted(name))};
  }
  collection_path(resource, namespace_);
  return resource.path(namespace_, name);
}

json::Value parse_answer(const http::Response& response) {
  auto document = json::parse(response.body);
  if (document.has_error()) {
    throw ApiError{response.status, "", text::cat("the server's answer is no JSON: ", document.error().text())};
  }
  return std::move(*document);
}

/// A 404 that is no metav1.Status comes from the router, not from a resource.
bool is_unserved(const http::Response& response) {
  return response.status == 404 && ApiError::from_body(404, response.body).is_unserved();
}

/// nullopt: do not send again. Source: docs/upstream-rules.md, "Sending again".
std::optional<Milliseconds> retry_pause(const http::Response& response) {
  if (response.status != 429 && response.status < 500) return std::nullopt;
  const auto header = response.headers.get("Retry-After");
  if (!header) return std::nullopt;
  long seconds = 0;
  const auto parsed = std::from_chars(header->data(), header->data() + header->size(), seconds);
  if (parsed.ec != std::errc{} || seconds < 0) return std::nullopt;
  return std::clamp(Milliseconds{seconds * 1000}, Milliseconds{100}, kLongestRetryAfter);
}

std::string_view word_of(Propagation propagation) {
  switch (propagation) {
    case Propagation::kForeground: return "Foreground";
    case Propagation::kOrphan: return "Orphan";
    case Propagation::kBackground: break;
  }
  return "Background";
}

}  // namespace

struct WatchStream::State {
  explicit State(std::unique_ptr<http::BodyReader> body_) : body{std::move(body_)} {}
  std::unique_ptr<http::BodyReader> body;
  WatchDecoder decoder;
};

WatchStream::WatchStream(std::unique_ptr<http::BodyReader> body) : state_{std::make_unique<State>(std::move(body))} {}
WatchStream::~WatchStream() = default;
WatchStream::WatchStream(WatchStream&&) noexcept = default;

asio::awaitable<std::vector<WatchEvent>> WatchStream::next() {
  for (;;) {
    const std::string bytes = co_await state_->body->read_some();
    if (bytes.empty()) co_return std::vector<WatchEvent>{};
    auto events = state_->decoder.feed(bytes);
    if (!events.empty()) co_return events;
  }
}

Client::Client(http::Transport& transport, ClusterConfig config, Identity identity, Observer observer)
    : transport_{transport},
      config_{std::move(config)},
      identity_{std::move(identity)},
      observer_{std::move(observer)} {}

Client Client::as(Identity identity) const {
  Client out{transport_, config_, std::move(identity), observer_};
  out.write_guard_ = write_guard_;
  out.unserved_ = unserved_;
  return out;
}

http::Request Client::request(std::string_view method, std::string target) const {
  http::Request out{std::string{method}, config_.server};
  // A server may live below a path ("https://proxy/k8s/cluster").
  out.url.target = config_.server.target == "/" ? std::move(target) : config_.server.target + target;
  out.headers.set("User-Agent", identity_.user_agent);
  out.headers.set("Accept", "application/json");
  if (const auto token = config_.credentials->token(); !token.empty()) {
    out.headers.set("Authorization", "Bearer " + token.reveal());
  }
  if (!identity_.impersonate_user.empty()) {
    out.headers.set("Impersonate-User", identity_.impersonate_user);
    for (const auto& group : identity_.impersonate_groups) {
      out.headers.add("Impersonate-Group", group);
    }
  }
  return out;
}

std::string_view Client::path_of(const http::Request& request) const {
  auto path = text::cut(request.url.target, "?").first;
  if (config_.server.target != "/") path.remove_prefix(std::min(path.size(), config_.server.target.size()));
  return path;
}

ApiCall Client::call_of(const http::Request& request) const {
  const auto path = path_of(request);
  ApiCall call;
  call.method = request.method;
  call.verb = verb_of(request.method, path, request.headers.get("Content-Type").value_or(""));
  call.resource = resource_in_path(path);
  return call;
}

asio::awaitable<http::Response> Client::send(http::Request request) {
  http::CallOptions options;
  options.timeout = kCallTimeout;
  options.max_body_bytes = kMaxAnswerBytes;
  auto call = call_of(request);
  for (unsigned attempt = 0;; ++attempt) {
    http::Response response;
    std::exception_ptr failure;
    http::Request copy = request;
    if (write_guard_ && call.method != "GET") write_guard_();
    try {
      response = co_await transport_.send(std::move(copy), options);
    } catch (...) {
      failure = std::current_exception();
    }
    call.status = failure ? 0 : response.status;
    if (observer_) observer_(call);
    if (failure) std::rethrow_exception(failure);
    if (unserved_ && is_unserved(response)) unserved_(api_version_in_path(path_of(request)));
    const auto pause = retry_pause(response);
    if (!pause || attempt >= kMostThrottledRetries) co_return response;
    co_await async::sleep_for(*pause);
  }
}

asio::awaitable<http::Response> Client::send_or_throw(http::Request request) {
  auto response = co_await send(std::move(request));
  if (response.status >= 400) throw ApiError::from_body(response.status, response.body);
  co_return response;
}

asio::awaitable<std::optional<Object>> Client::get(const Resource& resource, const ObjectKey& key, Detail detail) {
  auto call = request("GET", object_path(resource, key.namespace_, key.name));
  if (detail == Detail::kMetadata) call.headers.set("Accept", std::string{kAcceptMetadata});
  const auto response = co_await send(std::move(call));
  if (response.status == 404) co_return std::nullopt;
  if (response.status >= 400) throw ApiError::from_body(response.status, response.body);
  co_return Object{parse_answer(response)};
}

asio::awaitable<Page> Client::list(const Resource& resource, const ListOptions& options) {
  Query query;
  query.add("labelSelector", options.label_selector);
  query.add("fieldSelector", options.field_selector);
  query.add("continue", options.continue_token);
  query.add("resourceVersion", options.resource_version);
  if (options.limit > 0) query.add("limit", std::to_string(options.limit));
  auto call = request("GET", query.on(collection_path(resource, options.namespace_)));
  if (options.detail == Detail::kMetadata) {
    call.headers.set("Accept", std::string{kAcceptMetadataList});
  }
  const auto response = co_await send_or_throw(std::move(call));
  auto document = parse_answer(response);
  Page page;
  page.resource_version = document.text_at({"metadata", "resourceVersion"});
  page.continue_token = document.text_at({"metadata", "continue"});
  if (auto* items = document.find("items"); items != nullptr && items->is_array()) {
    page.items = std::move(items->as_array());
  }
  co_return page;
}

asio::awaitable<Object> Client::create(const Resource& resource, const Object& object) {
  auto call = request("POST", collection_path(resource, object.namespace_()));
  call.headers.set("Content-Type", "application/json");
  call.body = json::write(object.document());
  const auto response = co_await send_or_throw(std::move(call));
  co_return Object{parse_answer(response)};
}

asio::awaitable<Object> Client::update(const Resource& resource, const Object& object) {
  auto call = request("PUT", object_path(resource, object.namespace_(), object.name()));
  call.headers.set("Content-Type", "application/json");
  call.body = json::write(object.document());
  const auto response = co_await send_or_throw(std::move(call));
  co_return Object{parse_answer(response)};
}

asio::awaitable<Object> Client::merge_patch(
    const Resource& resource, const ObjectKey& key, const json::Value& patch, const PatchOptions& options
) {
  co_return co_await send_patch(resource, key, "application/merge-patch+json", patch, options);
}

asio::awaitable<Object> Client::json_patch(
    const Resource& resource, const ObjectKey& key, const json::Value& patch, const PatchOptions& options
) {
  co_return co_await send_patch(resource, key, "application/json-patch+json", patch, options);
}

asio::awaitable<Object> Client::send_patch(
    const Resource& resource,
    const ObjectKey& key,
    std::string_view content_type,
    const json::Value& patch,
    const PatchOptions& options
) {
  Query query;
  query.add("fieldManager", options.field_manager);
  std::string path = object_path(resource, key.namespace_, key.name);
  if (!options.subresource.empty()) text::append(path, "/", options.subresource);
  auto call = request("PATCH", query.on(std::move(path)));
  call.headers.set("Content-Type", std::string{content_type});
  if (options.detail == Detail::kMetadata) call.headers.set("Accept", std::string{kAcceptMetadata});
  call.body = json::write(patch);
  const auto response = co_await send_or_throw(std::move(call));
  co_return Object{parse_answer(response)};
}

asio::awaitable<Applied> Client::apply(const Resource& resource, const Object& desired, const ApplyOptions& options) {
  const auto key = desired.key();
  const auto text = json::write(desired.document());
  co_return co_await apply(resource, key, text, options);
}

asio::awaitable<Applied> Client::apply(
    const Resource& resource, const ObjectKey& key, const std::string& desired, const ApplyOptions& options
) {
  Query query;
  query.add("fieldManager", options.field_manager);
  if (options.force) query.add("force", "true");
  if (options.dry_run) query.add("dryRun", "All");
  auto call = request("PATCH", query.on(object_path(resource, key.namespace_, key.name)));
  // JSON is YAML: the server takes one content type for apply.
  call.headers.set("Content-Type", "application/apply-patch+yaml");
  if (options.detail == Detail::kMetadata) call.headers.set("Accept", std::string{kAcceptMetadata});
  call.body = desired;
  const auto response = co_await send_or_throw(std::move(call));
  Applied out;
  out.created = response.status == 201;
  out.object = Object{parse_answer(response)};
  co_return out;
}

asio::awaitable<bool> Client::remove(const Resource& resource, const ObjectKey& key, const DeleteOptions& options) {
  auto body = json::Value::object(
      {{"apiVersion", "v1"}, {"kind", "DeleteOptions"}, {"propagationPolicy", word_of(options.propagation)}}
  );
  if (!options.uid.empty()) body["preconditions"].set("uid", options.uid);
  if (!options.resource_version.empty()) {
    body["preconditions"].set("resourceVersion", options.resource_version);
  }
  auto call = request("DELETE", object_path(resource, key.namespace_, key.name));
  call.headers.set("Content-Type", "application/json");
  call.body = json::write(body);
  const auto response = co_await send(std::move(call));
  if (response.status == 404) co_return false;
  if (response.status >= 400) throw ApiError::from_body(response.status, response.body);
  co_return true;
}

asio::awaitable<WatchStream> Client::watch(const Resource& resource, const WatchOptions& options) {
  Query query;
  query.add("watch", "true");
  query.add("allowWatchBookmarks", "true");
  query.add("labelSelector", options.label_selector);
  query.add("fieldSelector", options.field_selector);
  query.add("resourceVersion", options.resource_version);
  query.add("timeoutSeconds", std::to_string(options.server_timeout.count() / 1000));
  auto call = request("GET", query.on(collection_path(resource, options.namespace_)));
  if (options.detail == Detail::kMetadata) call.headers.set("Accept", std::string{kAcceptMetadata});
  auto observed = call_of(call);
  observed.method = "GET";
  observed.verb = "watch";
  http::CallOptions call_options;
  call_options.timeout = kCallTimeout;
  call_options.idle_timeout = kWatchSilence;
  auto response = co_await transport_.open(std::move(call), call_options);
  observed.status = response.status;
  if (observer_) observer_(observed);
  if (response.status >= 400) {
    std::string body;
    while (body.size() < 65536) {
      const std::string piece = co_await response.body->read_some();
      if (piece.empty()) break;
      body += piece;
    }
    throw ApiError::from_body(response.status, body);
  }
  co_return WatchStream{std::move(response.body)};
}

asio::awaitable<json::Value> Client::get_path(std::string path, std::string accept) {
  auto call = request("GET", std::move(path));
  if (!accept.empty()) call.headers.set("Accept", std::move(accept));
  const auto response = co_await send_or_throw(std::move(call));
  co_return parse_answer(response);
}

}  // namespace weir::kube
