#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/base/result.hpp"
#include "pkg/yaml/node.hpp"
#include "pkg/yaml/scalar.hpp"

namespace weir::yaml {

enum class DuplicateKeys {
  kRefuse,   ///< an error at the second one
  kKeep,     ///< both stay in the tree, for a caller that decides later
  kLastWins  ///< the value of the last one stands at the place of the first
};

enum class Words {
  kOurs,  ///< errors with a place and our message
  kGo     ///< errors without a place and the message of Go's yaml packages: "yaml: line 2: did not find expected key"
};

/// What aliases may still copy, for one text or for all texts of one piece of work. Threads: one at a time.
struct AliasBudget {
  explicit AliasBudget(std::size_t nodes_left_) : nodes_left{nodes_left_} {}
  std::size_t nodes_left;
};

struct ParseOptions {
  std::string source;          ///< name for messages, "overlays/prod/app.yaml"
  std::size_t first_line = 1;  ///< the line of the source at which the text begins
  Typing typing = Typing::kCore;
  DuplicateKeys duplicates = DuplicateKeys::kRefuse;
  Words words = Words::kOurs;
  std::size_t max_bytes = 64 * 1024 * 1024;
  std::size_t max_depth = 1000;                       ///< nested collections
  std::size_t max_memory_bytes = 1024 * 1024 * 1024;  ///< of the nodes, where the arena is not the caller's
  std::size_t max_alias_nodes = 400'000;              ///< nodes that aliases may copy in all documents of the text
  AliasBudget* aliases = nullptr;                     ///< when given, it counts instead: it is shared by several texts
};

/// Reads the first document of the text into the arena, which keeps a copy of the text. nullptr: there is none.
/// Errors: InputError.where is "source:line:column". No message repeats a value of the document.
Result<Node*> parse_first(std::string_view text, Arena& arena, const ParseOptions& options = {});

/// Reads every document of the text; empty ones are null scalars.
Result<std::vector<Node*>> parse_all(std::string_view text, Arena& arena, const ParseOptions& options = {});

/// Whether the text holds what its tree does not show: comments, anchors, aliases, directives or tags, but those of
/// scalars that nodes say ("!!int").
bool has_more_than_values(std::string_view text);

/// "source:line:column" of a node, for messages.
std::string place(std::string_view source, const Node& node);

}  // namespace weir::yaml
