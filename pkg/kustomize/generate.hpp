#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pkg/base/result.hpp"
#include "pkg/json/value.hpp"
#include "pkg/kustomize/build.hpp"
#include "pkg/kustomize/file_system.hpp"

namespace weir::kustomize {

/// What a Flux Kustomization object adds to the kustomization file that it builds.
struct Additions {
  std::optional<std::string> target_namespace;  ///< replaces `namespace`
  std::optional<std::string> name_prefix;       ///< replaces `namePrefix`
  std::optional<std::string> name_suffix;       ///< replaces `nameSuffix`
  std::vector<json::Value> patches;             ///< entries of `patches`, after those of the file
  std::vector<json::Value> images;              ///< entries of `images`; one of the same name in the file is replaced
  std::vector<std::string> components;          ///< local relative paths, after those of the file
  bool ignore_missing_components = false;       ///< leaves out those that are not there
  std::vector<std::string> build_metadata;      ///< replaces `buildMetadata` when not empty
};

/// The kustomization file of a directory as it is to be built.
struct Generated {
  std::string path;  ///< absolute; of the existing file, else kustomization.yaml in the directory
  std::string text;
  bool is_new = false;        ///< there was none: it lists what was found
  std::vector<Input> inputs;  ///< what decided about it, to be kept with those of the build
};

/// Reads the kustomization file of a directory, or lists the manifests below it when there is none, and adds what is to
/// be added. Nothing is written: put the text into an OverlayFileSystem and build that.
///
/// Without a file: every .yaml and .yml file below is a resource, a directory that has a kustomization is one as a
/// whole. Nothing found gives a kustomization with the namespace `_placeholder`, which builds to nothing.
/// @returns an error for a file that is no Kubernetes YAML, a component that is no local relative path, a broken
///          kustomization; with file and line
/// Source: docs/upstream-rules.md, "kustomization.yaml".
Result<Generated> generate(
    const FileSystem& files, const std::string& directory, const Additions& additions, const BuildOptions& options = {}
);

/// generate(), then build() of the result: what the kustomize-controller does with the directory of an artifact.
Result<Built> generate_and_build(
    const FileSystem& files, const std::string& directory, const Additions& additions, const BuildOptions& options
);

}  // namespace weir::kustomize
