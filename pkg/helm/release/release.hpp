#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <boost/system/result.hpp>

#include "pkg/base/result.hpp"
#include "pkg/helm/chart/chart.hpp"
#include "pkg/helm/manifest/manifest.hpp"
#include "pkg/helm/render/render.hpp"
#include "pkg/json/value.hpp"
#include "pkg/template/functions.hpp"
#include "pkg/template/limits.hpp"

namespace weir::jsonschema {
class DocumentLoader;
}

/// From a chart and the user's values to the objects of a release: everything that `helm template` does in between, and
/// installing and upgrading do before the cluster is asked.
namespace weir::helm {

struct ReleaseInput {
  ChartPtr chart;           ///< as loaded
  json::Value user_values;  ///< a table with sorted members (merge_user_values)
  ReleaseFacts release;
  Capabilities capabilities;
  std::shared_ptr<const templates::Functions> functions;  ///< of chart_functions(), made once
  Lookup* lookup = nullptr;                               ///< nullptr: there is no cluster
  bool skips_schemas = false;
  jsonschema::DocumentLoader* schema_loader = nullptr;  ///< see PrepareOptions; lives as long as the call
  templates::Limits limits = default_render_limits();
  std::stop_token stop;
};

struct RenderedRelease {
  ChartPtr chart;      ///< prepared: without disabled dependencies
  json::Value values;  ///< coalesced
  std::vector<Manifest> manifests;
  std::vector<Hook> hooks;
  std::vector<CrdFile> crds;
  std::string notes;
  std::vector<std::string> warnings;  ///< in the words of Helm's log
};

struct ReleaseFailure {
  std::string words;        ///< as Helm words it, behind "Error: "
  std::string explanation;  ///< place, source line and value at fault; empty when there is nothing to say
  /// The release had been begun: Helm then hints at --debug.
  bool is_of_rendering = false;
  std::string rendered;  ///< all files as they came out, when they were no YAML; for --debug
  std::vector<std::string> warnings;
};

template <class T>
using ReleaseResult = boost::system::result<T, ReleaseFailure>;
/// What value() throws. @throws std::invalid_argument with the failure's words
[[noreturn]] void throw_exception_from_error(const ReleaseFailure& failure, const boost::source_location& where);

/// Threads: any; blocks for as long as rendering takes. Cost and bounds: those of prepare() and render().
ReleaseResult<RenderedRelease> render_release(const ReleaseInput& input);

/// @returns an error in Helm's words: release name "Bad_Name": invalid release name, must match regex ...
Result<void> check_release_name(std::string_view name);

}  // namespace weir::helm
