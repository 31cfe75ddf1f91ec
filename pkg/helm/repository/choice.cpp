#include "pkg/helm/repository/choice.hpp"

#include <algorithm>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/base/time.hpp"
#include "pkg/semver/range.hpp"
#include "pkg/semver/version.hpp"

namespace weir::helm {
namespace {

using semver::Range;
using semver::Version;

/// Whether a text that is asked for says by itself that it stands for several versions.
bool is_range(std::string_view wanted) {
  if (wanted.find_first_of("^~<>=!*") != wanted.npos || wanted.find("||") != wanted.npos ||
      wanted.find(" - ") != wanted.npos)
    return true;
  return wanted.substr(0, wanted.find_first_of("-+")).find_first_of("xX") != wanted.npos;
}

Result<Range> range_of(std::string_view wanted) { return Range::parse(wanted.empty() ? "*" : wanted); }

/// Go's time.Time for what an index says; the beginning of time when it says nothing readable.
WallTime created(const ChartVersion& version) {
  const auto time = parse_rfc3339(version.created);
  return time ? *time : WallTime::min();
}

}  // namespace

Result<const ChartVersion*> choose_as_helm(
    const std::vector<ChartVersion>* versions,
    std::string_view chart,
    std::string_view wanted,
    std::vector<std::string>* warnings
) {
  if (versions == nullptr) return InputError{"", "no chart name found"};
  if (versions->empty()) return InputError{"", "no chart version found"};
  const auto range = range_of(wanted);
  if (!range) return range.error();
  if (!wanted.empty()) {
    for (const auto& version : *versions)
      if (version.version == wanted) return &version;
  }
  for (const auto& version : *versions) {
    const auto parsed = Version::parse_lenient(version.version);
    if (!parsed || !range->contains(*parsed)) continue;
    if (!wanted.empty() && !is_range(wanted) && warnings != nullptr)
      warnings->push_back(text::cat(
          "unable to find exact version requested; falling back to closest available version: chart ",
          chart,
          ", requested ",
          wanted,
          ", selected ",
          version.version
      ));
    return &version;
  }
  return InputError{"", text::cat("no chart version found for ", chart, "-", wanted)};
}

Result<const ChartVersion*> choose_as_flux(
    const std::vector<ChartVersion>* versions, std::string_view chart, std::string_view wanted
) {
  if (versions == nullptr) return InputError{"", "no chart name found"};
  if (versions->empty()) return InputError{"", "no chart version found"};
  if (!wanted.empty()) {
    for (const auto& version : *versions)
      if (version.version == wanted) return &version;
  }
  const auto range = range_of(wanted);
  if (!range) return range.error();
  const ChartVersion* best = nullptr;
  Version best_parsed;
  for (const auto& version : *versions) {
    const auto parsed = Version::parse_tag(version.version);
    if (!parsed || !range->contains(*parsed)) continue;
    const bool is_better =
        best == nullptr || *parsed > best_parsed || (*parsed == best_parsed && created(version) > created(*best));
    if (!is_better) continue;
    best = &version;
    best_parsed = *parsed;
  }
  if (best == nullptr)
    return InputError{"", text::cat("no '", chart, "' chart with version matching '", wanted, "' found")};
  return best;
}

std::string explain_versions(const std::vector<ChartVersion>* versions) {
  if (versions == nullptr || versions->empty()) return {};
  const ChartVersion* stable = nullptr;
  const ChartVersion* prerelease = nullptr;
  for (const auto& version : *versions) {
    const auto parsed = Version::parse_lenient(version.version);
    if (!parsed) continue;
    auto& place = parsed->is_prerelease() ? prerelease : stable;
    if (place == nullptr) place = &version;
  }
  std::string out;
  if (stable != nullptr) text::append(out, "its newest version is ", stable->version, " (of ", versions->size(), ")");
  if (prerelease != nullptr)
    text::append(
        out,
        out.empty() ? "it has pre-releases only" : "",
        out.empty() ? ", the newest is " : "; the newest pre-release, which only a range that names one allows, is ",
        prerelease->version
    );
  return out;
}

bool is_version(std::string_view wanted) { return Version::parse_lenient(wanted).has_value(); }

std::vector<std::string> versions_of_tags(std::string_view lines) {
  std::vector<std::pair<Version, std::string>> versions;
  for (const auto line : text::split(lines, '\n')) {
    std::string version{line};
    std::replace(version.begin(), version.end(), '_', '+');
    if (auto parsed = Version::parse_strict(version)) versions.emplace_back(*std::move(parsed), std::move(version));
  }
  std::stable_sort(versions.begin(), versions.end(), [](const auto& left, const auto& right) {
    return left.first > right.first;
  });
  std::vector<std::string> out;
  out.reserve(versions.size());
  for (auto& [parsed, version] : versions) out.push_back(std::move(version));
  return out;
}

Result<std::string> choose_tag(const std::vector<std::string>& versions, std::string_view wanted) {
  if (!wanted.empty() && std::find(versions.begin(), versions.end(), wanted) != versions.end())
    return std::string{wanted};
  const auto range = range_of(wanted);
  if (!range) return range.error();
  for (const auto& version : versions) {
    const auto parsed = Version::parse_lenient(version);
    if (parsed && range->contains(*parsed)) return version;
  }
  return InputError{"", text::cat("could not locate a version matching provided version string ", wanted)};
}

std::string tag_of_version(std::string_view version) {
  std::string tag{version};
  std::replace(tag.begin(), tag.end(), '+', '_');
  return tag;
}

}  // namespace weir::helm
