#pragma once

#include <chrono>
#include <cstdint>
#include <string>

/// Time, and chance, of a program that simulates. Linking time.cpp, pools.cpp and random.cpp gives the whole program
/// (libraries and reactor included) these instead of the machine's: clocks stand still while code runs, and move on
/// when nothing is left to do but to wait.  Threads: one.
namespace weir::simulation {

/// Numbers that a seed decides, alike on every machine.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_{seed} {}

  std::uint64_t next();
  /// Below `bound`, which is at least 1.
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }
  /// @param thousandths  how often of 1,000 times
  bool chance(unsigned thousandths) { return below(1'000) < thousandths; }

 private:
  std::uint64_t state_;
};

/// Where random_uuid(), random_fraction(), the pools and the network draw from.
Random& chance();

/// A new world begins: its time, its chance.
void begin(std::uint64_t seed);
/// So much later, before anybody can do anything.
void pass_time(std::chrono::milliseconds length);
/// Since the world began.
std::chrono::milliseconds elapsed();
/// "  12.345": seconds since the world began.
std::string elapsed_text();

}  // namespace weir::simulation
