#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "pkg/yaml/node.hpp"

/// What the text of a plain scalar means.  Threads: any, pure.
/// Source: YAML 1.2 core schema and YAML 1.1 type repository, in the selection that Go's yaml packages make, which is
/// what Kubernetes tools agree on: https://pkg.go.dev/go.yaml.in/yaml/v3 (core) and
/// https://pkg.go.dev/sigs.k8s.io/yaml (its 1.1 words).
namespace weir::yaml {

enum class Typing {
  kCore,   ///< true, True, TRUE, ... are booleans; yes, no, on, off are text
  kYaml11  ///< yes, no, on, off, y, n are booleans too
};

/// A plain scalar's value: null, boolean, integer, unsigned beyond int64, float; text otherwise.
struct Scalar {
  Tag tag = Tag::kString;
  std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double> value;
};

/// Types the text of a plain scalar without tag. A date or time has the tag kTimestamp and no value.
Scalar resolve(std::string_view text, Typing typing);

/// The tag alone: what `resolve` would say.
Tag resolve_tag(std::string_view text, Typing typing);

/// True when the text, unquoted, would be read as something else than text by a YAML 1.1 reader. Such a reader gives a
/// date as the text that it is.
bool is_yaml11_non_string(std::string_view text);

/// True for 12:30:45 and the like, which YAML 1.1 reads as a number in base 60.
bool is_base60(std::string_view text);

/// A timestamp as RFC 3339 in UTC offset notation ("2001-01-01T00:00:00Z"), nullopt when the text is none.
std::optional<std::string> timestamp_text(std::string_view text);

/// The shortest text of a number as JSON prints it: 1, 0.5, 1e+21. Not for NaN and infinities.
std::string json_number(double number);

/// The shortest text of a number as Go's %g prints it: 1e+06, 0.5, .inf, -.inf, .nan.
std::string yaml_number(double number);

/// The bytes of a !!binary scalar as text: each one that is no UTF-8 becomes U+FFFD.
std::string valid_utf8(std::string_view bytes);

}  // namespace weir::yaml
