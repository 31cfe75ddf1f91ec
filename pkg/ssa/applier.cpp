#include "pkg/ssa/applier.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <utility>

#include "pkg/async/parallel.hpp"
#include "pkg/async/timeout.hpp"
#include "pkg/base/text.hpp"
#include "pkg/ssa/comparison.hpp"
#include "pkg/ssa/health.hpp"
#include "pkg/ssa/managed_fields.hpp"
#include "pkg/ssa/steering.hpp"

namespace weir::ssa {
namespace {

constexpr Milliseconds kFirstPoll{50};
constexpr Milliseconds kLongestPoll{2'000};
/// A kind that was just defined appears in discovery a moment after its definition is established.
constexpr Milliseconds kDiscoveryWait{10'000};
/// The name under which it is asked whether an object like another one would be accepted.
constexpr const char* kTrialName = "weir-dry-run-only";

/// Source: docs/upstream-rules.md, "Immutable fields".
bool is_immutable(const kube::ApiError& error) {
  const std::string_view text = error.what();
  return error.is_conflict() || error.is_invalid() || text.find("immutable") != std::string_view::npos;
}

/// The server's words, without the values that it quotes when the object is a Secret.
std::string safe_text(const ObjectId& id, const kube::ApiError& error) {
  const std::string_view text = error.what();
  if (id.kind != "Secret" || !id.group.empty()) return std::string{text};
  const bool quotes_value = text.find("alue") != std::string_view::npos;
  if (!quotes_value) return std::string{text};
  if (text.find("immutable") != std::string_view::npos) return "the Secret is immutable";
  return "the server refuses it; its message may quote secret data and is not shown";
}

std::string dry_run_text(const ObjectId& id, const kube::ApiError& error) {
  const auto text = safe_text(id, error);
  if (error.is_not_found()) return text::cat(id.text(), " not found: ", text);
  const std::string reason = error.reason().empty() ? "" : text::cat(" (", error.reason(), ")");
  return text::cat(id.text(), " dry-run failed", reason, ": ", text);
}

/// The server says so of the namespace as of the object.
bool is_missing_namespace(const kube::ApiError& error) {
  return error.is_not_found() && std::string_view{error.what()}.starts_with("namespaces ");
}

}  // namespace

struct Applier::Item {
  explicit Item(Desired desired_) : desired{std::move(desired_)} {}

  const ObjectId& id() const { return desired.id(); }

  Desired desired;
  Stage stage = Stage::kRest;
  std::optional<kube::Resource> resource;
  enum class State { kPending, kDeferred, kWrite, kRecreate, kDone } state = State::kPending;
  std::optional<kube::Object> live;     // looked at in this stage, whole
  std::string live_version;             // resourceVersion before our write; empty: does not exist
  std::string live_uid;                 // of what is to be deleted and made anew
  std::optional<json::Value> clean_up;  // JSON patch to send before the write
  std::optional<Action> action;
  std::string error;
};

struct Applier::Pass {
  explicit Pass(ApplyRequest request_) : request{std::move(request_)} {}
  ApplyRequest request;
  std::set<std::pair<std::string, std::string>> kinds;   // (apiVersion, kind) that a definition of this set serves
  std::set<std::pair<std::string, std::string>> absent;  // those that discovery did not know in this stage
};

Applier::Applier(
    kube::Client& client, kube::RestMapper& mapper, ApplierOptions options, log::Logger log
)
    : client_{client}, mapper_{mapper}, options_{std::move(options)}, log_{std::move(log)} {}

bool Applier::is_steered(const kube::Object& object, std::string_view name, std::string_view value) const {
  return ssa::is_steered(object, options_.annotation_group, name, value);
}

/// What says in the cluster or in Git that an object is not to be touched.
bool Applier::is_left_alone(const kube::Object& object) const {
  return is_steered(object, "reconcile", "disabled") || is_steered(object, "ssa", "Ignore");
}

void Applier::skip(Item& item, const Pass& pass, bool by_live) {
  item.action = Action::kSkipped;
  item.state = Item::State::kDone;
  item.live.reset();
  if (pass.request.on_skipped) pass.request.on_skipped(item.desired, by_live);
}

asio::awaitable<void> Applier::resolve(Item& item, Pass& pass) {
  const std::pair kind{item.id().api_version(), item.id().kind};
  item.error.clear();
  std::optional<kube::ApiError> refused;
  if (!pass.absent.contains(kind)) {
    try {
      item.resource = co_await mapper_.find(kind.first, kind.second);
    } catch (const kube::ApiError& error) {
      refused = error;
    }
  }
  if (refused) {
    item.error = text::cat(item.id().text(), " cannot be looked up: ", kind.first, ": ", refused->what());
    co_return;
  }
  if (!item.resource) {
    pass.absent.insert(kind);
    item.error = text::cat(
        item.id().text(), " not found: no matches for kind ", text::quoted(kind.second), " in version ",
        text::quoted(kind.first)
    );
    co_return;
  }
  if (item.resource->namespaced) {
    if (item.id().namespace_.empty()) {
      item.error = text::cat(
          item.id().text(), " namespace not specified: ", item.id().kind,
          " is namespaced; set metadata.namespace or spec.targetNamespace"
      );
    }
  } else if (!item.id().namespace_.empty()) {
    item.desired.drop_namespace();
  }
}

/// Kinds that definitions of this set serve appear in discovery a moment after they are established; all of them are
/// waited for together. Others are looked up once.
asio::awaitable<void> Applier::resolve_deferred(std::span<Item> items, Pass& pass) {
  const auto deadline = std::chrono::steady_clock::now() + kDiscoveryWait;
  for (;;) {
    pass.absent.clear();
    bool comes_soon = false;
    for (auto& item : items) {
      if (item.state != Item::State::kDeferred || item.resource) continue;
      const bool is_new = pass.kinds.contains({item.id().api_version(), item.id().kind});
      if (is_new && !mapper_.known(item.id().api_version(), item.id().kind)) mapper_.forget(item.id().api_version());
      co_await resolve(item, pass);
      comes_soon |= is_new && !item.resource;
    }
    if (!comes_soon || std::chrono::steady_clock::now() >= deadline) co_return;
    co_await async::sleep_for(kFirstPoll);
  }
}

asio::awaitable<void> Applier::look_if_pending(Item& item, Pass& pass) {
  const bool pending = item.state == Item::State::kPending || item.state == Item::State::kDeferred;
  if (!pending || !item.error.empty()) co_return;
  std::optional<kube::ApiError> refused;
  try {
    co_await look(item, pass);
  } catch (const kube::ApiError& error) {
    refused = error;
  }
  if (refused) item.error = dry_run_text(item.id(), *refused);
  item.desired.drop_tree();
}

asio::awaitable<void> Applier::look(Item& item, Pass& pass) {
  if (is_left_alone(item.desired.head())) co_return skip(item, pass, false);
  if (pass.request.is_unchanged && pass.request.is_unchanged(item.desired)) {
    item.action = Action::kUnchanged;
    item.state = Item::State::kDone;
    co_return;
  }
  const bool is_done = co_await look_at_live(item, pass);
  if (is_done) co_return;
  const auto asked = item.resource;
  co_await dry_run(item, pass);
  if (item.error.empty() || item.resource || pass.absent.contains({item.id().api_version(), item.id().kind})) co_return;
  // The kind is not served where it was: its definition went, or came back under another plural.
  if (mapper_.known(item.id().api_version(), item.id().kind) == asked) mapper_.forget(item.id().api_version());
  co_await resolve(item, pass);
  if (item.error.empty()) co_await dry_run(item, pass);
}

/// @returns true when the live object decides: it is to be left alone, or is as desired
asio::awaitable<bool> Applier::look_at_live(Item& item, Pass& pass) {
  const bool create_only = is_steered(item.desired.head(), "ssa", "IfNotPresent");
  const bool expected = pass.request.is_expected && pass.request.is_expected(item.id());
  item.live.reset();
  if (!create_only && !expected) co_return false;
  const kube::ObjectKey key = item.id().key();
  item.live = co_await client_.get(*item.resource, key);
  if (!item.live) co_return false;
  item.live_version = item.live->resource_version();
  if (create_only || is_left_alone(*item.live)) {
    skip(item, pass, true);
    co_return true;
  }
  const bool merges = is_steered(item.desired.head(), "ssa", "Merge");
  if (!merges && clean_up_patch(*item.live, options_.field_manager, options_.override_managers)) co_return false;
  const auto desired = item.desired.tree();
  if (desired.has_error() || !holds(*item.live, **desired, options_.field_manager)) co_return false;
  item.action = Action::kUnchanged;
  item.state = Item::State::kDone;
  if (pass.request.on_applied) pass.request.on_applied(item.desired, *item.live);
  item.live.reset();
  co_return true;
}

asio::awaitable<void> Applier::dry_run(Item& item, Pass& pass) {
  kube::ApplyOptions options;
  options.field_manager = options_.field_manager;
  options.dry_run = true;
  options.detail = item.live ? kube::Detail::kFull : kube::Detail::kMetadata;
  const kube::ObjectKey key = item.id().key();
  std::optional<kube::Applied> answer;
  std::optional<kube::ApiError> refused;
  try {
    answer = co_await client_.apply(*item.resource, key, item.desired.text(), options);
  } catch (const kube::ApiError& error) {
    refused = error;
  }
  if (refused) {
    co_await judge_refusal(item, pass, *refused);
    co_return;
  }
  const auto live = std::exchange(item.live, std::nullopt);
  if (answer->created) {
    item.state = Item::State::kWrite;
    co_return;
  }
  // The merged object shows what the live one says as well.
  if (is_left_alone(answer->object)) co_return skip(item, pass, true);
  item.live_version = answer->object.resource_version();
  if (!is_steered(item.desired.head(), "ssa", "Merge")) {
    item.clean_up = clean_up_patch(answer->object, options_.field_manager, options_.override_managers);
  }
  if (live && !item.clean_up && is_same_state(*live, answer->object)) {
    item.action = Action::kUnchanged;
    item.state = Item::State::kDone;
    if (pass.request.on_applied) pass.request.on_applied(item.desired, *live);
    co_return;
  }
  item.state = Item::State::kWrite;
}

/// A refused object is an error, to be left alone, or to be made anew. Without `item.resource` afterwards: its kind is
/// not served as it was known.
asio::awaitable<void> Applier::judge_refusal(Item& item, const Pass& pass, kube::ApiError refused) {
  item.error = dry_run_text(item.id(), refused);
  if (refused.is_not_found()) {
    if (!is_missing_namespace(refused)) item.resource.reset();
    co_return;
  }
  const kube::ObjectKey key = item.id().key();
  std::optional<kube::Object> live = std::exchange(item.live, std::nullopt);
  try {
    if (!live) live = co_await client_.get(*item.resource, key, kube::Detail::kMetadata);
  } catch (const kube::ApiError& error) {
    log_.debug("the live object of a refused one cannot be read", {{"object", item.id().text()}, {"error", error.what()}});
  }
  if (!live) co_return;
  if (is_left_alone(*live)) {
    item.error.clear();
    co_return skip(item, pass, true);
  }
  const bool force = pass.request.force || is_steered(item.desired.head(), "force", "enabled") ||
                     is_steered(*live, "force", "enabled");
  if (!force || !is_immutable(refused)) co_return;
  const bool can_be_made = co_await could_be_made(item, refused);
  if (!can_be_made) co_return;
  item.error.clear();
  item.live_uid = live->uid();
  item.state = Item::State::kRecreate;
}

/// Whether a new object like this one would be accepted: an invalid one is not worth the deletion of the last good one.
/// Asked under another name, so that what is refused because of the name, or because the old object still holds an
/// address, is no answer.
asio::awaitable<bool> Applier::could_be_made(const Item& item, const kube::ApiError& refused) {
  if (!refused.is_invalid()) co_return true;
  const auto desired = item.desired.tree();
  if (desired.has_error()) co_return false;
  auto trial = **desired;
  trial.metadata().set("name", kTrialName);
  kube::ApplyOptions options;
  options.field_manager = options_.field_manager;
  options.dry_run = true;
  options.detail = kube::Detail::kMetadata;
  std::optional<kube::ApiError> again;
  try {
    co_await client_.apply(*item.resource, trial, options);
  } catch (const kube::ApiError& error) {
    again = error;
  }
  if (!again || !again->is_invalid()) co_return true;
  const std::string_view text = again->what();
  co_return text.find("metadata.name") != std::string_view::npos ||
      text.find("already allocated") != std::string_view::npos;
}

asio::awaitable<void> Applier::recreate(Item& item) {
  kube::DeleteOptions options;
  options.uid = item.live_uid;
  const kube::ObjectKey key = item.id().key();
  co_await client_.remove(*item.resource, key, options);
  std::vector<ObjectId> deleted{item.id()};
  const auto left = co_await wait_until_gone(std::move(deleted), options_.stage_wait);
  if (!left.empty()) {
    throw kube::ApiError{
        409, "Conflict", "immutable field detected, the deleted object did not go away in time"
    };
  }
  item.live_version.clear();
  item.clean_up.reset();
}

asio::awaitable<void> Applier::write(Item& item, Pass& pass) {
  if (item.state != Item::State::kWrite && item.state != Item::State::kRecreate) co_return;
  std::optional<kube::ApiError> refused;
  kube::Applied answer;
  try {
    if (item.state == Item::State::kRecreate) co_await recreate(item);
    const kube::ObjectKey key = item.id().key();
    if (item.clean_up) {
      // Read afresh: the answer of a dry run already holds the merge that we are about to make.
      const auto live = co_await client_.get(*item.resource, key, kube::Detail::kMetadata);
      auto patch = live ? clean_up_patch(*live, options_.field_manager, options_.override_managers)
                        : std::nullopt;
      if (patch) {
        kube::PatchOptions options;
        options.field_manager = options_.field_manager;
        options.detail = kube::Detail::kMetadata;
        const auto cleaned = co_await client_.json_patch(*item.resource, key, *patch, options);
        if (cleaned.resource_version() == item.live_version) item.clean_up.reset();
      }
    }
    kube::ApplyOptions options;
    options.field_manager = options_.field_manager;
    options.detail = kube::Detail::kMetadata;
    answer = co_await client_.apply(*item.resource, key, item.desired.text(), options);
  } catch (const kube::ApiError& error) {
    refused = error;
  }
  item.state = Item::State::kDone;
  if (refused) {
    item.error = text::cat(item.id().text(), " apply failed: ", safe_text(item.id(), *refused));
    co_return;
  }
  item.action = answer.created || item.live_version.empty() ? Action::kCreated
                : answer.object.resource_version() == item.live_version
                    ? Action::kUnchanged
                    : Action::kConfigured;
  if (pass.request.on_applied) pass.request.on_applied(item.desired, answer.object);
}

asio::awaitable<void> Applier::wait_for_stage(std::span<Item> items) {
  const auto deadline = std::chrono::steady_clock::now() + options_.stage_wait;
  for (auto& item : items) {
    // Of the kinds in these stages only definitions take time to become usable.
    if (item.id().kind != "CustomResourceDefinition") continue;
    if (item.action == Action::kUnchanged || item.action == Action::kSkipped) continue;
    for (const auto& [api_version, kind] : item.desired.kinds()) mapper_.forget(api_version);
    const kube::ObjectKey key = item.id().key();
    for (Milliseconds pause = kFirstPoll;; pause = std::min(pause * 2, kLongestPoll)) {
      const auto live = co_await client_.get(*item.resource, key);
      if (live && compute_health(*live).status == HealthStatus::kCurrent) break;
      if (std::chrono::steady_clock::now() >= deadline) {
        item.error = text::cat(item.id().text(), " is not established in time");
        break;
      }
      co_await async::sleep_for(pause);
    }
  }
}

asio::awaitable<ApplyResult> Applier::apply(ApplyRequest request) {
  std::vector<Item> items;
  items.reserve(request.objects.size());
  for (auto& desired : request.objects) items.emplace_back(std::move(desired));
  request.objects.clear();
  Pass pass{std::move(request)};
  for (auto& item : items) {
    item.stage = stage_of(item.id(), options_.custom_stage_kinds);
    pass.kinds.insert(item.desired.kinds().begin(), item.desired.kinds().end());
  }
  std::ranges::stable_sort(items, [](const Item& left, const Item& right) {
    if (left.stage != right.stage) return left.stage < right.stage;
    return applies_before(left.id(), right.id());
  });

  for (auto& item : items) co_await resolve(item, pass);
  auto look = [this, &items, &pass](std::size_t index) { return look_if_pending(items[index], pass); };
  co_await async::for_each_index(items.size(), options_.concurrency, look);

  const auto writes = [](const Item& item) {
    return item.state == Item::State::kWrite || item.state == Item::State::kRecreate;
  };
  const auto is_refused = [](const Item& item) { return !item.error.empty(); };
  const auto first_write = std::ranges::find_if(items, writes);
  if (first_write != items.end()) {
    // What an earlier stage brings may be what a refused object needs: its own stage asks again.
    for (auto& item : items) {
      if (item.stage <= first_write->stage || !(is_refused(item) || item.state == Item::State::kRecreate)) continue;
      item.error.clear();
      item.state = Item::State::kDeferred;
      item.resource.reset();
    }
    const bool goes_on = std::ranges::none_of(items, is_refused);
    if (goes_on && pass.request.before_write && pass.request.portion == 0) {
      std::vector<ObjectId> ids;
      ids.reserve(items.size());
      for (const auto& item : items) ids.push_back(item.id());
      co_await pass.request.before_write(ids);
    }
  }

  for (std::size_t begin = 0; begin < items.size() && std::ranges::none_of(items, is_refused);) {
    std::size_t end = begin;
    while (end < items.size() && items[end].stage == items[begin].stage) ++end;
    co_await apply_stage(std::span{items}.subspan(begin, end - begin), pass);
    begin = end;
  }
  ApplyResult result;
  for (auto& item : items) {
    if (!item.error.empty()) result.errors.push_back(std::move(item.error));
    if (item.action) result.changes.push_back(Change{item.id(), *item.action});
  }
  co_return result;
}

asio::awaitable<void> Applier::apply_stage(std::span<Item> items, Pass& pass) {
  const auto is_refused = [](const Item& item) { return !item.error.empty(); };
  co_await resolve_deferred(items, pass);
  auto look = [this, items, &pass](std::size_t index) { return look_if_pending(items[index], pass); };
  co_await async::for_each_index(items.size(), options_.concurrency, look);
  if (std::ranges::any_of(items, is_refused)) co_return;

  const std::size_t most = pass.request.portion == 0 ? items.size() : pass.request.portion;
  for (std::size_t begin = 0; begin < items.size();) {
    std::size_t end = begin;
    while (end < items.size() && end - begin < most && rank_of(items[end].id().kind) == rank_of(items[begin].id().kind)) ++end;
    const auto portion = items.subspan(begin, end - begin);
    if (pass.request.before_write && pass.request.portion > 0) {
      std::vector<ObjectId> ids;
      for (const auto& item : portion) ids.push_back(item.id());
      co_await pass.request.before_write(ids);
    }
    auto write_one = [this, portion, &pass](std::size_t index) { return write(portion[index], pass); };
    co_await async::for_each_index(portion.size(), options_.concurrency, write_one);
    if (std::ranges::any_of(portion, is_refused)) co_return;
    begin = end;
  }
  co_await wait_for_stage(items);
}

/// An object that an earlier pass applied, in whatever version its kind is served now. It counts as gone only by the word
/// of a server that was asked for it where discovery says, just now, that its kind is served.
/// @returns nullopt when it is gone, with its kind or without
/// @throws ApiError when that cannot be told
asio::awaitable<std::optional<kube::Object>> Applier::find_live(
    const ObjectId& id, ServedKinds& served, std::optional<kube::Resource>& resource
) {
  const kube::ObjectKey key = id.key();
  resource = co_await mapper_.find(id.api_version(), id.kind);
  if (resource) {
    auto live = co_await client_.get(*resource, key, kube::Detail::kMetadata);
    if (live) co_return live;
  }
  const std::pair kind{id.group, id.kind};
  if (!served.contains(kind)) {
    auto found = co_await mapper_.find_in_any_version(id.group, id.kind);
    served.insert_or_assign(kind, std::move(found));
  }
  const auto now = served.at(kind);
  if (!now || now == resource) co_return std::nullopt;
  resource = now;
  co_return co_await client_.get(*resource, key, kube::Detail::kMetadata);
}

asio::awaitable<void> Applier::prune_one(
    const ObjectId& id, const Owned& owned, ServedKinds& served, std::optional<Action>& action, std::string& error
) {
  std::optional<kube::ApiError> refused;
  try {
    std::optional<kube::Resource> resource;
    const auto live = co_await find_live(id, served, resource);
    if (!live) {
      action = Action::kDeleted;
      co_return;
    }
    const kube::ObjectKey key = id.key();
    const bool excluded = is_steered(*live, "prune", "disabled") ||
                          is_steered(*live, "reconcile", "disabled") ||
                          is_steered(*live, "ssa", "Ignore");
    if (excluded || (owned && !owned(*live))) {
      action = Action::kSkipped;
      co_return;
    }
    kube::DeleteOptions options;
    options.uid = live->uid();
    co_await client_.remove(*resource, key, options);
    action = Action::kDeleted;
  } catch (const kube::ApiError& failure) {
    refused = failure;
  }
  if (refused) error = text::cat(id.text(), " delete failed: ", safe_text(id, *refused));
}

asio::awaitable<ApplyResult> Applier::prune(std::vector<ObjectId> objects, Owned owned) {
  std::ranges::sort(objects, [this](const ObjectId& left, const ObjectId& right) {
    const auto left_stage = stage_of(left, options_.custom_stage_kinds);
    const auto right_stage = stage_of(right, options_.custom_stage_kinds);
    if (left_stage != right_stage) return right_stage < left_stage;
    return applies_before(right, left);
  });
  std::vector<std::optional<Action>> actions(objects.size());
  std::vector<std::string> errors(objects.size());
  ServedKinds served;
  for (std::size_t begin = 0; begin < objects.size();) {
    std::size_t end = begin;
    while (end < objects.size() && rank_of(objects[end].kind) == rank_of(objects[begin].kind)) ++end;
    auto one = [&, begin](std::size_t index) {
      const auto at = begin + index;
      return prune_one(objects[at], owned, served, actions[at], errors[at]);
    };
    co_await async::for_each_index(end - begin, options_.concurrency, one);
    begin = end;
  }
  ApplyResult result;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    if (actions[i]) result.changes.push_back(Change{objects[i], *actions[i]});
    if (!errors[i].empty()) result.errors.push_back(std::move(errors[i]));
  }
  co_return result;
}

asio::awaitable<std::vector<ObjectId>> Applier::wait_until_gone(
    std::vector<ObjectId> objects, Milliseconds limit
) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  for (Milliseconds pause = kFirstPoll;; pause = std::min(pause * 2, kLongestPoll)) {
    std::vector<ObjectId> left;
    ServedKinds served;
    for (const auto& id : objects) {
      std::optional<kube::Resource> resource;
      const auto live = co_await find_live(id, served, resource);
      if (live) left.push_back(id);
    }
    objects = std::move(left);
    if (objects.empty() || std::chrono::steady_clock::now() >= deadline) co_return objects;
    co_await async::sleep_for(pause);
  }
}

}  // namespace weir::ssa
