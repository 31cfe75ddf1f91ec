#include "pkg/base/random.hpp"

#include <random>

namespace weir {
namespace {

std::mt19937_64& generator() {
  thread_local std::mt19937_64 engine{[] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device()};
    return std::mt19937_64{seed};
  }()};
  return engine;
}

}  // namespace

std::string random_hex(std::size_t digits) {
  std::string out;
  out.reserve(digits);
  while (out.size() < digits) out += "0123456789abcdef"[generator()() & 15];
  return out;
}

std::string random_uuid() {
  std::string out = random_hex(36);
  for (const std::size_t dash : {8u, 13u, 18u, 23u}) out[dash] = '-';
  out[14] = '4';
  out[19] = "89ab"[generator()() & 3];
  return out;
}

double random_fraction() { return std::uniform_real_distribution<double>{0, 1}(generator()); }

}  // namespace weir
