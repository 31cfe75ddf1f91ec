#pragma once

// Inside pkg/git only.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "pkg/async/blocking_pool.hpp"
#include "pkg/git/reference.hpp"
#include "pkg/git/repository.hpp"
#include "pkg/git/wire/fetch.hpp"

namespace weir::git {

/// What is signed, what is announced and what is archived must be one thing: the server's word
/// about a tag is compared with the tag itself.
/// @returns false when something of it is not in the store
/// @throws GitError kProtocol when the server said otherwise; kNotACommit naming the reference
bool is_what_was_announced(const Repository& repository, const Resolution& resolution);

/// Hands a pack to the object store in large pieces: each visit to the pool costs more than a
/// packet.  Threads: reactor.
class StoreSink final : public wire::PackSink {
 public:
  /// @param max_bytes  of the pack; 0 = no limit
  StoreSink(async::BlockingPool& io, std::string store, std::uint64_t max_bytes)
      : io_{io}, store_{std::move(store)}, max_bytes_{max_bytes} {}
  /// What came of a pack that was not finished is removed on the pool.
  ~StoreSink() override;
  StoreSink(const StoreSink&) = delete;
  StoreSink& operator=(const StoreSink&) = delete;

  /// @throws GitError kTooLarge, kStorage
  asio::awaitable<void> write(std::string bytes) override;
  /// Stores the rest, checks that the commit is there and makes it the tip.
  /// @param is_trial  with little memory
  /// @returns false when the commit is not there
  /// @throws TrialTooSmall: the pack is gone, fetch it again
  asio::awaitable<bool> finish(const Resolution& resolution, bool is_trial);

  std::uint64_t received() const { return received_; }

 private:
  void flush(const std::stop_token& stop);

  async::BlockingPool& io_;
  const std::string store_;
  const std::uint64_t max_bytes_;
  std::string waiting_;
  std::uint64_t received_ = 0;

  /// A pack on its way into the store.
  struct Pack {
    explicit Pack(const std::string& store) : repository{Repository::open_or_create(store)}, writer{repository} {}
    Repository repository;
    Repository::PackWriter writer;
  };
  std::shared_ptr<Pack> pack_;
};

}  // namespace weir::git
