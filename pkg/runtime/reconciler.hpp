#pragma once

#include <exception>

#include "api/meta/v1/kind.hpp"
#include "pkg/async/asio.hpp"
#include "pkg/kube/object_key.hpp"
#include "pkg/runtime/context.hpp"
#include "pkg/runtime/outcome.hpp"

namespace weir::runtime {

/// How a pass ended: an outcome, or what was thrown.
struct Conclusion {
  Outcome outcome;
  std::exception_ptr failure;  ///< set: `outcome` does not count

  Conclusion() : outcome{Next{}} {}
};

/// What a controller author writes. One instance serves all objects of the kind; one object is never in two calls at a
/// time. Reconcile from state, never from the event that woke you.  Threads: reactor.
template <api::Kind T>
class Reconciler {
 public:
  virtual ~Reconciler() = default;
  /// Brings the world to what `object.spec` says; edits object.status only.
  virtual asio::awaitable<Outcome> reconcile(Context& context, T& object) = 0;
  /// Cleans up behind an object that is being deleted. Done: the finalizer may go.
  virtual asio::awaitable<Outcome> finalize(Context& context, T& object) = 0;
  /// Turns how the pass ended into conditions; the status is written once afterwards, if it changed.
  virtual void conclude(Context& context, T& object, const Conclusion& conclusion) = 0;
  /// The pause after a failure; nullopt: exponential back-off.
  virtual std::optional<Milliseconds> retry_pause(const T&) const { return std::nullopt; }
  /// The object is gone: drop what is remembered of it.
  virtual void forget(const kube::ObjectKey&) {}
};

}  // namespace weir::runtime
