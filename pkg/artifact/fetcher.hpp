#pragma once

#include <filesystem>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>

#include "pkg/artifact/limits.hpp"
#include "pkg/async/asio.hpp"
#include "pkg/async/blocking_pool.hpp"
#include "pkg/async/event.hpp"
#include "pkg/http/transport.hpp"

namespace weir::artifact {

/// An artifact unpacked into a folder, which is removed on the pool when nobody uses it any more: that can take
/// seconds, and the last who lets go of it is often the reactor.  Threads: any, read-only.
class Unpacked {
 public:
  /// The pool must outlive it.
  Unpacked(std::filesystem::path folder, async::BlockingPool& pool) : folder_{std::move(folder)}, pool_{pool} {}
  ~Unpacked();
  Unpacked(const Unpacked&) = delete;
  Unpacked& operator=(const Unpacked&) = delete;

  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
  async::BlockingPool& pool_;
};

/// The server does not have the artifact (404): its source has moved on or lost its storage.
class ArtifactNotFound : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What the server has under that name are other bytes: its source has made it anew, and is about to say so.
class ArtifactReplaced : public ArtifactNotFound {
 public:
  using ArtifactNotFound::ArtifactNotFound;
};

inline constexpr const char* kArchiveName = "artifact";

struct FetcherOptions {
  FetcherOptions() {}
  std::filesystem::path cache_folder;  ///< ours alone; what is in it at start is removed
  std::size_t cached_artifacts = 16;   ///< how many stay unpacked while nobody uses them
  unsigned retries = 9;                ///< besides three quick ones of refused connections
  std::string host_override;           ///< host[:port] in place of the URL's ($SOURCE_CONTROLLER_LOCALHOST)
  Limits limits;
  bool keeps_archives = false;  ///< they are not unpacked: the folder holds the archive, under kArchiveName
};

/// Downloads artifacts, checks their digests, and unpacks each digest once for all who ask.
/// Threads: reactor; unpacking and removing run on the io pool.
class Fetcher {
 public:
  /// References must outlive the calls.
  Fetcher(http::Transport& transport, async::BlockingPool& pool, FetcherOptions options);

  /// @throws ArtifactNotFound on 404, ArtifactReplaced for a wrong digest (the source tells when there is another one);
  ///         std::runtime_error for other statuses, a bad archive;
  ///         LimitExceeded; http::TransportError after the retries
  asio::awaitable<std::shared_ptr<const Unpacked>> fetch(std::string url, std::string digest);

 private:
  struct Flight {
    async::Event done;
    std::shared_ptr<const Unpacked> result;
    std::exception_ptr failure;
  };
  asio::awaitable<std::shared_ptr<const Unpacked>> download(const std::string& url, const std::string& digest);
  asio::awaitable<void> download_once(
      const http::Url& url, const std::string& digest, const std::filesystem::path& target
  );
  void remember(const std::string& digest, std::shared_ptr<const Unpacked> unpacked);

  http::Transport& transport_;
  async::BlockingPool& pool_;
  const FetcherOptions options_;
  std::unordered_map<std::string, std::shared_ptr<Flight>> flights_;
  std::list<std::pair<std::string, std::shared_ptr<const Unpacked>>> cache_;  // most recent first
};

}  // namespace weir::artifact
