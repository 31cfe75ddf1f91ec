#pragma once

#include <cstdlib>

/// A property that must hold for every input: the fuzzer reports what breaks it.
inline void require(bool condition) {
  if (!condition) std::abort();
}
