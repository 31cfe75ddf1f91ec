#pragma once

#include <string_view>

namespace weir::jsonschema {

/// The metaschema of json-schema.org at a URL without fragment, as JSON; empty when there is none.
/// Source: the specifications of drafts 4, 6, 7, 2019-09 and 2020-12 at https://json-schema.org/specification-links.
std::string_view metaschema(std::string_view url);

}  // namespace weir::jsonschema
