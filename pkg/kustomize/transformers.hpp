#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pkg/kustomize/field_spec.hpp"
#include "pkg/kustomize/kustomization_file.hpp"
#include "pkg/kustomize/origin.hpp"
#include "pkg/kustomize/resource_set.hpp"

namespace weir::kustomize {

class Loader;
struct TransformerConfig;

/// Changes the resources of a kustomization. Made from a field of a kustomization or from a configuration object,
/// before anything is changed.  Threads: one build, one thread.
class Transformer {
 public:
  virtual ~Transformer() = default;
  /// @throws Failure
  virtual void transform(ResourceSet& resources) = 0;

  std::optional<Origin> origin;  ///< noted in resources when buildMetadata asks for it
};

using TransformerPointer = std::unique_ptr<Transformer>;
using TransformerList = std::vector<TransformerPointer>;

/// Applies one entry of `patches`: a strategic merge or a JSON patch, whichever the text is.
TransformerPointer make_patch(const Loader& loader, const Patch& patch);
TransformerPointer make_strategic_patches(
    const Loader& loader,
    const std::vector<std::string>& paths,
    const std::string& inline_patches,
    const std::string& place
);
TransformerPointer make_json_patch(const Loader& loader, const Patch& patch);
/// What the namespace transformer does to one object, without field specs.
void set_namespace(Resource& resource, std::string_view space);
TransformerPointer make_namespace(
    std::string space, const FieldSpecs& specs, bool is_unset_only, std::string subjects, const std::string& place
);
TransformerPointer make_name_prefix(std::string prefix, const FieldSpecs& specs);
TransformerPointer make_name_suffix(std::string suffix, const FieldSpecs& specs);
TransformerPointer make_labels(std::map<std::string, std::string> labels, const FieldSpecs& specs);
TransformerPointer make_annotations(std::map<std::string, std::string> annotations, const FieldSpecs& specs);
TransformerPointer make_replicas(const Replica& replica, const FieldSpecs& specs);
TransformerPointer make_image(const Image& image, const FieldSpecs& specs);
TransformerPointer make_replacements(const Loader& loader, const std::vector<ReplacementField>& fields);
/// Appends the content hash to the names of generated resources.
TransformerPointer make_hashes();

/// The transformers that the fields of a kustomization ask for, in the order in which kustomize runs them.
TransformerList configure_transformers(
    const Loader& loader,
    const Kustomization& kustomization,
    const TransformerConfig& config,
    const std::optional<Origin>& origin
);

/// A transformer of a built-in kind from its configuration object. @throws Failure for any other kind
TransformerPointer make_builtin_transformer(const Loader& loader, Resource& resource);
/// A generator of a built-in kind, run. @throws Failure for any other kind
std::vector<ResourcePointer> run_builtin_generator(const Loader& loader, Resource& resource);

}  // namespace weir::kustomize
