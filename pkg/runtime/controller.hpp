#pragma once

#include <algorithm>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "api/meta/v1/condition.hpp"
#include "api/meta/v1/kind.hpp"
#include "pkg/async/errors.hpp"
#include "pkg/async/timeout.hpp"
#include "pkg/base/random.hpp"
#include "pkg/base/scope.hpp"
#include "pkg/json/describe.hpp"
#include "pkg/json/merge.hpp"
#include "pkg/json/salvage.hpp"
#include "pkg/kube/client.hpp"
#include "pkg/kube/informer.hpp"
#include "pkg/runtime/conclusion.hpp"
#include "pkg/runtime/controller_loop.hpp"
#include "pkg/runtime/event_sinks.hpp"
#include "pkg/runtime/reconciler.hpp"

namespace weir::runtime {

/// Labels of gotk_resource_info for one object.
template <class T>
using ResourceInfo = std::function<std::map<std::string, std::string>(const T&)>;

/// Runs the reconciler of one kind: take key → snapshot → copy → (deleting? finalize : suspended? stop : reconcile) →
/// conclude → one status patch, if anything changed → schedule. An object that cannot be read is finalized by what can
/// be read of it, and is Stalled otherwise.  Threads: reactor.
template <api::Kind T>
class Controller {
 public:
  struct Parts {
    kube::Client& client;
    kube::Informer<T>& informer;
    Reconciler<T>& reconciler;
    EventSinks& events;
    Metrics& metrics;
    const Clock& clock;
    async::TaskGroup& tasks;
    log::Logger log;
  };
  struct Options {
    Options() {}
    LoopOptions loop;
    std::string status_field_manager;  ///< who writes status and finalizers
    ResourceInfo<T> resource_info;
  };

  using Traits = KindTraits<T>;

  Controller(Parts parts, Options options)
      : parts_{std::move(parts)},
        options_{std::move(options)},
        resource_{kube::resource_of<T>()},
        loop_{
            options_.loop,
            [this](kube::ObjectKey key) { return pass(std::move(key)); },
            parts_.metrics,
            parts_.clock,
            parts_.tasks,
            parts_.log} {
    parts_.informer.on_change([this](const auto& key, const auto& before, const auto& after) {
      if (after) {
        publish_info(key, *after);
      } else {
        parts_.metrics.forget(T::kNames.kind, key);
      }
      const auto* old = before ? &before->metadata : nullptr;
      const auto* now = after ? &after->metadata : nullptr;
      if (wakes(old, now) && !catching_up_) loop_.enqueue(key);
    });
    parts_.informer.on_unreadable([this](const auto& key, const auto& before, const auto& after) {
      const auto old = metadata_of(before);
      const auto now = metadata_of(after);
      if (wakes(old ? &*old : nullptr, now ? &*now : nullptr)) loop_.enqueue(key);
    });
  }

  void enqueue(const kube::ObjectKey& key) { loop_.enqueue(key); }
  void enqueue_after(const kube::ObjectKey& key, Milliseconds pause) { loop_.enqueue_after(key, pause); }
  asio::awaitable<void> run() { return loop_.run(); }
  asio::awaitable<void> drain() { return loop_.drain(); }

 private:
  /// Writes what changed in the status, and knows what was written last.
  class StatusWriter {
   public:
    /// @param held  the status that the server has
    StatusWriter(Controller& controller, T& object, json::Value held)
        : controller_{controller}, object_{object}, written_{std::move(held)} {}

    /// @throws kube::ApiError when the server refuses it
    asio::awaitable<void> write() {
      auto now = json::encode(object_.status);
      auto change = json::make_merge_patch(written_, now);
      if (change.empty()) co_return;
      auto patch = json::Value::object();
      patch.append_unchecked("status", std::move(change));
      co_await controller_.patch_object(object_, patch, "status");
      written_ = std::move(now);
    }
    /// Back to what the server holds, as far as we know.
    void revert() {
      auto held = json::decode<decltype(object_.status)>(json::View{written_});
      if (held) object_.status = std::move(*held);
    }

   private:
    Controller& controller_;
    T& object_;
    json::Value written_;
  };

  /// What concerns us: a new object, a new spec, a deletion, an on-demand request. Our own status writes do not.
  static bool wakes(const api::ObjectMeta* before, const api::ObjectMeta* after) {
    if (before == nullptr || after == nullptr) return true;
    const auto& old = *before;
    const auto& now = *after;
    return old.generation != now.generation || old.is_deleting() != now.is_deleting() || old.uid != now.uid ||
           (!Traits::request(now).empty() && Traits::request(now) != Traits::request(old));
  }

  static std::optional<api::ObjectMeta> metadata_of(const std::shared_ptr<const kube::Unreadable>& object) {
    if (!object) return std::nullopt;
    return json::salvage<T>(json::View{object->document}).metadata;
  }

  /// Sends a merge patch. Of the answer the pass takes only what its next write needs: spec, generation, labels and
  /// annotations are constants of a pass, or it would report what it did as done for a spec that it never saw. The
  /// cache learns our state at once when the answer is of the same spec; else it has fallen behind, see catch_up. So it
  /// has when there is no answer: the write may have been made all the same.
  asio::awaitable<void> patch_object(T& object, const json::Value& patch, std::string subresource) {
    kube::PatchOptions options;
    options.field_manager = options_.status_field_manager;
    options.subresource = std::move(subresource);
    options.detail = kube::Detail::kMetadata;
    const kube::ObjectKey key = kube::key_of(object);
    behind_.insert_or_assign(key, std::string{});
    auto answer = co_await parts_.client.merge_patch(resource_, key, patch, options);
    auto metadata = json::decode<api::ObjectMeta>(json::View{answer.metadata()});
    if (metadata.has_error()) throw std::runtime_error{metadata.error().text()};
    const bool same_object = metadata->uid == object.metadata.uid;
    const bool same_spec = same_object && metadata->generation == object.metadata.generation;
    object.metadata.resource_version = metadata->resource_version;
    object.metadata.finalizers = metadata->finalizers;
    if (same_spec) {
      T known = object;
      known.metadata = std::move(*metadata);
      parts_.informer.learn(std::move(known));
      behind_.erase(key);
    } else {
      behind_.insert_or_assign(key, std::move(metadata->resource_version));
    }
    if (!same_object) throw std::runtime_error{"the object was replaced by another one of its name"};
  }

  /// What the cache holds. A pass must not begin with less than the last write of the one before has seen, or may have
  /// made: its own status would be compared with one that is no longer there, and what is equal to that would not be
  /// written.
  asio::awaitable<std::shared_ptr<const T>> catch_up(kube::ObjectKey key) {
    const auto behind = behind_.find(key);
    if (behind == behind_.end()) co_return parts_.informer.get(key);
    const bool is_unknown = behind->second.empty();
    if (is_unknown || kube::is_later_version(behind->second, parts_.informer.version(key))) {
      auto live = co_await parts_.client.get(resource_, key);
      if (live) {
        catching_up_ = true;  // the pass that begins now is the one that a new spec would wake
        const ScopeExit caught_up{[this] { catching_up_ = false; }};
        parts_.informer.learn_document(std::move(live->document()));
      }
    }
    behind_.erase(key);
    co_return parts_.informer.get(key);
  }

  /// Goes on with what the last pass has not told yet, unless somebody has written the object since: then it is found
  /// out anew, from what the server has.
  void take_up(const kube::ObjectKey& key, T& object) {
    const auto at = untold_.find(key);
    if (at == untold_.end()) return;
    if (at->second.resource_version == object.metadata.resource_version) object.status = std::move(at->second.status);
    untold_.erase(at);
  }

  asio::awaitable<void> set_finalizers(T& object, std::vector<std::string> finalizers) {
    json::Value::Array list;
    for (auto& finalizer : finalizers) list.emplace_back(std::move(finalizer));
    auto metadata = json::Value::object({{"finalizers", json::Value{std::move(list)}}});
    // The list is replaced as a whole: only if nobody else changed it.
    metadata.set("resourceVersion", object.metadata.resource_version);
    const auto patch = json::Value::object({{"metadata", std::move(metadata)}});
    co_await patch_object(object, patch, "");
  }

  asio::awaitable<PassResult> pass(kube::ObjectKey key) {
    const auto snapshot = co_await catch_up(key);
    const auto unreadable = parts_.informer.unreadable(key);
    if (!snapshot && !unreadable) {
      parts_.reconciler.forget(key);
      untold_.erase(key);
      parts_.metrics.forget(T::kNames.kind, key);
      co_return PassResult{PassResult::Kind::kGone};
    }
    T object = snapshot ? *snapshot : json::salvage<T>(json::View{unreadable->document});
    const auto held = json::encode(object.status);
    take_up(key, object);
    const auto log = parts_.log.with(
        {{std::string{T::kNames.kind}, json::Value::object({{"name", key.name}, {"namespace", key.namespace_}})},
         {"namespace", key.namespace_},
         {"name", key.name},
         {"reconcileID", random_uuid()}}
    );
    ObjectEvents events{parts_.events, reference_to(object), object.metadata.annotations};
    StatusWriter status{*this, object, held};
    Context context{log, parts_.clock, events, [&status]() { return status.write(); }};

    if (object.metadata.is_deleting()) co_return co_await remove(context, object, status);
    if (Traits::is_suspended(object)) {
      handle_request(object);
      auto parts = parts_of(object);
      if (api::is_condition_true(parts.conditions, api::condition::kReady)) {
        parts.observed_generation = object.metadata.generation;
      }
      co_await status.write();
      log.debug("suspended");
      co_return PassResult{PassResult::Kind::kDone};
    }
    if (unreadable) co_return co_await refuse_spec(context, object, status, unreadable->problem);
    if (!Traits::kFinalizer.empty() && !object.metadata.has_finalizer(Traits::kFinalizer)) {
      auto finalizers = object.metadata.finalizers;
      finalizers.emplace_back(Traits::kFinalizer);
      co_await set_finalizers(object, std::move(finalizers));
    }

    const auto outcome = co_await attempt(context, object, false);
    co_return co_await end(context, object, status, outcome);
  }

  /// The object is not what a reconciler could act on; what could be read of it is enough to say so.
  asio::awaitable<PassResult> refuse_spec(
      Context& context, T& object, StatusWriter& status, const std::string& problem
  ) {
    const Outcome outcome{Stall{api::reason::kInvalidSpec, problem}};
    const auto result = co_await end(context, object, status, outcome);
    publish_info(kube::key_of(object), object);
    co_return result;
  }

  /// Says how the pass ended, in status and events.
  asio::awaitable<PassResult> end(Context& context, T& object, StatusWriter& status, const Outcome& outcome) {
    auto& reconciler = parts_.reconciler;
    const bool is_problem =
        conclude(context, parts_of(object), reconciler.conclusion_rules(), outcome, reconciler.event_facts(object));
    if (!is_problem) reconciler.mark_done(context, object);
    handle_request(object);
    if (const auto* wait = std::get_if<Wait>(&outcome); wait != nullptr && wait->telling == Telling::kLater) {
      untold_.insert_or_assign(kube::key_of(object), Untold{object.metadata.resource_version, object.status});
      co_return result_of(context, object, outcome);
    }
    const std::string refusal = co_await write_or_explain(context, object, status);
    co_return refusal.empty() ? result_of(context, object, outcome) : failed(object);
  }

  /// Writes the status. One that the server refuses for what it holds would leave the object saying what it said
  /// before, Ready at an old revision say: then that it was refused is written over what the server has.
  /// @returns why it was refused; empty: it was written
  asio::awaitable<std::string> write_or_explain(Context& context, T& object, StatusWriter& status) {
    std::string refusal;
    try {
      co_await status.write();
    } catch (const kube::ApiError& error) {
      if (!error.is_about_content()) throw;
      refusal = status_refused_message(error);
    }
    if (refusal.empty()) co_return refusal;
    context.log.error("the status was refused", refusal);
    status.revert();
    const bool is_news = mark_refused(parts_of(object), refusal, parts_.clock.wall_now());
    handle_request(object);
    co_await status.write();
    if (is_news) context.events.send(Severity::kError, api::reason::kStatusRefused, refusal);
    co_return refusal;
  }

  asio::awaitable<PassResult> remove(Context& context, T& object, StatusWriter& status) {
    if (Traits::kFinalizer.empty() || !object.metadata.has_finalizer(Traits::kFinalizer)) {
      co_return PassResult{PassResult::Kind::kDone};
    }
    const auto outcome = co_await attempt(context, object, true);
    if (!std::holds_alternative<Done>(outcome)) {
      co_return co_await keep_for_now(context, object, status, outcome);
    }
    auto finalizers = object.metadata.finalizers;
    std::erase(finalizers, Traits::kFinalizer);
    bool gone = false;
    try {
      co_await set_finalizers(object, std::move(finalizers));
    } catch (const kube::ApiError& error) {
      if (!error.is_not_found()) throw;
      gone = true;
    }
    context.log.info(gone ? log::Message{"already gone"} : log::Message{"finalizer removed"});
    co_return PassResult{PassResult::Kind::kDone};
  }

  /// What could not be cleaned up is told by the object, which
  /// stays; a failure is tried again soon, whatever the interval.
  asio::awaitable<PassResult> keep_for_now(Context& context, T& object, StatusWriter& status, const Outcome& outcome) {
    const auto& reconciler = parts_.reconciler;
    conclude(context, parts_of(object), reconciler.conclusion_rules(), outcome, reconciler.event_facts(object));
    bool gone = false;
    try {
      co_await write_or_explain(context, object, status);
    } catch (const kube::ApiError& error) {
      if (!error.is_not_found()) throw;
      gone = true;  // somebody took the finalizer off
    }
    if (gone) co_return PassResult{PassResult::Kind::kDone};
    auto result = result_of(context, object, outcome);
    if (std::holds_alternative<Failed>(outcome)) result.again_after = Milliseconds{0};
    co_return result;
  }

  asio::awaitable<Outcome> attempt(Context& context, T& object, bool finalize) {
    const auto limit = std::min(parts_.reconciler.time_limit(object), kLongestPass);
    std::string message;
    try {
      auto work = attempt_unlimited(context, object, finalize);
      co_return co_await async::with_timeout(limit, std::move(work));
    } catch (const async::TimedOut&) {
      message = async::TimedOut{"the pass", limit}.what();
    }
    parts_.metrics.timed_out(options_.loop.kind);
    co_return failed_pass(Failed{failure_reason(finalize), std::move(message)}, finalize);
  }

  asio::awaitable<Outcome> attempt_unlimited(Context& context, T& object, bool finalize) {
    std::exception_ptr failure;
    try {
      auto work = finalize ? parts_.reconciler.finalize(context, object) : parts_.reconciler.reconcile(context, object);
      co_return co_await std::move(work);
    } catch (...) {
      failure = std::current_exception();
    }
    co_return failed_pass(failed_by(failure, failure_reason(finalize)), finalize);
  }

  std::string_view failure_reason(bool finalize) const {
    return finalize ? api::reason::kCleanUpFailed : parts_.reconciler.conclusion_rules().failure_reason;
  }
  /// A failure that is no step's.
  Outcome failed_pass(Failed failed, bool finalize) const {
    if (!finalize) failed.condition = parts_.reconciler.conclusion_rules().failure_condition;
    return failed;
  }

  PassResult result_of(Context& context, const T& object, const Outcome& outcome) {
    if (const auto* failure = std::get_if<Failed>(&outcome)) {
      context.log.error("reconciliation failed", failure->message, {{"reason", failure->reason}});
      return failure->retry ? PassResult{PassResult::Kind::kFailed, *failure->retry} : failed(object);
    }
    if (const auto* wait = std::get_if<Wait>(&outcome)) {
      if (wait->telling != Telling::kNews) {
        context.log.debug("waiting", {{"reason", wait->reason}, {"for", wait->message}});
      } else {
        context.log.info("waiting", {{"reason", wait->reason}, {"for", wait->message}});
      }
      return PassResult{PassResult::Kind::kWaiting, wait->again_after};
    }
    if (const auto* stall = std::get_if<Stall>(&outcome)) {
      context.log.error("stalled", stall->message, {{"reason", stall->reason}});
      return PassResult{PassResult::Kind::kStalled};
    }
    const auto* done = std::get_if<Done>(&outcome);
    return PassResult{PassResult::Kind::kDone, done != nullptr ? done->again_after : Milliseconds{0}};
  }

  PassResult failed(const T& object) const {
    return PassResult{PassResult::Kind::kFailed, parts_.reconciler.retry_pause(object).value_or(Milliseconds{0})};
  }

  /// The request that was there when the pass began is served.
  static void handle_request(T& object) {
    auto* handled = Traits::handled_request(object);
    const auto requested = Traits::request(object.metadata);
    if (handled != nullptr && !requested.empty()) *handled = requested;
  }
  kube::ObjectReference reference_to(const T& object) const {
    return {
        resource_.api_version(),
        resource_.kind,
        kube::key_of(object),
        object.metadata.uid,
        object.metadata.resource_version};
  }

  void publish_info(const kube::ObjectKey& key, const T& object) {
    const auto& conditions = Traits::conditions(object);
    const auto* ready = api::find_condition(conditions, api::condition::kReady);
    if (options_.resource_info) {
      auto labels = options_.resource_info(object);
      labels["customresource_group"] = T::kNames.group;
      labels["customresource_version"] = T::kNames.version;
      labels["ready"] = ready != nullptr ? ready->status : "Unknown";
      labels["suspended"] = Traits::is_suspended(object) ? "true" : "false";
      parts_.metrics.resource_info(T::kNames.kind, key, std::move(labels));
    }
    if (ready != nullptr && ready->is_true()) {
      parts_.metrics.ready(T::kNames.kind, key);
      return;
    }
    Metrics::Unready state;
    const auto since =
        parse_rfc3339(ready != nullptr ? ready->last_transition_time : object.metadata.creation_timestamp);
    state.since = since.has_error() ? parts_.clock.wall_now() : *since;
    state.reason = ready != nullptr ? ready->reason : "";
    state.waits_for = ready != nullptr ? ready->message : "waiting to be reconciled";
    state.is_stalled = api::is_condition_true(conditions, api::condition::kStalled);
    parts_.metrics.unready(T::kNames.kind, key, state);
  }

  Parts parts_;
  const Options options_;
  const kube::Resource resource_;
  std::map<kube::ObjectKey, std::string> behind_;  // the cache must hold this version before the next pass; empty: ask
  struct Untold {
    std::string resource_version;
    decltype(T::status) status;
  };
  std::map<kube::ObjectKey, Untold> untold_;
  bool catching_up_ = false;
  ControllerLoop loop_;
};

}  // namespace weir::runtime
