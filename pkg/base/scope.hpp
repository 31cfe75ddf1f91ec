#pragma once

#include <utility>

namespace weir {

/// Runs an action when the scope ends, unless dismissed. The action must not throw.
template <class Action>
class ScopeExit {
 public:
  explicit ScopeExit(Action action) : action_{std::move(action)} {}
  ~ScopeExit() {
    if (armed_) action_();
  }
  ScopeExit(const ScopeExit&) = delete;
  ScopeExit& operator=(const ScopeExit&) = delete;

  void dismiss() { armed_ = false; }

 private:
  Action action_;
  bool armed_ = true;
};

}  // namespace weir
