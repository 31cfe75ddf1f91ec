#pragma once

#include <exception>
#include <filesystem>
#include <string>
#include <utility>

#include "pkg/async/asio.hpp"
#include "pkg/async/blocking_pool.hpp"
#include "pkg/git/errors.hpp"

namespace weir::git {

/// Awaits something that reads a store. A fetch looks only whether the commit is there, so whoever
/// misses something else finds the damage: the store goes, and the next fetch brings everything.
/// @throws what `work` throws
template <class T>
asio::awaitable<T> discarding_damage(async::BlockingPool& io, std::string store, asio::awaitable<T> work) {
  std::exception_ptr failure;
  try {
    co_return co_await std::move(work);
  } catch (const GitError& error) {
    if (error.kind() != GitFailure::kStorage) throw;
    failure = std::current_exception();
  }
  auto discard = [&store](std::stop_token) {
    std::error_code ignored;
    std::filesystem::remove_all(store, ignored);
  };
  co_await io.run(std::move(discard));
  std::rethrow_exception(failure);
}

/// Removes what a process that was killed left in the stores below `root`
/// (<root>/<namespace>/<store>): halves of packs, temporary files, locks. To be called before any
/// store is used. Blocks.
/// @returns how many files and folders
std::size_t remove_leftovers(const std::filesystem::path& root);

}  // namespace weir::git
