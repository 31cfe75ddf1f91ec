#include "pkg/git/large_works.hpp"

#include <malloc.h>

namespace weir::git {

namespace {

constexpr std::size_t kMostRemembered = 10'000;

}  // namespace

LargeWorks::GiveBack::~GiveBack() { ::malloc_trim(0); }

asio::awaitable<async::Limiter::Permit> LargeWorks::take_turn() { co_return co_await turns_.acquire(); }

void LargeWorks::remember(const Key& key) {
  if (large_.size() >= kMostRemembered) large_.clear();
  large_.insert(key);
}

}  // namespace weir::git
