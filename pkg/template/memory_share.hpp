#pragma once

#include <cstddef>
#include <cstdint>

#include "pkg/template/reference.hpp"

namespace weir::templates {

/// Memory that a function fills with what is no value yet, so that it counts for the limit of the rendering; given back
/// at the end of its life. Looked at whenever a thousand steps are spent.  Threads: one.
class MemoryShare {
 public:
  MemoryShare() = default;
  ~MemoryShare() { memory_in_use() -= bytes_; }
  MemoryShare(const MemoryShare&) = delete;
  MemoryShare& operator=(const MemoryShare&) = delete;

  void add(std::size_t bytes) {
    bytes_ += static_cast<std::int64_t>(bytes);
    memory_in_use() += static_cast<std::int64_t>(bytes);
  }

 private:
  std::int64_t bytes_ = 0;
};

}  // namespace weir::templates
