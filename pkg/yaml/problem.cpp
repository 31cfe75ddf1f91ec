#include "pkg/yaml/problem.hpp"

#include <string>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/yaml/characters.hpp"
#include "pkg/yaml/go_words.hpp"

namespace weir::yaml {

InputError to_error(const SyntaxError& error, const ParseOptions& options, const Mark& reached) {
  if (options.words == Words::kGo) {
    const auto moved = static_cast<std::uint32_t>(options.first_line - 1);
    SyntaxError there = error;
    Mark reached_there = reached;
    there.mark.line += moved;
    reached_there.line += moved;
    return InputError{"", go_words(there, reached_there)};
  }
  std::string where = text::cat(
      options.source,
      options.source.empty() ? "line " : ":",
      error.mark.line + options.first_line,
      options.source.empty() ? ", column " : ":",
      error.mark.column + 1
  );
  return InputError{std::move(where), error.message};
}

std::optional<InputError> check_text(std::string_view text, const ParseOptions& options) {
  if (text.size() > options.max_bytes)
    return InputError{options.source, text::cat("is larger than ", options.max_bytes, " bytes")};
  if (auto error = check_characters(text)) return to_error(*error, options);
  return std::nullopt;
}

}  // namespace weir::yaml
