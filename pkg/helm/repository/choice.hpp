#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/base/result.hpp"
#include "pkg/helm/repository/index.hpp"

/// Which version of a chart is meant. A version is asked for by its text, by a range, or by nothing: the newest one
/// that is no pre-release. Pre-releases are in a range only when it names one: ">0.0.0-0".
/// Threads: any, pure.
namespace weir::helm {

/// The range of `--devel`.
inline constexpr std::string_view kDevelopmentVersions = ">0.0.0-0";

/// Helm's choice in an index: the version with that very text, else the first in the range.
/// @param versions  of one chart, as read_index() gives them; nullptr: the index has no such chart
/// @param warnings  takes a line when a text that is no range stood for another version; may be nullptr
/// @returns an error in Helm's words, never nullptr: "no chart name found", "no chart version found for x-9", improper
///          constraint: "x"
Result<const ChartVersion*> choose_as_helm(
    const std::vector<ChartVersion>* versions,
    std::string_view chart,
    std::string_view wanted,
    std::vector<std::string>* warnings = nullptr
);

/// The choice of Flux' source-controller: as above, but "*" is the newest stable one, versions must be complete (a "v"
/// in front is allowed), and of those that differ by build metadata only the one created last counts.
/// @returns an error in its words: "no 'x' chart with version matching '9' found"
Result<const ChartVersion*> choose_as_flux(
    const std::vector<ChartVersion>* versions, std::string_view chart, std::string_view wanted
);

/// "its newest version is 1.2.3 (of 7); the newest pre-release, which only a range that names one allows, is
/// 2.0.0-rc.1", for who asked for something that is not there. Empty when there are no versions.
std::string explain_versions(const std::vector<ChartVersion>* versions);

/// Whether a version is a complete one, so that registries need not be asked which tags there are. `+` and `-` may
/// follow.
bool is_version(std::string_view wanted);

/// The versions among the tags of a registry, newest first: those that are strict versions once "_" stands for "+".
std::vector<std::string> versions_of_tags(std::string_view lines);

/// The choice of Helm and Flux among versions_of_tags(): the very text, else the newest in the range.
/// @returns an error in their words: "could not locate a version matching provided version string 9"
Result<std::string> choose_tag(const std::vector<std::string>& versions, std::string_view wanted);

/// "1.2.3_4" for "1.2.3+4": tags of registries have no plus sign.
std::string tag_of_version(std::string_view version);

}  // namespace weir::helm
