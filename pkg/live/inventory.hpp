#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/meta/v1/inventory.hpp"
#include "pkg/ssa/change_set.hpp"

namespace weir::live {

/// Which objects may be in the cluster because of one owner. An object is one by namespace, name, group and kind; the
/// version in which it was applied is kept beside. Entries that are no names of objects stay as they are.
/// Threads: value, pure.
class Inventory {
 public:
  /// What one may take of the 1.5 MiB that etcd stores of an object; the rest is for spec, conditions and history.
  static constexpr std::size_t kMostStoredBytes = 1'250'000;

  Inventory() = default;
  explicit Inventory(const std::optional<api::Inventory>& stored);

  /// An object that is listed already gets the new version.
  void insert(const ssa::ObjectId& id);
  void merge(const Inventory& other);
  void erase(const ssa::ObjectId& id);
  bool contains(const ssa::ObjectId& id) const;
  std::size_t size() const { return entries_.size(); }
  /// Equal for equal lists; for tables in memory.
  std::uint64_t hash() const;
  /// What the entries take in the stored object.
  std::size_t stored_bytes() const;
  /// All objects, in the order of their names.
  std::vector<ssa::ObjectId> objects() const;
  /// Those that `other` does not list.
  std::vector<ssa::ObjectId> without(const Inventory& other) const;
  /// The first of those, just as many as must go for the rest to fit into one stored object.
  std::vector<ssa::ObjectId> excess(const Inventory& other) const;
  /// Sorted, so that equal sets are equal lists and cost no write.
  api::Inventory stored() const;

  /// The name under which an object is listed.
  static std::string name_of(const ssa::ObjectId& id);

 private:
  std::map<std::string, api::InventoryEntry> entries_;  // by name
};

}  // namespace weir::live
