#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "pkg/base/result.hpp"
#include "pkg/yaml/node.hpp"

namespace weir::yaml {

struct ParseOptions;

/// Where scalars and comments stand, as scanner and parser see them; read_source() in source.hpp makes more of it.
struct Places {
  struct Scalar {
    Node* node = nullptr;
    std::size_t node_offset = 0;  ///< of its tag or anchor when it has one
    std::size_t offset = 0;       ///< of its text: the quote, the "|", the first letter
    std::size_t end = 0;          ///< the byte after it
    std::uint32_t line = 0;       ///< of its text, from 0
    std::uint16_t indent = 0;     ///< of a block scalar: blanks before each of its lines
  };
  struct Comment {
    std::size_t offset = 0;  ///< of the "#"
    std::size_t end = 0;     ///< the byte after it: the line break
    std::uint32_t line = 0;  ///< from 0
    std::uint32_t column = 0;
    int indent = 0;  ///< column of the block collection that what stands before it belongs to; -1: none
  };
  std::vector<Scalar> scalars;    ///< keys too, absent values not; in the order of the text
  std::vector<Comment> comments;  ///< in the order of the text
};

/// As parse_all, with trees as written: aliases are nodes of kind kNone, merge keys and duplicate keys stay.
/// `text` must outlive the nodes.
Result<std::vector<Node*>> parse_with_places(
    std::string_view text, Arena& arena, const ParseOptions& options, Places& places
);

}  // namespace weir::yaml
