#pragma once

#include "pkg/json/value.hpp"

namespace weir::jsonschema {

/// Whether a schema is certainly well formed: it says nothing but what every metaschema of its draft allows, as far as
/// a look at its keywords tells. False means that the metaschema must be asked, which costs twenty times as much.
/// Threads: any, pure.
bool is_plainly_valid(const json::Value& schema, int draft);

}  // namespace weir::jsonschema
