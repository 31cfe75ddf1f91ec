#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::git {

/// One line of an ignore file.  Threads: value.
class IgnorePattern {
 public:
  enum class Verdict { kNoMatch, kIgnore, kKeep };

  using Folder = std::shared_ptr<const std::vector<std::string>>;

  /// @param line    as written; neither blank nor a comment
  /// @param folder  segments of the folder the line counts for; empty = the root
  IgnorePattern(std::string_view line, Folder folder);

  /// @param path  segments below the root
  Verdict match(std::span<const std::string_view> path, bool is_folder) const;

 private:
  bool matches_name(std::span<const std::string_view> path, bool is_folder) const;
  bool matches_path(std::span<const std::string_view> path, bool is_folder) const;

  Folder folder_;
  struct Segment {
    bool matches(std::string_view name) const;
    std::string text;
    bool is_literal = false;  ///< no wildcard in it: most are, and comparing is much faster
    bool is_suffix = false;   ///< a star and literal text
  };

  std::vector<Segment> segments_;
  bool keeps_ = false;
  bool folders_only_ = false;
};

/// The lines of an ignore file; blank ones and comments are skipped.
std::vector<IgnorePattern> parse_ignore_lines(std::string_view text, const std::vector<std::string>& folder);

/// Which files of a Git source do not belong in its artifact. The last pattern that matches
/// decides; a pattern that matches a parent folder counts as a match of the file, so that a
/// re-included folder re-includes all below it (Git differs). Version control's own files are
/// always left out unless a pattern keeps them; the defaults (images, archives, CI files) apply
/// only when neither a .sourceignore nor spec.ignore has a pattern. Source: Flux, "GitRepository:
/// Excluding files", and its observed behaviour.  Threads: value.
class IgnoreRules {
 public:
  /// @param from_files   patterns of the .sourceignore files, in the order of their folders,
  /// parents first
  /// @param spec_ignore  text of spec.ignore: strongest
  IgnoreRules(std::vector<IgnorePattern> from_files, const std::optional<std::string>& spec_ignore);

  /// For a walk, which learns the patterns of a folder when it goes there and needs them below it
  /// only. @returns what to give leave()
  std::size_t enter(std::vector<IgnorePattern> patterns);
  void leave(std::size_t before);
  /// Without the defaults: whether these apply is known at the end of a walk.
  bool ignores_by_pattern(std::string_view path, bool is_folder) const;
  static bool ignores_by_default(std::string_view path, bool is_folder);
  /// Whether there was any, so that the defaults do not apply.
  bool has_patterns() const { return has_patterns_; }
  /// How many are tried for each path.
  std::size_t size() const { return from_files_.size() + from_spec_.size(); }

 private:
  std::vector<IgnorePattern> from_files_;
  std::vector<IgnorePattern> from_spec_;
  bool has_patterns_ = false;
};

/// Shell pattern of one path segment: *, ?, [a-z], [^a-z], backslash. A broken pattern matches
/// nothing. Source: Go's path/filepath.Match, which Flux's matcher uses.
bool match_segment(std::string_view pattern, std::string_view name);

}  // namespace weir::git
