#include "pkg/kustomize/accumulate.hpp"

#include <algorithm>

#include "pkg/base/text.hpp"
#include "pkg/kustomize/failure.hpp"
#include "pkg/kustomize/generators/charts.hpp"
#include "pkg/kustomize/generators/generator.hpp"
#include "pkg/kustomize/name_references.hpp"
#include "pkg/kustomize/path.hpp"
#include "pkg/kustomize/read_resources.hpp"
#include "pkg/kustomize/transformers.hpp"
#include "pkg/yaml/documents.hpp"

namespace weir::kustomize {
namespace {

/// Whether two trees that are equal otherwise stand at the same places.
bool has_same_places(const Node& left, const Node& right) {
  return left.line == right.line && left.column == right.column &&
         std::ranges::equal(left.content, right.content, [](const Node* one, const Node* other) {
           return has_same_places(*one, *other);
         });
}

Kustomization load_kustomization(const Loader& loader) {
  std::optional<Kustomization> found;
  std::string first;
  for (const auto* name : kKustomizationNames) {
    auto text = loader.load_if_there(name);
    if (!text) continue;
    if (!first.empty())
      fail(loader.show(loader.root()), text::cat("more than one kustomization file: ", first, " and ", name));
    first = name;
    found = read_kustomization(*text, loader.show(path::join(loader.root(), name)), loader.context());
  }
  if (!found)
    fail(
        loader.show(loader.root()),
        "no kustomization file: expected kustomization.yaml, kustomization.yml or Kustomization"
    );
  for (const auto& warning : found->warnings) loader.context().warn(warning);
  return std::move(*found);
}

bool is_local_config(const Resource& resource) {
  const TextMap annotations = metadata_map(resource.root(), "annotations");
  const auto found = annotations.find("config.kubernetes.io/local-config");
  return found != annotations.end() && found->second != "false";
}

}  // namespace

void Accumulated::take_in(Accumulated&& other) {
  resources.append_all(std::move(other.resources));
  config = merge_configs(config, other.config);
  variables.add_all(std::move(other.variables));
}

Target::Target(Loader loader) : loader_{std::move(loader)}, kustomization_{load_kustomization(loader_)} {}

std::string Target::file_name() const { return std::string{path::name(kustomization_.source)}; }

ResourceSet Target::build() {
  if (!kustomization_.build_metadata.empty()) origin_.emplace();
  Accumulated all = accumulate({});
  // These come last and once: only now is every name settled.
  make_hashes()->transform(all.resources);
  if (all.config != nullptr) {
    fix_name_references(all.resources, all.config->name_reference);
    all.variables.resolve(all.resources, all.config->var_reference, loader_.context());
  }
  // Adding them anew refuses ids that transformers made equal.
  ResourceSet kept;
  for (auto& resource : all.resources.take_all()) {
    if (resource->is_deleted()) continue;
    if (resource->kind().empty()) fail(resource->place(), "kind: empty after the build");
    if (resource->name().empty() && !resource->kind().ends_with("List"))
      fail(resource->place(), text::cat("metadata.name of this ", resource->kind(), ": empty after the build"));
    if (!is_local_config(*resource)) kept.append(std::move(resource));
  }
  return kept;
}

Accumulated Target::accumulate(Accumulated into) {
  add_resources(into, kustomization_.resources, "resources");
  add_config(into);
  run_generators(into);
  add_components(into);
  run_transformers(into);
  run_validators(into);
  into.variables.add(kustomization_.vars, into.resources);
  return into;
}

// -- resources and directories ----------------------------------------------------------------------------------------

void Target::add_resources(Accumulated& into, const std::vector<std::string>& paths, const std::string& field) {
  for (const std::string& path : paths) {
    const bool is_directory =
        loader_.is_directory(path) || (!is_remote_file(path) && is_repository_url(path) && !loader_.is_directory(path));
    if (is_directory) {
      add_directory(into, path, false, field);
    } else {
      add_file(into, path, field);
    }
  }
}

void Target::add_file(Accumulated& into, const std::string& path, const std::string& field) {
  std::string text;
  try {
    if (path.empty()) fail("", "expected a path, got an empty text");
    text = loader_.load(path);
  } catch (Failure& failure) {
    fail(
        kustomization_.place(field),
        text::cat(
            field, ": ", failure.where.empty() ? "" : failure.where, failure.where.empty() ? "" : ": ", failure.message
        )
    );
  }
  const std::string source = is_remote_file(path) ? path : loader_.show(path::join(loader_.root(), path));
  for (auto& resource : read_resources(loader_.context(), text, source)) {
    if (origin_) {
      Node* value = yaml::make_scalar(resource->arena(), origin_->joined(path).text());
      value->tag = Tag::kString;
      const ParsedSpec annotations{{"", "", "", "metadata/annotations", true}};
      for_each_field(resource->arena(), resource->root(), annotations, {Kind::kMapping, Tag::kMapping}, [&](Node& map) {
        set_field(resource->arena(), map, kOriginAnnotation, value);
      });
    }
    into.resources.append(std::move(resource));
  }
}

void Target::add_directory(Accumulated& into, const std::string& path, bool is_component, const std::string& field) {
  std::optional<Target> below;
  try {
    below.emplace(loader_.open(path));
  } catch (Failure& failure) {
    // A failure that names no place of its own is one of the path that stands here.
    if (failure.where.empty() || failure.where.find(':') == std::string::npos)
      fail(
          kustomization_.place(field),
          text::cat(field, ": ", failure.where, failure.where.empty() ? "" : ": ", failure.message)
      );
    throw;
  }
  Target& target = *below;
  target.kustomization_.build_metadata = kustomization_.build_metadata;
  if (origin_) target.origin_ = origin_->joined(path);
  target.space_above_ = space();

  const auto& schema = target.kustomization_.openapi;
  std::optional<std::string> document;
  if (const auto schema_path = schema.find("path"); schema_path != schema.end())
    document = target.loader_.load(schema_path->second);
  loader_.context().set_schema(schema, document, target.kustomization_.place("openapi"), false);

  const bool is_one = target.kustomization_.kind == "Component";
  if (is_component && !is_one)
    fail(
        target.kustomization_.place("kind"),
        text::cat("expected a Component, because ", kustomization_.source, " names it in components")
    );
  if (!is_component && is_one)
    fail(
        target.kustomization_.place("kind"),
        text::cat("a Component must be named in components, not in ", field, " (", kustomization_.source, ")")
    );

  if (is_component) {
    // A component works on what its user has so far.
    Accumulated with = target.accumulate(std::move(into));
    into = Accumulated{};
    into.take_in(std::move(with));
  } else {
    into.take_in(target.accumulate({}));
  }
}

void Target::add_components(Accumulated& into) {
  for (const std::string& path : kustomization_.components) add_directory(into, path, true, "components");
}

void Target::add_config(Accumulated& into) {
  SharedConfig own;
  for (const std::string& path : kustomization_.configurations) {
    auto options = loader_.context().parse_options(loader_.show(path::join(loader_.root(), path)));
    options.typing = yaml::Typing::kYaml11;
    const auto document = yaml::parse_first(loader_.load(path), loader_.context().arena(), options);
    if (!document) fail(document.error().where, document.error().message);
    if (yaml::is_missing(*document)) continue;
    own = merge_configs(own, std::make_shared<const TransformerConfig>(read_config(**document, options.source)));
  }
  into.config = merge_configs(into.config, merge_configs(default_config(), own));
  for (const std::string& path : kustomization_.crds) {
    auto options = loader_.context().parse_options(loader_.show(path::join(loader_.root(), path)));
    options.typing = yaml::Typing::kYaml11;
    options.duplicates = yaml::DuplicateKeys::kLastWins;
    const std::string text = loader_.load(path);
    const auto document = yaml::parse_document(text, options);
    if (!document) fail(document.error().where, document.error().message);
    loader_.context().charge(*document);
    into.config = merge_configs(into.config, std::make_shared<const TransformerConfig>(read_crd_config(*document)));
  }
}

// -- generators, transformers, validators -----------------------------------------------------------------------------

std::optional<Origin> Target::own_origin(std::string_view builtin_kind) const {
  if (!origin_) return std::nullopt;
  Origin out;
  out.repository = origin_->repository;
  out.ref = origin_->ref;
  out.configured_in = path::join(origin_->path, file_name());
  out.by_api_version = "builtin";
  out.by_kind = builtin_kind;
  return out;
}

std::optional<Origin> origin_of_plugin(const Resource& configuration) {
  const auto origin = read_origin(configuration);
  if (!origin) return std::nullopt;
  Origin out;
  out.repository = origin->repository;
  out.ref = origin->ref;
  out.configured_in = origin->path;
  out.by_api_version = configuration.api_version();
  out.by_kind = configuration.kind();
  out.by_name = configuration.name();
  out.by_space = configuration.space();
  return out;
}

void Target::run_generators(Accumulated& into) {
  const auto absorb = [&](ResourcePointer resource, const std::optional<Origin>& origin) {
    loader_.context().count_resources(1);
    if (origin && !has_origin(*resource)) set_origin(*resource, *origin);
    into.resources.absorb(std::move(resource));
  };
  const auto run = [&](const std::vector<GeneratorArguments>& list, std::string_view kind, auto make) {
    for (GeneratorArguments arguments : list) {
      arguments.options = merge_generator_options(std::move(arguments.options), kustomization_.generator_options);
      ResourcePointer resource;
      try {
        resource = make(loader_.context(), loader_, arguments);
      } catch (Failure& failure) {
        if (failure.where.find(':') != std::string::npos) throw;
        fail(arguments.place, text::cat(failure.where, failure.where.empty() ? "" : ": ", failure.message));
      }
      absorb(std::move(resource), own_origin(kind));
    }
  };
  run(kustomization_.config_map_generator, "ConfigMapGenerator", make_config_map);
  run(kustomization_.secret_generator, "SecretGenerator", make_secret);
  for (const auto& chart : kustomization_.helm_charts)
    for (auto& resource : inflate_chart(loader_, chart, kustomization_.chart_home, space()))
      absorb(std::move(resource), own_origin("HelmChartInflationGenerator"));
  for (auto& configuration : read_configurations(kustomization_.generators, "generators"))
    for (auto& resource : run_builtin_generator(loader_, *configuration))
      absorb(std::move(resource), origin_of_plugin(*configuration));
}

std::vector<ResourcePointer> Target::read_configurations(
    const std::vector<std::string>& entries, const std::string& field
) {
  Accumulated all;
  std::vector<std::string> paths;
  for (const std::string& entry : entries) {
    std::vector<ResourcePointer> resources;
    try {
      resources = read_resources(loader_.context(), entry, text::cat(kustomization_.place(field), " (inline)"));
    } catch (const Failure&) {
      // No object, so a path; but nobody means a path by several lines.
      if (entry.find('\n') != std::string::npos && text::trim(entry).find('\n') != std::string_view::npos) throw;
      paths.push_back(entry);
      continue;
    }
    for (auto& resource : resources) {
      if (origin_) set_origin(*resource, origin_->joined(file_name()));
      all.resources.append(std::move(resource));
    }
  }
  add_resources(all, paths, field);
  return all.resources.take_all();
}

void Target::apply(Transformer& transformer, ResourceSet& resources) {
  transformer.transform(resources);
  if (transformer.origin)
    for (const auto& resource : resources.all())
      if (!resource->is_deleted()) add_transformation(*resource, *transformer.origin);
  resources.drop_deleted();
}

void Target::run_transformers(Accumulated& into) {
  auto list = configure_transformers(loader_, kustomization_, *into.config, origin_);
  for (auto& configuration : read_configurations(kustomization_.transformers, "transformers")) {
    auto transformer = make_builtin_transformer(loader_, *configuration);
    transformer->origin = origin_of_plugin(*configuration);
    list.push_back(std::move(transformer));
  }
  for (auto& transformer : list) apply(*transformer, into.resources);
}

void Target::run_validators(Accumulated& into) {
  for (auto& configuration : read_configurations(kustomization_.validators, "validators")) {
    auto validator = make_builtin_transformer(loader_, *configuration);
    std::vector<Node*> before;
    Arena& arena = loader_.context().arena();
    for (const auto& resource : into.resources.all()) before.push_back(yaml::deep_copy(arena, resource->root()));
    validator->transform(into.resources);
    into.resources.check_ids();  // the original finds each object by its id
    bool is_changed = before.size() != into.resources.size();
    for (std::size_t i = 0; i < before.size() && !is_changed; ++i) {
      // A validator may leave its mark.
      const Resource& resource = *into.resources.all()[i];
      if (resource.is_deleted()) {
        is_changed = true;
        break;
      }
      Node* after = yaml::deep_copy(arena, resource.root());
      TextMap labels = metadata_map(*after, "labels");
      if (labels.erase("validated-by") > 0) set_metadata_map(arena, *after, "labels", labels);
      // The original compares nodes, not values: who writes what was
      // there, or takes the mark from among labels, changes it.
      is_changed = !yaml::is_equal(*before[i], *after) || !has_same_places(*before[i], *after);
    }
    if (is_changed) fail(configuration->place(), "a validator may not change resources");
  }
}

}  // namespace weir::kustomize
