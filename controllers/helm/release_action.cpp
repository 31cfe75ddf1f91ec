#include "controllers/helm/release_action.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "pkg/async/parallel.hpp"
#include "pkg/base/text.hpp"
#include "pkg/kube/api_error.hpp"
#include "pkg/ssa/execute.hpp"
#include "pkg/ssa/health.hpp"
#include "pkg/ssa/live_objects.hpp"
#include "pkg/ssa/plan.hpp"
#include "pkg/ssa/remove.hpp"

namespace weir::helm_controller {
namespace {

constexpr Milliseconds kGonePoll{1'000};

/// Kinds that are healthy when they are there: nobody is asked about them.
bool is_healthy_at_once(const ssa::ObjectId& id) {
  static const std::set<std::string, std::less<>> kKinds{
      "ClusterRole",
      "ClusterRoleBinding",
      "ConfigMap",
      "IngressClass",
      "LimitRange",
      "NetworkPolicy",
      "PriorityClass",
      "Role",
      "RoleBinding",
      "Secret",
      "ServiceAccount",
      "StorageClass",
      "ResourceQuota",
      "RuntimeClass",
      "MutatingWebhookConfiguration",
      "ValidatingWebhookConfiguration"};
  return kKinds.contains(id.kind) && (id.group.empty() || id.group.ends_with(".k8s.io"));
}

/// Hooks are awaited to their end: a Pod that runs is not done. Everything else counts as done when it is there.
ssa::Health hook_health(const kube::Object& live) {
  const std::string_view kind = live.kind();
  if (kind == "Job") return ssa::compute_health(live);
  if (kind != "Pod") return {ssa::HealthStatus::kCurrent, "", {}};
  const auto phase = live.document().text_at({"status", "phase"});
  if (phase == "Succeeded") return {ssa::HealthStatus::kCurrent, "", {}};
  if (phase == "Failed") return {ssa::HealthStatus::kFailed, text::cat("pod ", live.name(), " failed"), {}};
  return {ssa::HealthStatus::kInProgress, text::cat("pod is ", phase.empty() ? "pending" : phase), {}};
}

std::string list_of(const std::vector<ssa::ObjectId>& objects) {
  constexpr std::size_t kMostShown = 20;
  std::string out;
  for (std::size_t i = 0; i < std::min(objects.size(), kMostShown); ++i)
    text::append(out, out.empty() ? "" : ", ", objects[i].text());
  if (objects.size() > kMostShown) text::append(out, ", and ", objects.size() - kMostShown, " more");
  return out;
}

}  // namespace

asio::awaitable<std::optional<Milliseconds>> ReleaseAction::advance(ActionTools& tools) {
  awaited_.clear();
  for (;;) {
    Pause pause;
    switch (stage_) {
      case Stage::kBefore: pause = co_await run_hooks(tools, plan_.before); break;
      case Stage::kObjects:
        co_await apply(tools);
        co_await remove_obsolete(tools);
        break;
      case Stage::kHealth: pause = co_await await_health(tools); break;
      case Stage::kGone: pause = co_await await_gone(tools); break;
      case Stage::kAfter: pause = co_await run_hooks(tools, plan_.after); break;
      case Stage::kDone: co_return std::nullopt;
    }
    if (pause) co_return pause;
    stage_ = static_cast<Stage>(static_cast<int>(stage_) + 1);
  }
}

asio::awaitable<void> ReleaseAction::apply(ActionTools& tools) {
  if (plan_.objects.empty()) co_return;
  ssa::Findings findings;
  findings.on_applied = tools.on_applied;
  ssa::PlanRequest wanted;
  wanted.objects = plan_.objects;
  wanted.force = plan_.force;
  wanted.findings = findings;
  auto plan = co_await ssa::make_plan(tools.cluster, std::move(wanted));
  ssa::ExecuteRequest manner;
  manner.findings = std::move(findings);
  manner.before_write = tools.record;
  const auto result = co_await ssa::execute(tools.cluster, std::move(plan), std::move(manner));
  applied_.clear();
  for (const auto& change : result.changes) applied_.push_back(change.id);
  if (!result.errors.empty()) throw ActionFailed{text::join(result.errors, "\n")};
  plan_.objects.clear();  // a large release takes its memory once
  if (!plan_.waits) co_return;
  Ids awaited = applied_;
  std::erase_if(awaited, [this](const ssa::ObjectId& id) {
    const bool is_passed_over = id.kind == "Job" && id.group == "batch" && !plan_.waits_for_jobs;
    return is_passed_over || is_healthy_at_once(id);
  });
  begin_wait(tools, awaited);
}

asio::awaitable<void> ReleaseAction::remove_obsolete(ActionTools& tools) {
  if (plan_.obsolete.empty()) co_return;
  const auto may_go = [this](const kube::Object& metadata) {
    return !is_of_another_release(metadata, plan_.release) && !is_kept(metadata);
  };
  const auto result = co_await ssa::remove(tools.cluster, plan_.obsolete, may_go);
  if (!result.errors.empty()) throw ActionFailed{text::join(result.errors, "\n")};
  for (const auto& change : result.changes)
    if (change.action == ssa::Action::kDeleted) leaving_.push_back(change.id);
  plan_.obsolete.clear();
  gone_deadline_ = tools.cluster.clock.now() + plan_.timeout;
}

void ReleaseAction::begin_wait(ActionTools& tools, const Ids& objects) {
  if (objects.empty()) return;
  tools.applied.health.emplace(objects, tools.cluster.clock.now(), plan_.timeout);
}

void ReleaseAction::end_wait(ActionTools& tools) {
  tools.applied.health.reset();
  tools.watches.stop(tools.owner);
}

/// What cannot be asked now, because its kind is not served or may not be read, is asked again.
asio::awaitable<void> ReleaseAction::ask(ActionTools& tools, ssa::ObjectId id) {
  ssa::Health health{ssa::HealthStatus::kNotFound, "", {}};
  bool is_watched = false;
  try {
    const auto resource = co_await tools.cluster.mapper.find(id.api_version(), id.kind);
    if (resource) {
      is_watched = tools.drift.find(id) != nullptr || tools.watches.follow(tools.owner, *resource, id);
      const auto key = id.key();
      const auto live = co_await tools.cluster.client.get(*resource, key);
      if (live) {
        const bool is_paused = id.kind == "Deployment" && live->document().find_path({"spec", "paused"}) != nullptr &&
                               *live->document().find_path({"spec", "paused"}) == json::Value{true};
        health = hook_run_   ? hook_health(*live)
                 : is_paused ? ssa::Health{ssa::HealthStatus::kCurrent, "", {}}
                             : ssa::compute_health(*live);
      }
    }
  } catch (const kube::ApiError& error) {
    health.status = ssa::HealthStatus::kUnknown;
    health.message = error.what();
    is_watched = false;
  }
  if (tools.applied.health) tools.applied.health->answer(id, health, is_watched, tools.cluster.clock.now());
}

asio::awaitable<ReleaseAction::Pause> ReleaseAction::await_health(ActionTools& tools) {
  if (!tools.applied.health) co_return std::nullopt;
  const auto due = tools.applied.health->ask(tools.cluster.clock.now());
  auto one = [this, &tools, &due](std::size_t index) { return ask(tools, due[index]); };
  co_await async::for_each_index(due.size(), tools.cluster.options.concurrency, one);
  const auto now = tools.cluster.clock.now();
  const auto& wait = *tools.applied.health;
  if (wait.is_over()) {
    end_wait(tools);
    co_return std::nullopt;
  }
  if (wait.has_failed() || wait.has_expired(now)) {
    const std::string why = wait.has_failed() ? text::cat("failed: [", wait.failed_objects(), "]")
                                              : text::cat("timeout waiting for: [", wait.pending_objects(), "]");
    end_wait(tools);
    throw ActionFailed{why};
  }
  awaited_ = wait.pending_objects();
  co_return std::max({wait.pause(now), wait.gathering(), Milliseconds{1}});
}

asio::awaitable<ReleaseAction::Pause> ReleaseAction::await_gone(ActionTools& tools) {
  if (!plan_.waits_for_deletion) leaving_.clear();
  Ids left;
  ssa::LiveObjects live{tools.cluster.client, tools.cluster.mapper};
  for (const auto& id : leaving_) {
    const auto found = co_await live.find(id);
    if (found) left.push_back(id);
  }
  leaving_ = std::move(left);
  if (leaving_.empty()) co_return std::nullopt;
  if (tools.cluster.clock.now() >= gone_deadline_)
    throw ActionFailed{text::cat("timeout waiting for deletion of: [", list_of(leaving_), "]")};
  awaited_ = text::cat("deletion of ", list_of(leaving_));
  co_return kGonePoll;
}

}  // namespace weir::helm_controller
