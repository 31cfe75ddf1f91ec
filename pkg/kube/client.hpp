#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/async/asio.hpp"
#include "pkg/base/time.hpp"
#include "pkg/http/transport.hpp"
#include "pkg/kube/api_call.hpp"
#include "pkg/kube/api_error.hpp"
#include "pkg/kube/config.hpp"
#include "pkg/kube/object.hpp"
#include "pkg/kube/resource.hpp"

namespace weir::kube {

/// Which part of an object the server should send back.
enum class Detail {
  kFull,
  kMetadata,  ///< PartialObjectMetadata: apiVersion, kind and metadata only
};

struct ListOptions {
  ListOptions() {}
  std::string namespace_;  ///< empty: all
  std::string label_selector;
  std::string field_selector;
  std::string continue_token;
  std::string resource_version;  ///< "0": whatever the server's cache holds; empty: the newest
  std::size_t limit = 500;
  Detail detail = Detail::kFull;
};

/// One page of a collection.
struct Page {
  std::vector<json::Value> items;
  std::string resource_version;
  std::string continue_token;  ///< empty on the last page
};

struct WatchOptions {
  WatchOptions() {}
  std::string namespace_;
  std::string label_selector;
  std::string field_selector;
  std::string resource_version;
  Milliseconds server_timeout{300'000};  ///< after this the server ends the stream in good order
  Detail detail = Detail::kFull;
};

struct WatchEvent {
  enum class Type { kAdded, kModified, kDeleted, kBookmark };
  WatchEvent(Type type_, json::Value object_) : type{type_}, object{std::move(object_)} {}
  Type type;
  json::Value object;
};

/// An open watch.  Threads: reactor.
class WatchStream {
 public:
  explicit WatchStream(std::unique_ptr<http::BodyReader> body);
  ~WatchStream();
  WatchStream(WatchStream&&) noexcept;

  /// @returns the events that arrived, at least one; empty when the server ended the stream
  /// @throws ApiError for an ERROR event (410: list again); http::TransportError; async::TimedOut
  asio::awaitable<std::vector<WatchEvent>> next();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

struct ApplyOptions {
  ApplyOptions() {}
  std::string field_manager;
  bool force = true;
  bool dry_run = false;
  Detail detail = Detail::kFull;
};

/// What becomes of an object's dependants.
enum class Propagation {
  kBackground,  ///< they go later
  kForeground,  ///< they go first
  kOrphan,      ///< they stay
};

struct DeleteOptions {
  DeleteOptions() {}
  std::string uid;               ///< delete only this very object
  std::string resource_version;  ///< delete only this very state of it
  Propagation propagation = Propagation::kBackground;
};

struct PatchOptions {
  PatchOptions() {}
  std::string field_manager;
  std::string subresource;  ///< "status" or empty
  Detail detail = Detail::kFull;
};

/// What an apply did, as far as one answer tells.
struct Applied {
  Object object;
  bool created = false;  ///< the server answered 201
};

/// Who a client is.
struct Identity {
  Identity() {}
  std::string user_agent;
  std::string impersonate_user;  ///< empty: ourselves
  std::vector<std::string> impersonate_groups;
};

/// One API server, one identity, no cache. Answers 429, and 5xx that carry Retry-After, are waited out and sent again a
/// few times. Every call throws async::TimedOut and http::TransportError besides what it lists, and ApiError 400,
/// without asking the server, for a name or namespace that is no single segment of a path; an object's name must not be
/// empty. References passed in must outlive the await. Threads: reactor.
class Client {
 public:
  /// Hears of every answer: for metrics.
  using Observer = std::function<void(const ApiCall& call)>;

  /// Asked before every request that may change something; throws when it must not be sent.
  using WriteGuard = std::function<void()>;

  /// `transport` must outlive the client.
  Client(http::Transport& transport, ClusterConfig config, Identity identity, Observer observer = {});

  /// Told of a group version ("apps/v1") when an answer says that the server does not know the path at all, which is
  /// not the same as an object that is not there.
  using Unserved = std::function<void(std::string_view api_version)>;

  /// The same server and connections under another identity.
  Client as(Identity identity) const;
  /// For this client and those made of it later.
  void guard_writes(WriteGuard guard) { write_guard_ = std::move(guard); }
  void on_unserved(Unserved unserved) { unserved_ = std::move(unserved); }
  const Identity& identity() const { return identity_; }
  const http::Url& server() const { return config_.server; }

  /// GET one object. @returns nullopt on 404. @throws ApiError on any other status >= 400
  asio::awaitable<std::optional<Object>> get(
      const Resource& resource, const ObjectKey& key, Detail detail = Detail::kFull
  );
  /// GET one page of at most `options.limit` objects. @throws ApiError 410 when the continue token has expired
  asio::awaitable<Page> list(const Resource& resource, const ListOptions& options);
  /// @throws ApiError 409 AlreadyExists
  asio::awaitable<Object> create(const Resource& resource, const Object& object);
  /// PUT. @throws ApiError 409 when resourceVersion is not the newest
  asio::awaitable<Object> update(const Resource& resource, const Object& object);
  /// JSON merge patch (RFC 7386).
  asio::awaitable<Object> merge_patch(
      const Resource& resource, const ObjectKey& key, const json::Value& patch, const PatchOptions& options
  );
  /// JSON patch (RFC 6902).
  asio::awaitable<Object> json_patch(
      const Resource& resource, const ObjectKey& key, const json::Value& patch, const PatchOptions& options
  );
  /// Server-side apply. @throws ApiError 409 when another manager
  /// owns a field and force is off, 422 when invalid or immutable
  asio::awaitable<Applied> apply(const Resource& resource, const Object& desired, const ApplyOptions& options);
  /// The same of an object that is text already. @param desired  JSON of the whole object, which is that of `key`
  asio::awaitable<Applied> apply(
      const Resource& resource, const ObjectKey& key, const std::string& desired, const ApplyOptions& options
  );
  /// @returns false when it was gone already. @throws ApiError 409 when a precondition does not hold
  asio::awaitable<bool> remove(const Resource& resource, const ObjectKey& key, const DeleteOptions& options);
  /// @throws ApiError 410 when `options.resource_version` is older than the server's history
  asio::awaitable<WatchStream> watch(const Resource& resource, const WatchOptions& options);
  /// GET any path. @throws ApiError on a status >= 400
  /// @param accept  the forms of the answer that are taken; empty: JSON
  asio::awaitable<json::Value> get_path(std::string path, std::string accept = {});

 private:
  http::Request request(std::string_view method, std::string target) const;
  asio::awaitable<http::Response> send(http::Request request);
  asio::awaitable<http::Response> send_or_throw(http::Request request);
  /// `content_type` is a constant.
  asio::awaitable<Object> send_patch(
      const Resource& resource,
      const ObjectKey& key,
      std::string_view content_type,
      const json::Value& patch,
      const PatchOptions& options
  );
  ApiCall call_of(const http::Request& request) const;
  std::string_view path_of(const http::Request& request) const;

  http::Transport& transport_;
  ClusterConfig config_;
  Identity identity_;
  Observer observer_;
  WriteGuard write_guard_;
  Unserved unserved_;
};

}  // namespace weir::kube
