#include "pkg/live/applied_set.hpp"

#include <algorithm>

#include "pkg/base/text.hpp"
#include "pkg/kube/object.hpp"

namespace weir::live {

AppliedSet::AppliedSet(kube::ObjectKey owner, const LiveView& view, const Clock& clock)
    : owner_{std::move(owner)}, view_{view}, clock_{clock} {}

void AppliedSet::keep_only(const std::set<std::string>& identities) {
  std::erase_if(records_, [&](const auto& entry) { return !identities.contains(entry.first); });
}

const Record* AppliedSet::find(const ssa::ObjectId& id) const {
  const auto at = records_.find(id.identity());
  return at == records_.end() ? nullptr : &at->second;
}

/// An object whose labels name another owner that lists it is not fought for at once: that one has just applied it, and
/// the next commit may show that it was moved there. When it lets go, what it wrote is drift as any other.
Drift AppliedSet::drift_of(const Record& record) const {
  const auto live = view_.find(record.id);
  if (live && live->owner != owner_ && view_.is_listed(live->owner, record.id)) {
    const bool is_later = kube::is_later_version(live->resource_version, record.resource_version);
    return is_later ? Drift::kAtInterval : Drift::kNone;
  }
  if (!live && view_.is_behind(record.id, record.resource_version)) return Drift::kNone;
  return live::drift_of(record, live.get());
}

bool AppliedSet::is_settled(const Record& record, bool is_due) const {
  if (record.left_alone) return !is_due;
  if (record.owned.entry == 0 || !view_.is_complete(record.id)) return false;
  switch (drift_of(record)) {
    case Drift::kNone: return true;
    case Drift::kAtInterval: return !is_due;
    case Drift::kNow: return !is_due && heals_.is_held(record.id.identity(), clock_.now());
  }
  return false;
}

bool AppliedSet::is_untouched(bool is_due) const {
  return std::ranges::all_of(records_, [&](const auto& entry) { return is_settled(entry.second, is_due); });
}

bool AppliedSet::has_drifted() const {
  const auto now = clock_.now();
  return std::ranges::any_of(records_, [&](const auto& entry) {
    const auto& [identity, record] = entry;
    return record.owned.entry != 0 && view_.is_complete(record.id) && drift_of(record) == Drift::kNow &&
           !heals_.is_held(identity, now);
  });
}

AppliedSet::Judgement AppliedSet::judge(const std::string& identity) {
  Judgement out;
  const auto at = records_.find(identity);
  if (at == records_.end()) return out;
  auto& record = at->second;
  if (record.left_alone) {
    const auto live = view_.find(record.id);
    if (live && (record.need_only_exist || live->left_alone)) return out;
    record.left_alone = false;  // it went away, or took its word back: nothing is known of it
    out.wake = Milliseconds{0};
    return out;
  }
  if (record.owned.entry == 0) return out;
  const auto drift = drift_of(record);
  if (drift == Drift::kNone) return out;
  const auto live = view_.find(record.id);
  if (drift == Drift::kAtInterval) {
    if (live && live->owner != owner_) {
      out.other = live->owner;
    } else if (live && live->owned.entry != record.owned.entry) {
      out.manager = live->owned.writer;
    }
    return out;
  }
  const auto now = clock_.now();
  const std::string writer = live ? live->owned.writer : "";
  const std::string found = text::cat(record.resource_version, ">", live ? live->resource_version : "");
  out.wake = heals_.next(identity, writer, found, now);
  if (heals_.is_quarrel(identity, now)) out.manager = writer.empty() ? "somebody who deletes it" : writer;
  return out;
}

void AppliedSet::drop_settled_managers() {
  const auto now = clock_.now();
  std::erase_if(opponents, [&](const auto& entry) {
    const auto& [identity, opponent] = entry;
    const auto record = records_.find(identity);
    if (!opponent.owner.name.empty() || record == records_.end()) return false;
    return drift_of(record->second) == Drift::kNone && !heals_.is_quarrel(identity, now);
  });
}

}  // namespace weir::live
