#include "pkg/base/text.hpp"
#include "pkg/kustomize/context.hpp"
#include "pkg/kustomize/failure.hpp"
#include "pkg/kustomize/loader.hpp"
#include "pkg/kustomize/path.hpp"
#include "pkg/kustomize/transformer_config.hpp"
#include "pkg/kustomize/transformers.hpp"

namespace weir::kustomize {
namespace {

/// Collects transformers; each is noted as made by the named built-in one of this kustomization.
class Configurator {
 public:
  Configurator(
      const Loader& loader,
      const Kustomization& kustomization,
      const TransformerConfig& config,
      const std::optional<Origin>& origin
  )
      : loader_{loader}, kustomization_{kustomization}, config_{config}, origin_{origin} {}

  void strategic_merge_patches() {
    const auto& paths = kustomization_.patches_strategic_merge;
    if (!paths.empty())
      add("PatchStrategicMergeTransformer",
          make_strategic_patches(loader_, paths, "", kustomization_.place("patchesStrategicMerge")));
  }

  void patches() {
    for (const Patch& patch : kustomization_.patches) add("PatchTransformer", make_patch(loader_, patch));
  }

  void name_space() {
    if (!kustomization_.name_space.empty())
      add("NamespaceTransformer",
          make_namespace(kustomization_.name_space, config_.name_space, false, "", kustomization_.place("namespace")));
  }

  void name_prefix() {
    if (!kustomization_.name_prefix.empty())
      add("PrefixTransformer", make_name_prefix(kustomization_.name_prefix, config_.name_prefix));
  }

  void name_suffix() {
    if (!kustomization_.name_suffix.empty())
      add("SuffixTransformer", make_name_suffix(kustomization_.name_suffix, config_.name_suffix));
  }

  void labels() {
    if (kustomization_.labels.empty() && kustomization_.common_labels.empty()) return;
    for (const Label& label : kustomization_.labels) {
      FieldSpecs specs = label.fields;
      try {
        merge_specs(specs, config_.labels);
        if (label.include_selectors) {
          merge_specs(specs, config_.common_labels);
        } else {
          if (label.include_templates) merge_specs(specs, config_.template_labels);
          if (label.include_volume_claim_templates) merge_specs(specs, config_.volume_claim_template_labels);
          merge_spec(specs, {"", "", "", "metadata/labels", true});
        }
      } catch (Failure& failure) {
        fail(kustomization_.place("labels"), text::cat("labels: ", failure.message));
      }
      add("LabelTransformer", make_labels(label.pairs, specs));
    }
    add("LabelTransformer", make_labels(kustomization_.common_labels, config_.common_labels));
  }

  void annotations() {
    if (!kustomization_.common_annotations.empty())
      add("AnnotationsTransformer", make_annotations(kustomization_.common_annotations, config_.common_annotations));
  }

  void json_patches() {
    for (const Patch& patch : kustomization_.patches_json6902)
      add("PatchJson6902Transformer", make_json_patch(loader_, patch));
  }

  void replicas() {
    for (const Replica& replica : kustomization_.replicas)
      add("ReplicaCountTransformer", make_replicas(replica, config_.replicas));
  }

  void images() {
    for (const Image& image : kustomization_.images) add("ImageTagTransformer", make_image(image, config_.images));
  }

  void replacements() {
    if (!kustomization_.replacements.empty())
      add("ReplacementTransformer", make_replacements(loader_, kustomization_.replacements));
  }

  TransformerList take() { return std::move(list_); }

 private:
  void add(std::string_view kind, TransformerPointer transformer) {
    if (origin_) {
      Origin origin;
      origin.repository = origin_->repository;
      origin.ref = origin_->ref;
      origin.configured_in = path::join(origin_->path, path::name(kustomization_.source));
      origin.by_api_version = "builtin";
      origin.by_kind = kind;
      transformer->origin = std::move(origin);
    }
    list_.push_back(std::move(transformer));
  }

  const Loader& loader_;
  const Kustomization& kustomization_;
  const TransformerConfig& config_;
  const std::optional<Origin>& origin_;
  TransformerList list_;
};

/// The order is the contract: a patch still sees the names of the base, an image the patched container.
constexpr void (Configurator::*kOrder[])() = {
    &Configurator::strategic_merge_patches,
    &Configurator::patches,
    &Configurator::name_space,
    &Configurator::name_prefix,
    &Configurator::name_suffix,
    &Configurator::labels,
    &Configurator::annotations,
    &Configurator::json_patches,
    &Configurator::replicas,
    &Configurator::images,
    &Configurator::replacements,
};

}  // namespace

TransformerList configure_transformers(
    const Loader& loader,
    const Kustomization& kustomization,
    const TransformerConfig& config,
    const std::optional<Origin>& origin
) {
  Configurator configurator{loader, kustomization, config, origin};
  for (const auto step : kOrder) (configurator.*step)();
  return configurator.take();
}

}  // namespace weir::kustomize
