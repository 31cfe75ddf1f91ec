#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "controllers/cli/arguments.hpp"
#include "pkg/base/result.hpp"
#include "pkg/helm/chart/chart.hpp"
#include "pkg/helm/values/user_values.hpp"
#include "pkg/template/functions.hpp"

/// What the commands that work on charts have in common.
namespace weir::cli {

/// -f, --set and their kin.
std::vector<Flag> values_flags();

/// What the user gave with them; values files are read, "-" is standard input.
/// @returns an error in Helm's words: open x.yaml: no such file or directory
Result<helm::UserValues> user_values(const Given& given);

/// Reads a file of --set-file.
Result<std::string> read_set_file(const std::string& path);

/// Loads a chart from a folder or an archive; addresses are refused by name.
/// @param log  lines of Helm's log
/// @returns an error in Helm's words: path "./absent" not found
Result<helm::ChartPtr> load_chart(const std::string& path, std::vector<std::string>& log);

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
