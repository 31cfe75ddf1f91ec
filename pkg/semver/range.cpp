#include "pkg/semver/range.hpp"

#include <array>
#include <utility>

#include "pkg/base/text.hpp"

namespace weir::semver {

namespace {

bool is_blank(char character) {
  return character == ' ' || character == '\t' || character == '\n' || character == '\r';
}

bool is_wildcard(std::string_view part) { return part == "x" || part == "X" || part == "*"; }

bool is_version_character(char character) {
  return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'z') ||
         (character >= 'A' && character <= 'Z') || character == '.' || character == '-' || character == '+' ||
         character == '*';
}

}  // namespace

/// Reads one group of comparisons: what stands between two "||".
class Range::Parser {
 public:
  explicit Parser(std::string_view text) : text_{text} {}

  bool parse(Group& group) {
    skip_blanks();
    if (text_.empty()) {
      group.comparisons.push_back(everything());
      return true;
    }
    while (!text_.empty()) {
      if (!parse_comparison(group)) return false;
      skip_blanks();
      if (text_.starts_with(',')) {
        text_.remove_prefix(1);
        skip_blanks();
      }
    }
    return true;
  }

 private:
  static Comparison everything() {
    Comparison comparison;
    comparison.is_partial = true;
    return comparison;
  }

  void skip_blanks() {
    while (!text_.empty() && is_blank(text_.front())) text_.remove_prefix(1);
  }

  Operator take_operator() {
    // Longer spellings first.
    static constexpr std::array<std::pair<std::string_view, Operator>, 11> kSpellings{{
        {"!=", Operator::kNotEqual},
        {">=", Operator::kGreaterEqual},
        {"=>", Operator::kGreaterEqual},
        {"<=", Operator::kLessEqual},
        {"=<", Operator::kLessEqual},
        {"~>", Operator::kTilde},
        {"=", Operator::kEqual},
        {">", Operator::kGreater},
        {"<", Operator::kLess},
        {"~", Operator::kTilde},
        {"^", Operator::kCaret},
    }};
    for (const auto& [spelling, op] : kSpellings) {
      if (!text_.starts_with(spelling)) continue;
      text_.remove_prefix(spelling.size());
      return op;
    }
    return Operator::kEqual;
  }

  std::string_view take_version() {
    std::size_t length = 0;
    while (length < text_.size() && is_version_character(text_[length])) ++length;
    const auto version = text_.substr(0, length);
    text_.remove_prefix(length);
    return version;
  }

  bool parse_comparison(Group& group) {
    const Operator op = take_operator();
    skip_blanks();
    Comparison comparison;
    comparison.op = op;
    if (!parse_version(take_version(), comparison)) return false;

    // "1.2 - 1.4": the dash stands between blanks, otherwise it starts a pre-release.
    const auto before = text_;
    skip_blanks();
    if (op == Operator::kEqual && text_.starts_with('-') && text_.size() > 1 && is_blank(text_[1])) {
      text_.remove_prefix(1);
      skip_blanks();
      comparison.op = Operator::kGreaterEqual;
      Comparison upper;
      upper.op = Operator::kLessEqual;
      if (!parse_version(take_version(), upper)) return false;
      add(group, std::move(comparison));
      add(group, std::move(upper));
      return true;
    }
    text_ = before;
    add(group, std::move(comparison));
    return true;
  }

  static void add(Group& group, Comparison comparison) {
    group.has_prerelease = group.has_prerelease || comparison.version.is_prerelease();
    group.comparisons.push_back(std::move(comparison));
  }

  static bool parse_version(std::string_view text, Comparison& out) {
    if (text.starts_with('v')) text.remove_prefix(1);
    if (text.empty()) return false;
    std::string_view numbers = text;
    std::string_view suffix;
    if (const auto end = text.find_first_of("-+"); end != std::string_view::npos) {
      numbers = text.substr(0, end);
      suffix = text.substr(end);
    }
    const auto parts = text::split(numbers, '.');
    if (parts.size() > 3) return false;
    // Everything after the first open part is open as well, whatever is written there.
    std::string plain;
    bool is_open = false;
    for (std::size_t i = 0; i < 3; ++i) {
      const bool is_given = i < parts.size();
      if (is_given && !is_wildcard(parts[i]) && parts[i].find_first_not_of("0123456789") != std::string_view::npos)
        return false;
      if (is_given && parts[i].empty()) return false;
      if (!is_open && (!is_given || is_wildcard(parts[i]))) {
        is_open = true;
        out.is_partial = true;
        out.is_minor_open = i == 1;
        out.is_patch_open = i == 2;
      }
      text::append(plain, i == 0 ? "" : ".", is_open ? std::string_view{"0"} : parts[i]);
    }
    const auto version = Version::parse_lenient(text::cat(plain, suffix));
    if (!version) return false;
    out.version = *version;
    return true;
  }

  std::string_view text_;
};

Result<Range> Range::parse(std::string_view text) {
  Range range;
  range.text_ = std::string{text};
  std::string_view rest = text;
  while (true) {
    const auto end = rest.find("||");
    const auto part = rest.substr(0, end);
    Group group;
    if (!Parser{part}.parse(group)) return InputError{"", text::cat("improper constraint: ", text::quoted(part))};
    range.groups_.push_back(std::move(group));
    if (end == std::string_view::npos) return range;
    rest.remove_prefix(end + 2);
  }
}

bool Range::contains(const Version& version) const {
  for (const auto& group : groups_) {
    bool matches = true;
    for (const auto& comparison : group.comparisons)
      matches = matches && comparison.matches(version, group.has_prerelease);
    if (matches) return true;
  }
  return false;
}

bool Range::Comparison::matches(const Version& candidate, bool with_prereleases) const {
  if (candidate.is_prerelease() && !with_prereleases) return false;
  switch (op) {
    case Operator::kEqual: return is_partial ? matches_tilde(candidate) : candidate == version;
    case Operator::kNotEqual: return differs(candidate);
    case Operator::kGreater:
      if (!is_partial || candidate.major != version.major) return candidate > version;
      // ">11" means 12 and up, ">11.1" means 11.2 and up.
      if (is_minor_open) return false;
      if (is_patch_open) return candidate.minor > version.minor;
      return candidate > version;
    case Operator::kLess: return candidate < version;
    case Operator::kGreaterEqual: return candidate >= version;
    case Operator::kLessEqual:
      if (!is_partial) return candidate <= version;
      // "<=11" takes all of 11, "<=11.1" all of 11.1.
      if (candidate.major != version.major) return candidate.major < version.major;
      return is_minor_open || candidate.minor <= version.minor;
    case Operator::kTilde: return matches_tilde(candidate);
    case Operator::kCaret: return matches_caret(candidate);
  }
  return false;
}

bool Range::Comparison::matches_tilde(const Version& candidate) const {
  if (candidate < version) return false;
  const bool is_zero = version.major == 0 && version.minor == 0 && version.patch == 0;
  if (is_zero && !is_minor_open && !is_patch_open) return true;  // "*", and the special case ~0.0.0
  return candidate.major == version.major && (is_minor_open || candidate.minor == version.minor);
}

bool Range::Comparison::matches_caret(const Version& candidate) const {
  if (candidate < version) return false;
  const bool is_any = is_partial && !is_minor_open && !is_patch_open;
  if (version.major > 0 || is_minor_open) return candidate.major == version.major;
  if (is_any) return candidate.major == 0 && candidate.minor == 0 && candidate.patch == 0;
  if (candidate.major > 0) return false;
  if (version.minor > 0 || is_patch_open) return candidate.minor == version.minor;
  return candidate.minor == 0 && candidate.patch == version.patch;
}

bool Range::Comparison::differs(const Version& candidate) const {
  if (!is_partial) return candidate != version;
  if (candidate.major != version.major) return true;
  if (is_minor_open) return false;
  if (candidate.minor != version.minor) return true;
  return !is_patch_open && candidate.patch != version.patch;
}

}  // namespace weir::semver
