#pragma once

#include <string>
#include <vector>

#include "pkg/base/result.hpp"
#include "pkg/kustomize/file_system.hpp"

namespace weir::kustomize {

/// What a kustomization asks of one Helm chart, values already merged as `valuesMerge` says.
struct ChartRequest {
  const FileSystem& files;        ///< of the build; what is read through it counts as an input of the build
  std::string path = {};          ///< of the chart's folder
  std::string release_name = {};  ///< empty: as name_template says, else Helm's default
  std::string name_template = {};
  std::string space = {};  ///< empty: Helm's default
  struct Values {
    std::string path;  ///< for messages
    std::string text;  ///< YAML
  };
  std::vector<Values> values = {};  ///< the later over the earlier
  bool include_crds = false;
  bool skip_hooks = false;
  bool skip_tests = false;
  std::string kube_version = {};  ///< empty: the renderer's default
  std::vector<std::string> api_versions = {};
};

/// A chart that is not below chartHome.
struct ChartSource {
  std::string name;
  std::string repository;  ///< over http or https, or "oci://HOST/PATH"
  std::string version;     ///< empty: the newest stable one
  bool allows_prereleases = false;
};
/// One file of such a chart; its name is relative to the chart's folder.
struct ChartFile {
  std::string name;
  std::string text;
};

/// Renders Helm charts for builds that allow it: see BuildOptions. Called on the thread of the build.
class ChartRenderer {
 public:
  virtual ~ChartRenderer() = default;
  /// @returns the objects as `helm template` prints them; an error in Helm's words
  virtual Result<std::string> render(const ChartRequest& request) = 0;
  /// Gets a chart from where it is published. Nothing is kept on the disk.
  /// @returns its files; an error in Helm's words
  virtual Result<std::vector<ChartFile>> fetch(const ChartSource& source) = 0;
};

}  // namespace weir::kustomize
