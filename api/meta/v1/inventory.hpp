#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pkg/base/result.hpp"

namespace weir::api {

/// One object that was applied, as `status.inventory` of a
/// Kustomization or HelmRelease names it and `flux tree` reads it.
struct InventoryEntry {
  std::string id;       ///< <namespace>_<name>_<group>_<kind>; ":" in a name is written "__"
  std::string version;  ///< the API version (without the group)

  friend bool operator==(const InventoryEntry&, const InventoryEntry&) = default;
};
template <class Fields>
void describe(Fields& fields, InventoryEntry& entry) {
  fields.required("id", entry.id);
  fields.required("v", entry.version);
}

struct Inventory {
  std::vector<InventoryEntry> entries;

  friend bool operator==(const Inventory&, const Inventory&) = default;
};
template <class Fields>
void describe(Fields& fields, Inventory& inventory) {
  fields.required("entries", inventory.entries);
}

/// The parts of an id.
struct ObjectIdentity {
  std::string namespace_;  ///< empty for cluster-scoped objects
  std::string name;
  std::string group;  ///< empty for core/v1
  std::string kind;

  std::string id() const;
  static Result<ObjectIdentity> parse(std::string_view id);
  /// "Kind/namespace/name", or "Kind/name" when cluster-scoped: how people see it.
  std::string text() const;

  friend auto operator<=>(const ObjectIdentity&, const ObjectIdentity&) = default;
};

}  // namespace weir::api
