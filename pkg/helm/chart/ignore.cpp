#include "pkg/helm/chart/ignore.hpp"

#include "pkg/base/text.hpp"
#include "pkg/helm/chart/path_match.hpp"
#include "pkg/template/unicode.hpp"

namespace weir::helm {

namespace unicode = templates::unicode;

Result<IgnoreRules> IgnoreRules::parse(std::string_view text) {
  IgnoreRules rules;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  for (const auto line : text::split(text, '\n')) {
    const auto added = rules.add(line);
    if (!added) return added.error();
  }
  return rules;
}

void IgnoreRules::add_defaults() { rules_.push_back({.pattern = "templates/.?*"}); }

Result<void> IgnoreRules::add(std::string_view line) {
  line = unicode::trim_space(line);
  if (line.empty() || line.front() == '#') return {};
  if (line.find("**") != line.npos) return InputError{"", "double-star (**) syntax is not supported"};
  const auto check = match_path(line, "abc");
  if (!check) return check.error();
  Rule rule;
  if (line.starts_with('!')) {
    rule.is_negated = true;
    line.remove_prefix(1);
  }
  if (line.ends_with('/')) {
    rule.is_for_folders = true;
    line.remove_suffix(1);
  }
  if (line.starts_with('/')) {
    line.remove_prefix(1);
  } else {
    rule.is_for_names = line.find('/') == line.npos;
  }
  rule.pattern = line;
  rule.is_literal = line.find_first_of("*?[\\") == line.npos;
  rules_.push_back(std::move(rule));
  return {};
}

bool IgnoreRules::is_ignored(std::string_view path, bool is_folder) const {
  if (path.empty() || path == "." || path == "./") return false;
  const auto slash = path.rfind('/');
  const auto name = slash == path.npos ? path : path.substr(slash + 1);
  const auto matches = [&](const Rule& rule) {
    if (rule.is_for_folders && !is_folder) return false;
    const auto subject = rule.is_for_names ? name : path;
    if (rule.is_literal) return rule.pattern == subject;
    const auto match = match_path(rule.pattern, subject);
    return match && *match;
  };
  for (const auto& rule : rules_) {
    if (matches(rule) != rule.is_negated) return true;
  }
  return false;
}

}  // namespace weir::helm
