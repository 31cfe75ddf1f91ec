#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/image/v1/image_policy.hpp"
#include "controllers/image_reflector/tag_list.hpp"
#include "pkg/base/result.hpp"
#include "pkg/regex/expansion.hpp"
#include "pkg/semver/range.hpp"

namespace weir::image_reflector {

/// The tags that are versions, highest first; of equal ones the bytewise largest tag first. One sort serves every
/// range. Threads: immutable; the tags must outlive it.
class VersionIndex {
 public:
  explicit VersionIndex(const TagList& tags);
  /// The first that the range holds; empty when there is none.
  std::string_view highest_in(const semver::Range& range) const;

 private:
  struct Entry {
    semver::Version version;
    std::string_view tag;
  };
  std::vector<Entry> entries_;
};

/// A version as image tags write it: an optional "v", at least three parts, leading zeros allowed.
Result<semver::Version> parse_version_tag(std::string_view text);

/// What a rule makes of tags.
struct Choice {
  explicit Choice(std::string tag_ = "") : tag{std::move(tag_)} {}

  std::string tag;
  std::size_t skipped = 0;      ///< tags that a numerical rule cannot compare
  std::string skipped_example;  ///< one of them, always the same of the same tags

  friend bool operator==(const Choice&, const Choice&) = default;
};

/// How an ImagePolicy chooses, read once.
/// filterTags: a tag counts when the pattern is found in it; what is compared is the expansion of `extract`, or the
/// tag. Of several tags with one expansion the bytewise smallest stands for it.  Threads: immutable.
class PolicyRule {
 public:
  /// @returns an error "invalid policy: ..." or "failed to filter tags: ..."
  static Result<PolicyRule> compile(const api::image::ImagePolicySpec& spec);

  /// Equal rules have equal keys, and choose the same of the same tags.
  const std::string& key() const { return key_; }
  /// Whether it asks for nothing but a range over whole tags, which a VersionIndex answers.
  const semver::Range* plain_range() const { return kind_ == Kind::kSemver && !filter_ ? &*range_ : nullptr; }
  /// @returns an error when there is nothing to choose from, or no value is a number
  Result<Choice> select(const std::vector<std::string_view>& tags) const;

 private:
  enum class Kind { kSemver, kAlphabetical, kNumerical };
  /// What is compared, and the tag it comes from.
  struct Candidate {
    std::string_view value;
    std::string_view tag;
  };
  PolicyRule() {}
  Result<Choice> select_version(const std::vector<Candidate>& candidates) const;
  Result<Choice> select_number(const std::vector<Candidate>& candidates) const;
  Result<Choice> select_text(const std::vector<Candidate>& candidates) const;

  Kind kind_ = Kind::kSemver;
  bool descending_ = false;
  std::optional<semver::Range> range_;
  std::optional<regex::Expansion> filter_;
  std::string key_;
};

}  // namespace weir::image_reflector
