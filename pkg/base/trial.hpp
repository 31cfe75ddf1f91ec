#pragma once

#include <stdexcept>

namespace weir {

/// Thrown where a Trial takes more than it may; the same work without one goes on.
class TrialTooSmall : public std::runtime_error {
 public:
  TrialTooSmall() : std::runtime_error{"more memory is needed than several works at once may take"} {}
};

/// While it lives, what the current thread does takes little memory, or throws
/// TrialTooSmall.  Threads: any.
class Trial {
 public:
  Trial();
  ~Trial();
  Trial(const Trial&) = delete;
  Trial& operator=(const Trial&) = delete;

 private:
  const bool before_;
};
bool is_trial();

}  // namespace weir
