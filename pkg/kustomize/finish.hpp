#pragma once

#include <string>
#include <string_view>

#include "pkg/json/value.hpp"
#include "pkg/yaml/emitter.hpp"
#include "pkg/yaml/node.hpp"

/// What kustomize prints of a tree in the end. It writes the tree as YAML, reads that back as values, writes those as
/// JSON and prints the JSON as YAML again; types, numbers and some texts change on the way, and so they do here.
/// Threads: any, pure. Failures are thrown as Failure.
namespace weir::kustomize {

json::Value finish(const yaml::Node& root);

/// How the values of a tree are found: as above, or from its nodes at once, which kustomize does for files of a folder.
enum class Reading { kPrinted, kDirect };

/// Prints the tree: what yaml::write(finish(root)) gives, without the values in between.
void print(std::string& out, const yaml::Node& root, Reading reading = Reading::kPrinted);

/// JSON as Go's encoder writes it: no blanks, and <, >, & and line separators as escapes.
std::string go_json(const json::Value& value);

/// A tree of values that came out of JSON: numbers pass through a double and lose digits beyond its precision, as they
/// do in kustomize after a JSON patch.
yaml::Node* from_patched_json(const json::Value& value, yaml::Arena& arena);

/// A tree of JSON text: texts and keys are in double quotes, as in items of a list.
yaml::Node* from_quoted_json(const json::Value& value, yaml::Arena& arena);

}  // namespace weir::kustomize
