#include "pkg/oci/retry.hpp"

#include <algorithm>
#include <array>

namespace weir::oci {

bool is_temporary(unsigned status) {
  constexpr std::array<unsigned, 8> kTemporary{408, 429, 499, 500, 502, 503, 504, 522};
  return std::ranges::find(kTemporary, status) != kTemporary.end();
}

std::optional<Milliseconds> RetryPolicy::pause(unsigned failed, std::optional<Milliseconds> asked) const {
  if (failed >= attempts) return std::nullopt;
  if (asked) {
    if (*asked > longest_asked) return std::nullopt;
    return std::max(*asked, Milliseconds{100});
  }
  Milliseconds out = first;
  for (unsigned i = 1; i < failed; ++i) out *= factor;
  return out;
}

}  // namespace weir::oci
