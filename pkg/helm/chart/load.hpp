#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/base/result.hpp"
#include "pkg/helm/chart/chart.hpp"

namespace weir::helm {

/// What a chart may cost. Sizes are unpacked; those of a chart and of all that is packed in it count together.
struct LoadLimits {
  std::uint64_t total_bytes = 100ull << 20;
  std::uint64_t file_bytes = 5ull << 20;
  std::size_t files = 50'000;
  std::size_t depth = 40;  ///< charts in charts; folders in folders
};

/// Lines for the log that loading gives, in Helm's words.
using LoadLog = std::vector<std::string>;

/// Makes a chart of its files; names are relative to the chart's folder. Charts below charts/ are loaded with it,
/// packed ones too. A byte order mark at the beginning of a file has been cut off by the caller.
/// @param log  nullptr: nobody listens
/// @returns an error without `where` in Helm's words: "cannot load values.yaml: cannot unmarshal yaml document: …",
///          "validation: chart.metadata.name is required", "error unpacking subchart x in y: Chart.yaml file is
///          missing"
/// Threads: any, pure.
Result<ChartPtr> load_files(std::vector<File> files, const LoadLimits& limits = {}, LoadLog* log = nullptr);

/// Unpacks a chart archive in memory: one folder at the top, whose name does not matter. Directories are passed over; a
/// path that leaves the folder, a file beside it, and what is over the limits is refused.
/// @returns an error in Helm's words for the reader of a log; see load_archive for those that Helm shows
Result<std::vector<File>> unpack_archive(std::string_view bytes, const LoadLimits& limits = {});

/// Loads a packed chart.
/// @param name  how messages call the archive: the path that was given
/// @returns an error in Helm's words, which hide why an archive cannot be unpacked: "unable to load chart archive". The
///          reason then is the error's `where`.
Result<ChartPtr> load_archive(
    std::string_view bytes, std::string_view name, const LoadLimits& limits = {}, LoadLog* log = nullptr
);

/// Whether Helm can read a chart with the apiVersion of this Chart.yaml.
/// @returns an error: "unsupported chart version", "cannot load Chart.yaml: …"
Result<void> check_api_version(std::string_view chart_yaml);

/// Whether Helm can work with a chart that it has read: those of apiVersion v3 it cannot.
/// @returns an error: "invalid chart apiVersion"
Result<ChartPtr> check_loaded(Result<ChartPtr> chart);

}  // namespace weir::helm
