#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pkg/kustomize/kustomization_file.hpp"
#include "pkg/kustomize/loader.hpp"
#include "pkg/kustomize/origin.hpp"
#include "pkg/kustomize/resource_set.hpp"
#include "pkg/kustomize/transformer_config.hpp"
#include "pkg/kustomize/variables.hpp"

namespace weir::kustomize {

class Transformer;

/// What a kustomization hands to the one above it: resources, the places that later steps change, variables.
struct Accumulated {
  ResourceSet resources;
  SharedConfig config;
  Variables variables;

  void take_in(Accumulated&& other);
};

/// One kustomization of a build, with those below it.
class Target {
 public:
  /// Reads the kustomization of the loader's directory. @throws Failure
  explicit Target(Loader loader);

  const Kustomization& kustomization() const { return kustomization_; }
  const Loader& loader() const { return loader_; }

  /// The resources of a whole build: everything below, transformed, with names, references and variables settled.
  ResourceSet build();

 private:
  Accumulated accumulate(Accumulated into);
  void add_resources(Accumulated& into, const std::vector<std::string>& paths, const std::string& field);
  void add_file(Accumulated& into, const std::string& path, const std::string& field);
  void add_directory(Accumulated& into, const std::string& path, bool is_component, const std::string& field);
  void add_config(Accumulated& into);
  void run_generators(Accumulated& into);
  void add_components(Accumulated& into);
  void run_transformers(Accumulated& into);
  void run_validators(Accumulated& into);
  void apply(Transformer& transformer, ResourceSet& resources);
  /// The configuration objects of `generators`, `transformers` and `validators`: inline, in files or in directories.
  std::vector<ResourcePointer> read_configurations(const std::vector<std::string>& entries, const std::string& field);
  std::optional<Origin> own_origin(std::string_view builtin_kind) const;
  std::string file_name() const;
  /// The namespace that charts are told: that of the nearest kustomization which has one.
  const std::string& space() const {
    return kustomization_.name_space.empty() ? space_above_ : kustomization_.name_space;
  }

  Loader loader_;
  Kustomization kustomization_;
  std::optional<Origin> origin_;
  std::string space_above_;
};

/// The origin of what a configuration object makes or changes.
std::optional<Origin> origin_of_plugin(const Resource& configuration);

}  // namespace weir::kustomize
