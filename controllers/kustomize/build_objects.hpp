#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "api/kustomize/v1/kustomization.hpp"
#include "controllers/kustomize/substitute.hpp"
#include "pkg/base/result.hpp"
#include "pkg/kustomize/build.hpp"
#include "pkg/kustomize/document_cache.hpp"
#include "pkg/ssa/desired.hpp"

namespace weir::kustomize_controller {

/// Everything that decides what a Kustomization renders to.
/// What most builds need no more memory than; those that do are done one after the other.
constexpr std::size_t kSmallBuildBytes = 16u << 20;

struct BuildRequest {
  BuildRequest() {}
  std::filesystem::path root;  ///< the unpacked artifact; nothing outside of it is read
  api::kustomize::Kustomization object;
  std::optional<Variables> variables;      ///< nullopt: no substitution
  std::set<std::string> secret_variables;  ///< names of those whose values nobody may see
  bool strict_substitution = true;
  std::string label_group;                              ///< of the owner labels: kustomize.toolkit.fluxcd.io
  std::shared_ptr<kustomize::DocumentCache> documents;  ///< shared by the builds of a moment
  bool may_be_large = true;  ///< false: it is given up when it takes more than kSmallBuildBytes
};

struct BuiltObjects {
  std::vector<ssa::Desired> objects;     ///< ready to be applied
  std::string digest;                    ///< "sha256:<hex>" of what was rendered
  std::vector<kustomize::Input> inputs;  ///< what the build read, below the root
  std::set<std::string> hidden;          ///< what substitution made of secret variables: no message may show it
};

/// Generates the kustomization file where there is none, adds what the spec adds, builds, substitutes, and sets common
/// metadata and owner labels. Blocking, for the cpu pool; pure but for reading below `root`.
/// @returns an error whose `where` names file and line, or the object
/// @throws kustomize::TrialTooSmall
/// Source of the rules: docs/upstream-rules.md, "kustomization.yaml".
Result<BuiltObjects> build_objects(const BuildRequest& request);

/// Whether every file that an earlier build read is the same in another artifact, so that it would give the same.
/// Blocking, for the cpu pool: it hashes those files.
bool has_same_inputs(const std::filesystem::path& root, const std::vector<kustomize::Input>& inputs);

/// Whether `spec.path` is a folder of the artifact.
bool has_path(const std::filesystem::path& root, const std::string& path);

}  // namespace weir::kustomize_controller
