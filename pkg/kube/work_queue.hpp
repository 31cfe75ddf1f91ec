#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <unordered_map>

#include "pkg/base/clock.hpp"
#include "pkg/base/duration.hpp"
#include "pkg/kube/object_key.hpp"

namespace weir::kube {

struct RateLimits {
  Milliseconds first{750};  ///< pause after the first failure; doubles with each further one
  Milliseconds longest{15 * 60 * 1000};
};

/// Which key next, and when. A key in progress is never handed out twice; one added meanwhile is due again after
/// done(). Pure: time is an argument, so every rule is testable without a clock.  Threads: reactor.
class WorkQueue {
 public:
  explicit WorkQueue(RateLimits limits) : limits_{limits} {}

  /// The earlier of two due times wins.
  void add(const ObjectKey& key, TimePoint due);
  /// Due after a pause that doubles with each failure until forget().
  /// @param fraction  uniform in [0, 1): lengthens the pause by up to a tenth, so that failures of many spread
  void add_failed(const ObjectKey& key, TimePoint now, double fraction);
  /// nullopt: nothing is due.
  std::optional<ObjectKey> take(TimePoint now);
  /// When to ask again; nullopt: when something is added.
  std::optional<TimePoint> next_due() const;
  /// Ends the progress of a key.
  void done(const ObjectKey& key);
  /// Resets the back-off of a key.
  void forget(const ObjectKey& key);
  /// Forgets everything about a key that is gone.
  void drop(const ObjectKey& key);

  /// Keys that are due at `now` and wait for a worker: O(number of due keys).
  std::size_t depth(TimePoint now) const;
  std::size_t in_progress() const { return in_progress_; }
  unsigned failures(const ObjectKey& key) const;
  /// Since when the key has been due; for the measure of waiting.
  std::optional<TimePoint> due(const ObjectKey& key) const;

 private:
  struct Entry {
    std::optional<TimePoint> due;
    unsigned failures = 0;
    bool in_progress = false;
  };
  void set_due(const ObjectKey& key, Entry& entry, std::optional<TimePoint> due);
  void erase_if_idle(const ObjectKey& key);

  RateLimits limits_;
  std::unordered_map<ObjectKey, Entry> entries_;
  std::set<std::pair<TimePoint, ObjectKey>> ready_;  // of entries with a due time that are not in progress
  std::size_t in_progress_ = 0;
};

}  // namespace weir::kube
