#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/async/asio.hpp"
#include "pkg/async/blocking_pool.hpp"
#include "pkg/base/clock.hpp"
#include "pkg/base/text.hpp"
#include "pkg/http/transport.hpp"
#include "pkg/json/value.hpp"
#include "pkg/oci/challenge.hpp"
#include "pkg/oci/docker_config.hpp"
#include "pkg/oci/reference.hpp"
#include "pkg/oci/retry.hpp"

namespace weir::oci {

/// What a registry, or its token server, did not do. The text names method, URL and the server's words, never a secret.
class RegistryError : public std::runtime_error {
 public:
  RegistryError(unsigned status, const std::string& message, std::optional<Milliseconds> retry_after = std::nullopt)
      : std::runtime_error{message}, status_{status}, retry_after_{retry_after} {}

  /// 0: the answer was well, its content was not.
  unsigned status() const { return status_; }
  bool is_unauthorized() const { return status_ == 401 || status_ == 403; }
  /// When the registry wants to be asked again.
  std::optional<Milliseconds> retry_after() const { return retry_after_; }

 private:
  unsigned status_;
  std::optional<Milliseconds> retry_after_;
};

/// Which scheme a registry that may speak plain HTTP turned out
/// to speak, over one kind of connection.  Threads: reactor.
class KnownSchemes {
 public:
  /// A registry as one kind of connection sees it: another's proxy may have answered there.
  static std::string key(std::string_view registry, const http::Transport& transport) {
    return text::cat(registry, " ", transport.identity());
  }
  /// Empty: not known.
  std::string find(const std::string& key) const {
    const auto at = schemes_.find(key);
    return at == schemes_.end() ? "" : at->second;
  }
  void set(const std::string& key, std::string scheme) {
    constexpr std::size_t kMostRemembered = 10'000;
    if (schemes_.size() >= kMostRemembered) schemes_.clear();
    schemes_[key] = std::move(scheme);
  }
  void forget(const std::string& key) { schemes_.erase(key); }

 private:
  std::map<std::string, std::string> schemes_;
};

/// How a registry is spoken to.
struct RegistryOptions {
  RegistryOptions() {}

  Credentials credentials;
  bool allows_http = false;  ///< https is tried first; local registries are always allowed
  std::string user_agent;
  std::size_t page_size = 1'000;  ///< tags asked for in one request; the registry may give more or fewer
  std::size_t max_page_bytes = 16u << 20;
  std::size_t max_tags = 500'000;  ///< of a whole listing; more is an error
  Milliseconds request_timeout{30'000};
  RetryPolicy retry;
};

/// Tags as they came, one a line, and how many.
struct TagListing {
  TagListing() {}
  std::string lines;
  std::size_t count = 0;
  std::string etag;           ///< of a listing that was one page; empty when there were more, or the registry gave none
  bool is_unchanged = false;  ///< still what the known ETag stands for; there are no lines
};

/// A manifest, or a list of manifests, as the registry gave it: its bytes are what its digest says.
struct Manifest {
  Manifest() {}
  std::string digest;      ///< "sha256:..."
  std::string media_type;  ///< what it says itself, else what the registry says
  json::Value document;    ///< an object
};

/// One conversation with one repository of a registry (Docker Registry v2, OCI distribution). Signs in when it is asked
/// to: Basic, or a token of the realm that the registry names. Credentials go to the registry's host and to its realm
/// only. Temporary failures are tried again, as Retry-After says; all calls throw RegistryError,
/// http::TransportError and async::TimedOut.  Threads: reactor; long pages are read on the pool.
class RegistryClient {
 public:
  struct Parts {
    http::Transport& transport;
    KnownSchemes& schemes;
    async::BlockingPool& cpu;
    const Clock& clock;
  };
  RegistryClient(Parts parts, Repository repository, RegistryOptions options);

  /// GET /v2/<path>/tags/list and whatever its Link headers lead to.
  /// What is no tag by the grammar is left out. Source: OCI distribution, "Listing Tags"; Docker, "Pagination".
  /// @param known_etag  of the last listing, when its tags are still at hand; a registry that heeds it saves the page
  asio::awaitable<TagListing> list_tags(std::string known_etag = {});
  /// The digest of what a tag stands for: HEAD /v2/<path>/manifests/<tag>.
  asio::awaitable<std::string> digest(std::string tag);
  /// GET /v2/<path>/manifests/<reference>; one that is asked for by its digest must have it.
  /// @param reference  a tag, or "sha256:..."
  asio::awaitable<Manifest> manifest(std::string reference);
  /// GET /v2/<path>/blobs/<digest>, wherever that leads. Its bytes have the digest, and are as many as was said.
  /// @param digest     "sha256:..." or "sha512:..."
  /// @param size       what the manifest says
  /// @param max_bytes  more is refused before it is asked for
  asio::awaitable<std::string> blob(std::string digest, std::uint64_t size, std::size_t max_bytes);

 private:
  asio::awaitable<http::Url> base_url();
  asio::awaitable<http::Response> call(
      std::string method, http::Url url, std::string accept, std::string known_etag = {}, std::size_t max_bytes = 0
  );
  /// Sends until an answer comes that is not temporary.
  asio::awaitable<http::Response> send_patiently(
      http::Request request, unsigned max_redirects, std::size_t max_bytes = 0
  );
  asio::awaitable<void> sign_in(http::Response response, std::string about);
  asio::awaitable<void> fetch_token(Challenge challenge);
  asio::awaitable<http::Response> ask_realm(http::Request request);
  /// The same, through redirects: to the registry's own kind of place only, the token stays with its origin.
  /// @param max_bytes  of the body; 0: those of a page
  asio::awaitable<http::Response> follow_redirects(http::Request request, std::size_t max_bytes);
  void check_public(const http::Url& url, std::string_view what) const;
  http::Url checked_realm(std::string_view realm) const;
  bool allows_http() const;
  RegistryError error_of(std::string_view about, const http::Response& response) const;

  Parts parts_;
  const Repository repository_;
  const RegistryOptions options_;
  const std::string scheme_key_;
  std::string authorization_;  // for the registry's own host
  std::set<std::string> scopes_;
};

/// The tags of one page, checked and appended to `lines`, one a line. @returns an error for anything but a tag list
Result<std::size_t> append_tags(std::string_view body, std::string& lines);

}  // namespace weir::oci
