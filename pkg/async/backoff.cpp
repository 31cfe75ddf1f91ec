#include "pkg/async/backoff.hpp"

#include <algorithm>
#include <cmath>

namespace weir::async {

Milliseconds Backoff::next(double fraction) {
  const double first = static_cast<double>(options_.first.count());
  const double longest = static_cast<double>(options_.longest.count());
  const double grown = first * std::pow(options_.factor, static_cast<double>(failures_));
  if (grown < longest) ++failures_;  // beyond the longest pause the count adds nothing but overflow
  const double pause = std::min(grown, longest);
  return Milliseconds{std::llround(pause * (1.0 + options_.jitter * fraction))};
}

}  // namespace weir::async
