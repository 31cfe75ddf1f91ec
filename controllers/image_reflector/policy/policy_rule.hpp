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

/// The tags that are versions, highest first; of equal ones the bytewise largest tag first. One sort serves every range.
/// Threads: immutable; the tags must outlive it.
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

/// How an ImagePolicy chooses, read once.
/// filterTags: a tag counts when the pattern is found in it; what is compared is the expansion of `extract`, or the tag.
/// Of several tags with one expansion the bytewise smallest stands for it.  Threads: immutable.
class PolicyRule {
 public:
  /// @returns an error "invalid policy: ..." or "failed to filter tags: ..."
  static Result<PolicyRule> compile(const api::image::ImagePolicySpec& spec);

  /// Equal rules have equal keys, and choose the same of the same tags.
  const std::string& key() const { return key_; }
  /// Whether it asks for nothing but a range over whole tags, which a VersionIndex answers.
  const semver::Range* plain_range() const { return kind_ == Kind::kSemver && !filter_ ? &*range_ : nullptr; }
  /// The chosen tag. @returns an error when there is nothing to choose from, or a value is no number
  Result<std::string> select(const std::vector<std::string_view>& tags) const;

 private:
  enum class Kind { kSemver, kAlphabetical, kNumerical };
  /// What is compared, and the tag it comes from.
  struct Candidate {
    std::string_view value;
    std::string_view tag;
  };
  PolicyRule() {}
  Result<std::string> select_version(const std::vector<Candidate>& candidates) const;
  Result<std::string> select_number(const std::vector<Candidate>& candidates) const;
  Result<std::string> select_text(const std::vector<Candidate>& candidates) const;

  Kind kind_ = Kind::kSemver;
  bool descending_ = false;
  std::optional<semver::Range> range_;
  std::optional<regex::Expansion> filter_;
  std::string key_;
};

}  // namespace weir::image_reflector
