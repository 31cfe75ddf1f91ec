#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/regex/regex.hpp"

namespace weir::image_reflector {

/// The tags of an image, none twice, bytewise descending: the order in which Flux keeps and shows them. All tags stand
/// in one text, so that 100,000 of them cost a few megabytes.  Threads: immutable.
class TagList {
 public:
  /// @param lines       one tag a line, in any order
  /// @param exclusions  a tag in which one of them is found is left out
  static std::shared_ptr<const TagList> make(std::string_view lines, const std::vector<regex::Regex>& exclusions);
  TagList(const TagList&) = delete;
  TagList& operator=(const TagList&) = delete;

  const std::vector<std::string_view>& tags() const { return tags_; }
  std::size_t size() const { return tags_.size(); }
  /// One tag a line, with a line feed after the last.
  const std::string& lines() const { return lines_; }
  /// "sha256:<hex>" of the tags joined by line feeds.
  const std::string& revision() const { return revision_; }

 private:
  TagList() {}
  std::string lines_;
  std::vector<std::string_view> tags_;  // parts of lines_
  std::string revision_;
};

}  // namespace weir::image_reflector
