#pragma once

#include <string>
#include <vector>

#include "test/simulation/api_server/field_set.hpp"

/// What server-side apply does with values whose type is known: the rules of merging, comparing and taking away. Pure.
/// Threads: any. Source: Kubernetes, "Server-Side Apply" and the merge rules of its schema extensions.
namespace weir::test {

/// What speaks against a value's form, as the API server writes it: ".spec.size: expected numeric (int or float), got
/// string". Nothing: it fits.
std::vector<std::string> misfits(const json::Value& value, const Type& type, bool allows_duplicates);

/// Every field that a value has.
FieldSet fields_of(const json::Value& value, const Type& type);

/// What differs between two values.
struct Comparison {
  FieldSet added, modified, removed;
};
Comparison compare(const json::Value& before, const json::Value& after, const Type& type);

/// What a configuration makes of a live value: what it says counts, what it does not say stays; the items of lists
/// that are merged come in its order.
json::Value merged(const json::Value& live, const json::Value& configuration, const Type& type);

/// The value without these fields; objects and lists that become empty by that are null.
json::Value without_fields(const json::Value& value, const FieldSet& fields, const Type& type);

}  // namespace weir::test
