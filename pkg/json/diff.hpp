#pragma once

#include <string>
#include <vector>

#include "pkg/json/value.hpp"

namespace weir::json {

/// The places (JSON pointers) at which two documents differ, the deepest that still name the whole difference; lists of
/// unequal length differ as a whole. Values are not reported: they may be secret.
std::vector<std::string> differing_paths(const Value& left, const Value& right);

}  // namespace weir::json
