#include "pkg/git/object_memory.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <git2/sys/alloc.h>

#include "pkg/git/large_works.hpp"
#include "pkg/git/libgit2.hpp"

namespace weir::git {

namespace {

thread_local std::size_t limit = kLargestObject;
thread_local std::size_t refused = 0;

bool is_refused(std::size_t count, std::size_t size = 1) {
  const auto most = is_trial() ? std::min(limit, kOrdinaryObject) : limit;
  if (size == 0 || count <= most / size) return false;
  refused = count <= SIZE_MAX / size ? count * size : SIZE_MAX;
  git_error_set_oom();
  return true;
}

template <class T>
T* checked(T* memory) {
  if (!memory) git_error_set_oom();
  return memory;
}

void* allocate(std::size_t size, const char*, int) {
  return is_refused(size) ? nullptr : checked(std::malloc(std::max<std::size_t>(size, 1)));
}

void* allocate_zeroed(std::size_t count, std::size_t size, const char*, int) {
  if (is_refused(count, size)) return nullptr;
  return checked(std::calloc(std::max<std::size_t>(count, 1), std::max<std::size_t>(size, 1)));
}

void* reallocate(void* memory, std::size_t size, const char*, int) {
  return is_refused(size) ? nullptr : checked(std::realloc(memory, std::max<std::size_t>(size, 1)));
}

void* reallocate_array(void* memory, std::size_t count, std::size_t size, const char* file, int line) {
  return is_refused(count, size) ? nullptr : reallocate(memory, count * size, file, line);
}

void* allocate_array(std::size_t count, std::size_t size, const char* file, int line) {
  return reallocate_array(nullptr, count, size, file, line);
}

char* duplicate_exactly(const char* text, std::size_t size, const char* file, int line) {
  auto* out = static_cast<char*>(allocate(size + 1, file, line));
  if (!out) return nullptr;
  std::memcpy(out, text, size);
  out[size] = '\0';
  return out;
}

char* duplicate_at_most(const char* text, std::size_t size, const char* file, int line) {
  return duplicate_exactly(text, ::strnlen(text, size), file, line);
}

char* duplicate(const char* text, const char* file, int line) {
  return duplicate_exactly(text, std::strlen(text), file, line);
}

}  // namespace

ObjectMemoryLimit::ObjectMemoryLimit(std::size_t bytes) : before_{std::exchange(limit, bytes)} {}
ObjectMemoryLimit::~ObjectMemoryLimit() { limit = before_; }

void limit_object_memory() {
  git_allocator allocator{};
  allocator.gmalloc = allocate;
  allocator.gcalloc = allocate_zeroed;
  allocator.gstrdup = duplicate;
  allocator.gstrndup = duplicate_at_most;
  allocator.gsubstrdup = duplicate_exactly;
  allocator.grealloc = reallocate;
  allocator.greallocarray = reallocate_array;
  allocator.gmallocarray = allocate_array;
  allocator.gfree = std::free;
  git_libgit2_opts(GIT_OPT_SET_ALLOCATOR, &allocator);
}

std::size_t take_refused_bytes() { return std::exchange(refused, 0); }

std::size_t object_memory_limit() { return limit; }

}  // namespace weir::git
