#include "pkg/live/health_wait.hpp"

#include <algorithm>

#include "pkg/base/text.hpp"

namespace weir::live {
namespace {

constexpr std::size_t kMostShown = 20;
constexpr Milliseconds kFirstLook{1'000};
/// As often as Flux polls.
constexpr Milliseconds kLongestLook{5'000};
/// Watches that seem well may lag or lack an object.
constexpr Milliseconds kWatchedLook{60'000};

constexpr std::size_t kManyPending = 50;
constexpr Milliseconds kGathering{200};

std::string story(const ssa::ObjectId& id, const ssa::Health& health) {
  std::string out = text::cat(id.text(), " status: '", ssa::to_string(health.status), "'");
  if (!health.message.empty()) text::append(out, ": ", health.message);
  return out;
}

std::string listed(const std::vector<std::string>& shown, std::size_t all) {
  std::string out = text::join(shown, ", ");
  if (all > shown.size()) text::append(out, ", and ", all - shown.size(), " more");
  return out;
}

}  // namespace

HealthWait::HealthWait(const std::vector<ssa::ObjectId>& objects, TimePoint now, Milliseconds timeout)
    : started_{now}, deadline_{now + timeout} {
  for (const auto& id : objects) {
    Entry entry;
    entry.id = id;
    auto [at, added] = pending_.try_emplace(id.identity(), std::move(entry));
    if (added) plan(at->first, at->second, now);
  }
}

void HealthWait::plan(const Key& key, Entry& entry, TimePoint look) {
  looks_.erase({entry.look, key});
  entry.look = look;
  looks_.emplace(look, key);
}

bool HealthWait::touch(const ssa::ObjectId& id) {
  const auto at = pending_.find(id.identity());
  if (at == pending_.end()) return false;
  at->second.touched = true;
  plan(at->first, at->second, started_);
  return true;
}

std::vector<ssa::ObjectId> HealthWait::ask(TimePoint now) {
  std::vector<ssa::ObjectId> out;
  for (const auto& [look, key] : looks_) {
    if (look > now) break;
    auto& entry = pending_.at(key);
    entry.touched = false;
    out.push_back(entry.id);
  }
  return out;
}

void HealthWait::answer(const ssa::ObjectId& id, const ssa::Health& health, bool is_watched, TimePoint now) {
  const auto at = pending_.find(id.identity());
  if (at == pending_.end()) return;
  auto& [key, entry] = *at;
  if (health.status == ssa::HealthStatus::kCurrent) {
    looks_.erase({entry.look, key});
    failed_.erase(key);
    pending_.erase(at);
    return;
  }
  entry.health = health;
  auto next = now + kWatchedLook;
  if (!is_watched) {
    entry.pause = std::clamp(entry.pause * 2, kFirstLook, kLongestLook);
    next = now + entry.pause;
  }
  bool failed = health.status == ssa::HealthStatus::kFailed;
  if (!health.fails_after) {
    entry.failing_since.reset();
  } else {
    if (!entry.failing_since) entry.failing_since = now;
    const auto end = *entry.failing_since + *health.fails_after;
    if (now >= end) {
      failed = true;
      entry.health.status = ssa::HealthStatus::kFailed;
    } else {
      next = std::min(next, end);
    }
  }
  if (failed) {
    failed_.insert(key);
  } else {
    failed_.erase(key);
  }
  plan(key, entry, entry.touched ? started_ : next);
}

Milliseconds HealthWait::gathering() const { return pending_.size() > kManyPending ? kGathering : Milliseconds{0}; }

Milliseconds HealthWait::pause(TimePoint now) const {
  auto next = deadline_;
  if (!looks_.empty()) next = std::min(next, looks_.begin()->first);
  return std::max(std::chrono::ceil<Milliseconds>(next - now), Milliseconds{0});
}

std::string HealthWait::failed_objects() const {
  std::vector<std::string> shown;
  for (const auto& key : failed_) {
    if (shown.size() == kMostShown) break;
    const auto& entry = pending_.at(key);
    shown.push_back(story(entry.id, entry.health));
  }
  return listed(shown, failed_.size());
}

std::string HealthWait::pending_objects() const {
  std::vector<std::string> shown;
  for (const auto& [key, entry] : pending_) {
    if (shown.size() == kMostShown) break;
    shown.push_back(story(entry.id, entry.health));
  }
  return listed(shown, pending_.size());
}

}  // namespace weir::live
