#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "api/meta/v1/kind.hpp"
#include "pkg/async/asio.hpp"
#include "pkg/kube/object_key.hpp"
#include "pkg/runtime/conclusion.hpp"
#include "pkg/runtime/context.hpp"
#include "pkg/runtime/kind_traits.hpp"
#include "pkg/runtime/outcome.hpp"

namespace weir::runtime {

/// For what a pass does besides the waits that its spec limits: generous, so that only what hangs is cut.
inline constexpr Milliseconds kPassGrace = std::chrono::minutes{15};
inline constexpr Milliseconds kLongestPass = std::chrono::hours{1};

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
  /// How the end of a pass reads where it is no success.
  virtual const ConclusionRules& conclusion_rules() const = 0;
  /// The pass ended well: says so, in the kind's own words. The status is written once afterwards, if it changed.
  virtual void mark_done(Context& context, T& object) = 0;
  /// What events about the end of a pass carry for machines ("revision").
  virtual std::map<std::string, std::string> event_facts(const T&) const { return {}; }
  /// How long a pass may take, finalize included. What is still awaited then is cancelled, work on a pool is asked to
  /// stop, and the pass has failed. Never more than kLongestPass.
  virtual Milliseconds time_limit(const T&) const { return kPassGrace; }
  /// The pause after a failure; nullopt: exponential back-off.
  virtual std::optional<Milliseconds> retry_pause(const T&) const { return std::nullopt; }
  /// The object is gone: drop what is remembered of it.
  virtual void forget(const kube::ObjectKey&) {}
};

}  // namespace weir::runtime
