#include "pkg/regex/regex.hpp"

#include <vector>

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

bool Regex::find(std::string_view text, std::span<std::string_view> groups) const {
  std::vector<re2::StringPiece> found(groups.size());
  const bool is_match = compiled_->expression.Match(
      re2::StringPiece{text.data(), text.size()}, 0, text.size(), RE2::UNANCHORED, found.data(),
      static_cast<int>(found.size())
  );
  for (std::size_t i = 0; is_match && i < found.size(); ++i) {
    groups[i] = std::string_view{found[i].data(), found[i].size()};
  }
  return is_match;
}

int Regex::group_count() const { return compiled_->expression.NumberOfCapturingGroups(); }

int Regex::group_named(std::string_view name) const {
  const auto& names = compiled_->expression.NamedCapturingGroups();
  const auto at = names.find(std::string{name});
  return at == names.end() ? -1 : at->second;
}

}  // namespace weir::regex
