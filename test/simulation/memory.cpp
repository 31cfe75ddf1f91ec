#include "test/simulation/memory.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

#include <malloc.h>
#include <sys/mman.h>

// In the place of the machine's memory for whatever is new: a world lives on millions of small objects, in one thread.
// Pieces of one size come from pages of their own and go back to a list; larger ones are the machine's. Not linked
// where a sanitizer is to look on.
namespace {

constexpr std::size_t kStep = 16;
constexpr std::size_t kLargest = 1'024;
constexpr std::size_t kPage = std::size_t{1} << 16;
constexpr std::size_t kPages = std::size_t{1} << 16;  // address space alone, until they are touched

struct Free {
  Free* next;
};

struct Pool {
  std::array<Free*, kLargest / kStep + 1> free{};
  std::array<std::uint8_t, kPages> sizes{};  // of the pieces of each page, in steps
  char* begin = nullptr;
  std::size_t used = 0;  // pages
  std::size_t live = 0;  // bytes

  bool holds(const void* piece) const {
    return begin != nullptr && static_cast<std::size_t>(static_cast<const char*>(piece) - begin) < kPages * kPage;
  }
};

Pool pool;

bool refill(std::size_t steps) noexcept {
  if (pool.begin == nullptr) {
    void* const space =
        ::mmap(nullptr, kPages * kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (space == MAP_FAILED) return false;
    pool.begin = static_cast<char*>(space);
  }
  if (pool.used == kPages) return false;
  pool.sizes[pool.used] = static_cast<std::uint8_t>(steps);
  char* const page = pool.begin + pool.used++ * kPage;
  const std::size_t size = steps * kStep;
  for (std::size_t at = kPage / size; at > 0; --at)
    pool.free[steps] = new (page + (at - 1) * size) Free{pool.free[steps]};
  return true;
}

void* take(std::size_t size) {
  const std::size_t steps = size == 0 ? 1 : (size + kStep - 1) / kStep;
  if (steps <= kLargest / kStep) {
    if (pool.free[steps] != nullptr || refill(steps)) {
      Free* const piece = pool.free[steps];
      pool.free[steps] = piece->next;
      pool.live += steps * kStep;
      return piece;
    }
  }
  void* const out = std::malloc(size);
  if (out == nullptr) throw std::bad_alloc{};
  pool.live += ::malloc_usable_size(out);
  return out;
}

void give_back(void* piece) noexcept {
  if (piece == nullptr) return;
  if (!pool.holds(piece)) {
    pool.live -= ::malloc_usable_size(piece);
    return std::free(piece);
  }
  const auto page = static_cast<std::size_t>(static_cast<char*>(piece) - pool.begin) / kPage;
  pool.live -= pool.sizes[page] * kStep;
  auto& list = pool.free[pool.sizes[page]];
  list = new (piece) Free{list};
}

}  // namespace

std::size_t weir::simulation::live_bytes() { return pool.live; }

void* operator new(std::size_t size) { return take(size); }
void* operator new[](std::size_t size) { return take(size); }
void operator delete(void* piece) noexcept { give_back(piece); }
void operator delete[](void* piece) noexcept { give_back(piece); }
void operator delete(void* piece, std::size_t) noexcept { give_back(piece); }
void operator delete[](void* piece, std::size_t) noexcept { give_back(piece); }
