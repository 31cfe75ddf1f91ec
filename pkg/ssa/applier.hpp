#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "pkg/async/asio.hpp"
#include "pkg/base/duration.hpp"
#include "pkg/kube/client.hpp"
#include "pkg/kube/rest_mapper.hpp"
#include "pkg/log/logger.hpp"
#include "pkg/ssa/change_set.hpp"
#include "pkg/ssa/desired.hpp"
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
  std::vector<Desired> objects;
  bool force = false;  ///< recreate what is immutable
  /// True when the object is known to be as desired: it is not asked about.
  std::function<bool(const Desired&)> is_unchanged;
  /// True when the object is probably as desired, but that is not known: the live one is looked at before the dry run.
  std::function<bool(const ObjectId&)> is_expected;
  /// Called before the first write, with every object that may be written; with `portion`, again before each portion.
  std::function<asio::awaitable<void>(const std::vector<ObjectId>&)> before_write;
  std::size_t portion = 0;  ///< objects for which before_write is called at a time; 0: all
  /// Of an object that is as desired now. `live`: its metadata at least, as the server's answer had it.
  std::function<void(const Desired&, const kube::Object& live)> on_applied;
  /// Of an object that is not touched: `by_live` when the live one is why, which may change without a word from Git.
  std::function<void(const Desired&, bool by_live)> on_skipped;
};

/// What was done, and what was not: every error of a dry run is here, each with its object.
struct ApplyResult {
  ApplyResult() {}
  ChangeSet changes;                ///< in the order of application
  std::vector<std::string> errors;  ///< empty: all went through
};

/// Brings objects to the cluster by server-side apply, in stages, each complete before the next begins. Everything is
/// dry-run before anything is written: an error stops all, unless an earlier stage has something to write, which may be
/// what the refused object needs; then its own stage decides, and nothing of that stage is written when one object of it
/// is refused. An object is deleted and made anew only by the word of a dry run in its own stage, and only where a new
/// one would be accepted. What is written is decided by comparing with the live object, never by times.
/// Source of annotations and texts: docs/upstream-rules.md, "Server-side apply".  Threads: reactor.
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
  asio::awaitable<void> resolve(Item& item, Pass& pass);
  asio::awaitable<void> resolve_deferred(std::span<Item> items, Pass& pass);
  asio::awaitable<void> look_if_pending(Item& item, Pass& pass);
  asio::awaitable<void> look(Item& item, Pass& pass);
  asio::awaitable<bool> look_at_live(Item& item, Pass& pass);
  asio::awaitable<void> dry_run(Item& item, Pass& pass);
  static void skip(Item& item, const Pass& pass, bool by_live);
  asio::awaitable<void> judge_refusal(Item& item, const Pass& pass, kube::ApiError refused);
  asio::awaitable<bool> could_be_made(const Item& item, const kube::ApiError& refused);
  asio::awaitable<void> apply_stage(std::span<Item> items, Pass& pass);
  asio::awaitable<void> write(Item& item, Pass& pass);
  asio::awaitable<void> recreate(Item& item);
  asio::awaitable<void> wait_for_stage(std::span<Item> items);
  /// Where discovery found the kinds (group, kind) of missing objects, asked once a call.
  using ServedKinds = std::map<std::pair<std::string, std::string>, std::optional<kube::Resource>>;
  asio::awaitable<std::optional<kube::Object>> find_live(
      const ObjectId& id, ServedKinds& served, std::optional<kube::Resource>& resource
  );
  asio::awaitable<void> prune_one(
      const ObjectId& id, const Owned& owned, ServedKinds& served, std::optional<Action>& action, std::string& error
  );
  bool is_steered(const kube::Object& object, std::string_view name, std::string_view value) const;
  bool is_left_alone(const kube::Object& object) const;

  kube::Client& client_;
  kube::RestMapper& mapper_;
  const ApplierOptions options_;
  log::Logger log_;
};

}  // namespace weir::ssa
