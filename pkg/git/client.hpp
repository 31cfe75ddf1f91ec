#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "pkg/async/asio.hpp"
#include "pkg/base/duration.hpp"
#include "pkg/git/archive_source.hpp"
#include "pkg/git/credentials.hpp"
#include "pkg/git/errors.hpp"
#include "pkg/git/reference.hpp"
#include "pkg/git/url.hpp"
#include "pkg/http/client.hpp"

namespace weir::async {
class BlockingPool;
}

namespace weir::git {

/// One repository and how to reach it.
struct Remote {
  Remote() {}

  Url url;
  Credentials credentials;
  http::ProxyOptions proxy;
  Milliseconds timeout{60'000};  ///< for each operation as a whole
};

struct ClientOptions {
  ClientOptions() {}

  std::string user_agent = "git/weir";              ///< servers expect it to start with "git/"
  std::vector<std::string> ssh_kex_algorithms;      ///< empty = the library's own choice
  std::vector<std::string> ssh_hostkey_algorithms;  ///< empty = the library's own choice
  std::uint64_t max_pack_bytes = 1ull << 30;        ///< of one fetch; 0 = no limit
};

/// What a fetch cost.
struct FetchReport {
  FetchReport() {}

  bool was_known = false;        ///< the commit was in the store: nothing was asked for
  std::uint64_t pack_bytes = 0;  ///< as received
  std::size_t requests = 0;
  int version = 0;  ///< of the protocol
};

/// A reference to set.
struct PushTarget {
  explicit PushTarget(std::string name_, bool force_ = false) : name{std::move(name_)}, force{force_} {}

  std::string name;  ///< in full; it is made when missing
  bool force;        ///< move it also when it is elsewhere than at the base

  friend bool operator==(const PushTarget&, const PushTarget&) = default;
};

/// What to push: one commit, whose parent the server has, to any number of references.
struct PushRequest {
  PushRequest() {}

  std::string store;
  ObjectId base;  ///< the parent of `commit`, or the same as `commit` to only set references
  ObjectId commit;
  std::vector<PushTarget> references;
  std::vector<std::string> options;  ///< push options, "ci.skip"
};

class LargeWorks;

/// Speaks Git's protocol v2 (v0 and v1 when the server knows no better) over http, https and ssh.
/// Remembers which version a server speaks, so that a look at a known one is a single request; that
/// is kept apart by proxy, authorities and client certificate. Must outlive its calls. Threads:
/// reactor.
class Client {
 public:
  /// What it works with; all must outlive it. `io` runs the object store.
  struct Parts {
    Parts(asio::any_io_executor executor_, http::Connections& http_, async::BlockingPool& io_)
        : executor{std::move(executor_)}, http{http_}, io{io_} {}
    asio::any_io_executor executor;
    http::Connections& http;
    async::BlockingPool& io;
  };

  Client(Parts parts, ClientOptions options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Asks the server what `reference` means now. A commit is not asked about.
  /// @throws GitError, async::TimedOut
  asio::awaitable<Resolution> resolve(Remote remote, Reference reference);

  /// Brings the commit and its tree (depth 1, thin against what is there) into the bare repository
  /// at `store`, which is made when missing, and points HEAD there at it. What the server announced
  /// as the commit of a tag is compared with the tag.
  /// @throws GitError, also kNotACommit, which resolve() heeds from then on; async::TimedOut
  asio::awaitable<FetchReport> fetch(Remote remote, std::string store, Resolution resolution);

  /// Fetches the submodules of a commit in `store`, and theirs, each into a store of its own below
  /// `store`. They get the same credentials; over http(s) only when they are on the same server, so
  /// that no token goes elsewhere.
  /// @returns the commits by path, for SourceOptions::submodules
  /// @throws GitError naming the submodule, async::TimedOut
  asio::awaitable<std::map<std::string, StoredCommit>> fetch_submodules(
      Remote remote, std::string store, ObjectId commit
  );

  /// Pushes. Nothing is sent for references that are at the commit already.
  /// @throws GitError kMoved when a reference is elsewhere (fetch, write the commit anew, push
  /// again), kRefused with the
  ///         server's words, and the others; async::TimedOut
  asio::awaitable<void> push(Remote remote, PushRequest request);

  /// For what else is done with the stores.
  LargeWorks& large_works();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::git
