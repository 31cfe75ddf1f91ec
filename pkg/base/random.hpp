#pragma once

#include <cstdint>
#include <string>

namespace weir {

/// A random version 4 UUID (RFC 9562).  Threads: any.
std::string random_uuid();

/// Uniform in [0, 1).  Threads: any.
double random_fraction();

/// `digits` random lower-case hex digits.
std::string random_hex(std::size_t digits);

}  // namespace weir
