#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "pkg/json/value.hpp"

/// Who owns which fields of an object: the part of server-side apply that an API server in memory needs. Lists are
/// known by their names: containers, ports, finalizers and the like are merged, every other list is one value. There
/// are no schemas, so no defaults either.  Threads: any, pure. Source of the rules: Kubernetes, "Server-Side Apply";
/// the forms in which managedFields are written.
namespace weir::test {

/// The elements as managedFields writes them: "f:spec", "k:{\"name\":\"web\"}", "v:\"example.com/hold\"".
using FieldPath = std::vector<std::string>;
using FieldSet = std::set<FieldPath>;

/// One entry of metadata.managedFields.
struct FieldManager {
  std::string name;
  std::string operation;    ///< "Apply" or "Update"
  std::string subresource;  ///< "status" or empty
  std::string api_version;
  std::string time;
  FieldSet fields;

  bool is_same_as(const FieldManager& other) const {
    return name == other.name && operation == other.operation && subresource == other.subresource &&
           api_version == other.api_version;
  }
};
using FieldManagers = std::vector<FieldManager>;

/// What an object says, without what only the server says of it.
FieldSet fields_of(const json::Value& object);

FieldManagers read_managers(const json::Value& object);
/// Entries without fields are left out; without entries there is no list.
void write_managers(json::Value& object, const FieldManagers& managers);

/// What `who` changed becomes his alone; what he removed nobody's.
void note_update(FieldManagers& managers, FieldManager who, const json::Value& before, const json::Value& after);

/// A field that another manager owns with another value.
using FieldConflict = std::pair<std::string, std::string>;  // manager, ".data.value"

struct FieldsApplied {
  json::Value object;  ///< merged, without what `who` no longer says
  FieldManagers managers;
  std::vector<FieldConflict> conflicts;  ///< what `who` takes from others by this
};
FieldsApplied apply_fields(
    const json::Value& live, FieldManagers managers, FieldManager who, const json::Value& desired
);

}  // namespace weir::test
