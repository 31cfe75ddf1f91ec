#include "pkg/live/applied_sets.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "pkg/base/text.hpp"

namespace weir::live {
namespace {

constexpr std::size_t kMostShown = 20;

}  // namespace

AppliedSets::AppliedSets(DriftWatcher& watcher, const Clock& clock, std::string owner_kind, FindListed find_listed)
    : watcher_{watcher}, clock_{clock}, owner_kind_{std::move(owner_kind)}, find_listed_{std::move(find_listed)} {
  watcher_.on_change([this](const auto& id, const auto* before, const auto* after) {
    on_object_change(id, before, after);
  });
  watcher_.on_complete([this](const kube::Resource& kind) { on_complete(kind); });
}

AppliedSets::Entry& AppliedSets::entry_of(const kube::ObjectKey& owner) {
  const LiveView& view = *this;
  return entries_.try_emplace(owner, owner, view, clock_).first->second;
}

AppliedSet& AppliedSets::of(const kube::ObjectKey& owner) { return entry_of(owner).set; }

void AppliedSets::begin_pass(const kube::ObjectKey& owner) { entry_of(owner).busy = true; }

void AppliedSets::end_pass(const kube::ObjectKey& owner) {
  auto& entry = entry_of(owner);
  entry.busy = false;
  const auto seen = std::exchange(entry.seen, {});
  for (const auto& identity : seen) judge(owner, entry, identity);
  // The queue remembers one time for each key: a wake for another object may have been this pass.
  if (const auto pause = entry.set.next_heal()) wake(owner, *pause);
}

/// Asked for many objects of one owner.
bool AppliedSets::is_listed(const kube::ObjectKey& owner, const ssa::ObjectId& id) const {
  const auto listed = find_listed_(owner);
  if (!listed.version) return false;
  auto& listing = listings_[owner];
  if (listing.of != listed.version) {
    listing = {listed.version, {}};
    if (*listed.inventory) {
      for (const auto& entry : (*listed.inventory)->entries) listing.names.insert(entry.id);
    }
  }
  return listing.names.contains(Inventory::name_of(id));
}

void AppliedSets::on_object_change(const ssa::ObjectId& id, const LiveState* before, const LiveState* after) {
  if (before != nullptr) notice(before->owner, id);
  if (after != nullptr && (before == nullptr || after->owner != before->owner)) notice(after->owner, id);
  if (shared_.empty()) return;
  const auto at = shared_.find(id.identity());
  if (at == shared_.end()) return;
  const auto sharers = at->second;
  for (const auto& owner : sharers) {
    const bool is_told = (before != nullptr && before->owner == owner) || (after != nullptr && after->owner == owner);
    if (!is_told) notice(owner, id);
  }
}

/// Between our own look at an object and the first list of its kind nothing is told: after a restart that is where an
/// object can be deleted, or turn out to be another one's.
void AppliedSets::on_complete(const kube::Resource& kind) {
  for (auto& [owner, entry] : entries_) {
    for (const auto& [identity, record] : entry.set.records()) {
      if (record.id.group == kind.group && record.id.kind == kind.kind) notice(owner, record.id);
    }
  }
}

/// What an owner no longer lists belongs to those who share it: they put it right, and have one opponent less.
void AppliedSets::on_inventory_change(const kube::ObjectKey& owner) {
  std::vector<std::pair<kube::ObjectKey, ssa::ObjectId>> released;
  for (auto& [identity, sharers] : shared_) {
    if (!sharers.contains(owner)) continue;
    const std::size_t before = released.size();
    for (const auto& other : sharers) {
      const auto at = entries_.find(other);
      if (other == owner || at == entries_.end()) continue;
      const auto& records = at->second.set.records();
      const auto record = records.find(identity);
      if (record == records.end() || is_listed(owner, record->second.id)) continue;
      released.emplace_back(other, record->second.id);
    }
    if (released.size() > before) sharers.erase(owner);
  }
  for (const auto& [other, id] : released) {
    notice(other, id);
    wake(other, Milliseconds{0});
  }
}

void AppliedSets::touch(const kube::ObjectKey& owner, const ssa::ObjectId& id) {
  const auto at = entries_.find(owner);
  if (at == entries_.end()) return;
  auto& health = at->second.set.health;
  if (health && health->touch(id)) wake(owner, Milliseconds{0});
}

void AppliedSets::notice(const kube::ObjectKey& owner, const ssa::ObjectId& id) {
  const auto at = entries_.find(owner);
  if (at == entries_.end()) return;
  auto& entry = at->second;
  auto& health = entry.set.health;
  if (health && health->touch(id)) wake(owner, health->gathering());
  if (entry.busy) {
    entry.seen.insert(id.identity());
  } else {
    judge(owner, entry, id.identity());
  }
}

void AppliedSets::judge(const kube::ObjectKey& owner, Entry& entry, const std::string& identity) {
  const auto judgement = entry.set.judge(identity);
  const auto record = entry.set.records().find(identity);
  if (record == entry.set.records().end()) return;
  if (!judgement.other.name.empty()) meet(owner, entry, record->second.id, judgement.other);
  if (!judgement.manager.empty()) meet(owner, entry, record->second.id, judgement.manager);
  if (judgement.wake) wake(owner, *judgement.wake);
}

/// Both of them are told: each has the object in its build, and neither can keep it.
void AppliedSets::meet(
    const kube::ObjectKey& owner, Entry& entry, const ssa::ObjectId& id, const kube::ObjectKey& other
) {
  const auto note = [&](const kube::ObjectKey& whose, AppliedSet& theirs, const kube::ObjectKey& opponent) {
    Opponent met{id.text(), text::cat(owner_kind_, " ", opponent.text()), opponent};
    shared_[id.identity()].insert(whose);
    const bool is_new = theirs.opponents.insert_or_assign(id.identity(), std::move(met)).second;
    if (is_new) wake(whose, Milliseconds{0});
  };
  note(owner, entry.set, other);
  if (const auto at = entries_.find(other); at != entries_.end()) note(other, at->second.set, owner);
}

void AppliedSets::meet(
    const kube::ObjectKey& owner, Entry& entry, const ssa::ObjectId& id, const std::string& manager
) {
  Opponent met{id.text(), manager, {}};
  if (entry.set.opponents.try_emplace(id.identity(), std::move(met)).second) wake(owner, Milliseconds{0});
}

std::string AppliedSets::conflicts(const kube::ObjectKey& owner) {
  const auto at = entries_.find(owner);
  if (at == entries_.end()) return "";
  auto& set = at->second.set;
  for (auto next = set.opponents.begin(); next != set.opponents.end();) {
    const auto entry = next++;
    auto& [identity, opponent] = *entry;
    const auto record = set.records().find(identity);
    const bool is_ours = record != set.records().end() && !record->second.left_alone;
    if (is_ours && (opponent.owner.name.empty() || is_listed(opponent.owner, record->second.id))) continue;
    if (const auto sharers = shared_.find(identity); sharers != shared_.end() && is_ours) {
      // Another one may be left.
      const auto other = std::ranges::find_if(sharers->second, [&](const auto& sharer) {
        return sharer != owner && is_listed(sharer, record->second.id);
      });
      if (other != sharers->second.end()) {
        opponent = {record->second.id.text(), text::cat(owner_kind_, " ", other->text()), *other};
        continue;
      }
    }
    set.opponents.erase(entry);
  }
  std::vector<std::string> stories;
  for (const auto& [identity, opponent] : set.opponents) {
    if (stories.size() == kMostShown) break;
    stories.push_back(text::cat(opponent.object, " is also written by ", opponent.who));
  }
  std::string out = text::join(stories, "; ");
  if (set.opponents.size() > stories.size()) {
    text::append(out, "; and ", set.opponents.size() - stories.size(), " more");
  }
  return out;
}

void AppliedSets::forget(const kube::ObjectKey& owner) {
  const auto at = entries_.find(owner);
  if (at == entries_.end()) return;
  for (const auto& [identity, opponent] : at->second.set.opponents) {
    if (!opponent.owner.name.empty()) wake(opponent.owner, Milliseconds{0});
  }
  entries_.erase(at);
  listings_.erase(owner);
  for (auto& [identity, sharers] : shared_) sharers.erase(owner);
  std::erase_if(shared_, [](const auto& entry) { return entry.second.empty(); });
}

}  // namespace weir::live
