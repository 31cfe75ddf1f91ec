#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pkg/base/result.hpp"

namespace weir::helm {

/// The rules of a .helmignore.
///
/// A rule that begins with '!' does not take back: it ignores all that does not match, Chart.yaml too, as in Helm.
/// Threads: value; const methods from any thread.
class IgnoreRules {
 public:
  /// @returns an error in Helm's words: "double-star (**) syntax is not supported"
  static Result<IgnoreRules> parse(std::string_view text);
  /// No rules.
  IgnoreRules() = default;

  /// Hidden files directly below templates/, which Helm always leaves out.
  void add_defaults();

  /// @param path  relative to the chart's folder, with '/'
  bool is_ignored(std::string_view path, bool is_folder) const;

 private:
  struct Rule {
    std::string pattern;
    bool is_negated = false;
    bool is_for_folders = false;
    bool is_for_names = false;  ///< the last segment of the path is matched, not the whole
    bool is_literal = false;    ///< nothing in it has a meaning but its own
  };

  Result<void> add(std::string_view line);

  std::vector<Rule> rules_;
};

}  // namespace weir::helm
