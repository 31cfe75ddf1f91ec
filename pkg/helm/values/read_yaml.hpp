#pragma once

#include <cstddef>
#include <string_view>

#include "pkg/base/result.hpp"
#include "pkg/json/value.hpp"

namespace weir::helm {

struct YamlLimits {
  std::size_t max_bytes = 16 * 1024 * 1024;
  std::size_t max_depth = 1000;
  std::size_t max_memory_bytes = 512 * 1024 * 1024;  ///< of the parser's tree
  std::size_t first_line = 1;                        ///< of the text in a larger one, for errors
  bool refuses_equal_keys = false;  ///< a key that stands twice is an error: key "a" already set in map
};

/// Reads the first document of a YAML text the way Helm does (sigs.k8s.io/yaml over go-yaml v2): the words of YAML 1.1
/// are booleans, also as keys; numbers are float64 (see number.hpp); dates and base-60 numbers are texts; "<<" merges;
/// of equal keys the last wins; keys that are no texts become texts. Members of objects are sorted by key. Null for an
/// empty text.
/// @returns an error without `where` whose message is Helm's: "error converting YAML to JSON: yaml: line 2: did not
/// find
///          expected node content"
/// Threads: any, pure.
Result<json::Value> read_yaml(std::string_view text, const YamlLimits& limits = {});

/// Reads as read_yaml() does, and refuses what it refuses, but keeps of a table only the members that are wanted.
using IsWanted = bool (*)(std::string_view key);
Result<json::Value> read_yaml_members(std::string_view text, IsWanted is_wanted, const YamlLimits& limits = {});

/// The same, but integers stay what they are ("5"; only other numbers are float64): for Chart.yaml, where a number that
/// stands for a text is printed as it was read.
Result<json::Value> read_yaml_as_written(std::string_view text, const YamlLimits& limits = {});

/// Reads values: every document of the text, the later merged over the earlier. An empty text gives {}.
/// @returns an error with Helm's message: "cannot unmarshal yaml document: error unmarshaling JSON: while decoding
/// JSON: json:
///          cannot unmarshal array into Go value of type map[string]interface {}"
Result<json::Value> read_values(std::string_view text, const YamlLimits& limits = {});

/// The message with which Go's encoding/json refuses `value` for a type: "json: cannot unmarshal array into Go value of
/// type map[string]interface {}".
std::string go_unmarshal_error(const json::Value& value, std::string_view go_type);

/// Reads JSON as values: numbers are float64, members sorted. A key that stands twice is refused.
Result<json::Value> read_json_values(std::string_view text);

/// Sorts members and turns every number into a float64, all the way down.
void normalize_values(json::Value& value);

}  // namespace weir::helm
