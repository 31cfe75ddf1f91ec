#include "pkg/git/ignore.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "pkg/base/text.hpp"

namespace weir::git {

namespace {

constexpr std::string_view kAnyFolders = "**";

constexpr std::array<std::string_view, 4> kVersionControl{".git/", ".gitignore", ".gitmodules", ".gitattributes"};

constexpr std::array<std::string_view, 20> kDefaults{
    "*.jpg",
    "*.jpeg",
    "*.gif",
    "*.png",
    "*.wmv",
    "*.flv",
    "*.tar.gz",
    "*.zip",
    ".github/",
    ".circleci/",
    ".travis.yml",
    ".gitlab-ci.yml",
    "appveyor.yml",
    ".drone.yml",
    "cloudbuild.yaml",
    "codeship-services.yml",
    "codeship-steps.yml",
    "**/.goreleaser.yml",
    "**/.sops.yaml",
    "**/.flux.yaml",
};

struct SegmentMatcher {
  std::string_view pattern;
  bool is_broken = false;

  /// One character class, its opening bracket already taken. Takes the class off the pattern.
  bool matches_class(char character) {
    bool is_negated = false;
    if (pattern.starts_with('^')) {
      is_negated = true;
      pattern.remove_prefix(1);
    }
    bool is_inside = false;
    std::size_t ranges = 0;
    while (true) {
      if (pattern.starts_with(']') && ranges > 0) {
        pattern.remove_prefix(1);
        return is_inside != is_negated;
      }
      const char low = take_class_character();
      if (is_broken) return false;
      char high = low;
      if (pattern.starts_with('-')) {
        pattern.remove_prefix(1);
        high = take_class_character();
        if (is_broken) return false;
      }
      is_inside = is_inside || (low <= character && character <= high);
      ++ranges;
    }
  }

  char take_class_character() {
    if (pattern.empty() || pattern.front() == '-' || pattern.front() == ']') {
      is_broken = true;
      return 0;
    }
    if (pattern.front() == '\\') {
      pattern.remove_prefix(1);
      if (pattern.empty()) {
        is_broken = true;
        return 0;
      }
    }
    const char character = pattern.front();
    pattern.remove_prefix(1);
    if (pattern.empty()) is_broken = true;  // the class never closes
    return character;
  }
};

/// Backtracks over the last star only, which is enough and keeps it linear times linear.
bool match(std::string_view pattern, std::string_view name) {
  std::string_view after_star;
  std::string_view name_at_star;
  bool has_star = false;
  while (true) {
    if (!pattern.empty() && pattern.front() == '*') {
      pattern.remove_prefix(1);
      has_star = true;
      after_star = pattern;
      name_at_star = name;
      continue;
    }
    bool advances = false;
    if (pattern.empty()) {
      if (name.empty()) return true;
    } else if (!name.empty()) {
      if (pattern.front() == '?') {
        pattern.remove_prefix(1);
        advances = true;
        while (name.size() > 1 && (static_cast<unsigned char>(name[1]) & 0xc0) == 0x80) name.remove_prefix(1);
      } else if (pattern.front() == '[') {
        SegmentMatcher matcher{pattern.substr(1)};
        advances = matcher.matches_class(name.front());
        if (matcher.is_broken) return false;
        if (advances) pattern = matcher.pattern;
      } else {
        std::string_view rest = pattern;
        if (rest.front() == '\\') rest.remove_prefix(1);
        if (rest.empty()) return false;
        advances = rest.front() == name.front();
        if (advances) pattern = rest.substr(1);
      }
      if (advances) name.remove_prefix(1);
    }
    if (advances) continue;
    if (!has_star || name_at_star.empty()) return false;
    name_at_star.remove_prefix(1);
    name = name_at_star;
    pattern = after_star;
  }
}

bool is_well_formed(std::string_view pattern) {
  while (!pattern.empty()) {
    if (pattern.front() == '[') {
      SegmentMatcher matcher{pattern.substr(1)};
      matcher.matches_class('\0');
      if (matcher.is_broken) return false;
      pattern = matcher.pattern;
    } else if (pattern.front() == '\\') {
      if (pattern.size() < 2) return false;
      pattern.remove_prefix(2);
    } else {
      pattern.remove_prefix(1);
    }
  }
  return true;
}

std::vector<std::string_view> segments_of(std::string_view path) { return text::split(path, '/'); }

}  // namespace

bool match_segment(std::string_view pattern, std::string_view name) {
  return match(pattern, name) && is_well_formed(pattern);
}

IgnorePattern::IgnorePattern(std::string_view line, Folder folder) : folder_{std::move(folder)} {
  if (line.starts_with('!')) {
    keeps_ = true;
    line.remove_prefix(1);
  }
  if (!line.ends_with("\\ ")) {
    while (line.ends_with(' ')) line.remove_suffix(1);
  }
  if (line.ends_with('/')) {
    folders_only_ = true;
    line.remove_suffix(1);
  }
  for (const auto segment : text::split(line, '/')) {
    constexpr std::string_view kSpecial = "*?[\\";
    Segment out;
    out.text = std::string{segment};
    out.is_literal = segment.find_first_of(kSpecial) == std::string_view::npos;
    out.is_suffix = segment.starts_with('*') && segment.find_first_of(kSpecial, 1) == std::string_view::npos;
    segments_.push_back(std::move(out));
  }
}

bool IgnorePattern::Segment::matches(std::string_view name) const {
  if (is_literal) return name == text;
  if (is_suffix) return name.ends_with(std::string_view{text}.substr(1));
  return match_segment(text, name);
}

IgnorePattern::Verdict IgnorePattern::match(std::span<const std::string_view> path, bool is_folder) const {
  const auto& folder = *folder_;
  if (path.size() <= folder.size()) return Verdict::kNoMatch;
  for (std::size_t i = 0; i < folder.size(); ++i) {
    if (path[i] != folder[i]) return Verdict::kNoMatch;
  }
  const auto below = path.subspan(folder.size());
  const bool matches = segments_.size() > 1 ? matches_path(below, is_folder) : matches_name(below, is_folder);
  if (!matches) return Verdict::kNoMatch;
  return keeps_ ? Verdict::kKeep : Verdict::kIgnore;
}

/// Without a slash the pattern is for one segment, wherever it stands.
bool IgnorePattern::matches_name(std::span<const std::string_view> path, bool is_folder) const {
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (!segments_.front().matches(path[i])) continue;
    return !folders_only_ || is_folder || i + 1 < path.size();
  }
  return false;
}

/// With a slash it is anchored at its folder. It need not reach the end of the path: a match of a
/// parent folder counts.
bool IgnorePattern::matches_path(std::span<const std::string_view> path, bool is_folder) const {
  std::size_t at = 0;
  bool may_skip = false;
  bool matched = false;
  for (std::size_t i = 0; i < segments_.size(); ++i) {
    const Segment& segment = segments_[i];
    const bool is_last = i + 1 == segments_.size();
    if (segment.text.empty()) {
      may_skip = false;
      continue;
    }
    if (segment.text == kAnyFolders) {
      if (is_last) break;
      may_skip = true;
      continue;
    }
    if (segment.text.find(kAnyFolders) != std::string::npos) return false;
    if (at == path.size()) return false;
    if (may_skip) {
      may_skip = false;
      matched = false;
      while (at < path.size() && !matched) matched = segment.matches(path[at++]);
      if (!matched) return false;
    } else {
      if (!segment.matches(path[at])) return false;
      // What ends here is no folder of the pattern, so "a/**" does not match "a" itself.
      matched = ++at < path.size() || is_last;
    }
  }
  if (matched && folders_only_ && !is_folder && at == path.size()) matched = false;
  return matched;
}

std::vector<IgnorePattern> parse_ignore_lines(std::string_view text, const std::vector<std::string>& folder) {
  const auto shared = std::make_shared<const std::vector<std::string>>(folder);
  std::vector<IgnorePattern> out;
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with('#') || text::trim(line).empty()) continue;
    out.emplace_back(line, shared);
  }
  return out;
}

namespace {

template <std::size_t Count>
std::vector<IgnorePattern> built_in(const std::array<std::string_view, Count>& lines) {
  const auto root = std::make_shared<const std::vector<std::string>>();
  std::vector<IgnorePattern> out;
  for (const auto line : lines) out.emplace_back(line, root);
  return out;
}

/// What the last pattern that matches says.
IgnorePattern::Verdict verdict_of(
    const std::vector<IgnorePattern>& patterns, std::span<const std::string_view> path, bool is_folder
) {
  for (auto pattern = patterns.rbegin(); pattern != patterns.rend(); ++pattern) {
    const auto verdict = pattern->match(path, is_folder);
    if (verdict != IgnorePattern::Verdict::kNoMatch) return verdict;
  }
  return IgnorePattern::Verdict::kNoMatch;
}

}  // namespace

IgnoreRules::IgnoreRules(std::vector<IgnorePattern> from_files, const std::optional<std::string>& spec_ignore)
    : from_files_{std::move(from_files)} {
  if (spec_ignore) from_spec_ = parse_ignore_lines(*spec_ignore, {});
  has_patterns_ = size() > 0;
}

std::size_t IgnoreRules::enter(std::vector<IgnorePattern> patterns) {
  const auto before = from_files_.size();
  std::move(patterns.begin(), patterns.end(), std::back_inserter(from_files_));
  has_patterns_ = has_patterns_ || size() > 0;
  return before;
}

void IgnoreRules::leave(std::size_t before) {
  from_files_.erase(from_files_.begin() + static_cast<std::ptrdiff_t>(before), from_files_.end());
}

bool IgnoreRules::ignores_by_pattern(std::string_view path, bool is_folder) const {
  static const auto kAlways = built_in(kVersionControl);
  const auto segments = segments_of(path);
  auto verdict = verdict_of(from_spec_, segments, is_folder);
  if (verdict == IgnorePattern::Verdict::kNoMatch) verdict = verdict_of(from_files_, segments, is_folder);
  if (verdict == IgnorePattern::Verdict::kNoMatch) verdict = verdict_of(kAlways, segments, is_folder);
  return verdict == IgnorePattern::Verdict::kIgnore;
}

bool IgnoreRules::ignores_by_default(std::string_view path, bool is_folder) {
  static const auto kUsual = built_in(kDefaults);
  return verdict_of(kUsual, segments_of(path), is_folder) == IgnorePattern::Verdict::kIgnore;
}

}  // namespace weir::git
