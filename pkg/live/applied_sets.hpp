#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_set>

#include "pkg/live/applied_set.hpp"
#include "pkg/live/drift_watcher.hpp"
#include "pkg/live/inventory.hpp"

namespace weir::live {

/// What all owners of one kind applied. Hears what happens to the objects, and
/// wakes the owner that has to put something right; knows which objects several
/// owners have applied, and tells each of them of the others.  Threads: reactor.
class AppliedSets final : private LiveView {
 public:
  /// The inventory in an owner's status, and something that is another
  /// one whenever the owner is; nullptr: there is no such owner.
  struct Listed {
    std::shared_ptr<const void> version;
    const std::optional<api::Inventory>* inventory = nullptr;
  };
  using FindListed = std::function<Listed(const kube::ObjectKey& owner)>;
  /// Wakes an owner after a pause.
  using Wake = std::function<void(const kube::ObjectKey& owner, Milliseconds pause)>;

  /// @param owner_kind  "Kustomization", for people
  AppliedSets(DriftWatcher& watcher, const Clock& clock, std::string owner_kind, FindListed find_listed);
  AppliedSets(const AppliedSets&) = delete;
  AppliedSets& operator=(const AppliedSets&) = delete;

  void on_wake(Wake wake) { wake_ = std::move(wake); }

  /// What an owner applied; made when it is asked for. Lasts until forget().
  AppliedSet& of(const kube::ObjectKey& owner);
  /// What the pass itself writes is no drift: what happens to objects meanwhile is looked at when it ends.
  void begin_pass(const kube::ObjectKey& owner);
  void end_pass(const kube::ObjectKey& owner);
  /// An object that is waited for, which no drift watch follows, has changed.
  void touch(const kube::ObjectKey& owner, const ssa::ObjectId& id);
  /// The inventory of an owner is another one than before, or the owner is gone.
  void on_inventory_change(const kube::ObjectKey& owner);
  /// The owner is gone.
  void forget(const kube::ObjectKey& owner);

  /// "Kind/a/b is also written by Kustomization c/d; …" of those who still do; empty: nobody does.
  std::string conflicts(const kube::ObjectKey& owner);

 private:
  struct Entry {
    Entry(const kube::ObjectKey& owner, const LiveView& view, const Clock& clock) : set{owner, view, clock} {}
    AppliedSet set;
    bool busy = false;
    std::set<std::string> seen;  // objects that changed during the pass
  };
  struct Listing {
    std::shared_ptr<const void> of;
    std::unordered_set<std::string> names;
  };

  bool is_complete(const ssa::ObjectId& id) const override { return watcher_.is_complete(id); }
  std::shared_ptr<const LiveState> find(const ssa::ObjectId& id) const override { return watcher_.find(id); }
  bool is_behind(const ssa::ObjectId& id, const std::string& version) const override {
    return watcher_.is_behind(id, version);
  }
  bool is_listed(const kube::ObjectKey& owner, const ssa::ObjectId& id) const override;

  Entry& entry_of(const kube::ObjectKey& owner);
  void on_object_change(const ssa::ObjectId& id, const LiveState* before, const LiveState* after);
  void on_complete(const kube::Resource& kind);
  void notice(const kube::ObjectKey& owner, const ssa::ObjectId& id);
  void judge(const kube::ObjectKey& owner, Entry& entry, const std::string& identity);
  void meet(const kube::ObjectKey& owner, Entry& entry, const ssa::ObjectId& id, const kube::ObjectKey& other);
  void meet(const kube::ObjectKey& owner, Entry& entry, const ssa::ObjectId& id, const std::string& manager);
  void wake(const kube::ObjectKey& owner, Milliseconds pause) const {
    if (wake_) wake_(owner, pause);
  }

  DriftWatcher& watcher_;
  const Clock& clock_;
  const std::string owner_kind_;
  const FindListed find_listed_;
  Wake wake_;
  std::map<kube::ObjectKey, Entry> entries_;
  /// Who else to tell of an object that several have applied: its labels name one of them. By ObjectId::identity().
  std::map<std::string, std::set<kube::ObjectKey>> shared_;
  mutable std::map<kube::ObjectKey, Listing> listings_;  // inventories that were asked for
};

}  // namespace weir::live
