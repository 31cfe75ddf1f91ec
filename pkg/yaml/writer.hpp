#pragma once

#include <string>
#include <string_view>

#include "pkg/json/value.hpp"
#include "pkg/yaml/emitter.hpp"

/// YAML as kubectl, kustomize and sigs.k8s.io/yaml print it: keys sorted (digits by their number, letters after other
/// characters), block style, lists not indented under their key, texts quoted only when they would be read as something
/// else, long lines folded after 80 columns, texts with line breaks as literal blocks.
/// Threads: any, pure.
/// Source: the output of https://pkg.go.dev/sigs.k8s.io/yaml (go.yaml.in/yaml/v2), observed.
namespace weir::yaml {

/// One document with a line break at the end, without "---".
std::string write(const json::Value& value);
void write_to(std::string& out, const json::Value& value);

/// True when the key `left` is printed before `right`. Version 3 puts letters before other characters behind a digit.
bool is_key_before(std::string_view left, std::string_view right, Dialect dialect = Dialect::kVersion2);

}  // namespace weir::yaml
