#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "pkg/base/result.hpp"
#include "pkg/helm/chart/load.hpp"

namespace weir::helm {

/// What loading one chart may still take. Threads: one at a time.
struct LoadBudget {
  explicit LoadBudget(const LoadLimits& limits_) : limits{limits_} {}

  LoadLimits limits;
  std::uint64_t bytes = 0;
  std::size_t files = 0;

  /// Counts a file before its bytes are read. @returns an error in Helm's words
  Result<void> count(std::string_view name, std::uint64_t size);
};

/// See load.hpp; what was taken is counted against the budget.
Result<std::vector<File>> unpack_archive(std::string_view bytes, LoadBudget& budget);

/// @returns the error that Helm has for a file that is no gzip: "file 'x' does not appear to be a gzipped archive; got
///          'application/zip'"
std::optional<InputError> check_is_archive(std::string_view bytes, std::string_view name);

}  // namespace weir::helm
