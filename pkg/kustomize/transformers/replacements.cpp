#include <algorithm>

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"
#include "pkg/kustomize/context.hpp"
#include "pkg/kustomize/failure.hpp"
#include "pkg/kustomize/fields.hpp"
#include "pkg/kustomize/finish.hpp"
#include "pkg/kustomize/loader.hpp"
#include "pkg/kustomize/lookup.hpp"
#include "pkg/kustomize/reprint.hpp"
#include "pkg/kustomize/transformers.hpp"
#include "pkg/yaml/parser.hpp"

namespace weir::kustomize {
namespace {

std::string describe(const Resource& resource) {
  return text::cat(resource.kind(), " ", resource.name(), " (", resource.place(), ")");
}

std::string describe(const Selector& selector) {
  return text::cat(
      to_string(Gvk{selector.group, selector.version, selector.kind}),
      "/",
      selector.name.empty() ? "[noName]" : selector.name,
      ".",
      selector.space.empty() ? "[noNs]" : selector.space
  );
}

std::vector<std::string> split(std::string_view text, const std::string& delimiter) {
  std::vector<std::string> parts;
  for (;;) {
    const auto at = text.find(delimiter);
    parts.emplace_back(text.substr(0, at));
    if (at == text.npos) return parts;
    text.remove_prefix(at + delimiter.size());
  }
}

/// Every id that a resource has or had, the current one first. Former ones know nothing of scope.
std::vector<ResourceId> all_ids(const Resource& resource) {
  ResourceId current = resource.id();
  current.is_cluster_scoped = false;
  std::vector<ResourceId> ids{current};
  for (const auto& id : resource.previous_ids()) ids.push_back(id);
  return ids;
}

/// A selection of targets, compiled.
struct Target {
  explicit Target(const ReplacementTarget& target_) : matcher{*target_.select}, target{&target_} {
    for (const Selector& reject : target_.reject) rejects.emplace_back(reject);
  }

  bool selects(const Resource& resource) const {
    if (!matcher.matches_metadata(resource)) return false;
    for (std::size_t i = 0; i < rejects.size(); ++i) {
      const Selector& reject = target->reject[i];
      const bool has_selectors = !reject.annotation_selector.empty() || !reject.label_selector.empty();
      if (has_selectors && rejects[i].matches_metadata(resource)) return false;
    }
    const auto ids = all_ids(resource);
    for (std::size_t i = 0; i < rejects.size(); ++i) {
      const Selector& reject = target->reject[i];
      if (reject.group.empty() && reject.version.empty() && reject.kind.empty() && reject.name.empty() &&
          reject.space.empty())
        continue;
      if (std::ranges::any_of(ids, [&](const ResourceId& id) { return matches(rejects[i], id); })) return false;
    }
    return std::ranges::any_of(ids, [&](const ResourceId& id) { return matches(matcher, id); });
  }

  static bool matches(const Matcher& matcher, const ResourceId& id) {
    return matcher.matches_gvk(id.gvk) && matcher.matches_name(id.name) && matcher.matches_space(id.space);
  }

  Matcher matcher;
  std::vector<Matcher> rejects;
  const ReplacementTarget* target;
};

class Replacements final : public Transformer {
 public:
  explicit Replacements(std::vector<Replacement> replacements) : replacements_{std::move(replacements)} {}

  void transform(ResourceSet& resources) override {
    for (const Replacement& replacement : replacements_) {
      try {
        apply(resources, replacement);
      } catch (Failure& failure) {
        if (failure.where.empty()) failure.where = replacement.place;
        throw;
      }
    }
    resources.ids_changed();
  }

 private:
  static void apply(ResourceSet& resources, const Replacement& replacement) {
    if ((!replacement.source && !replacement.source_value) || !replacement.targets || replacement.targets->empty())
      fail("", "replacements: a source and at least one target are required");
    if (resources.size() == 0 && replacement.source_value) return;
    if (replacement.source && replacement.source_value)
      fail("", "replacements: expected one of source and sourceValue, got both");
    if (replacement.source) {
      Node* value = source_value(resources, *replacement.source);
      apply_to_targets(resources, replacement, *value);
    } else {
      Node* value = yaml::make_scalar(resources.all().front()->arena(), *replacement.source_value);
      apply_to_targets(resources, replacement, *value);
    }
  }

  static Node* source_value(ResourceSet& resources, const ReplacementSource& source) {
    Resource* holder = nullptr;
    const Gvk gvk{source.id.group, source.id.version, source.id.kind};
    for (const auto& resource : resources.all()) {
      const auto ids = all_ids(*resource);
      const bool is_meant = std::ranges::any_of(ids, [&](const ResourceId& id) {
        const ResourceId wanted{gvk, source.id.name, source.id.space, false};
        return (source.id.name.empty() || source.id.name == id.name) &&
               (source.id.space.empty() || is_same_space(wanted, id)) && is_selected(id.gvk, gvk);
      });
      if (!is_meant) continue;
      if (holder != nullptr)
        fail(
            "",
            text::cat(
                "source ",
                describe(source.id),
                ": more than one resource is selected: ",
                describe(*holder),
                ", ",
                describe(*resource)
            )
        );
      holder = resource.get();
    }
    if (holder == nullptr) fail("", text::cat("source ", describe(source.id), ": nothing is selected"));
    const std::string path = source.field_path.empty() ? "metadata.name" : source.field_path;
    Node* node = find_node(holder->root(), split_bracketed_path(path, '.'));
    if (yaml::is_empty(node)) fail("", text::cat("source ", describe(*holder), " has no field ", path));
    if (!source.options || source.options->delimiter.empty()) return node;
    if (!node->is_scalar())
      fail("", text::cat("source: a delimiter takes a text, ", path, " is ", kind_name(node->kind)));
    const auto parts = split(node->value, source.options->delimiter);
    const auto index = source.options->index;
    if (index < 0 || index >= static_cast<std::int64_t>(parts.size()))
      fail("", text::cat("source: index ", index, " is beyond the ", parts.size(), " parts of ", path));
    Node* part = yaml::deep_copy(holder->arena(), *node);
    part->value = holder->arena().keep(parts[static_cast<std::size_t>(index)]);
    return part;
  }

  static void apply_to_targets(ResourceSet& resources, const Replacement& replacement, Node& value) {
    for (const ReplacementTarget& target : *replacement.targets) {
      if (!target.select) fail("", "targets: select is required");
      const Target compiled{target};
      for (const auto& resource : resources.all())
        if (compiled.selects(*resource)) copy_value(*resource, value, target);
    }
  }

  static void copy_value(Resource& resource, Node& value, const ReplacementTarget& target) {
    Arena& arena = resource.arena();
    const bool creates = target.options && target.options->create;
    const Kind create = creates ? value.kind : Kind::kNone;
    const std::vector<std::string> own_name{"metadata.name"};
    for (const std::string& field : target.field_paths.empty() ? own_name : target.field_paths) {
      const auto path = split_bracketed_path(field, '.');
      if (set_inside_text(resource, value, path, target.options, create)) continue;
      std::vector<Node*> places;
      try {
        places = find_all(arena, resource.root(), path, create);
      } catch (Failure& failure) {
        fail("", text::cat("target ", describe(resource), ", field ", field, ": ", failure.message));
      }
      if (places.empty()) fail("", text::cat("target ", describe(resource), " has no field ", field));
      for (Node* place : places) set_value(arena, *place, value, target.options);
    }
  }

  static void set_value(Arena& arena, Node& place, const Node& value, const std::optional<FieldOptions>& options) {
    Node* copy = yaml::deep_copy(arena, value);
    if (options && !options->delimiter.empty()) {
      if (!place.is_scalar()) fail("", text::cat("a delimiter takes a text, the target is ", kind_name(place.kind)));
      auto parts = split(place.value, options->delimiter);
      std::string text{text_of(copy)};
      if (options->index < 0) {
        parts.insert(parts.begin(), std::move(text));
      } else if (options->index >= static_cast<std::int64_t>(parts.size())) {
        parts.push_back(std::move(text));
      } else {
        parts[static_cast<std::size_t>(options->index)] = std::move(text);
      }
      copy->value = arena.keep(text::join(parts, options->delimiter));
    }
    if (place.is_scalar()) {
      // The target keeps its type: a number put into a text is text.
      place.value = copy->value;
    } else {
      place = *copy;
    }
  }

  /// A field whose text is itself YAML or JSON: "data.config.server.port". @returns false when it is not such a path
  static bool set_inside_text(
      Resource& resource,
      Node& value,
      const std::vector<std::string>& path,
      const std::optional<FieldOptions>& options,
      Kind create
  ) {
    if (path.size() < 2) return false;
    Arena& arena = resource.arena();
    Node* holder = nullptr;
    Node* inner = nullptr;
    std::vector<std::string> rest;
    std::vector<std::string> prefix;
    for (std::size_t i = 0; i + 1 < path.size(); ++i) {
      prefix.push_back(path[i]);
      Node* field = nullptr;
      try {
        field = find_node(resource.root(), prefix);
      } catch (const Failure&) {
        continue;
      }
      if (field == nullptr || !field->is_scalar()) continue;
      yaml::ParseOptions parse;
      parse.duplicates = yaml::DuplicateKeys::kKeep;
      const auto document = yaml::parse_first(field->value, arena, parse);
      if (!document) continue;
      holder = field;
      inner = *document;
      rest.assign(path.begin() + static_cast<std::ptrdiff_t>(i) + 1, path.end());
      break;
    }
    if (holder == nullptr || inner == nullptr) return false;
    const std::string_view original = text::trim(holder->value);
    if (original.empty()) return false;
    try {
      const auto places = find_all(arena, *inner, rest, create);
      if (places.empty()) return false;
      for (Node* place : places) set_value(arena, *place, value, options);
      holder->value = arena.keep(reprint(*inner, holder->value));
    } catch (const Unsupported&) {
      throw;
    } catch (const Failure&) {
      return false;
    }
    return true;
  }

  std::vector<Replacement> replacements_;
};

}  // namespace

TransformerPointer make_replacements(const Loader& loader, const std::vector<ReplacementField>& fields) {
  std::vector<Replacement> out;
  for (const ReplacementField& field : fields) {
    if (field.path.empty()) {
      out.push_back(field.replacement);
      continue;
    }
    if (field.replacement.source || (field.replacement.targets && !field.replacement.targets->empty()))
      fail(field.replacement.place, "replacements: expected one of path and an inline replacement, got both");
    const std::string source = loader.show(loader.root() + "/" + field.path);
    auto options = loader.context().parse_options(source);
    options.typing = yaml::Typing::kYaml11;
    options.duplicates = yaml::DuplicateKeys::kLastWins;
    const auto document = yaml::parse_first(loader.load(field.path), loader.context().arena(), options);
    if (!document) fail(document.error().where, document.error().message);
    const Reader reader{source, Reader::kCoerce};
    const auto read = [&](const Node& node, std::string path) {
      Fields entry = reader.object(node, std::move(path));
      out.push_back(read_replacement(entry));
    };
    const Node* node = *document;
    if (node != nullptr && node->is_sequence()) {
      for (std::size_t i = 0; i < node->content.size(); ++i) read(*node->content[i], text::cat("[", i, "]"));
    } else if (node != nullptr && node->is_mapping()) {
      read(*node, "");
    } else {
      fail(source, "expected a replacement or a list of them");
    }
  }
  return std::make_unique<Replacements>(std::move(out));
}

}  // namespace weir::kustomize
