#pragma once

#include <map>
#include <optional>
#include <string>

#include "pkg/base/clock.hpp"
#include "pkg/base/duration.hpp"
#include "pkg/kube/object_key.hpp"
#include "pkg/ssa/change_set.hpp"
#include "pkg/ssa/content_hash.hpp"
#include "pkg/ssa/managed_fields.hpp"

/// What we applied, whether it still is, and how fast to put it right.  Threads: value, pure: time is an argument.
namespace weir::live {

/// What is remembered of an object that was brought to its desired state: what the answer to our own last write, or our
/// own last look at it, said.
struct Record {
  ssa::ObjectId id;
  ssa::ContentHash desired_hash;
  ssa::Ownership owned;
  std::string resource_version;
  bool merges = false;           ///< what other managers add stays (ssa: Merge)
  bool left_alone = false;       ///< the live object says that it is not to be touched, or need only exist
  bool need_only_exist = false;  ///< what the live object says of itself does not matter
  bool expires = false;          ///< the cluster removes it when it is done (a Job with ttlSecondsAfterFinished)
};

/// What a watch knows of one live object: never its content.
struct LiveState {
  kube::ObjectKey owner;  ///< from the owner labels
  ssa::Ownership owned;
  std::string resource_version;
  bool left_alone = false;  ///< it says that it is not to be touched
};

enum class Drift {
  kNone,
  kAtInterval,  ///< to be put right at the next regular pass: putting it right at once would be a race, or a rerun
  kNow,
};

/// Whether a live object is still as we left it. An older state than the recorded one is a watch that lags behind our
/// own write: no drift. An entry under our name that is not the one we know, in its fields or in its time, is
/// somebody's who calls himself as we do.
/// @param live  nullptr: the object is gone
Drift drift_of(const Record& record, const LiveState* live);

/// Puts the same object right ever more slowly while the same manager keeps coming back; others are not held up.
class HealPauses {
 public:
  static constexpr Milliseconds kLongest{120'000};

  /// How long to wait before an object is put right that `writer` changed. What he changes while it waits does not
  /// count again, nor does what was found before: several watches tell of one change.
  /// @param found  names the state that the object was left in and the one it was found in
  Milliseconds next(const std::string& object, const std::string& writer, std::string found, TimePoint now);
  /// Whether the object was put right so often of late that somebody must be fighting for it.
  bool is_quarrel(const std::string& object, TimePoint now) const;
  /// Whether the object waits for its time.
  bool is_held(const std::string& object, TimePoint now) const;
  /// Until the first of those that wait; nullopt: none waits. Forgets quarrels that are long over.
  std::optional<Milliseconds> left(TimePoint now);

 private:
  struct Heals {
    std::string writer;
    std::string found;
    unsigned count = 0;  // in quick succession
    TimePoint last{};
    TimePoint due{};
  };
  std::map<std::string, Heals> heals_;
};

}  // namespace weir::live
