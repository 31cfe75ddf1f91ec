#pragma once

#include <atomic>

namespace weir::git {

/// A shared library that is opened when the first of its functions is called, and stays open: libgit2 and libssh bring
/// thirteen others along, and most commands, and all controllers but three, call neither.  Threads: any.
class LateLibrary {
 public:
  /// @param file  its name with the version of its interface: "libssh.so.4"
  explicit constexpr LateLibrary(const char* file) : file_{file} {}

  /// The address of a function. Ends the process when the library or the function is missing, as the loader does, which
  /// would not have started it.
  void* find(const char* function) const;

 private:
  const char* file_;
};

/// One of its functions, called like it.
template <class Function>
class LateFunction;

template <class Out, class... In>
class LateFunction<Out(In...)> {
 public:
  constexpr LateFunction(const LateLibrary& library, const char* name) : library_{library}, name_{name} {}

  Out operator()(In... arguments) const {
    void* function = function_.load(std::memory_order_acquire);
    if (function == nullptr) function_.store(function = library_.find(name_), std::memory_order_release);
    return reinterpret_cast<Out (*)(In...)>(function)(arguments...);
  }

 private:
  const LateLibrary& library_;
  const char* name_;
  mutable std::atomic<void*> function_{nullptr};
};

/// A function with "...".
template <class Out, class First>
class LateFunction<Out(First, ...)> {
 public:
  constexpr LateFunction(const LateLibrary& library, const char* name) : library_{library}, name_{name} {}

  template <class... More>
  Out operator()(First first, More... more) const {
    return reinterpret_cast<Out (*)(First, ...)>(library_.find(name_))(first, more...);
  }

 private:
  const LateLibrary& library_;
  const char* name_;
};

}  // namespace weir::git
