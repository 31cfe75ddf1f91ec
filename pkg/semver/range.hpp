#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pkg/semver/version.hpp"

namespace weir::semver {

/// A condition on versions: ">=1.2 <2 || ~3.1.x", "^1.2.3", "1.2 - 1.4.5", "*". A pre-release only
/// satisfies a group of comparisons that itself names a pre-release. Source: the grammar and rules
/// of Masterminds/semver v3, which Flux and Helm read ranges with.  Threads: value.
class Range {
 public:
  /// @returns an error: improper constraint: "x.y"
  static Result<Range> parse(std::string_view text);

  bool contains(const Version& version) const;
  const std::string& text() const { return text_; }

 private:
  enum class Operator { kEqual, kNotEqual, kGreater, kLess, kGreaterEqual, kLessEqual, kTilde, kCaret };

  struct Comparison {
    Operator op = Operator::kEqual;
    Version version;
    bool is_partial = false;     ///< a part is missing or a wildcard
    bool is_minor_open = false;  ///< minor (and so patch) is missing or a wildcard
    bool is_patch_open = false;  ///< only patch is missing or a wildcard
    bool matches(const Version& candidate, bool with_prereleases) const;
    bool matches_tilde(const Version& candidate) const;
    bool matches_caret(const Version& candidate) const;
    bool differs(const Version& candidate) const;
  };
  struct Group {
    std::vector<Comparison> comparisons;
    bool has_prerelease = false;
  };
  class Parser;

  std::string text_;
  std::vector<Group> groups_;
};

}  // namespace weir::semver
