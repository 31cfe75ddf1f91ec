#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "pkg/base/clock.hpp"
#include "pkg/base/duration.hpp"
#include "pkg/kube/object_key.hpp"
#include "pkg/live/drift.hpp"
#include "pkg/live/health_wait.hpp"
#include "pkg/ssa/change_set.hpp"

namespace weir::live {

/// What is known of the cluster now.
class LiveView {
 public:
  virtual ~LiveView() = default;
  /// Whether everything that is live of this kind is known.
  virtual bool is_complete(const ssa::ObjectId& id) const = 0;
  /// nullptr: not there, or its kind is not known completely.
  virtual std::shared_ptr<const LiveState> find(const ssa::ObjectId& id) const = 0;
  /// Whether less is known of this kind than what an answer of that version said. What is not there may then be a thing
  /// that the watch has not seen yet.
  virtual bool is_behind(const ssa::ObjectId& id, const std::string& version) const = 0;
  /// Whether another owner has an object in its inventory.
  virtual bool is_listed(const kube::ObjectKey& owner, const ssa::ObjectId& id) const = 0;
};

/// Who else writes an object.
struct Opponent {
  std::string object;     ///< "Kind/namespace/name"
  std::string who;        ///< "Kustomization apps/b", or a field manager
  kube::ObjectKey owner;  ///< without a name: a field manager
};

/// What one owner applied, whether it still is, and when to put it right. What it remembers can be found anew after a
/// restart: nothing is believed of an object that was not looked at in this process.
/// Threads: value, pure: what is live and what time it is are asked of others.
class AppliedSet {
 public:
  /// What follows from a change of one of the objects.
  struct Judgement {
    std::optional<Milliseconds> wake;  ///< the owner has something to do, after this pause
    kube::ObjectKey other;             ///< has a name: another owner has applied the object
    std::string manager;               ///< not empty: that manager fights for it
  };

  /// References must outlive the set.
  AppliedSet(kube::ObjectKey owner, const LiveView& view, const Clock& clock);

  // What a pass learns.
  void learn(Record record) { records_.insert_or_assign(record.id.identity(), std::move(record)); }
  void forget(const ssa::ObjectId& id) { records_.erase(id.identity()); }
  /// Forgets every object but these, by ObjectId::identity().
  void keep_only(const std::set<std::string>& identities);
  void clear() { records_.clear(); }
  /// nullptr: nothing is known of it.
  const Record* find(const ssa::ObjectId& id) const;
  /// By ObjectId::identity().
  const std::map<std::string, Record>& records() const { return records_; }

  /// Whether an object needs nothing in this pass. One that is fought for waits for its own time.
  /// @param is_due  a regular pass, or one with something new: nothing is put off
  bool is_settled(const Record& record, bool is_due) const;
  bool is_untouched(bool is_due) const;
  /// Whether a watch saw something that is to be put right now. What no watch sees is none of it: only a full pass
  /// could tell, and a wait wakes often.
  bool has_drifted() const;

  /// Something happened to an object, by its identity.
  Judgement judge(const std::string& identity);
  /// How long until the next object that waits for its time; nullopt: none waits.
  std::optional<Milliseconds> next_heal() { return heals_.left(clock_.now()); }

  // Who else writes, by ObjectId::identity().
  std::map<std::string, Opponent> opponents;
  /// Managers that came back and now leave the object as it is are none any more.
  void drop_settled_managers();

  /// Goes on between passes; none is waited for: nullopt.
  std::optional<HealthWait> health;

 private:
  Drift drift_of(const Record& record) const;

  const kube::ObjectKey owner_;
  const LiveView& view_;
  const Clock& clock_;
  std::map<std::string, Record> records_;
  HealPauses heals_;
};

}  // namespace weir::live
