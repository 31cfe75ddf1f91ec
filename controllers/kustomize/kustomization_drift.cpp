// What happens to applied objects: whether it is drift, when it is put right, and who else writes them.

#include <algorithm>

#include "controllers/kustomize/dependencies.hpp"
#include "controllers/kustomize/kustomization_reconciler.hpp"
#include "controllers/kustomize/kustomization_run.hpp"
#include "controllers/kustomize/kustomization_status.hpp"
#include "pkg/base/text.hpp"

namespace weir::kustomize_controller {
namespace {

constexpr std::size_t kMostShown = 20;
/// Many awaited objects that change at once are looked at together.
constexpr std::size_t kManyPending = 50;
constexpr Milliseconds kTogether{200};

bool lists(const Kustomization& object, const ssa::ObjectId& id) {
  if (!object.status.inventory) return false;
  const auto name = name_of(id);
  return std::ranges::any_of(object.status.inventory->entries, [&](const auto& entry) { return entry.id == name; });
}

}  // namespace

/// An object whose labels name another Kustomization is not fought for at once: that one has just applied it, and the
/// next commit may show that it was moved there.
live::Drift KustomizationReconciler::drift_of(const kube::ObjectKey& key, const live::Record& record) const {
  const auto live = parts_.drift.find(record.id);
  if (live && live->owner != key && parts_.kustomizations.get(live->owner)) {
    const bool is_later = kube::is_later_version(live->resource_version, record.resource_version);
    return is_later ? live::Drift::kAtInterval : live::Drift::kNone;
  }
  return live::drift_of(record, live.get());
}

/// Whether an object needs nothing in this pass. One that is fought for waits for its own time, unless the pass is due.
bool KustomizationReconciler::is_settled(
    const kube::ObjectKey& key, const Memory& memory, const live::Record& record, bool is_due
) const {
  if (record.left_alone) return !is_due;
  if (record.owned.entry == 0 || !parts_.drift.is_complete(record.id)) return false;
  switch (drift_of(key, record)) {
    case live::Drift::kNone: return true;
    case live::Drift::kAtInterval: return !is_due;
    case live::Drift::kNow: return !is_due && memory.heals.is_held(record.id.identity(), parts_.clock.now());
  }
  return false;
}

bool KustomizationReconciler::is_untouched(const kube::ObjectKey& key, const Memory& memory, bool is_due) const {
  return std::ranges::all_of(memory.records, [&](const auto& entry) {
    return is_settled(key, memory, entry.second, is_due);
  });
}

/// Whether a watch saw something that is to be put right now. What no watch sees is none of it: only a full pass could tell,
/// and a wait wakes often.
bool KustomizationReconciler::has_drifted(const kube::ObjectKey& key, const Memory& memory) const {
  const auto now = parts_.clock.now();
  return std::ranges::any_of(memory.records, [&](const auto& entry) {
    const auto& [object, record] = entry;
    return record.owned.entry != 0 && parts_.drift.is_complete(record.id) &&
           drift_of(key, record) == live::Drift::kNow && !memory.heals.is_held(object, now);
  });
}

void KustomizationReconciler::on_object_change(
    const ssa::ObjectId& id, const live::LiveState* before, const live::LiveState* after
) {
  if (before != nullptr) notice(before->owner, id);
  if (after != nullptr && (before == nullptr || after->owner != before->owner)) notice(after->owner, id);
}

void KustomizationReconciler::notice(const kube::ObjectKey& key, const ssa::ObjectId& id) {
  const auto at = memories_.find(key);
  if (at == memories_.end()) return;
  auto& memory = at->second;
  if (memory.health && memory.health->touch(id)) {
    wake(key, memory.health->pending() > kManyPending ? kTogether : Milliseconds{0});
  }
  if (memory.busy) {
    memory.seen.insert(id.identity());
  } else {
    judge(key, memory, id.identity());
  }
}

void KustomizationReconciler::judge(const kube::ObjectKey& key, Memory& memory, const std::string& object) {
  const auto at = memory.records.find(object);
  if (at == memory.records.end()) return;
  if (at->second.left_alone && !parts_.drift.find(at->second.id)) {
    at->second.left_alone = false;  // it went away: nothing is known of it
    wake(key, Milliseconds{0});
    return;
  }
  if (at->second.owned.entry == 0) return;
  const auto& record = at->second;
  const auto drift = drift_of(key, record);
  if (drift == live::Drift::kNone) return;
  const auto live = parts_.drift.find(record.id);
  if (drift == live::Drift::kAtInterval) {
    if (live && live->owner != key) {
      meet(key, memory, record, live->owner);
    } else if (live && live->owned.entry != record.owned.entry) {
      meet(key, memory, record, live->owned.writer);
    }
    return;
  }
  const auto now = parts_.clock.now();
  const std::string writer = live ? live->owned.writer : "";
  const auto pause = memory.heals.next(object, writer, now);
  if (memory.heals.is_quarrel(object, now)) meet(key, memory, record, writer.empty() ? "somebody who deletes it" : writer);
  wake(key, pause);
}

void KustomizationReconciler::end_pass(const kube::ObjectKey& key, Memory& memory) {
  memory.busy = false;
  const auto seen = std::exchange(memory.seen, {});
  for (const auto& object : seen) judge(key, memory, object);
  // The queue remembers one time for each key: a wake for another object may have been this pass.
  if (const auto pause = memory.heals.left(parts_.clock.now())) wake(key, *pause);
}

/// Both of them are told: each has the object in its build, and neither can keep it.
void KustomizationReconciler::meet(
    const kube::ObjectKey& key, Memory& memory, const live::Record& record, const kube::ObjectKey& other
) {
  const auto note = [&](const kube::ObjectKey& whose, Memory& theirs, const kube::ObjectKey& opponent) {
    Opponent entry{record.id.text(), text::cat("Kustomization ", opponent.text()), opponent};
    const bool is_new = theirs.opponents.insert_or_assign(record.id.identity(), std::move(entry)).second;
    if (is_new) wake(whose, Milliseconds{0});
  };
  note(key, memory, other);
  if (const auto at = memories_.find(other); at != memories_.end()) note(other, at->second, key);
}

void KustomizationReconciler::meet(
    const kube::ObjectKey& key, Memory& memory, const live::Record& record, const std::string& manager
) {
  Opponent entry{record.id.text(), manager, {}};
  if (memory.opponents.try_emplace(record.id.identity(), std::move(entry)).second) wake(key, Milliseconds{0});
}

void KustomizationReconciler::drop_settled_managers(const kube::ObjectKey& key, Memory& memory) {
  const auto now = parts_.clock.now();
  std::erase_if(memory.opponents, [&](const auto& entry) {
    const auto& [object, opponent] = entry;
    const auto record = memory.records.find(object);
    if (!opponent.kustomization.name.empty() || record == memory.records.end()) return false;
    return drift_of(key, record->second) == live::Drift::kNone && !memory.heals.is_quarrel(object, now);
  });
}

void KustomizationReconciler::tell_conflicts(Context& context, Kustomization& object) {
  const auto at = memories_.find(key_of(object));
  if (at == memories_.end()) return;
  auto& memory = at->second;
  std::vector<kube::ObjectKey> released;
  std::erase_if(memory.opponents, [&](const auto& entry) {
    const auto& [name, opponent] = entry;
    const auto record = memory.records.find(name);
    const auto other = parts_.kustomizations.get(opponent.kustomization);
    const bool stays = record != memory.records.end() && !record->second.left_alone &&
                       (opponent.kustomization.name.empty() || (other && lists(*other, record->second.id)));
    if (!stays && !opponent.kustomization.name.empty()) released.push_back(opponent.kustomization);
    return !stays;
  });
  for (const auto& key : released) wake(key, Milliseconds{0});  // it finds out that we are no opponent any more
  std::vector<std::string> stories;
  for (const auto& [name, opponent] : memory.opponents) {
    if (stories.size() == kMostShown) break;
    stories.push_back(text::cat(opponent.object, " is also written by ", opponent.who));
  }
  if (stories.empty()) {
    remove_conflict(object);
    return;
  }
  std::string message = text::join(stories, "; ");
  if (memory.opponents.size() > stories.size()) {
    text::append(message, "; and ", memory.opponents.size() - stories.size(), " more");
  }
  if (mark_conflict(object, message, context.clock.wall_now())) {
    context.events.send(
        runtime::Severity::kError, api::kustomize::reason::kMultipleWriters, message,
        revision_facts(object.status.last_applied_revision)
    );
  }
}

void KustomizationReconciler::forget(const kube::ObjectKey& key) {
  parts_.waiters.erase(key);
  parts_.health_watches.stop(key);
  const auto at = memories_.find(key);
  if (at == memories_.end()) return;
  for (const auto& [name, opponent] : at->second.opponents) {
    if (!opponent.kustomization.name.empty()) wake(opponent.kustomization, Milliseconds{0});
  }
  memories_.erase(at);
}

}  // namespace weir::kustomize_controller
