#pragma once

// Private to the library: how problems of a text reach the caller.

#include <optional>
#include <string_view>

#include "pkg/base/result.hpp"
#include "pkg/yaml/parser.hpp"
#include "pkg/yaml/scanner.hpp"

namespace weir::yaml {

/// @param reached  where the scanner stood; see go_words
InputError to_error(const SyntaxError& error, const ParseOptions& options, const Mark& reached = {});

/// Whether the text is too long, or holds bytes that YAML does not allow.
std::optional<InputError> check_text(std::string_view text, const ParseOptions& options);

}  // namespace weir::yaml
