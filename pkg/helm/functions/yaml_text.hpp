#pragma once

#include <string>

#include "pkg/json/value.hpp"
#include "pkg/template/limits.hpp"
#include "pkg/template/value.hpp"

/// Values of templates as YAML.  Threads: any, pure.
namespace weir::helm {

enum class KeyOrder {
  kNatural,  ///< as Go's yaml prints maps: runs of digits by their value
  kBytes,
};

/// As sigs.k8s.io/yaml prints (JSON, then go-yaml v2): keys in natural order, lists not indented below their key, long
/// texts folded after 80 columns, whole numbers without exponent. With a line break at the end.
/// @throws templates::CallError "json: unsupported type: ..." for what JSON has not, and "yaml: control characters are
///         not allowed" for the texts that go-yaml does not read back
std::string to_yaml(const templates::Value& value, templates::Budget& budget, KeyOrder order = KeyOrder::kNatural);

/// As go-yaml v3 prints with two blanks: lists indented, nothing folded, float64 as Go's %g. With a line break at the
/// end.
std::string to_yaml_pretty(const templates::Value& value, templates::Budget& budget);

/// A value as JSON, as encoding/json would write it: keys sorted, times and versions as texts.
/// @throws templates::CallError for functions, complex and infinite numbers, and maps whose keys are neither texts nor
///         integers
json::Value to_json(const templates::Value& value, templates::Budget& budget);

}  // namespace weir::helm
