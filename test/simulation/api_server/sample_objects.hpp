#pragma once

#include <string_view>
#include <vector>

#include "pkg/json/value.hpp"

namespace weir::test {

/// Objects of the built-in kinds of which no random ones are drawn, with what shows their defaults. Pods are none of
/// them: much of what they say is their node's.
struct Sample {
  std::string_view collection;  ///< with NS where a namespace stands
  std::string_view object;      ///< JSON
  std::string_view change;      ///< a merge patch that is refused, or accepted
};
const std::vector<Sample>& sample_objects();

}  // namespace weir::test
