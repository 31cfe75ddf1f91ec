#include "pkg/base/text.hpp"
#include "pkg/semver/range.hpp"
#include "pkg/semver/version.hpp"
#include "pkg/template/numbers.hpp"
#include "pkg/template/quote.hpp"
#include "pkg/template/sprig/groups.hpp"

namespace weir::templates::sprig {
namespace {

constexpr std::size_t kOriginal = 5;  // the field that holds the text as it was written

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Why a text is no version, as Masterminds/semver words it.
std::string refusal(std::string_view text) {
  constexpr const char* kInvalid = "invalid semantic version";
  if (text.starts_with('v')) text.remove_prefix(1);
  const auto core = text.substr(0, text.find_first_of("-+"));
  for (const auto& segment : text::split(core, '.')) {
    if (!is_number(segment)) return kInvalid;
    if (!parse_unsigned(segment, 10).is_good())
      return text::cat(
          "error parsing version segment: strconv.ParseUint: parsing ", quote(segment), ": value out of range"
      );
  }
  if (!text.substr(core.size()).starts_with('-')) return kInvalid;
  const auto prerelease = text.substr(core.size() + 1, text.find('+') - core.size() - 1);
  for (const auto& part : text::split(prerelease, '.')) {
    if (part.empty()) return kInvalid;
    if (is_number(part) && part.size() > 1 && part.starts_with('0')) return "version segment starts with 0";
  }
  return kInvalid;
}

semver::Version parse(std::string_view text) {
  auto version = semver::Version::parse_lenient(text);
  if (!version) throw CallError{refusal(text)};
  return *version;
}

semver::Version version_of(const Value& value) { return parse(value.as_struct().fields[kOriginal].as_string()); }

std::shared_ptr<const StructType> version_type();

Value version_value(const std::string& text) {
  static const std::shared_ptr<const StructType> kType = version_type();
  const semver::Version version = parse(text);
  return Value::structure(
      kType,
      {Value::unsigned_integer(version.major),
       Value::unsigned_integer(version.minor),
       Value::unsigned_integer(version.patch),
       version.prerelease,
       version.build,
       text}
  );
}

/// A method that compares with another version.
template <class Compare>
Function comparison(Compare compare) {
  return make_function([compare](Call&, const Value& self, VersionParameter other) {
    return compare(version_of(self), version_of(other.value()));
  });
}

/// A method that gives the next version.
template <class Next>
Function next_version(Next next) {
  return make_function([next](Call&, const Value& self) {
    semver::Version version = version_of(self);
    next(version);
    version.build.clear();
    return version_value(version.text());
  });
}

std::shared_ptr<const StructType> version_type() {
  auto out = std::make_shared<StructType>("*semver.Version");
  for (const char* name : {"major", "minor", "patch", "pre", "metadata", "original"}) out->fields.emplace_back(name);
  const auto field = [](std::size_t index) {
    return make_function([index](Call&, const Value& self) { return self.as_struct().fields[index]; });
  };
  out->methods["Major"] = field(0);
  out->methods["Minor"] = field(1);
  out->methods["Patch"] = field(2);
  out->methods["Prerelease"] = field(3);
  out->methods["Metadata"] = field(4);
  out->methods["Original"] = field(kOriginal);
  out->methods["String"] = make_function([](Call&, const Value& self) { return version_of(self).text(); });
  out->methods["Equal"] = comparison([](const auto& left, const auto& right) { return left == right; });
  out->methods["LessThan"] = comparison([](const auto& left, const auto& right) { return left < right; });
  out->methods["GreaterThan"] = comparison([](const auto& left, const auto& right) { return left > right; });
  out->methods["Compare"] = comparison([](const auto& left, const auto& right) {
    const auto order = left <=> right;
    return Value::integer(order < 0 ? -1 : order > 0 ? 1 : 0);
  });
  out->methods["IncMajor"] = next_version([](semver::Version& version) {
    version = semver::Version{version.major + 1, 0, 0};
  });
  out->methods["IncMinor"] = next_version([](semver::Version& version) {
    version = semver::Version{version.major, version.minor + 1, 0};
  });
  // The next patch of a pre-release is its release.
  out->methods["IncPatch"] = next_version([](semver::Version& version) {
    if (!version.is_prerelease()) ++version.patch;
    version.prerelease.clear();
  });
  return out;
}

bool semver_compare(Call&, const std::string& range, const std::string& version) {
  // An empty range is any version elsewhere; Sprig refuses it, also among others.
  for (std::string_view rest = range;;) {
    const auto end = rest.find("||");
    const auto part = rest.substr(0, end);
    if (part.find_first_not_of(" \t") == std::string_view::npos)
      throw CallError{text::cat("improper constraint: ", quote(part))};
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 2);
  }
  const auto parsed = semver::Range::parse(range);
  if (!parsed) throw CallError{parsed.error().message};
  return parsed->contains(parse(version));
}

}  // namespace

void add_versions(Functions& out) {
  out["semver"] = make_function([](Call&, const std::string& text) { return version_value(text); });
  out["semverCompare"] = make_function(semver_compare);
}

}  // namespace weir::templates::sprig
