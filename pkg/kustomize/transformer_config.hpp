#pragma once

#include <memory>
#include <string>
#include <vector>

#include "pkg/json/value.hpp"
#include "pkg/kustomize/field_spec.hpp"
#include "pkg/yaml/node.hpp"

namespace weir::kustomize {

/// Where the transformers of a kustomization may change something; built-in places plus those of `configurations` and
/// `crds`. Threads: constant once built.
struct TransformerConfig {
  FieldSpecs name_prefix;
  FieldSpecs name_suffix;
  FieldSpecs name_space;
  FieldSpecs common_labels;
  FieldSpecs labels;
  FieldSpecs template_labels;
  FieldSpecs volume_claim_template_labels;
  FieldSpecs common_annotations;
  std::vector<NameReference> name_reference;
  FieldSpecs var_reference;
  FieldSpecs images;
  FieldSpecs replicas;
};

using SharedConfig = std::shared_ptr<const TransformerConfig>;

/// The built-in places.
/// Source: kustomize's builtinpluginconsts, api v0.21.2.
SharedConfig default_config();

/// Both together; one of them as it is when the other adds nothing. Either may be nullptr.
SharedConfig merge_configs(const SharedConfig& left, const SharedConfig& right);

/// Reads a file of `configurations`. Unknown fields and duplicate keys are refused.
TransformerConfig read_config(const yaml::Node& document, const std::string& source);

/// Reads a file of `crds`: OpenAPI definitions whose extensions say which fields are names, labels and annotations.
TransformerConfig read_crd_config(const json::Value& document);

void sort_config(TransformerConfig& config);

}  // namespace weir::kustomize
