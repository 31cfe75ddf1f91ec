#pragma once

#include <cstddef>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

#include "pkg/async/asio.hpp"
#include "pkg/async/blocking_pool.hpp"
#include "pkg/base/duration.hpp"
#include "pkg/base/secret_string.hpp"
#include "pkg/helm/repository/index.hpp"
#include "pkg/http/transport.hpp"

/// Charts from where they are published: repositories over http and registries.
namespace weir::charts {

/// What a repository did not give. The text names the address, never a secret.
class FetchError : public std::runtime_error {
 public:
  explicit FetchError(const std::string& message, unsigned status = 0) : std::runtime_error{message}, status_{status} {}

  /// 0: no answer of HTTP says what is wrong.
  unsigned status() const { return status_; }

 private:
  unsigned status_;
};

/// How a repository is spoken to.
struct RepositoryOptions {
  RepositoryOptions() {}

  std::string username;
  SecretString password;
  bool passes_credentials = false;  ///< to whatever address the index names, not to the repository's origin only
  std::string user_agent;
  Milliseconds timeout{60'000};  ///< of one request with its answer
  unsigned max_redirects = 10;   ///< credentials do not follow to another origin
  helm::IndexLimits index;
  std::size_t max_archive_bytes = 10u << 20;
};

/// The bytes of an index, as they came.
struct FetchedIndex {
  FetchedIndex() {}

  std::string text;
  std::string etag;           ///< empty: the server gave none
  bool is_unchanged = false;  ///< still what the known ETag stands for; there is no text
};

/// A repository of charts over http, or one archive at an address of its own. Credentials are sent with the first
/// request, to the repository's scheme, host and port only, unless passes_credentials says otherwise; those in the URL
/// count when no others are given. Messages are Helm's where Helm has some: "failed to fetch https://h/index.yaml : 404
/// Not Found".  Threads: reactor; what costs time runs on the pool.
class HttpRepository {
 public:
  struct Parts {
    http::Transport& transport;
    async::BlockingPool& cpu;
  };
  /// @param url  of the repository; of the archive, when it is in none
  HttpRepository(Parts parts, std::string url, RepositoryOptions options);

  /// GET <url>/index.yaml.
  /// @param known_etag  of the last answer, when its index is still at hand
  /// @throws FetchError, http::TransportError, async::TimedOut
  asio::awaitable<FetchedIndex> fetch_index(std::string known_etag = {});
  /// What an index says about these charts.
  /// @throws FetchError with the words of helm::read_index()
  asio::awaitable<helm::ChartIndex> read_index(FetchedIndex index, std::set<std::string, std::less<>> charts);
  /// An archive's bytes.
  /// @param address  absolute, or relative to the repository
  /// @param digest   the one that the index has; another content is refused. Empty: not known
  /// @throws as fetch_index()
  asio::awaitable<std::string> fetch_archive(std::string address, std::string digest = {});
  /// Whatever stands at an absolute address: a file of values, a schema.
  /// @throws as fetch_index()
  asio::awaitable<std::string> fetch_file(std::string address, std::size_t max_bytes);

 private:
  asio::awaitable<http::Response> get(
      std::string address, std::string accept, std::string known_etag, std::size_t max_bytes
  );

  Parts parts_;
  std::string url_;
  RepositoryOptions options_;
};

/// "404 Not Found"; the number alone for one that nobody knows.
std::string status_text(unsigned status);

}  // namespace weir::charts
