#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controllers/cli/arguments.hpp"
#include "controllers/cli/chart_fetcher.hpp"
#include "pkg/base/result.hpp"
#include "pkg/helm/chart/chart.hpp"
#include "pkg/helm/values/user_values.hpp"
#include "pkg/template/functions.hpp"

/// What the commands that work on charts have in common.
namespace weir::cli {

/// -f, --set and their kin.
std::vector<Flag> values_flags();

/// What the user gave with them; values files are read, from http and https addresses too, "-" is standard input.
/// @returns an error in Helm's words: open x.yaml: no such file or directory
Result<helm::UserValues> user_values(const Given& given, ChartFetcher& fetcher);

/// Reads files of --set-file, which may be addresses as well. The fetcher must outlive it.
std::function<Result<std::string>(const std::string&)> set_file_reader(ChartFetcher& fetcher);

/// A chart that is there: a path on this machine, or an archive that was fetched.
struct LocatedChart {
  std::string name;                    ///< the path or address, for messages
  std::optional<std::string> archive;  ///< nullopt: the name is a path
};
/// Finds a chart on this machine, or fetches it from a repository, a registry or an address.
/// @returns an error in Helm's words: path "./absent" not found
Result<LocatedChart> locate_chart(const ChartWanted& wanted, ChartFetcher& fetcher);

/// @param log  lines of Helm's log
/// @returns an error in Helm's words
Result<helm::ChartPtr> load_chart(const LocatedChart& located, std::vector<std::string>& log);
/// Both in one.
Result<helm::ChartPtr> load_chart(const ChartWanted& wanted, ChartFetcher& fetcher, std::vector<std::string>& log);

/// The release's name that a template gives.
Result<std::string> name_of_template(
    const std::string& text, const std::shared_ptr<const templates::Functions>& functions
);

/// The values of a flag, in order.
std::vector<std::string> all_values(const Given& given, std::string_view flag);
/// The same, each cut at commas, as Go's pflag does for lists of texts.
std::vector<std::string> all_words(const Given& given, std::string_view flag);

/// One flag of helm that is known and refused, with the reason.
struct RefusedFlag {
  Flag flag;
  std::string_view reason;
};
/// @returns an error when one of them was given
Result<void> check_refused(const Given& given, const std::vector<RefusedFlag>& refused);

}  // namespace weir::cli
