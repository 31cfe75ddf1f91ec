#include "pkg/ssa/execute.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "pkg/async/parallel.hpp"
#include "pkg/base/text.hpp"
#include "pkg/ssa/managed_fields.hpp"
#include "pkg/ssa/refusal.hpp"
#include "pkg/ssa/wait.hpp"

namespace weir::ssa {
namespace {

constexpr Milliseconds kAdmissionPoll{100};
constexpr Milliseconds kAdmissionLag{1'000};

class Execution {
 public:
  Execution(const Cluster& cluster, Plan plan, ExecuteRequest request)
      : cluster_{cluster}, plan_{std::move(plan)}, request_{std::move(request)}, writes_(plan_.objects.size()) {}
  Execution(const Execution&) = delete;
  Execution& operator=(const Execution&) = delete;

  asio::awaitable<void> run();
  Report report() const;

 private:
  /// What became of an object that was to be written; both are empty until then.
  struct Write {
    std::optional<Action> action;
    std::string error;
  };

  asio::awaitable<void> run_stage(std::size_t first, std::size_t last);
  asio::awaitable<void> plan_stage(std::span<PlannedObject> stage);
  asio::awaitable<void> announce(std::size_t begin, std::size_t end);
  asio::awaitable<void> write(PlannedObject& object, Write& out);
  asio::awaitable<void> remove_for_good(PlannedObject& object);
  asio::awaitable<void> clean_up(const PlannedObject& object);
  asio::awaitable<void> wait_for_stage(std::size_t begin, std::size_t end);
  bool has_failed() const {
    return plan_.has_errors() || std::ranges::any_of(writes_, [](const Write& write) { return !write.error.empty(); });
  }

  const Cluster& cluster_;
  Plan plan_;
  const ExecuteRequest request_;
  std::vector<Write> writes_;  // by the place in the plan
};

asio::awaitable<void> Execution::run() {
  const auto& objects = plan_.objects;
  if (request_.portion == 0 && plan_.writes() && !plan_.has_errors()) co_await announce(0, objects.size());
  for (std::size_t begin = 0; begin < objects.size() && !has_failed();) {
    std::size_t end = begin;
    while (end < objects.size() && objects[end].stage == objects[begin].stage) ++end;
    co_await run_stage(begin, end);
    begin = end;
  }
}

asio::awaitable<void> Execution::announce(std::size_t begin, std::size_t end) {
  if (!request_.before_write) co_return;
  std::vector<ObjectId> ids;
  ids.reserve(end - begin);
  for (std::size_t i = begin; i < end; ++i) ids.push_back(plan_.objects[i].id());
  co_await request_.before_write(ids);
}

asio::awaitable<void> Execution::run_stage(std::size_t first, std::size_t last) {
  auto& objects = plan_.objects;
  const auto stage = std::span{objects}.subspan(first, last - first);
  co_await plan_stage(stage);
  if (has_failed()) co_return;

  const std::size_t most = request_.portion == 0 ? objects.size() : request_.portion;
  for (std::size_t begin = first; begin < last;) {
    std::size_t end = begin;
    const int rank = rank_of(objects[begin].id().kind);
    while (end < last && end - begin < most && rank_of(objects[end].id().kind) == rank) ++end;
    if (request_.portion > 0) co_await announce(begin, end);
    auto write_one = [this, begin](std::size_t index) {
      return write(plan_.objects[begin + index], writes_[begin + index]);
    };
    co_await async::for_each_index(end - begin, cluster_.options.concurrency, write_one);
    if (has_failed()) co_return;
    begin = end;
  }
  co_await wait_for_stage(first, last);
}

/// Admission plugins (priority classes, runtime classes, quotas) hear of what was just written through watches of their
/// own, and so does validation of a definition that was extended: they refuse for a moment what needs it. Then the
/// stage is asked again, above all before anything is deleted to be made anew.
asio::awaitable<void> Execution::plan_stage(std::span<PlannedObject> stage) {
  const auto has_news = [](const Write& write) { return write.action && *write.action != Action::kUnchanged; };
  const bool follows_writes = std::ranges::any_of(writes_, has_news);
  const auto is_open = [](const PlannedObject& object) { return object.intent == Intent::kOpen; };
  const bool decides = std::ranges::any_of(stage, is_open);
  const auto deadline = cluster_.clock.now() + kAdmissionLag;
  for (;;) {
    co_await plan_open_objects(cluster_, plan_, stage, request_.findings);
    if (!follows_writes || !decides || cluster_.clock.now() >= deadline) co_return;
    bool asks_again = false;
    for (auto& object : stage) {
      const bool is_refused = object.intent == Intent::kRefused || object.intent == Intent::kRecreate;
      if (!is_refused || !object.may_pass) continue;
      object.intent = Intent::kOpen;
      object.error.clear();
      object.may_pass = false;
      asks_again = true;
    }
    if (!asks_again) co_return;
    co_await cluster_.pause(kAdmissionPoll);
  }
}

asio::awaitable<void> Execution::write(PlannedObject& object, Write& out) {
  if (!object.is_written()) co_return;
  std::optional<kube::ApiError> refused;
  kube::Applied answer;
  try {
    if (object.intent == Intent::kRecreate) co_await remove_for_good(object);
    if (object.is_unclean) co_await clean_up(object);
    kube::ApplyOptions options;
    options.field_manager = cluster_.options.field_manager;
    options.detail = kube::Detail::kMetadata;
    const kube::ObjectKey key = object.id().key();
    answer = co_await cluster_.client.apply(*object.resource, key, object.desired.text(), options);
  } catch (const kube::ApiError& error) {
    refused = error;
  }
  if (refused) {
    out.error = text::cat(object.id().text(), " apply failed: ", safe_text(object.id(), *refused));
    co_return;
  }
  out.action = answer.created || object.live_version.empty()             ? Action::kCreated
               : answer.object.resource_version() == object.live_version ? Action::kUnchanged
                                                                         : Action::kConfigured;
  if (request_.findings.on_applied) request_.findings.on_applied(object.desired, answer.object);
}

asio::awaitable<void> Execution::remove_for_good(PlannedObject& object) {
  kube::DeleteOptions options;
  options.uid = object.live_uid;
  const kube::ObjectKey key = object.id().key();
  co_await cluster_.client.remove(*object.resource, key, options);
  std::vector<ObjectId> deleted{object.id()};
  const auto left = co_await wait_until_gone(cluster_, std::move(deleted), cluster_.options.stage_wait);
  if (!left.empty()) {
    throw kube::ApiError{409, "Conflict", "immutable field detected, the deleted object did not go away in time"};
  }
  object.live_version.clear();
}

/// Reads it afresh: the answer of a dry run already holds the merge that we are about to make.
asio::awaitable<void> Execution::clean_up(const PlannedObject& object) {
  const kube::ObjectKey key = object.id().key();
  const auto live = co_await cluster_.client.get(*object.resource, key, kube::Detail::kMetadata);
  if (!live) co_return;
  const auto patch = clean_up_patch(*live, cluster_.options.field_manager, cluster_.options.override_managers);
  if (!patch) co_return;
  kube::PatchOptions options;
  options.field_manager = cluster_.options.field_manager;
  options.detail = kube::Detail::kMetadata;
  co_await cluster_.client.json_patch(*object.resource, key, *patch, options);
}

/// Of the kinds in the stages that are waited for only definitions take time to become usable.
asio::awaitable<void> Execution::wait_for_stage(std::size_t begin, std::size_t end) {
  const auto deadline = cluster_.clock.now() + cluster_.options.stage_wait;
  for (std::size_t i = begin; i < end; ++i) {
    const auto& object = plan_.objects[i];
    auto& write = writes_[i];
    if (object.id().kind != "CustomResourceDefinition" || !write.action || write.action == Action::kUnchanged) continue;
    const bool is_established = co_await wait_until_established(cluster_, object.desired, *object.resource, deadline);
    if (!is_established) write.error = text::cat(object.id().text(), " is not established in time");
  }
}

Report Execution::report() const {
  Report out;
  for (std::size_t i = 0; i < plan_.objects.size(); ++i) {
    const auto& object = plan_.objects[i];
    const auto& [action, error] = writes_[i];
    if (object.intent == Intent::kRefused) out.errors.push_back(object.error);
    if (!error.empty()) out.errors.push_back(error);
    if (action) out.changes.push_back(Change{object.id(), *action});
    if (object.intent == Intent::kUnchanged) out.changes.push_back(Change{object.id(), Action::kUnchanged});
    if (object.intent == Intent::kSkip) out.changes.push_back(Change{object.id(), Action::kSkipped});
  }
  return out;
}

}  // namespace

asio::awaitable<Report> execute(const Cluster& cluster, Plan plan, ExecuteRequest request) {
  Execution execution{cluster, std::move(plan), std::move(request)};
  co_await execution.run();
  co_return execution.report();
}

}  // namespace weir::ssa
