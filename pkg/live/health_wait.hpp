#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "pkg/base/clock.hpp"
#include "pkg/base/duration.hpp"
#include "pkg/ssa/change_set.hpp"
#include "pkg/ssa/health.hpp"

namespace weir::live {

/// A wait until objects are healthy that goes on between passes. Objects are asked when the wait begins, when something
/// happened to them, and, in case no watch tells, again after a while; a failed one counts wherever it stands. What one
/// event costs does not grow with the number of objects.  Threads: value, pure: time is an argument.
class HealthWait {
 public:
  HealthWait(const std::vector<ssa::ObjectId>& objects, TimePoint now, Milliseconds timeout);

  /// Something happened to an object. @returns whether it is waited for
  bool touch(const ssa::ObjectId& id);
  /// The objects to ask now. What happens to one of them from here on may be younger than its answer.
  std::vector<ssa::ObjectId> ask(TimePoint now);
  /// What asking gave; an object that was touched meanwhile is due again at once.
  /// @param is_watched  whether a watch would tell of a change
  void answer(const ssa::ObjectId& id, const ssa::Health& health, bool is_watched, TimePoint now);

  bool is_over() const { return pending_.empty(); }
  bool has_failed() const { return !failed_.empty(); }
  bool has_expired(TimePoint now) const { return now >= deadline_; }
  std::size_t pending() const { return pending_.size(); }
  /// How long an event may wait, so that many objects that change at once are looked at together.
  Milliseconds gathering() const;
  /// When to go on at the latest.
  Milliseconds pause(TimePoint now) const;
  TimePoint started() const { return started_; }
  /// "Kind/namespace/name status: 'InProgress': message" of each failed object, or of each pending one; the first
  /// twenty, and how many more there are.
  std::string failed_objects() const;
  std::string pending_objects() const;

 private:
  using Key = std::string;
  struct Entry {
    ssa::ObjectId id;
    ssa::Health health{ssa::HealthStatus::kUnknown, ""};
    TimePoint look{};  // when to ask again; the key of looks_
    Milliseconds pause{0};
    bool touched = false;  // since it was asked last
    std::optional<TimePoint> failing_since;
  };
  void plan(const Key& key, Entry& entry, TimePoint look);

  TimePoint started_;
  TimePoint deadline_;
  std::map<Key, Entry> pending_;
  std::set<std::pair<TimePoint, Key>> looks_;
  std::set<Key> failed_;
};

}  // namespace weir::live
