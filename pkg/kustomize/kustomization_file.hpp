#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "pkg/kustomize/field_spec.hpp"
#include "pkg/kustomize/fields.hpp"
#include "pkg/kustomize/helm_charts.hpp"
#include "pkg/yaml/node.hpp"

namespace weir::kustomize {

/// Which resources something applies to. Names and kinds are regular expressions that must match as a whole.
struct Selector {
  std::string group;
  std::string version;
  std::string kind;
  std::string name;
  std::string space;
  std::string annotation_selector;
  std::string label_selector;
};

struct Label {
  std::map<std::string, std::string> pairs;
  bool include_selectors = false;
  bool include_templates = false;
  bool include_volume_claim_templates = false;
  FieldSpecs fields;
};

struct Patch {
  std::string place;
  std::string path;
  std::string patch;
  std::optional<Selector> target;
  bool has_options = false;
  bool allow_name_change = false;
  bool allow_kind_change = false;
};

struct Image {
  std::string name;
  std::string new_name;
  std::string tag_suffix;
  std::string new_tag;
  std::string digest;
};

struct Replica {
  std::string place;
  std::string name;
  std::int64_t count = 0;
};

struct FieldOptions {
  std::string delimiter;
  std::int64_t index = 0;
  std::string encoding;  ///< read and, as in kustomize, without effect
  bool create = false;
};

struct ReplacementSource {
  Selector id;  ///< equal, not matched: no regular expressions here
  std::string field_path;
  std::optional<FieldOptions> options;
};

struct ReplacementTarget {
  std::optional<Selector> select;
  std::vector<Selector> reject;
  std::vector<std::string> field_paths;
  std::optional<FieldOptions> options;
};

struct Replacement {
  std::string place;
  std::optional<ReplacementSource> source;
  std::optional<std::vector<ReplacementTarget>> targets;
  std::optional<std::string> source_value;
};

struct ReplacementField {
  std::string path;  ///< a file with one replacement or a list of them
  Replacement replacement;
};

struct Variable {
  std::string place;
  std::string name;
  std::string group;
  std::string version;
  std::string kind;
  std::string object_name;
  std::string object_space;
  std::string field_path = "metadata.name";
};

struct GeneratorOptions {
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> annotations;
  bool disable_name_suffix_hash = false;
  bool immutable = false;
};

/// One entry of configMapGenerator or secretGenerator.
struct GeneratorArguments {
  std::string place;
  std::string name;
  std::string space;
  std::string behavior;
  std::vector<std::string> literals;
  std::vector<std::string> files;
  std::vector<std::string> envs;
  std::string type;  ///< of a Secret
  std::optional<GeneratorOptions> options;
};

struct SortOptions {
  std::string order;
  bool has_legacy = false;
  std::vector<std::string> order_first;
  std::vector<std::string> order_last;
};

/// A kustomization.yaml or a component, as it was written; deprecated fields are moved to where they belong.
struct Kustomization {
  std::string source;  ///< for messages
  std::string kind;
  std::string api_version;
  std::map<std::string, std::string> openapi;
  std::string name_prefix;
  std::string name_suffix;
  std::string name_space;
  std::map<std::string, std::string> common_labels;
  std::vector<Label> labels;
  std::map<std::string, std::string> common_annotations;
  std::vector<std::string> patches_strategic_merge;
  std::vector<Patch> patches_json6902;
  std::vector<Patch> patches;
  std::vector<Image> images;
  std::vector<ReplacementField> replacements;
  std::vector<Replica> replicas;
  std::vector<Variable> vars;
  std::optional<SortOptions> sort_options;
  std::vector<std::string> resources;
  std::vector<std::string> components;
  std::vector<std::string> crds;
  std::vector<GeneratorArguments> config_map_generator;
  std::vector<GeneratorArguments> secret_generator;
  std::optional<GeneratorOptions> generator_options;
  std::vector<ChartArguments> helm_charts;
  std::string chart_home;  ///< empty: the default
  std::vector<std::string> configurations;
  std::vector<std::string> generators;
  std::vector<std::string> transformers;
  std::vector<std::string> validators;
  std::vector<std::string> build_metadata;
  std::vector<std::string> warnings;  ///< about deprecated fields

  /// "overlay/kustomization.yaml:12:1" of the field, or the file alone.
  std::string place(const std::string& field) const;
  std::map<std::string, std::string> places;
};

inline constexpr const char* kKustomizationNames[] = {"kustomization.yaml", "kustomization.yml", "Kustomization"};

/// A kustomization that says nothing beyond its type.
enum class WhenEmpty { kRefuse, kAccept };

/// Reads a kustomization. Unknown fields are refused.
/// @throws Failure naming line and field
Kustomization read_kustomization(
    const std::string& text,
    const std::string& source,
    class Context& context,
    WhenEmpty when_empty = WhenEmpty::kRefuse
);

// Parts that transformers of their own kind are configured with as well.
Selector read_selector(Fields& fields);
FieldSpec read_field_spec(Fields& fields);
Image read_image(Fields& fields);
Replica read_replica(Fields& fields);
Replacement read_replacement(Fields& fields);
GeneratorArguments read_generator(Fields& fields);
GeneratorOptions read_generator_options(Fields& fields);

}  // namespace weir::kustomize
