#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "pkg/async/asio.hpp"
#include "pkg/base/clock.hpp"
#include "pkg/base/duration.hpp"
#include "pkg/kube/client.hpp"
#include "pkg/kube/rest_mapper.hpp"
#include "pkg/log/logger.hpp"
#include "pkg/ssa/change_set.hpp"
#include "pkg/ssa/order.hpp"

namespace weir::ssa {

struct ApplierOptions {
  ApplierOptions() {}
  std::string field_manager;
  std::string annotation_group;                ///< of the annotations that steer us: kustomize.toolkit.fluxcd.io
  std::size_t concurrency = 4;                 ///< requests at a time
  std::vector<std::string> override_managers;  ///< whose fields become ours, besides kubectl's
  std::vector<std::string> custom_stage_kinds; ///< "group/Kind"
  Milliseconds stage_wait{60'000};             ///< for definitions and classes to be ready
};

/// What one apply is asked to do, and whom to tell. The functions may be empty.
struct ApplyRequest {
  ApplyRequest() {}
  std::vector<kube::Object> objects;  ///< normalised
  bool force = false;                 ///< recreate what is immutable
  /// True when the object is known to be as desired: it is not asked about.
  std::function<bool(const ObjectId&, std::uint64_t desired_hash)> is_unchanged;
  /// Called once before the first write, with every object that may be written.
  std::function<asio::awaitable<void>(const std::vector<ObjectId>&)> before_first_write;
  /// The metadata of an object that is as desired now.
  std::function<void(const ObjectId&, const kube::Object& metadata, std::uint64_t desired_hash)> on_applied;
};

/// What was done, and what was not: every error of a dry run is here, each with its object.
struct ApplyResult {
  ApplyResult() {}
  ChangeSet changes;                ///< in the order of application
  std::vector<std::string> errors;  ///< empty: all went through
};

/// Brings objects to the cluster by server-side apply: everything is dry-run before anything is written, in stages;
/// what the dry run shows to be as desired already is not written. One object costs one request when nothing changed.
/// Source of order, annotations and texts: Flux (flux-core, "Server-side apply").  Threads: reactor.
class Applier {
 public:
  /// References must outlive the calls. `client` may impersonate; `mapper` never does.
  Applier(kube::Client& client, kube::RestMapper& mapper, ApplierOptions options, log::Logger log);

  /// @throws what the transport throws; refusals of the server are in the result
  asio::awaitable<ApplyResult> apply(ApplyRequest request);

  /// Deletes objects in reverse order, unless they are excluded by annotation or `owned` says that they are not ours.
  /// Gone ones count as deleted. @returns what was done; errors name what stays
  using Owned = std::function<bool(const kube::Object& metadata)>;
  asio::awaitable<ApplyResult> prune(std::vector<ObjectId> objects, Owned owned);

  /// Waits until deleted objects are really gone. @returns those that are still there after `limit`
  asio::awaitable<std::vector<ObjectId>> wait_until_gone(std::vector<ObjectId> objects, Milliseconds limit);

 private:
  struct Item;
  struct Pass;
  asio::awaitable<void> resolve(Item& item, const Pass& pass);
  asio::awaitable<void> resolve_new_kind(Item& item, Pass& pass, TimePoint deadline);
  asio::awaitable<void> dry_run_if_possible(Item& item, Pass& pass);
  asio::awaitable<void> look_again(Item& item, Pass& pass);
  asio::awaitable<void> dry_run(Item& item, Pass& pass);
  asio::awaitable<void> apply_stage(std::span<Item> items, Pass& pass);
  asio::awaitable<void> write(Item& item, Pass& pass);
  asio::awaitable<void> recreate(Item& item);
  asio::awaitable<void> wait_for_stage(std::span<Item> items);
  asio::awaitable<void> prune_one(
      const ObjectId& id, const Owned& owned, std::optional<Action>& action, std::string& error
  );
  bool is_steered(const kube::Object& object, std::string_view name, std::string_view value) const;

  kube::Client& client_;
  kube::RestMapper& mapper_;
  const ApplierOptions options_;
  log::Logger log_;
};

}  // namespace weir::ssa
