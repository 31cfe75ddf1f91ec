#pragma once

#include <cstddef>
#include <string_view>

#include "pkg/base/result.hpp"

/// Parts of a document that is too large to become a tree.
namespace weir::json {

/// What becomes of the value under a key.
enum class Visit {
  kPass,         ///< nobody looks at it
  kEnterObject,  ///< the keys of an object are visited; any other value is taken
  kEnterArray,   ///< the items of an array are taken; any other value is
  kTake          ///< it is taken
};

/// Who is shown a large document. Texts are gone when the call returns.  Threads: as who visits.
class PieceVisitor {
 public:
  virtual ~PieceVisitor() = default;
  /// @param depth  of the object that has the key; 0 is the one at the top
  /// @param line   in the whole text, from 1
  virtual Visit key(std::size_t depth, std::string_view key, std::size_t line) = 0;
  /// A value as it stands in the text, which parses by itself.
  /// @param depth  of the key that it, or its array, stands under
  virtual void take(std::size_t depth, std::string_view text, std::size_t line) = 0;
};

/// Goes through the first JSON value of the text once, without a tree. What is passed over is only cut out: brackets
/// must come in pairs and quotes must end, nothing else of it is checked. A value at the top that is no object is taken
/// at depth 0.
/// @returns an error whose `where` is "byte N"
/// Time: linear. Memory: none that grows with the text.  Threads: any, pure.
Result<void> visit_pieces(std::string_view text, PieceVisitor& visitor);

}  // namespace weir::json
