#pragma once

// Inside pkg/git only.

#include <cstddef>

#include "pkg/git/repository.hpp"

namespace weir::git {

/// The most that libgit2 may ask for in one piece: an object of a pack says how large it becomes,
/// and sixteen kilobytes can say gigabytes. A refused piece is a failed call, see
/// take_refused_bytes(). During a Trial it is kOrdinaryObject.
constexpr std::size_t kLargestObject = kLargestBlob;

/// Another limit for what the current thread does while this lives.  Threads: any.
class ObjectMemoryLimit {
 public:
  explicit ObjectMemoryLimit(std::size_t bytes);
  ~ObjectMemoryLimit();
  ObjectMemoryLimit(const ObjectMemoryLimit&) = delete;
  ObjectMemoryLimit& operator=(const ObjectMemoryLimit&) = delete;

 private:
  const std::size_t before_;
};

/// Makes libgit2 heed the limit: once, before its own initialiser.
void limit_object_memory();

/// The size of the piece that was refused to the current thread since the last call; 0 = none.
std::size_t take_refused_bytes();
/// The limit that holds for the current thread.
std::size_t object_memory_limit();

}  // namespace weir::git
