#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/base/result.hpp"

/// Chart repositories over http: what index.yaml says, which version is meant, where its archive is.
/// Source of the rules: Helm 4.2 and Flux' source-controller 1.9, observed.
namespace weir::helm {

/// One version of a chart, as an index has it.
struct ChartVersion {
  std::string name;
  std::string version;  ///< as written: "v1.2.3+4"
  std::string app_version;
  std::string created;            ///< RFC 3339, as written; empty: not said
  std::string digest;             ///< SHA-256 of the archive in hexadecimal, perhaps behind "sha256:"; empty: not said
  std::vector<std::string> urls;  ///< absolute, or relative to the repository
  bool is_deprecated = false;
};

struct IndexLimits {
  std::size_t bytes = 50u << 20;
  std::size_t entry_bytes = 1u << 20;  ///< of one version
  std::size_t versions = 100'000;      ///< kept, of all charts that are asked for
};

/// What is kept of an index.
struct ChartIndex {
  /// The charts that were asked for and that the index has, each with its versions: newest first, equal ones in the
  /// order of the index.
  std::map<std::string, std::vector<ChartVersion>, std::less<>> charts;
  /// Lines for the log, in Helm's words: entries that were passed over.
  std::vector<std::string> warnings;

  /// nullptr: the index has no such chart.
  const std::vector<ChartVersion>* find(std::string_view chart) const {
    const auto found = charts.find(chart);
    return found == charts.end() ? nullptr : &found->second;
  }
};

/// Reads index.yaml, YAML or JSON, and keeps what it says about the charts of these names. The text is gone through
/// once; of all that is not asked for, only indentation, brackets, quotes and the names of the charts are looked at.
/// Versions without a name or with one that is none are left out with a warning. Unlike Helm, fields that nobody knows
/// are passed over.
/// @param source  how warnings call the index: the URL of the repository
/// @returns an error in Helm's words: "empty index.yaml file", "no API version specified", "error converting YAML to
///          JSON: yaml: line 3: mapping values are not allowed in this context"
/// Memory: what is kept, one entry at a time, and what quoted texts of the index take.  Threads: any, pure.
Result<ChartIndex> read_index(
    std::string_view text,
    const std::set<std::string, std::less<>>& charts,
    std::string_view source,
    const IndexLimits& limits = {}
);

}  // namespace weir::helm
