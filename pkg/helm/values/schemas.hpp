#pragma once

#include "pkg/base/result.hpp"
#include "pkg/helm/chart/chart.hpp"
#include "pkg/helm/values/tables.hpp"
#include "pkg/jsonschema/jsonschema.hpp"

namespace weir::helm {

/// Validates the coalesced values against the values.schema.json of the chart, then of each dependency against its
/// part.
/// @param loader    nullptr: documents elsewhere cannot be loaded
/// @param warnings  takes a line for each `urn:` that nobody resolves
/// @returns an error in Helm's words: "values don't meet the specifications of the schema(s) in the following
/// chart(s):\n…" Threads: any, pure.
Result<void> check_schemas(
    const Chart& chart, const json::Value& values, jsonschema::DocumentLoader* loader, Warnings& warnings
);

}  // namespace weir::helm
