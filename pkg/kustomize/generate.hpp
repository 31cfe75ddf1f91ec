#pragma once

#include <memory>
#include <string>
#include <vector>

#include "pkg/base/result.hpp"
#include "pkg/json/value.hpp"
#include "pkg/kustomize/file_system.hpp"

namespace weir::kustomize {

/// What a controller adds to the kustomization file of a folder. Empty: leave as it is.
struct Additions {
  std::string target_namespace;  ///< replaces `namespace`
  std::string name_prefix;
  std::string name_suffix;
  std::vector<json::Value> patches;     ///< appended
  std::vector<json::Value> images;      ///< merged by name; newTag and digest are replaced together
  std::vector<std::string> components;  ///< appended; local relative paths
  bool ignore_missing_components = false;
  std::vector<std::string> build_metadata;
};

/// A view of `files` in which `directory` has a kustomization file with the additions in it: the one that is there,
/// edited, or one generated from the manifests below the folder (a folder below that has a kustomization file counts as
/// one resource). Nothing found gives a file that builds to nothing. `files` must outlive the view.
/// @returns an error whose `where` names file and line: a manifest that is no Kubernetes object, a component that leads
///          away or is missing
/// Source: Flux's generator (flux-core, "kustomization.yaml generation and build").
Result<std::unique_ptr<FileSystem>> generate(
    const FileSystem& files, const std::string& directory, const Additions& additions
);

}  // namespace weir::kustomize
