#include <unordered_map>

#include "pkg/base/text.hpp"
#include "pkg/kustomize/context.hpp"
#include "pkg/kustomize/failure.hpp"
#include "pkg/kustomize/generators/generator.hpp"
#include "pkg/kustomize/transformers.hpp"

namespace weir::kustomize {
namespace {

/// Kinds whose names mean something outside of the build.
bool keeps_its_name(const Gvk& gvk) {
  return gvk.kind == "CustomResourceDefinition" || gvk.kind == "Namespace" ||
         (gvk.kind == "APIService" && gvk.group == "apiregistration.k8s.io");
}

std::string describe(const Resource& resource) {
  return text::cat(resource.kind(), " ", resource.name(), " (", resource.place(), ")");
}

class NameAffix final : public Transformer {
 public:
  NameAffix(std::string affix, const FieldSpecs& specs, bool is_prefix)
      : affix_{std::move(affix)}, specs_{specs}, is_prefix_{is_prefix} {}

  void transform(ResourceSet& resources) override {
    for (const auto& resource : resources.all()) {
      const ResourceId original = resource->original_id();
      if (keeps_its_name(original.gvk)) continue;
      for (const auto& spec : specs_.all()) {
        if (!is_selected(original.gvk, spec->spec.gvk())) continue;
        if (spec->spec.path == "metadata/name") {
          if (is_prefix_) {
            resource->add_name_prefix(affix_);
          } else {
            resource->add_name_suffix(affix_);
          }
          if (!affix_.empty()) resource->store_previous_id();
        }
        if (!is_selected(resource->gvk(), spec->spec.gvk())) continue;
        Arena& arena = resource->arena();
        for_each_field(arena, resource->root(), *spec, {Kind::kScalar, Tag::kString}, [&](Node& node) {
          const std::string text = is_prefix_ ? text::cat(affix_, node.value) : text::cat(node.value, affix_);
          set_scalar(node, yaml::make_scalar(arena, text));
        });
      }
    }
    resources.ids_changed();
  }

 private:
  std::string affix_;
  SpecIndex specs_;
  bool is_prefix_;
};

class Hashes final : public Transformer {
 public:
  void transform(ResourceSet& resources) override {
    for (const auto& resource : resources.all()) {
      if (!resource->needs_hash()) continue;
      std::string hash;
      try {
        hash = content_hash(*resource);
      } catch (Failure& failure) {
        fail(resource->place(), text::cat(resource->kind(), " ", resource->name(), ": ", failure.message));
      }
      resource->store_previous_id();
      resource->set_name(text::cat(resource->name(), "-", hash));
    }
    resources.ids_changed();
  }
};

class Space final : public Transformer {
 public:
  enum class Subjects { kDefaultOnly, kAllServiceAccounts, kNone };

  Space(std::string space, const FieldSpecs& specs, bool is_unset_only, Subjects subjects)
      : space_{std::move(space)}, specs_{specs}, is_unset_only_{is_unset_only}, subjects_{subjects} {}

  void transform(ResourceSet& resources) override {
    if (space_.empty()) return;
    std::unordered_map<std::string, int> counts;
    for (const auto& resource : resources.all())
      if (!resource->is_deleted()) ++counts[id_key(resource->id())];
    for (const auto& resource : resources.all()) {
      if (resource->is_deleted() || is_rendered_by_helm(*resource)) continue;
      --counts[id_key(resource->id())];
      resource->store_previous_id();
      try {
        set_space(*resource);
      } catch (Failure& failure) {
        fail(resource->place(), text::cat("setting the namespace of ", describe(*resource), ": ", failure.message));
      }
      if (++counts[id_key(resource->id())] != 1)
        fail(
            resource->place(),
            text::cat("the namespace gives ", describe(*resource), " an id that another resource has")
        );
    }
    resources.ids_changed();
  }

  void set_space(Resource& resource) {
    Arena& arena = resource.arena();
    const auto set = [&](Node& node) { set_value(arena, node); };
    const ResourceId id = resource.id();
    if (!id.is_cluster_scoped) {
      static const ParsedSpec own{{"", "", "", "metadata/namespace", true}};
      for_each_field(arena, resource.root(), own, {Kind::kScalar, Tag::kNone}, set);
    }
    const bool is_binding = id.gvk.kind == "RoleBinding" || id.gvk.kind == "ClusterRoleBinding";
    if (is_binding) set_subjects(arena, resource);
    for (const ParsedSpec* spec : specs_.for_kind(resource.api_version(), resource.kind())) {
      const auto& path = spec->spec.path;
      if (path == "metadata/namespace") continue;
      if (path == "metadata/name" && resource.api_version() != "v1") continue;
      const bool is_binding_spec = spec->spec.kind == "RoleBinding" || spec->spec.kind == "ClusterRoleBinding";
      if (is_binding && is_binding_spec && path == "subjects/namespace") continue;
      for_each_field(arena, resource.root(), *spec, {Kind::kScalar, Tag::kString}, set);
    }
  }

 private:
  static bool is_rendered_by_helm(const Resource& resource) {
    const auto annotations = metadata_map(resource.root(), "annotations");
    const auto found = annotations.find("internal.config.kubernetes.io/helm-generated");
    return found != annotations.end() && found->second == "true";
  }

  void set_value(Arena& arena, Node& node) const {
    if (is_unset_only_) {
      // Only a text that is there counts; a collection would be refused below.
      const bool is_set = !yaml::is_empty(&node) && node.is_scalar() && !node.value.empty();
      if (is_set) return;
    }
    Node* value = yaml::make_scalar(arena, space_);
    value->tag = Tag::kString;
    set_scalar(node, value);
  }

  void set_subjects(Arena& arena, Resource& resource) {
    if (subjects_ == Subjects::kNone) return;
    Node* subjects = lookup(&resource.root(), "subjects");
    if (yaml::is_missing(subjects)) return;
    expect_kind(subjects, Kind::kSequence);
    const bool is_by_name = subjects_ == Subjects::kDefaultOnly;
    for (Node* subject : subjects->content) {
      Node* decider = lookup(subject, is_by_name ? "name" : "kind");
      if (yaml::is_missing(decider)) continue;
      expect_kind(decider, Kind::kScalar);
      if (decider->value != (is_by_name ? "default" : "ServiceAccount")) continue;
      set_value(arena, *lookup_or_add(arena, *subject, "namespace", Kind::kScalar));
    }
  }

  std::string space_;
  SpecIndex specs_;
  bool is_unset_only_;
  Subjects subjects_;
};

}  // namespace

TransformerPointer make_name_prefix(std::string prefix, const FieldSpecs& specs) {
  return std::make_unique<NameAffix>(std::move(prefix), specs, true);
}

TransformerPointer make_name_suffix(std::string suffix, const FieldSpecs& specs) {
  return std::make_unique<NameAffix>(std::move(suffix), specs, false);
}

void set_namespace(Resource& resource, std::string_view space) {
  Space{std::string{space}, {}, false, Space::Subjects::kDefaultOnly}.set_space(resource);
}

TransformerPointer make_hashes() { return std::make_unique<Hashes>(); }

TransformerPointer make_namespace(
    std::string space, const FieldSpecs& specs, bool is_unset_only, std::string subjects, const std::string& place
) {
  Space::Subjects mode = Space::Subjects::kDefaultOnly;
  if (subjects == "allServiceAccounts") {
    mode = Space::Subjects::kAllServiceAccounts;
  } else if (subjects == "none") {
    mode = Space::Subjects::kNone;
  } else if (!subjects.empty() && subjects != "defaultOnly") {
    fail(
        place,
        text::cat(
            "setRoleBindingSubjects: expected defaultOnly, allServiceAccounts or none, got ", text::quoted(subjects)
        )
    );
  }
  return std::make_unique<Space>(std::move(space), specs, is_unset_only, mode);
}

}  // namespace weir::kustomize
