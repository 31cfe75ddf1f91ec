#include "pkg/base/text.hpp"
#include "pkg/kustomize/context.hpp"
#include "pkg/kustomize/failure.hpp"
#include "pkg/kustomize/finish.hpp"
#include "pkg/kustomize/generators/charts.hpp"
#include "pkg/kustomize/generators/generator.hpp"
#include "pkg/kustomize/loader.hpp"
#include "pkg/kustomize/lookup.hpp"
#include "pkg/kustomize/path.hpp"
#include "pkg/kustomize/transformers.hpp"
#include "pkg/yaml/documents.hpp"
#include "pkg/yaml/parser.hpp"

/// Transformers and generators that are configured by objects
/// of their own: `kind: LabelTransformer, apiVersion: builtin`.
namespace weir::kustomize {
namespace {

FieldSpecs read_specs(Fields& fields) {
  FieldSpecs specs;
  for (Fields& entry : fields.objects("fieldSpecs")) specs.push_back(read_field_spec(entry));
  return specs;
}

std::optional<Selector> read_target(Fields& fields, std::string_view name = "target") {
  auto target = fields.object(name);
  if (!target) return std::nullopt;
  return read_selector(*target);
}

/// Both name transformers, one after the other.
class Chain final : public Transformer {
 public:
  explicit Chain(TransformerList list) : list_{std::move(list)} {}
  void transform(ResourceSet& resources) override {
    for (auto& transformer : list_) transformer->transform(resources);
  }

 private:
  TransformerList list_;
};

/// Writes one value into a field of selected resources, or into the path that stands there.
class ValueAdd final : public Transformer {
 public:
  struct Target {
    std::optional<Selector> selector;
    std::string field_path;
    std::int64_t position = 0;
  };

  ValueAdd(std::string value, std::vector<Target> targets, std::string place)
      : value_{std::move(value)}, targets_{std::move(targets)}, place_{std::move(place)} {}

  void transform(ResourceSet& resources) override {
    for (const Target& target : targets_) {
      std::vector<Resource*> selected;
      if (target.selector) {
        selected = resources.select(Matcher{*target.selector, place_});
      } else {
        for (const auto& resource : resources.all()) selected.push_back(resource.get());
      }
      for (Resource* resource : selected) {
        try {
          set(*resource, target);
        } catch (Failure& failure) {
          fail(
              place_,
              text::cat(
                  "field ", target.field_path, " of ", resource->kind(), " ", resource->name(), ": ", failure.message
              )
          );
        }
      }
    }
    resources.ids_changed();
  }

 private:
  void set(Resource& resource, const Target& target) const {
    Arena& arena = resource.arena();
    if (target.field_path == "metadata/namespace") {
      set_namespace(resource, value_);
      return;
    }
    std::vector<std::string> steps;
    for (const auto part : text::split(target.field_path, '/')) {
      if (!steps.empty() && steps.back().ends_with('\\')) {
        steps.back().back() = '/';
        steps.back() += part;
      } else if (!text::trim(part).empty()) {
        steps.emplace_back(text::trim(part));
      }
    }
    Node* node = &resource.root();
    for (std::size_t i = 0; i < steps.size(); ++i)
      node = lookup_or_add(arena, *node, steps[i], i + 1 == steps.size() ? Kind::kScalar : Kind::kMapping);
    expect_kind(node, Kind::kScalar);
    std::string value = value_;
    if (target.position > 0) value = inserted(node->value, static_cast<std::size_t>(target.position - 1), value_);
    set_scalar(*node, value.empty() ? nullptr : yaml::make_scalar(arena, value));
  }

  /// "a/b/c" with `part` at a position, counted from 0; a leading slash stays in front.
  static std::string inserted(std::string_view whole, std::size_t position, const std::string& part) {
    std::vector<std::string> parts;
    for (const auto piece : text::split(whole, '/'))
      if (!piece.empty()) parts.emplace_back(piece);
    position = std::min(position, parts.size());
    parts.insert(parts.begin() + static_cast<std::ptrdiff_t>(position), part);
    return text::cat(whole.starts_with('/') ? "/" : "", text::join(parts, "/"));
  }

  std::string value_;
  std::vector<Target> targets_;
  std::string place_;
};

std::vector<ValueAdd::Target> read_value_targets(Fields& fields) {
  std::vector<ValueAdd::Target> targets;
  for (Fields& entry : fields.objects("targets")) {
    ValueAdd::Target target;
    target.selector = read_target(entry, "selector");
    target.field_path = entry.text("fieldPath");
    target.position = entry.integer("filePathPosition");
    if (target.field_path.empty()) fail(entry.place(), "fieldPath: required");
    if (target.position < 0) fail(entry.place(), "filePathPosition: cannot be negative");
    targets.push_back(std::move(target));
  }
  return targets;
}

TransformerPointer make_value_add(const Loader& loader, Fields& fields, const std::string& place) {
  std::string value{text::trim(fields.text("value"))};
  if (value.empty()) value = path::name(loader.root());
  auto targets = read_value_targets(fields);
  if (const std::string file = fields.text("targetFilePath"); !file.empty()) {
    auto options = loader.context().parse_options(loader.show(loader.root() + "/" + file));
    options.typing = yaml::Typing::kYaml11;
    options.duplicates = yaml::DuplicateKeys::kLastWins;
    const auto document = yaml::parse_first(loader.load(file), loader.context().arena(), options);
    if (!document) fail(document.error().where, document.error().message);
    if (*document != nullptr) {
      const Reader reader{options.source, Reader::kCoerce};
      Fields root = reader.object(**document, "");
      for (auto& target : read_value_targets(root)) targets.push_back(std::move(target));
    }
  }
  if (targets.empty()) fail(place, "targets: at least one is required");
  return std::make_unique<ValueAdd>(std::move(value), std::move(targets), place);
}

/// The configuration object as fields: what it looks like once printed and read again.
struct Configuration {
  Configuration(const Loader& loader, Resource& resource)
      : reader{resource.place(), Reader::kCoerce},
        root{yaml::from_json(finish(resource.root()), loader.context().arena())},
        fields{reader.object(*root, "")} {}
  Reader reader;
  Node* root;
  Fields fields;
};

void check_builtin(const Resource& resource, std::string_view what) {
  if (resource.api_version() == "builtin") return;
  fail(
      resource.place(),
      text::cat(
          what,
          " ",
          resource.kind(),
          " of ",
          resource.api_version(),
          " is no built-in one; external plugins and functions are not run"
      )
  );
}

GeneratorArguments read_generator_object(Fields& fields) {
  GeneratorArguments arguments = read_generator(fields);
  arguments.type = fields.text("type");
  if (auto metadata = fields.object("metadata")) {
    if (arguments.name.empty()) arguments.name = metadata->text("name");
    if (arguments.space.empty()) arguments.space = metadata->text("namespace");
  }
  return arguments;
}

/// A Kubernetes account that stands for one of Google's cloud.
ResourcePointer make_gke_account(Context& context, Fields& fields, const std::string& place) {
  const std::string cloud = fields.text("cloud");
  if (cloud != "gke") fail(place, text::cat("cloud: only gke is known, got ", text::quoted(cloud)));
  std::string name, space, account, project;
  if (auto service = fields.object("kubernetesService")) {
    name = service->text("name");
    space = service->text("namespace");
  }
  if (auto service_account = fields.object("serviceAccount")) {
    account = service_account->text("name");
    project = service_account->text("projectId");
  }
  std::string text = text::cat(
      "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  annotations:\n    iam.gke.io/gcp-service-account: ",
      account,
      "@",
      project,
      ".iam.gserviceaccount.com\n  name: ",
      name,
      "\n"
  );
  if (!space.empty()) text::append(text, "\n  namespace: ", space);
  const auto document = yaml::parse_first(text, context.arena());
  if (!document) fail(place, document.error().message);
  return std::make_unique<Resource>(context, *document, place);
}

}  // namespace

TransformerPointer make_builtin_transformer(const Loader& loader, Resource& resource) {
  check_builtin(resource, "transformer");
  Configuration configuration{loader, resource};
  Fields& fields = configuration.fields;
  const std::string& place = resource.place();
  const std::string kind{resource.kind()};
  const auto read_metadata_space = [&] {
    auto metadata = fields.object("metadata");
    return metadata ? metadata->text("namespace") : std::string{};
  };

  if (kind == "AnnotationsTransformer") return make_annotations(fields.text_map("annotations"), read_specs(fields));
  if (kind == "LabelTransformer") return make_labels(fields.text_map("labels"), read_specs(fields));
  if (kind == "HashTransformer") return make_hashes();
  if (kind == "NamespaceTransformer")
    return make_namespace(
        read_metadata_space(),
        read_specs(fields),
        fields.flag("unsetOnly"),
        fields.text("setRoleBindingSubjects"),
        place
    );
  if (kind == "PrefixTransformer" || kind == "SuffixTransformer" || kind == "PrefixSuffixTransformer") {
    if (!fields.has("fieldSpecs")) fail(place, "fieldSpecs: required");
    const FieldSpecs specs = read_specs(fields);
    if (kind == "PrefixTransformer") return make_name_prefix(fields.text("prefix"), specs);
    if (kind == "SuffixTransformer") return make_name_suffix(fields.text("suffix"), specs);
    TransformerList both;
    both.push_back(make_name_prefix(fields.text("prefix"), specs));
    both.push_back(make_name_suffix(fields.text("suffix"), specs));
    return std::make_unique<Chain>(std::move(both));
  }
  if (kind == "ImageTagTransformer") {
    auto image = fields.object("imageTag");
    return make_image(image ? read_image(*image) : Image{}, read_specs(fields));
  }
  if (kind == "ReplicaCountTransformer") {
    auto replica = fields.object("replica");
    Replica out = replica ? read_replica(*replica) : Replica{};
    out.place = place;
    return make_replicas(out, read_specs(fields));
  }
  if (kind == "PatchTransformer" || kind == "PatchJson6902Transformer") {
    Patch patch;
    patch.place = place;
    patch.path = fields.text("path");
    patch.target = read_target(fields);
    if (kind == "PatchJson6902Transformer") {
      patch.patch = fields.text("jsonOp");
      return make_json_patch(loader, patch);
    }
    patch.patch = fields.text("patch");
    if (auto options = fields.object("options")) {
      patch.has_options = true;
      patch.allow_name_change = options->flag("allowNameChange");
      patch.allow_kind_change = options->flag("allowKindChange");
    }
    return make_patch(loader, patch);
  }
  if (kind == "PatchStrategicMergeTransformer")
    return make_strategic_patches(loader, fields.texts("paths"), fields.text("patches"), place);
  if (kind == "ReplacementTransformer") {
    std::vector<ReplacementField> replacements;
    for (Fields& entry : fields.objects("replacements")) {
      ReplacementField field{entry.text("path"), read_replacement(entry)};
      field.replacement.place = place;
      replacements.push_back(std::move(field));
    }
    return make_replacements(loader, replacements);
  }
  if (kind == "ValueAddTransformer") return make_value_add(loader, fields, place);
  fail(place, text::cat("there is no built-in transformer ", kind));
}

std::vector<ResourcePointer> run_builtin_generator(const Loader& loader, Resource& resource) {
  check_builtin(resource, "generator");
  Configuration configuration{loader, resource};
  Fields& fields = configuration.fields;
  const std::string& place = resource.place();
  const std::string kind{resource.kind()};
  std::vector<ResourcePointer> out;
  if (kind == "ConfigMapGenerator" || kind == "SecretGenerator") {
    GeneratorArguments arguments = read_generator_object(fields);
    arguments.place = place;
    out.push_back(
        kind == "SecretGenerator" ? make_secret(loader.context(), loader, arguments)
                                  : make_config_map(loader.context(), loader, arguments)
    );
  } else if (kind == "IAMPolicyGenerator") {
    out.push_back(make_gke_account(loader.context(), fields, place));
  } else if (kind == "HelmChartInflationGenerator") {
    ChartArguments chart = read_chart(fields, loader.context());
    chart.place = place;
    out = inflate_chart(loader, chart, read_chart_home(fields), {});
  } else {
    fail(place, text::cat("there is no built-in generator ", kind));
  }
  return out;
}

}  // namespace weir::kustomize
