#include "pkg/live/drift.hpp"

#include <algorithm>

#include "pkg/kube/object.hpp"

namespace weir::live {
namespace {

using namespace std::chrono_literals;

/// Two repairs of an object within this time, and the longest pause, belong to one quarrel.
constexpr auto kQuarrel = 30s;
constexpr unsigned kFreeHeals = 3;
constexpr unsigned kMostHeals = 12;
constexpr Milliseconds kFirstPause{500};

}  // namespace

Drift drift_of(const Record& record, const LiveState* live) {
  if (live == nullptr) return record.expires ? Drift::kAtInterval : Drift::kNow;
  if (live->resource_version == record.resource_version) return Drift::kNone;
  if (!kube::is_later_version(live->resource_version, record.resource_version)) return Drift::kNone;
  const auto& was = record.owned;
  const auto& is = live->owned;
  if (was.entry == 0) return Drift::kNow;
  if (is.entry != was.entry) {
    // Only fields that came through /scale have left our entry: an autoscaler would set them again at once.
    const bool is_scaled = is.entry != 0 && is.fields != was.fields && is.with_scale == was.with_scale;
    return is_scaled ? Drift::kAtInterval : Drift::kNow;
  }
  // Changed, and every entry is as we left it, down to the second: written under our name within that second, unless it
  // was the status, whose entry keeps its time likewise.
  if (is.all == was.all && (is.generation != was.generation || !is.has_status)) return Drift::kNow;
  if (is.unclean && !was.unclean && !record.merges) {
    // Undone at once, a restart would not happen at all.
    return is.only_restarted ? Drift::kAtInterval : Drift::kNow;
  }
  return Drift::kNone;
}

Milliseconds HealPauses::next(const std::string& object, const std::string& writer, std::string found, TimePoint now) {
  auto& heals = heals_[object];
  const bool is_same = heals.count > 0 && heals.writer == writer;
  if (is_same && now < heals.due) return std::chrono::ceil<Milliseconds>(heals.due - now);
  if (is_same && heals.found == found) return Milliseconds{0};
  const bool again = is_same && now - heals.last < kQuarrel + kLongest;
  heals.writer = writer;
  heals.found = std::move(found);
  heals.count = again ? std::min(heals.count + 1, kMostHeals) : 1;
  heals.last = now;
  const auto pause = heals.count <= kFreeHeals
                         ? Milliseconds{0}
                         : std::min(kFirstPause * (1 << (heals.count - kFreeHeals - 1)), kLongest);
  heals.due = now + pause;
  return pause;
}

bool HealPauses::is_held(const std::string& object, TimePoint now) const {
  const auto at = heals_.find(object);
  return at != heals_.end() && now < at->second.due;
}

std::optional<Milliseconds> HealPauses::left(TimePoint now) {
  std::erase_if(heals_, [now](const auto& entry) { return now - entry.second.due > kQuarrel + kLongest; });
  std::optional<Milliseconds> out;
  for (const auto& [object, heals] : heals_) {
    if (now >= heals.due) continue;
    const auto pause = std::chrono::ceil<Milliseconds>(heals.due - now);
    out = out ? std::min(*out, pause) : pause;
  }
  return out;
}

bool HealPauses::is_quarrel(const std::string& object, TimePoint now) const {
  const auto at = heals_.find(object);
  return at != heals_.end() && at->second.count > kFreeHeals && now - at->second.last < kQuarrel + kLongest;
}

}  // namespace weir::live
