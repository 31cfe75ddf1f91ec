// The reader of plain configuration: no input may crash it or
// make it run on, and what it reads stays within its limits.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "pkg/yaml/plain.hpp"
#include "test/fuzz/require.hpp"

namespace {

std::size_t depth_of(const weir::json::Value& value) {
  std::size_t deepest = 0;
  if (value.is_array()) {
    for (const auto& element : value.as_array()) deepest = std::max(deepest, depth_of(element));
  } else if (value.is_object()) {
    for (const auto& member : value.as_object()) deepest = std::max(deepest, depth_of(member.value));
  } else {
    require(value.is_string() || value.is_null());
    return 0;
  }
  return deepest + 1;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  weir::yaml::PlainLimits limits;
  limits.max_depth = 8;
  limits.max_copied_values = 100;
  const auto value = weir::yaml::read_plain(text, "f.yaml", limits);
  if (value) {
    require(depth_of(*value) <= limits.max_depth);
  } else {
    require(value.error().where.starts_with("f.yaml") && !value.error().message.empty());
  }
  return 0;
}
