#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/base/result.hpp"
#include "pkg/yaml/node.hpp"
#include "pkg/yaml/parser.hpp"

/// YAML with its places in the text, for who edits a file without touching its other bytes.
/// Threads: any, pure.
namespace weir::yaml {

/// A comment: "# text" up to the line break.
struct SourceComment {
  std::string_view text;
  std::size_t offset = 0;    ///< of the "#"
  std::uint32_t line = 0;    ///< from 1
  bool is_own_line = false;  ///< nothing but blanks stands before it
};

/// One scalar value of a document: not a key, not an alias, not an absent value.
struct SourceScalar {
  static constexpr std::size_t kNoComment = static_cast<std::size_t>(-1);

  const Node* node = nullptr;   ///< value, style and tag
  std::size_t document = 0;     ///< index into Source::documents
  std::string pointer;          ///< JSON pointer (RFC 6901) from the top of the document: "/spec/images/0"
  std::size_t node_offset = 0;  ///< of its tag or anchor when it has one, else of the text
  std::size_t offset = 0;       ///< of the first byte of its text: the quote, the "|", the first letter
  std::size_t length = 0;       ///< bytes up to the end of its text; a block scalar's with the line breaks at its end
  std::uint32_t line = 0;       ///< of its text, from 1
  std::uint16_t indent = 0;     ///< of a block scalar: blanks before each of its lines
  bool is_in_flow = false;      ///< inside brackets or braces
  std::size_t line_comment = kNoComment;  ///< index into Source::comments
  std::size_t head_comment = kNoComment;  ///< first one of its lines, when it has any; see head_comment_lines
  std::size_t head_comment_lines = 0;
};

struct Source {
  std::vector<const Node*> documents;   ///< the empty ones too, as null scalars
  std::vector<SourceScalar> scalars;    ///< in the order of the text
  std::vector<SourceComment> comments;  ///< in the order of the text; views of the text
};

/// Reads every document of the text and finds each scalar value's place and comments.
/// The tree is as written: an alias is a node of kind kNone, merge keys stay. A line
/// comment stands behind the value (behind its comma too), or behind the
/// "|" of a block scalar. A head comment stands on lines of its own above the value, above its "- ", or behind a "- "
/// that the value does not share its line with; comments that an empty line cuts off belong to what is above.
/// `text` and `arena` must outlive the result; what the result takes is charged to the arena. Options: source,
/// first_line, typing and the limits; duplicate keys stay.
/// @returns an error with where = "source:line:column" @throws ArenaFull
/// Source: the rules of https://pkg.go.dev/go.yaml.in/yaml/v3 for Node.LineComment and Node.HeadComment, observed.
Result<Source> read_source(std::string_view text, Arena& arena, const ParseOptions& options = {});

}  // namespace weir::yaml
