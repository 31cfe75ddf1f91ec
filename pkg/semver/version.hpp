#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "pkg/base/result.hpp"

namespace weir::semver {

/// A semantic version (semver.org 2.0.0). Comparison is precedence: build metadata does not count,
/// so two versions may be equivalent without being the same text.  Threads: value.
class Version {
 public:
  /// Exactly major.minor.patch, no leading zeros, optional pre-release and build metadata.
  static Result<Version> parse_strict(std::string_view text);
  /// Like parse_strict, but a leading "v" is allowed: what Flux reads tags with.
  static Result<Version> parse_tag(std::string_view text);
  /// A leading "v", missing minor or patch and leading zeros are allowed ("v1.2").
  static Result<Version> parse_lenient(std::string_view text);

  Version() = default;
  Version(std::uint64_t major_, std::uint64_t minor_, std::uint64_t patch_)
      : major{major_}, minor{minor_}, patch{patch_} {}

  bool is_prerelease() const { return !prerelease.empty(); }
  /// The canonical text: "1.2.3-rc.1+build".
  std::string text() const;

  /// Precedence, section 11 of the specification.
  std::weak_ordering compare(const Version& other) const;
  friend std::weak_ordering operator<=>(const Version& left, const Version& right) { return left.compare(right); }
  friend bool operator==(const Version& left, const Version& right) { return left.compare(right) == 0; }

  std::uint64_t major = 0;
  std::uint64_t minor = 0;
  std::uint64_t patch = 0;
  std::string prerelease;
  std::string build;
};

}  // namespace weir::semver
