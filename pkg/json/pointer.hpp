#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pkg/base/result.hpp"
#include "pkg/json/value.hpp"

namespace weir::json {

/// A JSON Pointer.  Source: RFC 6901.
class Pointer {
 public:
  Pointer() = default;  ///< the whole document
  explicit Pointer(std::vector<std::string> tokens) : tokens_{std::move(tokens)} {}

  /// Reads "" or "/a/b~1c/0".
  static Result<Pointer> parse(std::string_view text);

  const std::vector<std::string>& tokens() const { return tokens_; }
  bool empty() const { return tokens_.empty(); }
  std::string text() const;

  /// The value at this place; nullptr when a step is missing. "-" is never found.
  const Value* find(const Value& document) const;
  Value* find(Value& document) const;

 private:
  std::vector<std::string> tokens_;
};

/// The index that a token names in an array: digits without a leading zero, below `size`.
std::optional<std::size_t> array_index(std::string_view token, std::size_t size);

/// The token as it stands in a pointer: "~" as "~0", "/" as "~1".
std::string escape_token(std::string_view token);

}  // namespace weir::json
