#pragma once

#include <string>

#include "pkg/json/value.hpp"
#include "pkg/yaml/arena.hpp"

namespace weir::kustomize {

/// Applies a JSON patch the way the library in kustomize does, which is laxer than RFC 6902: `replace` of a missing
/// member adds it, a missing value is null, negative indices count from the end.
/// @param arena  what `copy` makes is charged to it: each can double the document
/// @throws Failure naming the operation
/// @throws yaml::ArenaFull
/// Source: gopkg.in/evanphx/json-patch.v4.
json::Value apply_json_patch(
    json::Value document, const json::Value& operations, const std::string& place, yaml::Arena& arena
);

}  // namespace weir::kustomize
