#include "pkg/git/late_library.hpp"

#include <cstdio>
#include <cstdlib>

#include <dlfcn.h>

namespace weir::git {

void* LateLibrary::find(const char* function) const {
  void* library = ::dlopen(file_, RTLD_NOW | RTLD_LOCAL);
  void* address = library == nullptr ? nullptr : ::dlsym(library, function);
  if (address != nullptr) return address;
  std::fprintf(stderr, "weir: error while loading shared libraries: %s\n", ::dlerror());
  std::_Exit(127);
}

}  // namespace weir::git
