#pragma once

#include <string>
#include <vector>

#include "test/simulation/api_server/faults.hpp"
#include "test/simulation/api_server/schema.hpp"

/// What the API server does with an object whose definition has a schema.  Threads: any, pure.
/// Source: Kubernetes, "Extend the Kubernetes API with CustomResourceDefinitions".
namespace weir::test {

/// Takes away what the schema does not know. @returns where it was: "spec.size"
std::vector<std::string> prune(json::Value& object, const Type& type);

/// Adds the schema's defaults, and takes nulls away for which there is one.
void add_schema_defaults(json::Value& value, const Type& type);

/// Takes nulls away that the schema does not allow.
void drop_nulls(json::Value& value, const Type& type);

/// What of the schema's rules does not hold.
Causes check_schema(const json::Value& object, const Type& type);

}  // namespace weir::test
