#include "pkg/regex/regex.hpp"

#include <re2/re2.h>

#include "pkg/base/text.hpp"

namespace weir::regex {

struct Regex::Compiled {
  explicit Compiled(std::string_view pattern)
      : expression{re2::StringPiece{pattern.data(), pattern.size()}, RE2::Quiet} {}
  RE2 expression;
};

Result<Regex> Regex::compile(std::string_view pattern) {
  auto compiled = std::make_shared<const Compiled>(pattern);
  if (!compiled->expression.ok())
    return InputError{
        "",
        text::cat("no regular expression: ", text::quoted(pattern), ": ", compiled->expression.error())
    };
  return Regex{std::move(compiled)};
}

bool Regex::is_found_in(std::string_view text) const {
  return RE2::PartialMatch(re2::StringPiece{text.data(), text.size()}, compiled_->expression);
}

bool Regex::matches(std::string_view text) const {
  return RE2::FullMatch(re2::StringPiece{text.data(), text.size()}, compiled_->expression);
}

}  // namespace weir::regex
