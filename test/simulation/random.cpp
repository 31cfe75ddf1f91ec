#include "pkg/base/random.hpp"

#include "pkg/base/text.hpp"
#include "test/simulation/time.hpp"

// In the place of pkg/base/random.cpp.
namespace weir {

double random_fraction() { return static_cast<double>(simulation::chance().next() >> 11) / 9007199254740992.0; }

std::string random_hex(std::size_t digits) {
  std::string out;
  while (out.size() < digits) out.push_back("0123456789abcdef"[simulation::chance().below(16)]);
  return out;
}

std::string random_uuid() {
  return text::cat(random_hex(8), "-", random_hex(4), "-4", random_hex(3), "-8", random_hex(3), "-", random_hex(12));
}

}  // namespace weir
