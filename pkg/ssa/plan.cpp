#include "pkg/ssa/plan.hpp"

#include <algorithm>

#include "pkg/async/parallel.hpp"
#include "pkg/base/text.hpp"
#include "pkg/ssa/comparison.hpp"
#include "pkg/ssa/managed_fields.hpp"
#include "pkg/ssa/refusal.hpp"
#include "pkg/ssa/steering.hpp"

namespace weir::ssa {
namespace {

/// A kind that was just defined appears in discovery a moment after its definition is established.
constexpr Milliseconds kDiscoveryWait{10'000};
constexpr Milliseconds kDiscoveryPoll{50};
/// The name under which it is asked whether an object like another one would be accepted.
constexpr const char* kTrialName = "weir-dry-run-only";

/// Looks at open objects. One is made for one look at them: what discovery did not know is not asked for again.
class Planner {
 public:
  Planner(const Cluster& cluster, const Plan& plan, const Findings& findings)
      : cluster_{cluster}, plan_{plan}, findings_{findings} {}
  Planner(const Planner&) = delete;
  Planner& operator=(const Planner&) = delete;

  /// Finds out where the kind of an object is served; an error of the object when it is not.
  asio::awaitable<void> resolve(PlannedObject& object);
  asio::awaitable<void> resolve_open(std::span<PlannedObject> stage);
  /// Decides about every open object.
  asio::awaitable<void> look_at_all(std::span<PlannedObject> objects);
  /// In Git, or in what is known.
  bool is_left_alone(const kube::Object& object) const {
    return ssa::is_left_alone(object, cluster_.options.annotation_group);
  }
  void skip(PlannedObject& object, bool by_live) const;

 private:
  asio::awaitable<void> look_if_open(PlannedObject& object);
  asio::awaitable<void> look(PlannedObject& object);
  asio::awaitable<bool> look_at_live(PlannedObject& object, std::optional<kube::Object>& live);
  asio::awaitable<void> dry_run(PlannedObject& object, std::optional<kube::Object> live, bool is_second = false);
  asio::awaitable<void> judge_refusal(
      PlannedObject& object, std::optional<kube::Object> live, kube::ApiError refused, bool is_second
  );
  asio::awaitable<bool> could_be_made(const PlannedObject& object, const kube::ApiError& refused);
  bool is_unclean(const PlannedObject& object, const kube::Object& live) const;
  void keep(PlannedObject& object, const kube::Object& live) const;
  bool is_absent(const PlannedObject& object) const {
    return absent_.contains({object.id().api_version(), object.id().kind});
  }
  bool is_steered(const kube::Object& object, std::string_view name, std::string_view value) const {
    return ssa::is_steered(object, cluster_.options.annotation_group, name, value);
  }

  const Cluster& cluster_;
  const Plan& plan_;
  const Findings& findings_;
  std::set<std::pair<std::string, std::string>> absent_;  // (apiVersion, kind) that discovery did not know
};

void Planner::skip(PlannedObject& object, bool by_live) const {
  object.intent = Intent::kSkip;
  if (findings_.on_skipped) findings_.on_skipped(object.desired, by_live);
}

/// It is as desired.
void Planner::keep(PlannedObject& object, const kube::Object& live) const {
  object.intent = Intent::kUnchanged;
  if (findings_.on_applied) findings_.on_applied(object.desired, live);
}

bool Planner::is_unclean(const PlannedObject& object, const kube::Object& live) const {
  const auto& options = cluster_.options;
  return !is_steered(object.desired.head(), "ssa", "Merge") &&
         clean_up_patch(live, options.field_manager, options.override_managers).has_value();
}

asio::awaitable<void> Planner::resolve(PlannedObject& object) {
  const std::pair kind{object.id().api_version(), object.id().kind};
  object.error.clear();
  std::optional<kube::ApiError> refused;
  if (!absent_.contains(kind)) {
    try {
      object.resource = co_await cluster_.mapper.find(kind.first, kind.second);
    } catch (const kube::ApiError& error) {
      refused = error;
    }
  }
  if (refused) {
    object.error = text::cat(object.id().text(), " cannot be looked up: ", kind.first, ": ", refused->what());
    co_return;
  }
  if (!object.resource) {
    absent_.insert(kind);
    object.error = text::cat(
        object.id().text(),
        " not found: no matches for kind ",
        text::quoted(kind.second),
        " in version ",
        text::quoted(kind.first)
    );
    co_return;
  }
  if (object.resource->namespaced) {
    if (object.id().namespace_.empty()) {
      object.error = text::cat(
          object.id().text(),
          " namespace not specified: ",
          object.id().kind,
          " is namespaced; set metadata.namespace or spec.targetNamespace"
      );
    }
  } else if (!object.id().namespace_.empty()) {
    object.desired.drop_namespace();
  }
}

/// Kinds that definitions of this set serve appear in discovery a moment after they are established; all of them are
/// waited for together. Others are looked up once.
asio::awaitable<void> Planner::resolve_open(std::span<PlannedObject> stage) {
  const auto deadline = cluster_.clock.now() + kDiscoveryWait;
  for (;;) {
    absent_.clear();
    bool comes_soon = false;
    for (auto& object : stage) {
      if (object.intent != Intent::kOpen || object.resource) continue;
      const auto api_version = object.id().api_version();
      const bool is_new = plan_.kinds.contains({api_version, object.id().kind});
      if (is_new && !cluster_.mapper.known(api_version, object.id().kind)) cluster_.mapper.forget(api_version);
      co_await resolve(object);
      comes_soon |= is_new && !object.resource;
    }
    if (!comes_soon || cluster_.clock.now() >= deadline) co_return;
    co_await cluster_.pause(kDiscoveryPoll);
  }
}

asio::awaitable<void> Planner::look_at_all(std::span<PlannedObject> objects) {
  auto look_at_one = [this, objects](std::size_t index) { return look_if_open(objects[index]); };
  co_await async::for_each_index(objects.size(), cluster_.options.concurrency, look_at_one);
}

asio::awaitable<void> Planner::look_if_open(PlannedObject& object) {
  std::optional<kube::ApiError> refused;
  try {
    if (object.intent == Intent::kOpen && object.error.empty()) co_await look(object);
  } catch (const kube::ApiError& error) {
    refused = error;
  }
  if (refused) object.error = dry_run_text(object.id(), *refused);
  if (!object.error.empty()) object.intent = Intent::kRefused;
  object.desired.drop_tree();
}

asio::awaitable<void> Planner::look(PlannedObject& object) {
  std::optional<kube::Object> live;
  const bool is_done = co_await look_at_live(object, live);
  if (is_done) co_return;
  const auto asked = object.resource;
  co_await dry_run(object, std::move(live));
  if (object.error.empty() || object.resource || is_absent(object)) co_return;
  // The kind is not served where it was: its definition went, or came back under another plural.
  const auto api_version = object.id().api_version();
  if (cluster_.mapper.known(api_version, object.id().kind) == asked) cluster_.mapper.forget(api_version);
  co_await resolve(object);
  if (object.error.empty()) co_await dry_run(object, std::nullopt);
}

/// @param live  becomes the whole live object, when that was looked at and does not decide
/// @returns true when it decides: it is to be left alone, or is as desired
asio::awaitable<bool> Planner::look_at_live(PlannedObject& object, std::optional<kube::Object>& live) {
  const bool create_only = is_steered(object.desired.head(), "ssa", "IfNotPresent");
  if (!create_only && !object.is_expected) co_return false;
  const kube::ObjectKey key = object.id().key();
  live = co_await cluster_.client.get(*object.resource, key);
  if (!live) co_return false;
  object.live_version = live->resource_version();
  if (create_only || is_left_alone(*live)) {
    skip(object, true);
    co_return true;
  }
  if (is_unclean(object, *live)) co_return false;
  const auto desired = object.desired.tree();
  if (desired.has_error() || !holds(*live, **desired, cluster_.options.field_manager)) co_return false;
  keep(object, *live);
  co_return true;
}

asio::awaitable<void> Planner::dry_run(PlannedObject& object, std::optional<kube::Object> live, bool is_second) {
  kube::ApplyOptions options;
  options.field_manager = cluster_.options.field_manager;
  options.dry_run = true;
  options.detail = live ? kube::Detail::kFull : kube::Detail::kMetadata;
  const kube::ObjectKey key = object.id().key();
  std::optional<kube::Applied> answer;
  std::optional<kube::ApiError> refused;
  try {
    answer = co_await cluster_.client.apply(*object.resource, key, object.desired.text(), options);
  } catch (const kube::ApiError& error) {
    refused = error;
  }
  if (refused) {
    co_await judge_refusal(object, std::move(live), *refused, is_second);
    co_return;
  }
  if (answer->created) {
    object.intent = Intent::kCreate;
    co_return;
  }
  // The merged object shows what the live one says as well.
  if (is_left_alone(answer->object)) co_return skip(object, true);
  object.live_version = answer->object.resource_version();
  object.is_unclean = is_unclean(object, answer->object);
  if (live && !object.is_unclean && is_same_state(*live, answer->object)) co_return keep(object, *live);
  object.intent = Intent::kConfigure;
}

/// A refused object is an error, to be left alone, or to be made anew. Without `object.resource` afterwards: its kind
/// is not served as it was known.
asio::awaitable<void> Planner::judge_refusal(
    PlannedObject& object, std::optional<kube::Object> live, kube::ApiError refused, bool is_second
) {
  object.error = dry_run_text(object.id(), refused);
  object.may_pass = refused.is_forbidden() || refused.is_invalid();
  if (refused.is_not_found()) {
    if (!is_missing_namespace(refused)) object.resource.reset();
    co_return;
  }
  const kube::ObjectKey key = object.id().key();
  try {
    if (!live) live = co_await cluster_.client.get(*object.resource, key, kube::Detail::kMetadata);
  } catch (const kube::ApiError& error) {
    cluster_.log.debug(
        "the live object of a refused one cannot be read", {{"object", object.id().text()}, {"error", error.what()}}
    );
  }
  if (!live) co_return;
  if (is_left_alone(*live)) {
    object.error.clear();
    co_return skip(object, true);
  }
  const bool force =
      plan_.force || is_steered(object.desired.head(), "force", "enabled") || is_steered(*live, "force", "enabled");
  if (!force || !is_immutable(refused)) co_return;
  if (!is_second) {
    const bool can_be_made = co_await could_be_made(object, refused);
    if (!can_be_made) co_return;
    // A definition that changed in between lets both pass: only what is still refused is a field that cannot change.
    object.error.clear();
    co_return co_await dry_run(object, std::nullopt, true);
  }
  object.error.clear();
  object.live_uid = live->uid();
  object.intent = Intent::kRecreate;
}

/// Whether a new object like this one would be accepted: an invalid one is not worth the deletion of the last good one.
/// Asked under another name, so that what is refused because of the name, or because the old object still holds an
/// address, is no answer.
asio::awaitable<bool> Planner::could_be_made(const PlannedObject& object, const kube::ApiError& refused) {
  if (!refused.is_invalid()) co_return true;
  const auto desired = object.desired.tree();
  if (desired.has_error()) co_return false;
  auto trial = **desired;
  trial.metadata().set("name", kTrialName);
  kube::ApplyOptions options;
  options.field_manager = cluster_.options.field_manager;
  options.dry_run = true;
  options.detail = kube::Detail::kMetadata;
  std::optional<kube::ApiError> again;
  try {
    co_await cluster_.client.apply(*object.resource, trial, options);
  } catch (const kube::ApiError& error) {
    again = error;
  }
  if (!again || !again->is_invalid()) co_return true;
  const std::string_view text = again->what();
  co_return text.find("metadata.name") != std::string_view::npos ||
      text.find("already allocated") != std::string_view::npos;
}

/// What an earlier stage brings may be what a refused object needs: its own stage asks again.
void leave_open(Plan& plan) {
  const auto first_write = std::ranges::find_if(plan.objects, &PlannedObject::is_written);
  if (first_write == plan.objects.end()) return;
  for (auto& object : plan.objects) {
    const bool may_change = object.intent == Intent::kRefused || object.intent == Intent::kRecreate;
    if (object.stage <= first_write->stage || !may_change) continue;
    object.intent = Intent::kOpen;
    object.error.clear();
    object.resource.reset();
  }
}

}  // namespace

bool Plan::writes() const { return std::ranges::any_of(objects, &PlannedObject::is_written); }

bool Plan::has_errors() const {
  return std::ranges::any_of(objects, [](const auto& object) { return object.intent == Intent::kRefused; });
}

std::vector<std::string> Plan::errors() const {
  std::vector<std::string> out;
  for (const auto& object : objects) {
    if (object.intent == Intent::kRefused) out.push_back(object.error);
  }
  return out;
}

asio::awaitable<Plan> make_plan(const Cluster& cluster, PlanRequest request) {
  Plan plan;
  plan.force = request.force;
  plan.objects.reserve(request.objects.size());
  for (auto& desired : request.objects) {
    plan.kinds.insert(desired.kinds().begin(), desired.kinds().end());
    auto& object = plan.objects.emplace_back(std::move(desired));
    object.stage = stage_of(object.id(), cluster.options.custom_stage_kinds);
  }
  std::ranges::stable_sort(plan.objects, [](const PlannedObject& left, const PlannedObject& right) {
    if (left.stage != right.stage) return left.stage < right.stage;
    return applies_before(left.id(), right.id());
  });

  Planner planner{cluster, plan, request.findings};
  for (auto& object : plan.objects) co_await planner.resolve(object);
  for (auto& object : plan.objects) {
    const bool is_served = object.error.empty();
    if (is_served && planner.is_left_alone(object.desired.head())) {
      planner.skip(object, false);
    } else if (is_served && request.is_unchanged && request.is_unchanged(object.desired)) {
      object.intent = Intent::kUnchanged;
    } else {
      object.is_expected = request.is_expected && request.is_expected(object.id());
    }
  }
  co_await planner.look_at_all(plan.objects);
  leave_open(plan);
  co_return plan;
}

asio::awaitable<void> plan_open_objects(
    const Cluster& cluster, const Plan& plan, std::span<PlannedObject> stage, const Findings& findings
) {
  Planner planner{cluster, plan, findings};
  co_await planner.resolve_open(stage);
  for (auto& object : stage) {
    const bool is_open = object.intent == Intent::kOpen && object.error.empty();
    if (is_open && planner.is_left_alone(object.desired.head())) planner.skip(object, false);
  }
  co_await planner.look_at_all(stage);
}

}  // namespace weir::ssa
