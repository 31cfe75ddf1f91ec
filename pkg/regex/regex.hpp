#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "pkg/base/result.hpp"

namespace weir::regex {

/// A regular expression in RE2 syntax, which is Go's: linear time, no back references.
/// Threads: const methods from any thread.
class Regex {
 public:
  /// @returns an error that says what is wrong with the pattern
  static Result<Regex> compile(std::string_view pattern);

  /// What Go's regexp/syntax says of a pattern that does not compile: "missing closing ): `a(b`"; empty for one that
  /// does.
  static std::string go_error(std::string_view pattern);

  /// True when the pattern matches somewhere in the text.
  bool is_found_in(std::string_view text) const;
  /// True when the pattern matches the whole text.
  bool matches(std::string_view text) const;
  /// Finds the leftmost match and fills in what its groups matched: [0] the whole, then the groups in their order.
  bool find(std::string_view text, std::span<std::string_view> groups) const;
  /// The same for the leftmost match that begins at byte `start`
  /// or later; what stands before still counts for ^ and \b.
  bool find_from(std::string_view text, std::size_t start, std::span<std::string_view> groups) const;
  /// How many groups the pattern has, the whole not counted.
  int group_count() const;
  /// The number of a named group; -1 when there is none.
  int group_named(std::string_view name) const;

 private:
  struct Compiled;
  explicit Regex(std::shared_ptr<const Compiled> compiled) : compiled_{std::move(compiled)} {}
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace weir::regex
