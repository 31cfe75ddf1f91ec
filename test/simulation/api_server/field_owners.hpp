#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "test/simulation/api_server/typed.hpp"

/// Who owns which fields of an object: metadata.managedFields, entry by entry.  Threads: any, pure.
/// Source of the rules: Kubernetes, "Server-Side Apply".
namespace weir::test {

/// One entry of metadata.managedFields.
struct FieldManager {
  std::string name;
  std::string operation;    ///< "Apply" or "Update"
  std::string subresource;  ///< "status" or empty
  std::string api_version;
  std::string time;
  std::shared_ptr<const FieldSet> fields;

  /// Who applies is the same in every version.
  bool is_same_as(const FieldManager& other) const {
    return name == other.name && operation == other.operation && subresource == other.subresource &&
           (operation == "Apply" || api_version == other.api_version);
  }
};
using FieldManagers = std::vector<FieldManager>;

FieldManagers read_managers(const json::Value& object);
/// In the server's order; without entries there is no list.
void write_managers(json::Value& object, FieldManagers managers);
/// Takes the list away, and gives what it held.
FieldManagers take_managers(json::Value& object);
/// Whether the lists are equal but for their times.
bool same_but_for_times(const FieldManagers& left, const FieldManagers& right);

/// What an operation on objects of a kind goes by.
struct FieldRules {
  const Type* type = nullptr;
  /// What `who` may not write by this operation, so that he does not come to own it.
  FieldSet not_his;
};

/// What `who` changed becomes his alone; what he removed nobody's. Objects are without managedFields.
void note_update(
    FieldManagers& managers,
    FieldManager who,
    const json::Value& before,
    const json::Value& after,
    const FieldRules& rules
);

struct FieldsApplied {
  json::Value object;  ///< merged, without what `who` no longer says
  FieldManagers managers;
  /// What others own with another value: how they are called, and ".data.value". Without force nothing is done then.
  std::vector<std::pair<std::string, std::string>> conflicts;
};
/// Objects are without managedFields.
FieldsApplied apply_fields(
    const json::Value& live,
    FieldManagers managers,
    FieldManager who,
    const json::Value& desired,
    const FieldRules& rules
);

}  // namespace weir::test
