#include "pkg/http/router.hpp"

#include <cerrno>
#include <filesystem>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "pkg/base/text.hpp"

namespace weir::http {

ServerResponse::ServerResponse(unsigned status_, std::string body_, std::string content_type)
    : status{status_}, body{std::move(body_)} {
  headers.add("Content-Type", std::move(content_type));
}

void Router::add(std::string method, std::string path, Handler handler) {
  entries_.emplace_back(std::move(method), std::move(path), std::move(handler));
}

void Router::get(std::string path, Handler handler) {
  add("GET", path, handler);
  add("HEAD", std::move(path), std::move(handler));
}

asio::awaitable<ServerResponse> Router::route(ServerRequest request) const {
  auto matches = [&](const Entry& entry) {
    return entry.path.ends_with('/') && entry.path.size() > 1 ? request.path.starts_with(entry.path)
                                                              : request.path == entry.path;
  };
  std::size_t longest = 0;
  for (const auto& entry : entries_) {
    if (matches(entry)) longest = std::max(longest, entry.path.size());
  }
  std::string allowed;
  for (const auto& entry : entries_) {
    if (entry.path.size() != longest || !matches(entry)) continue;
    if (entry.method == request.method) co_return co_await entry.handler(std::move(request));
    if (!allowed.empty()) allowed += ", ";
    allowed += entry.method;
  }
  if (longest == 0) co_return ServerResponse{404, "not found\n"};
  ServerResponse response{405, "method not allowed\n"};
  response.headers.set("Allow", allowed);
  co_return response;
}

namespace {

asio::awaitable<ServerResponse> serve(const std::string& prefix, const std::string& root, ServerRequest request) {
  const std::string_view relative = std::string_view{request.path}.substr(prefix.size());
  for (const auto segment : text::split(relative, '/')) {
    if (segment.empty() || segment.front() == '.') co_return ServerResponse{404, "not found\n"};
  }
  const int folder = ::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) co_return ServerResponse{404, "not found\n"};
  // The kernel resolves the path and refuses to leave the folder, by ".." or by a symbolic link.
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  const std::string path{relative};
  const auto descriptor = static_cast<int>(::syscall(SYS_openat2, folder, path.c_str(), &how, sizeof how));
  ::close(folder);
  if (descriptor < 0) co_return ServerResponse{404, "not found\n"};
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(text::cat("/proc/self/fd/", descriptor), ignored)) {
    ::close(descriptor);
    co_return ServerResponse{404, "not found\n"};
  }
  ServerResponse response;
  response.file.emplace(descriptor);
  const bool is_archive = path.ends_with(".tar.gz") || path.ends_with(".tgz");
  response.headers.set("Content-Type", is_archive ? "application/gzip" : "application/octet-stream");
  co_return response;
}

/// A handler object instead of a lambda: docs/coroutines.md, "No lambda is a coroutine".
struct FolderHandler {
  FolderHandler(std::string prefix_, std::string root_) : prefix{std::move(prefix_)}, root{std::move(root_)} {}
  asio::awaitable<ServerResponse> operator()(ServerRequest request) const {
    return serve(prefix, root, std::move(request));
  }
  std::string prefix;
  std::string root;
};

}  // namespace

Handler serve_folder(std::string prefix, std::string root) { return FolderHandler{std::move(prefix), std::move(root)}; }

}  // namespace weir::http
