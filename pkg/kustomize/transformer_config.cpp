#include "pkg/kustomize/transformer_config.hpp"

#include <algorithm>

#include "pkg/base/text.hpp"
#include "pkg/json/value.hpp"
#include "pkg/kustomize/fields.hpp"

namespace weir::kustomize {
namespace {

void sort_specs(FieldSpecs& specs) {
  std::ranges::stable_sort(specs, [](const FieldSpec& left, const FieldSpec& right) {
    return is_gvk_before(left.gvk(), right.gvk());
  });
}

void merge_reference(std::vector<NameReference>& references, const NameReference& incoming) {
  bool is_known = false;
  for (NameReference& known : references) {
    if (known.gvk() != incoming.gvk()) continue;
    merge_specs(known.referrers, incoming.referrers);
    is_known = true;
  }
  if (!is_known) references.push_back(incoming);
}

struct NamedSpecs {
  std::string_view name;
  FieldSpecs TransformerConfig::*specs;
};

constexpr NamedSpecs kLists[] = {
    {"namePrefix", &TransformerConfig::name_prefix},
    {"nameSuffix", &TransformerConfig::name_suffix},
    {"namespace", &TransformerConfig::name_space},
    {"commonAnnotations", &TransformerConfig::common_annotations},
    {"commonLabels", &TransformerConfig::common_labels},
    {"labels", &TransformerConfig::labels},
    {"templateLabels", &TransformerConfig::template_labels},
    {"volumeClaimTemplateLabels", &TransformerConfig::volume_claim_template_labels},
    {"varReference", &TransformerConfig::var_reference},
    {"images", &TransformerConfig::images},
    {"replicas", &TransformerConfig::replicas},
};

// -- crds ------------------------------------------------------------------------------------------------------------

bool looks_like_a_kind(const json::Value& properties) {
  return properties.contains("kind") && properties.contains("apiVersion") && properties.contains("metadata");
}

const json::Value* properties_of(const json::Value& definition) {
  // The document is written by a Go program, whose field names are read without regard to case.
  if (!definition.is_object()) return nullptr;
  for (const auto& member : definition.as_object())
    if (text::equal_ignoring_case(member.key, "Schema")) return member.value.find("properties");
  return nullptr;
}

/// Definitions may refer to each other in a circle, or each twice to the next; kustomize would not return from them.
constexpr std::size_t kDeepestDefinition = 64;
constexpr std::size_t kMostProperties = 200'000;

void read_crd(
    TransformerConfig& config,
    std::string_view kind,
    const json::Value& document,
    std::string_view type_name,
    const std::string& path,
    std::size_t depth,
    std::size_t& properties_left
) {
  const json::Value* definition = document.find(type_name);
  const json::Value* properties = definition == nullptr ? nullptr : properties_of(*definition);
  if (properties == nullptr || !properties->is_object()) return;
  if (depth > kDeepestDefinition) fail("crds", text::cat("the definition ", type_name, " contains itself"));
  for (const auto& [name, property] : properties->as_object()) {
    if (properties_left-- == 0)
      fail("crds", text::cat("the definitions lead to more than ", kMostProperties, " properties"));
    const std::string here = path.empty() ? name : text::cat(path, "/", name);
    const auto has = [&property = property](std::string_view extension) {
      const auto* value = property.find(extension);
      return value != nullptr && value->is_string();
    };
    const FieldSpec spec{"", "", std::string{kind}, here, false};
    if (has("x-kubernetes-annotation")) merge_spec(config.common_annotations, spec);
    if (has("x-kubernetes-label-selector")) merge_spec(config.common_labels, spec);
    if (has("x-kubernetes-identity")) merge_spec(config.name_prefix, spec);
    if (has("x-kubernetes-object-ref-api-version") && has("x-kubernetes-object-ref-kind")) {
      const auto key = has("x-kubernetes-object-ref-name-key") ? property.text_at({"x-kubernetes-object-ref-name-key"})
                                                               : std::string_view{"name"};
      NameReference reference;
      reference.version = property.text_at({"x-kubernetes-object-ref-api-version"});
      reference.kind = property.text_at({"x-kubernetes-object-ref-kind"});
      reference.referrers.push_back({"", "", std::string{kind}, text::cat(here, "/", key), false});
      merge_reference(config.name_reference, reference);
    }
    if (const auto reference = property.text_at({"$ref"}); !reference.empty())
      read_crd(config, kind, document, reference, here, depth + 1, properties_left);
  }
}

TransformerConfig merged(const TransformerConfig& left, const TransformerConfig& right) {
  TransformerConfig out = left;
  for (const auto& [name, list] : kLists) merge_specs(out.*list, right.*list);
  for (const auto& reference : right.name_reference) merge_reference(out.name_reference, reference);
  sort_config(out);
  return out;
}

bool is_config_empty(const TransformerConfig& config) {
  return config.name_reference.empty() &&
         std::ranges::all_of(kLists, [&](const NamedSpecs& list) { return (config.*list.specs).empty(); });
}

}  // namespace

void sort_config(TransformerConfig& config) {
  for (const auto& [name, list] : kLists) sort_specs(config.*list);
  std::ranges::stable_sort(config.name_reference, [](const NameReference& left, const NameReference& right) {
    return is_gvk_before(left.gvk(), right.gvk());
  });
}

SharedConfig merge_configs(const SharedConfig& left, const SharedConfig& right) {
  if (left == right || right == nullptr || is_config_empty(*right)) return left;
  // Even on top of nothing the places are merged one by one: a narrow one that comes first keeps a wide one out.
  if (right == default_config() && (left == nullptr || is_config_empty(*left))) return right;
  if (left == nullptr) return std::make_shared<const TransformerConfig>(merged({}, *right));
  return std::make_shared<const TransformerConfig>(merged(*left, *right));
}

TransformerConfig read_config(const yaml::Node& document, const std::string& source) {
  TransformerConfig config;
  const Reader reader{source, Reader::kStrict | Reader::kCoerce};
  auto fields = reader.object(document, "");
  const auto read_spec = [](Fields& spec) {
    FieldSpec out;
    out.group = spec.text("group");
    out.version = spec.text("version");
    out.kind = spec.text("kind");
    out.path = spec.text("path");
    out.may_create = spec.flag("create");
    return out;
  };
  for (const auto& [name, list] : kLists)
    for (auto& entry : fields.objects(name)) {
      (config.*list).push_back(read_spec(entry));
      entry.finish();
    }
  for (auto& entry : fields.objects("nameReference")) {
    NameReference reference;
    reference.group = entry.text("group");
    reference.version = entry.text("version");
    reference.kind = entry.text("kind");
    for (auto& referrer : entry.objects("fieldSpecs")) {
      reference.referrers.push_back(read_spec(referrer));
      referrer.finish();
    }
    entry.finish();
    config.name_reference.push_back(std::move(reference));
  }
  fields.finish();
  sort_config(config);
  return config;
}

TransformerConfig read_crd_config(const json::Value& document) {
  TransformerConfig config;
  std::size_t properties_left = kMostProperties;
  if (!document.is_object()) return config;
  for (const auto& [name, definition] : document.as_object()) {
    const auto* properties = properties_of(definition);
    if (properties == nullptr || !looks_like_a_kind(*properties)) continue;
    TransformerConfig own;
    const auto dot = name.rfind('.');
    read_crd(
        own,
        dot == name.npos ? std::string_view{name} : std::string_view{name}.substr(dot + 1),
        document,
        name,
        "",
        0,
        properties_left
    );
    config = merged(config, own);
  }
  return config;
}

}  // namespace weir::kustomize
