#include "test/simulation/time.hpp"

#include <cerrno>
#include <cstdio>

#include <sys/epoll.h>

namespace weir::simulation {
namespace {

using Nanoseconds = std::chrono::nanoseconds;

/// 2026-01-01T00:00:00Z: each world begins then.
constexpr Nanoseconds kBeginning{std::chrono::seconds{1'767'225'600}};

Nanoseconds since_beginning{0};
Random drawn{0};

}  // namespace

// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators").
std::uint64_t Random::next() {
  state_ += 0x9e3779b97f4a7c15u;
  std::uint64_t out = state_;
  out = (out ^ (out >> 30)) * 0xbf58476d1ce4e5b9u;
  out = (out ^ (out >> 27)) * 0x94d049bb133111ebu;
  return out ^ (out >> 31);
}

Random& chance() { return drawn; }

void begin(std::uint64_t seed) {
  since_beginning = Nanoseconds{0};
  drawn = Random{seed};
}

void pass_time(std::chrono::milliseconds length) { since_beginning += length; }

std::chrono::milliseconds elapsed() { return std::chrono::duration_cast<std::chrono::milliseconds>(since_beginning); }

std::string elapsed_text() {
  char out[32];
  std::snprintf(out, sizeof out, "%8.3f", static_cast<double>(elapsed().count()) / 1'000);
  return out;
}

}  // namespace weir::simulation

// The definitions of a program come before those of the libraries that it loads: everything asks these.

std::chrono::steady_clock::time_point std::chrono::steady_clock::now() noexcept {
  return time_point{weir::simulation::kBeginning + weir::simulation::since_beginning};
}

std::chrono::system_clock::time_point std::chrono::system_clock::now() noexcept {
  return time_point{weir::simulation::kBeginning + weir::simulation::since_beginning};
}

/// Without one the reactor waits in epoll_wait for the next timer.
extern "C" int timerfd_create(int, int) noexcept {
  errno = ENOSYS;
  return -1;
}

/// There are no sockets, and nobody else who could interrupt: nothing is ever ready, and nobody need be told.
extern "C" int epoll_ctl(int, int, int, epoll_event*) noexcept { return 0; }

/// The next timer is due in `timeout` milliseconds: so it is then.
extern "C" int epoll_wait(int, epoll_event*, int, int timeout) {
  if (timeout > 0) weir::simulation::since_beginning += std::chrono::milliseconds{timeout};
  return 0;
}
