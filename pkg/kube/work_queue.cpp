#include "pkg/kube/work_queue.hpp"

#include <algorithm>

namespace weir::kube {

void WorkQueue::set_due(const ObjectKey& key, Entry& entry, std::optional<TimePoint> due) {
  if (!entry.in_progress) {
    if (entry.due) ready_.erase({*entry.due, key});
    if (due) ready_.emplace(*due, key);
  }
  entry.due = due;
}

void WorkQueue::add(const ObjectKey& key, TimePoint due) {
  auto& entry = entries_[key];
  if (entry.due && *entry.due <= due) return;
  set_due(key, entry, due);
}

void WorkQueue::add_failed(const ObjectKey& key, TimePoint now, double fraction) {
  auto& entry = entries_[key];
  const unsigned doublings = std::min(entry.failures, 30u);
  ++entry.failures;
  const auto pause = std::min<Milliseconds>(limits_.longest, limits_.first * (1LL << doublings));
  const auto spread = Milliseconds{static_cast<std::int64_t>(static_cast<double>(pause.count()) * 0.1 * fraction)};
  add(key, now + pause + spread);
}

std::optional<ObjectKey> WorkQueue::take(TimePoint now) {
  if (ready_.empty() || ready_.begin()->first > now) return std::nullopt;
  ObjectKey key = ready_.begin()->second;
  auto& entry = entries_[key];
  set_due(key, entry, std::nullopt);
  entry.in_progress = true;
  ++in_progress_;
  return key;
}

std::optional<TimePoint> WorkQueue::next_due() const {
  if (ready_.empty()) return std::nullopt;
  return ready_.begin()->first;
}

void WorkQueue::done(const ObjectKey& key) {
  const auto at = entries_.find(key);
  if (at == entries_.end() || !at->second.in_progress) return;
  at->second.in_progress = false;
  --in_progress_;
  if (at->second.due) ready_.emplace(*at->second.due, key);
  erase_if_idle(key);
}

void WorkQueue::forget(const ObjectKey& key) {
  if (const auto at = entries_.find(key); at != entries_.end()) at->second.failures = 0;
  erase_if_idle(key);
}

void WorkQueue::drop(const ObjectKey& key) {
  const auto at = entries_.find(key);
  if (at == entries_.end()) return;
  set_due(key, at->second, std::nullopt);
  at->second.failures = 0;
  erase_if_idle(key);
}

void WorkQueue::erase_if_idle(const ObjectKey& key) {
  const auto at = entries_.find(key);
  if (at == entries_.end()) return;
  const auto& entry = at->second;
  if (!entry.due && !entry.in_progress && entry.failures == 0) entries_.erase(at);
}

std::size_t WorkQueue::depth(TimePoint now) const {
  std::size_t count = 0;
  for (const auto& [due, key] : ready_) {
    if (due > now) break;
    ++count;
  }
  return count;
}

unsigned WorkQueue::failures(const ObjectKey& key) const {
  const auto at = entries_.find(key);
  return at == entries_.end() ? 0 : at->second.failures;
}

std::optional<TimePoint> WorkQueue::due(const ObjectKey& key) const {
  const auto at = entries_.find(key);
  return at == entries_.end() ? std::nullopt : at->second.due;
}

}  // namespace weir::kube
