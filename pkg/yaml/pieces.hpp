#pragma once

#include <string_view>

#include "pkg/base/result.hpp"
#include "pkg/json/pieces.hpp"
#include "pkg/yaml/parser.hpp"

namespace weir::yaml {

/// Goes through the first document of a large text once, without a tree: mappings are objects, sequences arrays. What
/// is passed over must be made of YAML's tokens, its brackets and indentation must match; nothing else of it is
/// checked. Keys that are no scalars are passed over. An anchor that stands outside of a piece is not known in it. A
/// value at the top that is no mapping is taken at depth 0; a text without one takes nothing.
/// Options: source, first_line, words, max_bytes, max_depth.
/// @returns an error with where = "source:line:column"
/// Time: linear. Memory: what quoted and folded scalars take, and the largest piece.  Threads: any, pure.
Result<void> visit_pieces(std::string_view text, json::PieceVisitor& visitor, const ParseOptions& options = {});

}  // namespace weir::yaml
