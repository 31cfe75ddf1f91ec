#include <algorithm>
#include <tuple>
#include <utility>

#include "controllers/helm/release_action.hpp"
#include "pkg/base/text.hpp"
#include "pkg/kube/api_error.hpp"
#include "pkg/ssa/execute.hpp"
#include "pkg/ssa/live_objects.hpp"
#include "pkg/ssa/plan.hpp"

namespace weir::helm_controller {
namespace {

constexpr std::string_view kBeforeCreation = "before-hook-creation";
constexpr std::string_view kSucceeded = "hook-succeeded";
constexpr std::string_view kFailed = "hook-failed";
constexpr Milliseconds kGonePoll{500};

bool has_policy(const helm::StoredHook& hook, std::string_view policy) {
  const auto& own = hook.delete_policies;
  if (own.empty()) return policy == kBeforeCreation;
  return std::ranges::find(own, policy) != own.end();
}

std::string time_of(const ActionTools& tools) { return to_rfc3339_nanoseconds(tools.cluster.clock.wall_now()); }

Result<ssa::Desired> object_of(const helm::StoredHook& hook, const ReleaseIdentity& release) {
  auto objects = objects_of_manifest(hook.manifest);
  if (!objects) return objects.error();
  auto desired = desired_objects(std::move(*objects), release);
  if (!desired) return desired.error();
  if (desired->size() != 1) return InputError{"", "expected one object"};
  return std::move(desired->front());
}

/// A definition that a hook brings is never deleted: what it defines would go with it.
bool is_definition(const helm::StoredHook& hook) { return hook.kind == "CustomResourceDefinition"; }

}  // namespace

asio::awaitable<ReleaseAction::Pause> ReleaseAction::run_hooks(
    ActionTools& tools, std::optional<helm::HookEvent> event
) {
  if (!event) co_return std::nullopt;
  if (!hook_run_) {
    hook_run_.emplace();
    for (std::size_t i = 0; i < plan_.hooks.size(); ++i)
      if (plan_.hooks[i].runs_at(*event)) hook_run_->order.push_back(i);
    std::ranges::stable_sort(hook_run_->order, [this](std::size_t left, std::size_t right) {
      const auto& hooks = plan_.hooks;
      return std::tie(hooks[left].weight, hooks[left].name) < std::tie(hooks[right].weight, hooks[right].name);
    });
  }
  auto& run = *hook_run_;
  while (run.next < run.order.size()) {
    const auto pause = co_await run_hook(tools, plan_.hooks[run.order[run.next]], *event);
    if (pause) co_return pause;
    ++run.next;
    run.at = HookRun::At::kClear;
  }
  co_await tidy_hooks(tools, kSucceeded, 0, run.order.size());
  hook_run_.reset();
  co_return std::nullopt;
}

asio::awaitable<ReleaseAction::Pause> ReleaseAction::run_hook(
    ActionTools& tools, helm::StoredHook& hook, helm::HookEvent event
) {
  auto& run = *hook_run_;
  std::string failure;
  try {
    if (run.at == HookRun::At::kClear) {
      auto object = object_of(hook, plan_.release);
      if (!object) throw ActionFailed{object.error().text()};
      run.object = std::move(*object);
      leaving_ = {run.object->id()};
      co_await settle_scopes(tools.cluster.mapper, leaving_);
      gone_deadline_ = tools.cluster.clock.now() + plan_.timeout;
      if (has_policy(hook, kBeforeCreation) && !is_definition(hook)) {
        const auto removed = co_await remove_hook(tools, leaving_.front());
        if (!removed) leaving_.clear();
      } else {
        leaving_.clear();
      }
      run.at = HookRun::At::kClearing;
    }
    if (run.at == HookRun::At::kClearing) {
      const bool waits = std::exchange(plan_.waits_for_deletion, true);
      std::exception_ptr thrown;
      Pause pause;
      try {
        pause = co_await await_gone(tools);
      } catch (...) {
        thrown = std::current_exception();
      }
      plan_.waits_for_deletion = waits;
      if (thrown) std::rethrow_exception(thrown);
      if (pause) co_return std::min(*pause, kGonePoll);
      run.at = HookRun::At::kMake;
    }
    if (run.at == HookRun::At::kMake) {
      co_await make_hook(tools, hook);
      run.at = HookRun::At::kAwait;
    }
    const auto pause = co_await await_health(tools);
    if (pause) co_return pause;
  } catch (const ActionFailed& failed) {
    failure = failed.what();
  }
  hook.last_run.completed_at = time_of(tools);
  hook.last_run.phase = failure.empty() ? "Succeeded" : "Failed";
  if (failure.empty()) co_return std::nullopt;
  co_await tidy_hooks(tools, kFailed, run.next, run.next + 1);
  co_await tidy_hooks(tools, kSucceeded, 0, run.next);
  throw ActionFailed{text::cat("failed ", helm::name_of(event), ": ", failure)};
}

asio::awaitable<void> ReleaseAction::make_hook(ActionTools& tools, helm::StoredHook& hook) {
  auto& run = *hook_run_;
  hook.last_run.started_at = time_of(tools);
  hook.last_run.completed_at.clear();
  hook.last_run.phase = "Running";
  ssa::PlanRequest wanted;
  wanted.objects.push_back(*run.object);
  auto plan = co_await ssa::make_plan(tools.cluster, std::move(wanted));
  ssa::ExecuteRequest manner;
  const auto result = co_await ssa::execute(tools.cluster, std::move(plan), std::move(manner));
  if (!result.errors.empty()) throw ActionFailed{text::join(result.errors, "\n")};
  Ids made;
  for (const auto& change : result.changes) made.push_back(change.id);
  begin_wait(tools, made);
}

/// @returns whether there was one
asio::awaitable<bool> ReleaseAction::remove_hook(ActionTools& tools, ssa::ObjectId id) {
  ssa::LiveObjects live{tools.cluster.client, tools.cluster.mapper};
  const auto found = co_await live.find(id);
  if (!found) co_return false;
  kube::DeleteOptions options;
  options.uid = found->metadata.uid();
  const auto key = id.key();
  co_await tools.cluster.client.remove(found->resource, key, options);
  co_return true;
}

/// Deletes those of some hooks that ask for it. What cannot be deleted does not change how the action ends.
asio::awaitable<void> ReleaseAction::tidy_hooks(
    ActionTools& tools, std::string_view policy, std::size_t first, std::size_t last
) {
  for (std::size_t i = first; i < last; ++i) {
    const auto& hook = plan_.hooks[hook_run_->order[i]];
    if (!has_policy(hook, policy) || is_definition(hook)) continue;
    std::string problem;
    try {
      const auto object = object_of(hook, plan_.release);
      if (!object) continue;
      Ids ids{object->id()};
      co_await settle_scopes(tools.cluster.mapper, ids);
      co_await remove_hook(tools, ids.front());
    } catch (const kube::ApiError& error) {
      problem = error.what();
    }
    if (!problem.empty()) tools.cluster.log.error("a hook cannot be deleted", problem, {{"hook", hook.name}});
  }
}

}  // namespace weir::helm_controller
