#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <boost/system/result.hpp>

#include "pkg/base/result.hpp"
#include "pkg/helm/chart/chart.hpp"
#include "pkg/helm/render/rendered_file.hpp"
#include "pkg/json/value.hpp"
#include "pkg/template/functions.hpp"
#include "pkg/template/limits.hpp"
#include "pkg/template/render_error.hpp"

/// From a prepared chart and its values to rendered files.
/// Source of the rules: Helm 4.2, by what `helm template` prints.
namespace weir::helm {

/// What templates see as `.Release`.
struct ReleaseFacts {
  std::string name;
  std::string ns;
  std::int64_t revision = 1;
  bool is_upgrade = false;
  std::string service = "Helm";
};

/// What templates see as `.Capabilities`.
struct Capabilities {
  std::string kube_version;             ///< with the vendor's suffix: "v1.29.3-gke.1282000"
  std::string normalized_kube_version;  ///< without: "v1.29.3"; printing shows it
  std::string kube_major;
  std::string kube_minor;
  std::vector<std::string> api_versions;  ///< "apps/v1", "apps/v1/Deployment"
  std::string helm_version = "v4.2";
  std::string helm_git_commit;
  std::string helm_git_tree_state;
  std::string helm_go_version = "go1.26.8";  ///< what the release's program is built with
  std::string helm_kube_client_version = "v1.36";
};

/// Objects of a cluster, for `lookup`. Called on the thread of the rendering, which waits.
class Lookup {
 public:
  virtual ~Lookup() = default;
  /// @param name  empty: a list of all
  /// @returns the object, or {} when there is none or nobody knows the kind; an error ends the rendering
  virtual Result<json::Value> find(
      std::string_view api_version, std::string_view kind, std::string_view ns, std::string_view name
  ) = 0;
};

enum class Strictness {
  kRelease,
  kLint,  ///< required and fail give "" and rendering goes on
};

/// What a rendering may take unless the caller says otherwise; see templates::Limits.
templates::Limits default_render_limits();

struct RenderInput {
  ChartPtr chart;                             ///< prepared: disabled dependencies gone, aliases named
  std::shared_ptr<const json::Value> values;  ///< coalesced, for the top chart; numbers as values/number.hpp says
  ReleaseFacts release;
  Capabilities capabilities;
  std::shared_ptr<const templates::Functions> functions;  ///< those of functions/functions.hpp, made once
  Lookup* lookup = nullptr;                               ///< nullptr: there is no cluster, every lookup gives {}
  templates::Limits limits = default_render_limits();     ///< for the whole release; output_bytes for each text
  std::stop_token stop;                                   ///< looked at every thousand steps
  Strictness strictness = Strictness::kRelease;
};

struct Rendered {
  std::vector<RenderedFile> files;  ///< by name; those whose names begin with '_' and NOTES.txt are not among them
  std::string notes;                ///< the top chart's NOTES.txt
  std::string all_notes;            ///< with those of the dependencies, as --render-subchart-notes shows them
};

/// Why a chart could not be rendered.
struct RenderFailure {
  std::string words;  ///< as Helm words it, after "Error: "
  /// For a second paragraph, where Helm says nothing: the innermost place, its line in the template, and what was found
  /// there. Empty when not known.
  std::string place;
  std::string source_line;
  std::string value;

  /// The second paragraph; empty when there is nothing to say.
  std::string explanation() const;
  std::string text() const;
};

template <class T>
using RenderingResult = boost::system::result<T, RenderFailure>;
/// What value() throws. @throws std::invalid_argument with the failure's text()
[[noreturn]] void throw_exception_from_error(const RenderFailure& failure, const boost::source_location& where);

/// Renders all templates of a chart and its dependencies: parsed and executed in the same order, most slashes first,
/// then by name descending, on one graph of data that they may change. Threads: any; input is not changed, and is used
/// on the calling thread only.
RenderingResult<Rendered> render(const RenderInput& input);

}  // namespace weir::helm
