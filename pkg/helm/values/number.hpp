#pragma once

#include <cstdint>

#include "pkg/json/value.hpp"

/// How values carry the two kinds of number that Helm's templates tell apart.
///
/// Every number of a YAML or JSON text is a float64 (`{{ 1000000 }}` of values.yaml prints 1e+06); an integer of
/// `--set` is an int64. In a json::Number of values the text decides, as everywhere: with '.', 'e' or 'E' it is a
/// float64, else an int64. So the 5 of a values.yaml is "5.0", and the 5 of `--set` is "5". Both are JSON; whoever
/// prints values as Helm does (toYaml, toJson, the stored release) prints a whole float64 without ".0". Threads: any,
/// pure.
namespace weir::helm {

bool is_int64(const json::Number& number);

/// The shortest text that reads back as this number, with ".0" when it would look like an integer. Finite numbers only.
json::Value float64(double number);

/// The text of Go's encoding/json: 5, 0.1, 1e+21; digits of an int64 as they are.
std::string go_json_text(const json::Number& number);

}  // namespace weir::helm
