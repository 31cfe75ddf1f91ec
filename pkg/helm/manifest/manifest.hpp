#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pkg/base/result.hpp"
#include "pkg/helm/manifest/head.hpp"
#include "pkg/helm/manifest/hook.hpp"
#include "pkg/helm/manifest/kind_order.hpp"
#include "pkg/helm/render/rendered_file.hpp"

/// From rendered files to objects.  Threads: any, pure.
/// Source: Helm 4.2, by what `helm template` prints and by the releases that it stores.
namespace weir::helm {

/// One object of a release.
struct Manifest {
  std::string path;
  std::string text;  ///< as rendered, white space behind it included
  Head head;
};

enum class ResourcePolicy {
  kNone,
  kKeep,
  kUnknown  ///< any other word: Helm neither deletes such an object nor says that it is kept
};
inline constexpr std::string_view kResourcePolicyAnnotation = "helm.sh/resource-policy";
ResourcePolicy resource_policy(const Head& head);

struct Sorted {
  std::vector<Manifest> manifests;  ///< by kind, then as files and documents stand
  std::vector<Hook> hooks;          ///< by kind, then as files and documents stand
  std::vector<std::string> warnings;
};

/// Cuts files into objects and hooks. Files are taken in the order of their paths; those whose base name begins with
/// "_" and blank ones give nothing. Objects with a hook event that there is not are left out with a warning.
/// @returns an error in Helm's words: "YAML parse error on demo/templates/x.yaml: error converting YAML to JSON: yaml:
/// ..."
/// @param files  their texts become those of the objects; unchanged after an error
Result<Sorted> sort_manifests(std::vector<RenderedFile>& files, KindOrder order = KindOrder::kInstall);
inline Result<Sorted> sort_manifests(std::vector<RenderedFile>&& files, KindOrder order = KindOrder::kInstall) {
  return sort_manifests(files, order);
}

/// "---\n# Source: PATH\nTEXT\n": how Helm prints and stores an object.
void append_document(std::string& out, std::string_view path, std::string_view text);

/// What the release stores as its manifest: all objects without hooks and crds/.
std::string release_manifest(const std::vector<Manifest>& manifests);

/// The documents of a printed manifest that come from the files that a pattern names, as `--show-only` wants them: in
/// the order in which they are printed. The pattern is one of Go's path.Match, the paths are without the chart's
/// folder.
std::vector<std::string> documents_from(std::string_view printed, std::string_view pattern);

}  // namespace weir::helm
