#pragma once

#include <cstddef>

namespace weir::simulation {

/// What is new and was not deleted yet. Not where a sanitizer looks on: memory.cpp is not linked there.
std::size_t live_bytes();

}  // namespace weir::simulation
