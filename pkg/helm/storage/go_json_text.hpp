#pragma once

#include <string>
#include <string_view>

#include "pkg/json/value.hpp"

/// JSON as Go's encoding/json prints it: members stay in their order, '<', '>', '&', U+2028 and U+2029 are escaped,
/// what is no UTF-8 becomes U+FFFD, a whole float64 has no ".0" (pkg/helm/values/number.hpp). Digests are made of this
/// text. Threads: any, pure.
namespace weir::helm {

void append_go_json(std::string& out, const json::Value& value);
void append_go_string(std::string& out, std::string_view input);

}  // namespace weir::helm
