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

}  // namespace

/// Whether a Kustomization has an object in its inventory. Asked for many objects of one.
bool KustomizationReconciler::lists(const kube::ObjectKey& key, const ssa::ObjectId& id) const {
  const auto object = parts_.kustomizations.get(key);
  if (!object) return false;
  auto& listing = listings_[key];
  if (listing.of != object) {
    listing = {object, {}};
    if (object->status.inventory) {
      for (const auto& entry : object->status.inventory->entries) listing.names.insert(entry.id);
    }
  }
  return listing.names.contains(name_of(id));
}

/// An object whose labels name another Kustomization that lists it is not fought for at once: that one has just applied
/// it, and the next commit may show that it was moved there. When it lets go, what it wrote is drift as any other.
live::Drift KustomizationReconciler::drift_of(const kube::ObjectKey& key, const live::Record& record) const {
  const auto live = parts_.drift.find(record.id);
  if (live && live->owner != key && lists(live->owner, record.id)) {
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
  if (shared_.empty()) return;
  const auto at = shared_.find(id.identity());
  if (at == shared_.end()) return;
  const auto sharers = at->second;
  for (const auto& key : sharers) {
    const bool is_told = (before != nullptr && before->owner == key) || (after != nullptr && after->owner == key);
    if (!is_told) notice(key, id);
  }
}

/// Between our own look at an object and the first list of its kind nothing is told: after a restart that is where an
/// object can be deleted, or turn out to be another one's.
void KustomizationReconciler::on_complete(const kube::Resource& kind) {
  for (auto& [key, memory] : memories_) {
    for (const auto& [object, record] : memory.records) {
      if (record.id.group == kind.group && record.id.kind == kind.kind) notice(key, record.id);
    }
  }
}

/// What a Kustomization no longer lists belongs to those who share it: they put it right, and have one opponent less.
void KustomizationReconciler::on_inventory_change(const kube::ObjectKey& key) {
  std::vector<std::pair<kube::ObjectKey, ssa::ObjectId>> released;
  for (auto& [object, sharers] : shared_) {
    if (!sharers.contains(key)) continue;
    const std::size_t before = released.size();
    for (const auto& other : sharers) {
      const auto at = memories_.find(other);
      if (other == key || at == memories_.end()) continue;
      const auto record = at->second.records.find(object);
      if (record == at->second.records.end() || lists(key, record->second.id)) continue;
      released.emplace_back(other, record->second.id);
    }
    if (released.size() > before) sharers.erase(key);
  }
  for (const auto& [other, id] : released) {
    notice(other, id);
    wake(other, Milliseconds{0});
  }
}

void KustomizationReconciler::notice(const kube::ObjectKey& key, const ssa::ObjectId& id) {
  const auto at = memories_.find(key);
  if (at == memories_.end()) return;
  auto& memory = at->second;
  if (memory.health && memory.health->touch(id)) {
    wake(key, memory.health->gathering());
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
    shared_[record.id.identity()].insert(whose);
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
  const auto key = key_of(object);
  for (auto next = memory.opponents.begin(); next != memory.opponents.end();) {
    const auto entry = next++;
    auto& [name, opponent] = *entry;
    const auto record = memory.records.find(name);
    const bool is_ours = record != memory.records.end() && !record->second.left_alone;
    if (is_ours && (opponent.kustomization.name.empty() || lists(opponent.kustomization, record->second.id))) continue;
    if (const auto sharers = shared_.find(name); sharers != shared_.end() && is_ours) {
      // Another one may be left.
      const auto other = std::ranges::find_if(sharers->second, [&](const auto& sharer) {
        return sharer != key && lists(sharer, record->second.id);
      });
      if (other != sharers->second.end()) {
        opponent = {record->second.id.text(), text::cat("Kustomization ", other->text()), *other};
        continue;
      }
    }
    memory.opponents.erase(entry);
  }
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
  listings_.erase(key);
  for (auto& [object, sharers] : shared_) sharers.erase(key);
  std::erase_if(shared_, [](const auto& entry) { return entry.second.empty(); });
}

}  // namespace weir::kustomize_controller
