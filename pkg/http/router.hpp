#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/async/asio.hpp"
#include "pkg/base/time.hpp"
#include "pkg/http/message.hpp"

namespace weir::http {

/// A request as a handler sees it.
struct ServerRequest {
  ServerRequest() {}

  std::string method;
  std::string path;   ///< decoded, starts with a slash, without "." and ".." segments
  std::string query;  ///< as sent, without the question mark
  Headers headers;
  std::string body;
};

/// An open regular file to be sent: the descriptor is closed with the object.
class FileBody {
 public:
  /// @returns nullopt when there is no regular file of that path
  /// @throws std::system_error when it cannot be opened for another reason
  static std::optional<FileBody> open(const std::string& path);
  /// Takes the descriptor of an open regular file.
  explicit FileBody(int descriptor);
  FileBody(FileBody&& other) noexcept;
  FileBody& operator=(FileBody&& other) noexcept;
  ~FileBody();

  int descriptor() const { return descriptor_; }
  std::uint64_t size_bytes() const { return size_bytes_; }
  WallTime modified() const { return modified_; }

 private:
  int descriptor_ = -1;
  std::uint64_t size_bytes_ = 0;
  WallTime modified_{};
};

/// What a handler answers: a text, or a file. For a file the server adds Content-Length,
/// Last-Modified and Accept-Ranges and answers Range, If-None-Match, If-Modified-Since and If-Range
/// by itself (RFC 9110 sections 13, 14); an ETag is the handler's to set.
struct ServerResponse {
  ServerResponse() {}
  ServerResponse(unsigned status_, std::string body_, std::string content_type = "text/plain; charset=utf-8");

  unsigned status = 200;
  Headers headers;
  std::string body;
  std::optional<FileBody> file;
};

/// Answers one request. What it throws becomes a 500 without details.
using Handler = std::function<asio::awaitable<ServerResponse>(ServerRequest)>;

/// Which handler answers which path: exact paths first, then the longest prefix.  Threads: reactor.
class Router {
 public:
  /// @param path  "/healthz" for this path alone, "/files/" (with the slash at its end) for
  /// everything below
  void add(std::string method, std::string path, Handler handler);
  /// Adds a handler of GET and HEAD.
  void get(std::string path, Handler handler);
  /// 404 for an unknown path, 405 with Allow for a wrong method.
  asio::awaitable<ServerResponse> route(ServerRequest request) const;

 private:
  struct Entry {
    Entry(std::string method_, std::string path_, Handler handler_)
        : method{std::move(method_)}, path{std::move(path_)}, handler{std::move(handler_)} {}
    std::string method;
    std::string path;
    Handler handler;
  };
  std::vector<Entry> entries_;
};

/// A handler for a folder: the path below `prefix` names a regular file below `root`; symbolic
/// links that lead out of `root`, ".." and hidden files (a segment that starts with a dot) are 404.
/// GET and HEAD only.
/// @param root  an existing folder, or one that comes to exist
Handler serve_folder(std::string prefix, std::string root);

}  // namespace weir::http
