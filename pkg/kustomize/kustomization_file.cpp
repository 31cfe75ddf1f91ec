#include "pkg/kustomize/kustomization_file.hpp"

#include "pkg/base/text.hpp"
#include "pkg/kustomize/context.hpp"
#include "pkg/yaml/parser.hpp"

namespace weir::kustomize {
namespace {

constexpr std::string_view kKustomizationVersion = "kustomize.config.k8s.io/v1beta1";
constexpr std::string_view kComponentVersion = "kustomize.config.k8s.io/v1alpha1";

template <class T, class Read>
std::vector<T> read_list(Fields& fields, std::string_view name, Read read) {
  std::vector<T> out;
  for (Fields& entry : fields.objects(name)) {
    out.push_back(read(entry));
    entry.finish();
  }
  return out;
}

Label read_label(Fields& fields) {
  Label label;
  label.pairs = fields.text_map("pairs");
  label.include_selectors = fields.flag("includeSelectors");
  label.include_templates = fields.flag("includeTemplates");
  label.include_volume_claim_templates = fields.flag("includeVolumeClaimTemplates");
  label.fields = read_list<FieldSpec>(fields, "fields", read_field_spec);
  return label;
}

Patch read_patch(Fields& fields) {
  Patch patch;
  patch.place = fields.place();
  patch.path = fields.text("path");
  patch.patch = fields.text("patch");
  if (auto target = fields.object("target")) {
    patch.target = read_selector(*target);
    target->finish();
  }
  if (auto options = fields.object("options")) {
    patch.has_options = true;
    patch.allow_name_change = options->flag("allowNameChange");
    patch.allow_kind_change = options->flag("allowKindChange");
    options->finish();
  }
  return patch;
}

FieldOptions read_field_options(Fields& fields) {
  FieldOptions options;
  options.delimiter = fields.text("delimiter");
  options.index = fields.integer("index");
  options.encoding = fields.text("encoding");
  options.create = fields.flag("create");
  fields.finish();
  return options;
}

ReplacementTarget read_target(Fields& fields) {
  ReplacementTarget target;
  if (auto select = fields.object("select")) {
    target.select = read_selector(*select);
    select->finish();
  }
  target.reject = read_list<Selector>(fields, "reject", read_selector);
  target.field_paths = fields.texts("fieldPaths");
  if (auto options = fields.object("options")) target.options = read_field_options(*options);
  return target;
}

Variable read_variable(Fields& fields) {
  Variable variable;
  variable.place = fields.place();
  variable.name = fields.text("name");
  if (auto object = fields.object("objref")) {
    variable.group = object->text("group");
    variable.version = object->text("version");
    variable.kind = object->text("kind");
    variable.object_name = object->text("name");
    variable.object_space = object->text("namespace");
    const std::string api_version = object->text("apiVersion");
    const auto parts = text::split(api_version, '/');
    if (!api_version.empty() && parts.size() == 2) {
      variable.group = parts[0];
      variable.version = parts[1];
    } else if (!api_version.empty() && parts.size() == 1) {
      variable.version = parts[0];
    }
    object->finish();
  }
  if (auto field = fields.object("fieldref")) {
    if (std::string path = field->text("fieldPath"); !path.empty()) variable.field_path = path;
    field->finish();
  }
  return variable;
}

SortOptions read_sort_options(Fields& fields) {
  SortOptions options;
  options.order = fields.text("order");
  if (auto legacy = fields.object("legacySortOptions")) {
    options.has_legacy = true;
    options.order_first = legacy->texts("orderFirst");
    options.order_last = legacy->texts("orderLast");
    legacy->finish();
  }
  fields.finish();
  return options;
}

struct Deprecation {
  std::string_view field;
  std::string_view instead;
};

constexpr Deprecation kDeprecations[] = {
    {"bases", "resources"},
    {"commonLabels", "labels"},
    {"imageTags", "images"},
    {"patchesJson6902", "patches"},
    {"patchesStrategicMerge", "patches"},
    {"vars", "replacements"},
};

/// True when the file says anything beyond apiVersion and kind. Empty texts and nulls say nothing, empty lists do.
bool says_something(const yaml::Node& root) {
  for (std::size_t i = 0; i + 1 < root.content.size(); i += 2) {
    const auto key = root.content[i]->value;
    const yaml::Node& value = *root.content[i + 1];
    if (text::equal_ignoring_case(key, "apiVersion") || text::equal_ignoring_case(key, "kind") || value.is_null())
      continue;
    if (value.is_scalar() && value.value.empty()) continue;
    const bool is_moved = text::equal_ignoring_case(key, "bases") || text::equal_ignoring_case(key, "imageTags") ||
                          text::equal_ignoring_case(key, "helmChartInflationGenerator");
    if (is_moved && value.content.empty()) continue;
    return true;
  }
  return false;
}

}  // namespace

Selector read_selector(Fields& fields) {
  Selector selector;
  selector.group = fields.text("group");
  selector.version = fields.text("version");
  selector.kind = fields.text("kind");
  selector.name = fields.text("name");
  selector.space = fields.text("namespace");
  selector.annotation_selector = fields.text("annotationSelector");
  selector.label_selector = fields.text("labelSelector");
  return selector;
}

FieldSpec read_field_spec(Fields& fields) {
  FieldSpec spec;
  spec.group = fields.text("group");
  spec.version = fields.text("version");
  spec.kind = fields.text("kind");
  spec.path = fields.text("path");
  spec.may_create = fields.flag("create");
  return spec;
}

Image read_image(Fields& fields) {
  Image image;
  image.name = fields.text("name");
  image.new_name = fields.text("newName");
  image.tag_suffix = fields.text("tagSuffix");
  image.new_tag = fields.text("newTag");
  image.digest = fields.text("digest");
  return image;
}

Replica read_replica(Fields& fields) {
  Replica replica;
  replica.place = fields.place();
  replica.name = fields.text("name");
  replica.count = fields.integer("count");
  return replica;
}

Replacement read_replacement(Fields& fields) {
  Replacement replacement;
  replacement.place = fields.place();
  if (auto source = fields.object("source")) {
    ReplacementSource out;
    out.id.group = source->text("group");
    out.id.version = source->text("version");
    out.id.kind = source->text("kind");
    out.id.name = source->text("name");
    out.id.space = source->text("namespace");
    out.field_path = source->text("fieldPath");
    if (auto options = source->object("options")) out.options = read_field_options(*options);
    source->finish();
    replacement.source = std::move(out);
  }
  if (fields.has("targets")) replacement.targets = read_list<ReplacementTarget>(fields, "targets", read_target);
  replacement.source_value = fields.text_if_there("sourceValue");
  return replacement;
}

GeneratorOptions read_generator_options(Fields& fields) {
  GeneratorOptions options;
  options.labels = fields.text_map("labels");
  options.annotations = fields.text_map("annotations");
  options.disable_name_suffix_hash = fields.flag("disableNameSuffixHash");
  options.immutable = fields.flag("immutable");
  fields.finish();
  return options;
}

GeneratorArguments read_generator(Fields& fields) {
  GeneratorArguments arguments;
  arguments.place = fields.place();
  arguments.name = fields.text("name");
  arguments.space = fields.text("namespace");
  arguments.behavior = fields.text("behavior");
  arguments.literals = fields.texts("literals");
  arguments.files = fields.texts("files");
  arguments.envs = fields.texts("envs");
  if (std::string env = fields.text("env"); !env.empty()) arguments.envs.push_back(std::move(env));
  if (auto options = fields.object("options")) arguments.options = read_generator_options(*options);
  return arguments;
}

std::string Kustomization::place(const std::string& field) const {
  const auto found = places.find(field);
  return found == places.end() ? source : found->second;
}

Kustomization read_kustomization(
    const std::string& text, const std::string& source, Context& context, WhenEmpty when_empty
) {
  context.count_kustomization();
  auto parse = context.parse_options(source);
  parse.typing = yaml::Typing::kYaml11;
  parse.duplicates = yaml::DuplicateKeys::kLastWins;
  const auto document = yaml::parse_first(text, context.arena(), parse);
  if (!document) fail(document.error().where, document.error().message);
  const bool accepts_empty = when_empty == WhenEmpty::kAccept;
  if (yaml::is_missing(*document) && !accepts_empty) fail(source, "the kustomization is empty");
  const yaml::Node& root = yaml::is_missing(*document) ? *yaml::make_mapping(context.arena()) : **document;

  const Reader reader{source, Reader::kStrict};
  Fields fields = reader.object(root, "");
  Kustomization out;
  out.source = source;
  for (std::size_t i = 0; i + 1 < root.content.size(); i += 2)
    out.places[std::string{root.content[i]->value}] = yaml::place(source, *root.content[i]);

  out.kind = fields.text("kind");
  out.api_version = fields.text("apiVersion");
  if (auto metadata = fields.object("metadata")) {
    for (const auto* name : {"name", "namespace"}) metadata->text(name);
    for (const auto* name : {"labels", "annotations"}) metadata->text_map(name);
    metadata->finish();
  }
  out.openapi = fields.text_map("openapi");
  out.name_prefix = fields.text("namePrefix");
  out.name_suffix = fields.text("nameSuffix");
  out.name_space = fields.text("namespace");
  out.common_labels = fields.text_map("commonLabels");
  out.labels = read_list<Label>(fields, "labels", read_label);
  out.common_annotations = fields.text_map("commonAnnotations");
  out.patches_strategic_merge = fields.texts("patchesStrategicMerge");
  out.patches_json6902 = read_list<Patch>(fields, "patchesJson6902", read_patch);
  out.patches = read_list<Patch>(fields, "patches", read_patch);
  out.images = read_list<Image>(fields, "images", read_image);
  for (auto& image : read_list<Image>(fields, "imageTags", read_image)) out.images.push_back(std::move(image));
  out.replacements = read_list<ReplacementField>(fields, "replacements", [](Fields& entry) {
    return ReplacementField{entry.text("path"), read_replacement(entry)};
  });
  out.replicas = read_list<Replica>(fields, "replicas", read_replica);
  out.vars = read_list<Variable>(fields, "vars", read_variable);
  if (auto options = fields.object("sortOptions")) out.sort_options = read_sort_options(*options);
  out.resources = fields.texts("resources");
  for (auto& base : fields.texts("bases")) out.resources.push_back(std::move(base));
  out.components = fields.texts("components");
  out.crds = fields.texts("crds");
  out.config_map_generator = read_list<GeneratorArguments>(fields, "configMapGenerator", read_generator);
  out.secret_generator = read_list<GeneratorArguments>(fields, "secretGenerator", [](Fields& entry) {
    GeneratorArguments arguments = read_generator(entry);
    arguments.type = entry.text("type");
    return arguments;
  });
  if (auto options = fields.object("generatorOptions")) out.generator_options = read_generator_options(*options);
  out.configurations = fields.texts("configurations");
  out.generators = fields.texts("generators");
  out.transformers = fields.texts("transformers");
  out.validators = fields.texts("validators");
  out.build_metadata = fields.texts("buildMetadata");
  out.helm_charts =
      read_list<ChartArguments>(fields, "helmCharts", [&](Fields& entry) { return read_chart(entry, context); });
  if (auto globals = fields.object("helmGlobals")) {
    out.chart_home = read_chart_home(*globals);
    globals->finish();
  }
  std::string old_home;
  for (auto& chart : read_list<ChartArguments>(fields, "helmChartInflationGenerator", [&](Fields& entry) {
         return read_old_chart(entry, context, old_home);
       }))
    out.helm_charts.push_back(std::move(chart));
  if (out.chart_home.empty()) out.chart_home = old_home;
  fields.finish();

  for (const auto& [field, instead] : kDeprecations)
    if (fields.has(field))
      out.warnings.push_back(text::cat(fields.place(field), ": ", field, " is deprecated, use ", instead));

  if (!accepts_empty && !says_something(root)) fail(source, "the kustomization is empty");
  if (out.kind.empty()) out.kind = "Kustomization";
  if (out.kind != "Kustomization" && out.kind != "Component")
    fail(out.place("kind"), text::cat("kind: expected Kustomization or Component, got ", text::quoted(out.kind)));
  const auto expected = out.kind == "Component" ? kComponentVersion : kKustomizationVersion;
  if (!out.api_version.empty() && out.api_version != expected)
    fail(
        out.place("apiVersion"),
        text::cat("apiVersion: expected ", expected, " for a ", out.kind, ", got ", text::quoted(out.api_version))
    );
  return out;
}

}  // namespace weir::kustomize
