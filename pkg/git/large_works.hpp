#pragma once

#include <concepts>
#include <cstddef>
#include <set>
#include <stop_token>
#include <string>
#include <type_traits>
#include <typeindex>
#include <typeinfo>
#include <utility>

#include "pkg/async/asio.hpp"
#include "pkg/async/blocking_pool.hpp"
#include "pkg/async/limiter.hpp"
#include "pkg/base/trial.hpp"
#include "pkg/git/damage.hpp"

namespace weir::git {

/// The largest object and the most entries of a source that are no large work.
constexpr std::size_t kOrdinaryObject = 8u << 20;
constexpr std::size_t kOrdinaryEntries = 100'000;

/// Works on object stores, any number of which the pool may run at once. Each is tried with little
/// memory, which is all that most take; one that needs more is run again when its turn comes, one
/// at a time: an object of 64 MiB is held twice while it is unpacked, and four of them would be
/// more than the process may have. What needed a turn, of this store and by this kind of work,
/// waits for the next one at once. Threads: reactor.
class LargeWorks {
 public:
  explicit LargeWorks(async::BlockingPool& io) : io_{io} {}

  /// Runs `work`, which must be such that it can be begun anew, on the io pool. A store that turns
  /// out to be damaged is discarded, see discarding_damage().
  /// @throws what `work` throws, but never TrialTooSmall
  template <std::invocable<std::stop_token> Work>
  asio::awaitable<std::invoke_result_t<Work, std::stop_token>> run(std::string store, Work work) {
    const Key key{store, typeid(Work)};
    if (!large_.contains(key)) {
      auto trial = [&work](std::stop_token stop) {
        const Trial little_memory;
        return work(std::move(stop));
      };
      try {
        auto trying = discarding_damage(io_, store, io_.run(std::move(trial)));
        co_return co_await std::move(trying);
      } catch (const TrialTooSmall&) {
        remember(key);
      }
    }
    const auto turn = co_await take_turn();
    auto large = [&work](std::stop_token stop) {
      const GiveBack give_back;
      return work(std::move(stop));
    };
    auto running = discarding_damage(io_, store, io_.run(std::move(large)));
    co_return co_await std::move(running);
  }

  /// For what cannot be begun anew: the reading of packs.
  asio::awaitable<async::Limiter::Permit> take_turn();
  bool has_large_packs(const std::string& store) const { return large_.contains(pack_key(store)); }
  void remember_large_pack(const std::string& store) { remember(pack_key(store)); }

 private:
  using Key = std::pair<std::string, std::type_index>;
  static Key pack_key(const std::string& store) { return {store, typeid(void)}; }
  void remember(const Key& key);

  /// Returns to the system what a large work has freed, so that the next one does not come on top.
  struct GiveBack {
    GiveBack() {}
    ~GiveBack();
  };

  async::BlockingPool& io_;
  async::Limiter turns_{1};
  std::set<Key> large_;  // what needed a turn
};

}  // namespace weir::git
