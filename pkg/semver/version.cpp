#include "pkg/semver/version.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

#include "pkg/base/text.hpp"

namespace weir::semver {

namespace {

bool is_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char character) { return character >= '0' && character <= '9'; });
}

bool is_identifier(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char character) {
    return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'z') ||
           (character >= 'A' && character <= 'Z') || character == '-';
  });
}

bool has_leading_zero(std::string_view number) { return number.size() > 1 && number.front() == '0'; }

bool parse_number(std::string_view digits, std::uint64_t& out) {
  if (!is_digits(digits)) return false;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  return error == std::errc{} && end == digits.data() + digits.size();
}

bool are_identifiers(std::string_view dotted, bool allows_leading_zeros) {
  for (const auto part : text::split(dotted, '.')) {
    if (!is_identifier(part)) return false;
    if (!allows_leading_zeros && is_digits(part) && has_leading_zero(part)) return false;
  }
  return true;
}

struct Rules {
  bool allows_v = false;
  bool allows_missing_parts = false;
  bool allows_leading_zeros = false;
};

Result<Version> parse(std::string_view text, Rules rules) {
  const auto refuse = [&] { return InputError{"", text::cat("not a semantic version: ", text::quoted(text))}; };
  std::string_view rest = text;
  if (rules.allows_v && rest.starts_with('v')) rest.remove_prefix(1);
  Version version;
  if (const auto plus = rest.find('+'); plus != std::string_view::npos) {
    version.build = std::string{rest.substr(plus + 1)};
    if (!are_identifiers(version.build, true)) return refuse();
    rest = rest.substr(0, plus);
  }
  if (const auto dash = rest.find('-'); dash != std::string_view::npos) {
    version.prerelease = std::string{rest.substr(dash + 1)};
    if (!are_identifiers(version.prerelease, false)) return refuse();
    rest = rest.substr(0, dash);
  }
  const auto parts = text::split(rest, '.');
  if (parts.size() > 3 || (parts.size() < 3 && !rules.allows_missing_parts)) return refuse();
  std::uint64_t* const numbers[] = {&version.major, &version.minor, &version.patch};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!parse_number(parts[i], *numbers[i])) return refuse();
    if (!rules.allows_leading_zeros && has_leading_zero(parts[i])) return refuse();
  }
  return version;
}

std::weak_ordering compare_identifiers(std::string_view left, std::string_view right) {
  const bool is_left_number = is_digits(left);
  const bool is_right_number = is_digits(right);
  if (is_left_number != is_right_number) return is_left_number ? std::weak_ordering::less : std::weak_ordering::greater;
  // Numbers have no leading zeros, so the longer one is the larger one, however long.
  if (is_left_number && left.size() != right.size()) return left.size() <=> right.size();
  return left <=> right;
}

std::weak_ordering compare_prereleases(std::string_view left, std::string_view right) {
  if (left.empty() || right.empty())  // a release stands above its pre-releases
    return left.empty() <=> right.empty();
  const auto left_parts = text::split(left, '.');
  const auto right_parts = text::split(right, '.');
  const std::size_t common = std::min(left_parts.size(), right_parts.size());
  for (std::size_t i = 0; i < common; ++i) {
    const auto order = compare_identifiers(left_parts[i], right_parts[i]);
    if (order != 0) return order;
  }
  return left_parts.size() <=> right_parts.size();
}

}  // namespace

Result<Version> Version::parse_strict(std::string_view text) { return parse(text, Rules{}); }

Result<Version> Version::parse_tag(std::string_view text) {
  Rules rules;
  rules.allows_v = true;
  return parse(text, rules);
}

Result<Version> Version::parse_lenient(std::string_view text) {
  Rules rules;
  rules.allows_v = true;
  rules.allows_missing_parts = true;
  rules.allows_leading_zeros = true;
  return parse(text, rules);
}

std::string Version::text() const {
  std::string out = text::cat(major, '.', minor, '.', patch);
  if (!prerelease.empty()) text::append(out, '-', prerelease);
  if (!build.empty()) text::append(out, '+', build);
  return out;
}

std::weak_ordering Version::compare(const Version& other) const {
  if (const auto order = major <=> other.major; order != 0) return order;
  if (const auto order = minor <=> other.minor; order != 0) return order;
  if (const auto order = patch <=> other.patch; order != 0) return order;
  return compare_prereleases(prerelease, other.prerelease);
}

}  // namespace weir::semver
