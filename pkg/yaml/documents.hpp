#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/base/result.hpp"
#include "pkg/json/value.hpp"
#include "pkg/yaml/parser.hpp"

namespace weir::yaml {

/// One document of a YAML text as JSON, with the way back to the lines of its source.
struct Document {
  json::Value value;
  std::string source;      ///< as given in ParseOptions
  std::uint32_t line = 1;  ///< of its first node
  std::uint32_t column = 1;
};

/// Reads every document that is not empty (a document of comments is empty). Mapping keys that are numbers or booleans
/// become text, .nan and .inf are refused. The default typing here is kYaml11, the one of kubectl (sigs.k8s.io/yaml):
/// `yes` is true, and a date is the text that stands there. Under kCore (go.yaml.in/yaml/v3) a date becomes RFC 3339.
/// @returns an error with where = "source:line:column"
Result<std::vector<Document>> parse_documents(std::string_view text, ParseOptions options);
Result<std::vector<Document>> parse_documents(std::string_view text, std::string source = {});

/// Reads the first document; null when the text has none.
Result<json::Value> parse_document(std::string_view text, ParseOptions options);
Result<json::Value> parse_document(std::string_view text, std::string source = {});

/// A tree as JSON under the rules above; it was parsed with these options.
/// @returns an error naming the place of a node that JSON cannot hold
Result<json::Value> to_json(const Node& node, const ParseOptions& options);

/// Counts a tree of JSON against the limit of an arena. @throws ArenaFull
void charge(Arena& arena, const json::Value& value);

/// JSON as a tree: texts are tagged as text.
Node* from_json(const json::Value& value, Arena& arena);

}  // namespace weir::yaml
