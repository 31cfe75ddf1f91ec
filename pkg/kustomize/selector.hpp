#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/kustomize/kustomization_file.hpp"
#include "pkg/kustomize/resource.hpp"
#include "pkg/regex/regex.hpp"

namespace weir::kustomize {

/// A pattern that must match a whole text; empty matches anything. Plain names cost no regular expression.
class Pattern {
 public:
  /// @throws Failure when the text is no regular expression
  explicit Pattern(std::string_view text);
  bool matches(std::string_view text) const;

 private:
  std::string text_;
  bool is_any_ = true;
  bool is_plain_ = false;  ///< letters, digits, -, _ and /; a point stands for any character
  std::optional<regex::Regex> regex_;
};

/// True when `text` has the length of `pattern` and equals it where that has no point.
bool matches_points(std::string_view text, std::string_view pattern);

/// True when the pattern has no character that means something in a regular expression, but for points.
bool is_plain_pattern(std::string_view pattern);

/// "app=web,tier!=db,env in (a,b),!old".  Source: Kubernetes label selectors.
class LabelSelector {
 public:
  /// @throws Failure
  explicit LabelSelector(std::string_view text);
  bool matches(const TextMap& labels) const;
  bool empty() const { return requirements_.empty(); }

 private:
  struct Requirement {
    enum class Operator { kIn, kNotIn, kExists, kDoesNotExist, kGreater, kLess };
    std::string key;
    Operator op = Operator::kExists;
    std::vector<std::string> values;
  };
  std::vector<Requirement> requirements_;
};

/// A selector, compiled.
class Matcher {
 public:
  /// @param place  of the selector, for messages
  /// @throws Failure naming the place and the field that cannot be used
  explicit Matcher(const Selector& selector, const std::string& place = {});
  bool matches_gvk(const Gvk& gvk) const;
  bool matches_name(std::string_view name) const { return name_.matches(name); }
  bool matches_space(std::string_view space) const { return space_.matches(space); }
  bool matches_metadata(const Resource& resource) const;
  /// Names and namespaces match in their original or current form, the kind in its current one.
  bool matches(const Resource& resource) const;

 private:
  Pattern group_, version_, kind_, name_, space_;
  LabelSelector annotations_, labels_;
};

}  // namespace weir::kustomize
