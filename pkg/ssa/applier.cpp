#include "pkg/ssa/applier.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <set>

#include "pkg/async/parallel.hpp"
#include "pkg/async/timeout.hpp"
#include "pkg/base/digest.hpp"
#include "pkg/base/text.hpp"
#include "pkg/base/time.hpp"
#include "pkg/json/codec.hpp"
#include "pkg/ssa/health.hpp"
#include "pkg/ssa/managed_fields.hpp"

namespace weir::ssa {
namespace {

using namespace std::chrono_literals;

constexpr Milliseconds kFirstPoll{50};
constexpr Milliseconds kLongestPoll{2'000};
/// A kind that was just defined appears in discovery a moment after its definition is established.
constexpr Milliseconds kDiscoveryWait{10'000};
/// managedFields and the Date header have whole seconds: two times this close may be of one moment.
constexpr auto kClockGrain = 1s;

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

std::uint64_t hash_of(const kube::Object& object) { return table_hash(json::write(object.document())); }

/// The versions of a CustomResourceDefinition in which its kind will be served.
std::vector<std::string> served_versions(const json::Value& definition) {
  std::vector<std::string> out;
  const auto* versions = definition.find_path({"spec", "versions"});
  if (versions == nullptr || !versions->is_array()) return out;
  for (const auto& version : versions->as_array()) {
    const auto* served = version.find("served");
    if (served != nullptr && *served == json::Value{true}) out.emplace_back(version.text_at({"name"}));
  }
  return out;
}

/// Whether a dry run of an existing object would change it: then the server stamps our managedFields entry with the
/// present; otherwise the entry keeps the time of the last change. nullopt: too close to tell.
std::optional<bool> would_change(const kube::Applied& answer, std::string_view manager) {
  const auto stamp = parse_rfc3339(owned_fields_time(answer.object, manager));
  if (stamp.has_error() || !answer.server_time) return std::nullopt;
  if (*stamp < *answer.server_time - kClockGrain) return false;
  return std::nullopt;
}

}  // namespace

struct Applier::Item {
  explicit Item(kube::Object object_)
      : id{ObjectId::of(object_)}, object{std::move(object_)}, desired_hash{hash_of(object)} {}

  ObjectId id;
  kube::Object object;
  std::uint64_t desired_hash;
  Stage stage = Stage::kRest;
  std::optional<kube::Resource> resource;
  enum class State { kPending, kDeferred, kWrite, kRecreate, kDone } state = State::kPending;
  std::string live_version;             // resourceVersion before our write; empty: does not exist
  std::optional<json::Value> clean_up;  // JSON patch to send before the write
  std::optional<Action> action;
  std::string error;
};

struct Applier::Pass {
  explicit Pass(ApplyRequest request_) : request{std::move(request_)} {}
  ApplyRequest request;
  std::set<std::string> namespaces;               // made by this set
  std::map<std::pair<std::string, std::string>, std::set<std::string>> kinds;  // (group, kind) made by this set: versions
};

Applier::Applier(
    kube::Client& client, kube::RestMapper& mapper, ApplierOptions options, log::Logger log
)
    : client_{client}, mapper_{mapper}, options_{std::move(options)}, log_{std::move(log)} {}

bool Applier::is_steered(
    const kube::Object& object, std::string_view name, std::string_view value
) const {
  const std::string key = text::cat(options_.annotation_group, "/", name);
  const auto matches = [&](const std::optional<std::string_view>& found) {
    return found && text::equal_ignoring_case(*found, value);
  };
  return matches(object.annotation(key)) || matches(object.label(key));
}

asio::awaitable<void> Applier::resolve(Item& item, const Pass& pass) {
  item.resource = co_await mapper_.find(item.id.api_version(), item.id.kind);
  if (!item.resource) {
    const auto made = pass.kinds.find({item.id.group, item.id.kind});
    if (made != pass.kinds.end() && made->second.contains(item.id.version)) {
      item.state = Item::State::kDeferred;
    } else {
      item.error = text::cat(
          item.id.text(), " not found: no matches for kind ", text::quoted(item.id.kind),
          " in version ", text::quoted(item.id.api_version())
      );
    }
    co_return;
  }
  if (item.resource->namespaced) {
    if (item.id.namespace_.empty()) {
      item.error = text::cat(
          item.id.text(), " namespace not specified: ", item.id.kind,
          " is namespaced; set metadata.namespace or spec.targetNamespace"
      );
    }
  } else if (!item.id.namespace_.empty()) {
    item.object.metadata().erase("namespace");
    item.id.namespace_.clear();
  }
}

asio::awaitable<void> Applier::dry_run(Item& item, Pass& pass) {
  const bool create_only = is_steered(item.object, "ssa", "IfNotPresent");
  if (is_steered(item.object, "reconcile", "disabled") || is_steered(item.object, "ssa", "Ignore")) {
    item.action = Action::kSkipped;
    item.state = Item::State::kDone;
    co_return;
  }
  if (pass.request.is_unchanged && pass.request.is_unchanged(item.id, item.desired_hash)) {
    item.action = Action::kUnchanged;
    item.state = Item::State::kDone;
    co_return;
  }
  const kube::ObjectKey key = item.id.key();
  if (create_only) {
    const auto live = co_await client_.get(*item.resource, key, kube::Detail::kMetadata);
    if (live) {
      item.action = Action::kSkipped;
      item.state = Item::State::kDone;
      co_return;
    }
  }
  kube::ApplyOptions options;
  options.field_manager = options_.field_manager;
  options.dry_run = true;
  options.detail = kube::Detail::kMetadata;
  std::optional<kube::Applied> answer;
  std::optional<kube::ApiError> refused;
  try {
    answer = co_await client_.apply(*item.resource, item.object, options);
  } catch (const kube::ApiError& error) {
    refused = error;
  }
  if (refused) {
    if (refused->is_not_found() && pass.namespaces.contains(item.id.namespace_)) {
      item.state = Item::State::kDeferred;  // its namespace comes with this very set
      co_return;
    }
    if (is_immutable(*refused)) {
      bool force = pass.request.force || is_steered(item.object, "force", "enabled");
      if (!force) {
        const auto live = co_await client_.get(*item.resource, key, kube::Detail::kMetadata);
        force = live && is_steered(*live, "force", "enabled");
      }
      if (force) {
        item.state = Item::State::kRecreate;
        co_return;
      }
    }
    item.error = dry_run_text(item.id, *refused);
    co_return;
  }
  if (answer->created) {
    item.state = Item::State::kWrite;
    co_return;
  }
  // The merged object shows what the live one says as well.
  if (is_steered(answer->object, "reconcile", "disabled") || is_steered(answer->object, "ssa", "Ignore")) {
    item.action = Action::kSkipped;
    item.state = Item::State::kDone;
    co_return;
  }
  item.live_version = answer->object.resource_version();
  if (!is_steered(item.object, "ssa", "Merge")) {
    item.clean_up = clean_up_patch(answer->object, options_.field_manager, options_.override_managers);
  }
  const auto changes = would_change(*answer, options_.field_manager);
  if (!item.clean_up && changes && !*changes) {
    item.action = Action::kUnchanged;
    item.state = Item::State::kDone;
    if (pass.request.on_applied) pass.request.on_applied(item.id, answer->object, item.desired_hash);
    co_return;
  }
  item.state = Item::State::kWrite;
}

asio::awaitable<void> Applier::recreate(Item& item) {
  kube::DeleteOptions options;
  const kube::ObjectKey key = item.id.key();
  co_await client_.remove(*item.resource, key, options);
  std::vector<ObjectId> deleted{item.id};
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
    const kube::ObjectKey key = item.id.key();
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
    answer = co_await client_.apply(*item.resource, item.object, options);
  } catch (const kube::ApiError& error) {
    refused = error;
  }
  item.state = Item::State::kDone;
  if (refused) {
    item.error = text::cat(item.id.text(), " apply failed: ", safe_text(item.id, *refused));
    co_return;
  }
  item.action = answer.created || item.live_version.empty() ? Action::kCreated
                : answer.object.resource_version() == item.live_version
                    ? Action::kUnchanged
                    : Action::kConfigured;
  if (pass.request.on_applied) pass.request.on_applied(item.id, answer.object, item.desired_hash);
}

asio::awaitable<void> Applier::wait_for_stage(std::span<Item> items) {
  const auto deadline = std::chrono::steady_clock::now() + options_.stage_wait;
  for (auto& item : items) {
    const bool is_crd = item.id.kind == "CustomResourceDefinition";
    if (is_crd) {
      // Whatever group it defines is looked up anew.
      const auto group = item.object.document().text_at({"spec", "group"});
      if (const auto* versions = item.object.document().find_path({"spec", "versions"});
          versions != nullptr && versions->is_array()) {
        for (const auto& version : versions->as_array()) {
          mapper_.forget(text::cat(group, "/", version.text_at({"name"})));
        }
      }
    }
    // Of the kinds in these stages only definitions take time to become usable.
    if (!is_crd || item.action == Action::kUnchanged || item.action == Action::kSkipped) continue;
    const kube::ObjectKey key = item.id.key();
    for (Milliseconds pause = kFirstPoll;; pause = std::min(pause * 2, kLongestPoll)) {
      const auto live = co_await client_.get(*item.resource, key);
      if (live && compute_health(*live).status == HealthStatus::kCurrent) break;
      if (std::chrono::steady_clock::now() >= deadline) {
        item.error = text::cat(item.id.text(), " is not established in time");
        break;
      }
      co_await async::sleep_for(pause);
    }
  }
}

asio::awaitable<ApplyResult> Applier::apply(ApplyRequest request) {
  std::vector<Item> items;
  items.reserve(request.objects.size());
  for (auto& object : request.objects) items.emplace_back(std::move(object));
  request.objects.clear();
  Pass pass{std::move(request)};
  for (auto& item : items) {
    item.stage = stage_of(item.id, options_.custom_stage_kinds);
    if (item.id.group.empty() && item.id.kind == "Namespace") pass.namespaces.insert(item.id.name);
    if (item.id.kind == "CustomResourceDefinition") {
      const auto& document = item.object.document();
      auto& versions = pass.kinds[{
          std::string{document.text_at({"spec", "group"})}, std::string{document.text_at({"spec", "names", "kind"})}
      }];
      for (auto& version : served_versions(document)) versions.insert(std::move(version));
    }
  }
  std::ranges::stable_sort(items, [](const Item& left, const Item& right) {
    if (left.stage != right.stage) return left.stage < right.stage;
    return applies_before(left.id, right.id);
  });

  ApplyResult result;
  const auto collect_errors = [&] {
    for (const auto& item : items) {
      if (!item.error.empty()) result.errors.push_back(item.error);
    }
    return !result.errors.empty();
  };
  const auto collect_changes = [&] {
    for (const auto& item : items) {
      if (item.action) result.changes.push_back(Change{item.id, *item.action});
    }
  };

  for (auto& item : items) co_await resolve(item, pass);
  auto look = [this, &items, &pass](std::size_t index) { return dry_run_if_possible(items[index], pass); };
  co_await async::for_each_index(items.size(), options_.concurrency, look);
  if (collect_errors()) co_return result;

  const bool writes = std::ranges::any_of(items, [](const Item& item) {
    return item.state != Item::State::kDone;
  });
  if (writes && pass.request.before_first_write) {
    std::vector<ObjectId> ids;
    ids.reserve(items.size());
    for (const auto& item : items) ids.push_back(item.id);
    co_await pass.request.before_first_write(ids);
  }

  for (std::size_t begin = 0; begin < items.size();) {
    std::size_t end = begin;
    while (end < items.size() && items[end].stage == items[begin].stage) ++end;
    co_await apply_stage(std::span{items}.subspan(begin, end - begin), pass);
    const bool failed = std::ranges::any_of(items, [](const Item& item) { return !item.error.empty(); });
    if (failed) break;
    if (items[begin].stage == Stage::kDefinitions) {
      pass.namespaces.clear();  // they are there now: a missing one is an error from here on
      pass.kinds.clear();
    }
    begin = end;
  }
  collect_errors();
  collect_changes();
  co_return result;
}

asio::awaitable<void> Applier::dry_run_if_possible(Item& item, Pass& pass) {
  if (item.state != Item::State::kPending || !item.error.empty()) co_return;
  co_await dry_run(item, pass);
}

asio::awaitable<void> Applier::resolve_new_kind(Item& item, Pass& pass, TimePoint deadline) {
  for (;;) {
    item.error.clear();
    item.state = Item::State::kPending;
    mapper_.forget(item.id.api_version());
    co_await resolve(item, pass);
    if (item.resource || std::chrono::steady_clock::now() >= deadline) co_return;
    co_await async::sleep_for(kFirstPoll);
  }
}

asio::awaitable<void> Applier::apply_stage(std::span<Item> items, Pass& pass) {
  const auto deadline = std::chrono::steady_clock::now() + kDiscoveryWait;  // of all together
  for (auto& item : items) {
    if (item.state == Item::State::kDeferred && !item.resource) co_await resolve_new_kind(item, pass, deadline);
  }
  auto look = [this, items, &pass](std::size_t index) { return look_again(items[index], pass); };
  co_await async::for_each_index(items.size(), options_.concurrency, look);
  if (std::ranges::any_of(items, [](const Item& item) { return !item.error.empty(); })) co_return;

  for (std::size_t begin = 0; begin < items.size();) {
    std::size_t end = begin;
    while (end < items.size() && rank_of(items[end].id.kind) == rank_of(items[begin].id.kind)) ++end;
    const auto rank = items.subspan(begin, end - begin);
    auto write_one = [this, rank, &pass](std::size_t index) { return write(rank[index], pass); };
    co_await async::for_each_index(rank.size(), options_.concurrency, write_one);
    if (std::ranges::any_of(rank, [](const Item& item) { return !item.error.empty(); })) co_return;
    begin = end;
  }
  co_await wait_for_stage(items);
}

asio::awaitable<void> Applier::look_again(Item& item, Pass& pass) {
  const bool deferred = item.state == Item::State::kDeferred || item.state == Item::State::kPending;
  if (deferred && item.error.empty()) co_await dry_run(item, pass);
}

asio::awaitable<void> Applier::prune_one(
    const ObjectId& id, const Owned& owned, std::optional<Action>& action, std::string& error
) {
  std::optional<kube::ApiError> refused;
  try {
    const auto resource = co_await mapper_.find(id.api_version(), id.kind);
    if (!resource) {  // its kind is gone, and so is every object of it
      action = Action::kDeleted;
      co_return;
    }
    const kube::ObjectKey key = id.key();
    const auto live = co_await client_.get(*resource, key, kube::Detail::kMetadata);
    if (!live) {
      action = Action::kDeleted;
      co_return;
    }
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
  for (std::size_t begin = 0; begin < objects.size();) {
    std::size_t end = begin;
    while (end < objects.size() && rank_of(objects[end].kind) == rank_of(objects[begin].kind)) ++end;
    auto one = [&, begin](std::size_t index) {
      const auto at = begin + index;
      return prune_one(objects[at], owned, actions[at], errors[at]);
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
    for (const auto& id : objects) {
      const auto resource = co_await mapper_.find(id.api_version(), id.kind);
      if (!resource) continue;
      const kube::ObjectKey key = id.key();
      const auto live = co_await client_.get(*resource, key, kube::Detail::kMetadata);
      if (live) left.push_back(id);
    }
    objects = std::move(left);
    if (objects.empty() || std::chrono::steady_clock::now() >= deadline) co_return objects;
    co_await async::sleep_for(pause);
  }
}

}  // namespace weir::ssa
