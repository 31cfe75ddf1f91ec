#include <algorithm>

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"
#include "pkg/kustomize/context.hpp"
#include "pkg/kustomize/failure.hpp"
#include "pkg/kustomize/finish.hpp"
#include "pkg/kustomize/generators/generator.hpp"
#include "pkg/kustomize/json_patch.hpp"
#include "pkg/kustomize/loader.hpp"
#include "pkg/kustomize/read_resources.hpp"
#include "pkg/kustomize/strategic_merge.hpp"
#include "pkg/kustomize/transformers.hpp"
#include "pkg/yaml/documents.hpp"

namespace weir::kustomize {
namespace {

struct StrategicPatch {
  ResourcePointer resource;
  bool allows_name_change = false;
  bool allows_kind_change = false;
};

std::string describe(const Resource& resource) {
  return text::cat(resource.kind(), " ", resource.name(), " (", resource.place(), ")");
}

/// Merges one patch into one resource. Name, kind and namespace stay, unless the patch may change them.
void apply_strategically(Resource& target, Resource& patch, bool allows_name_change, bool allows_kind_change) {
  Arena& arena = target.arena();
  const auto name = arena.keep(target.name()), space = arena.keep(target.space()), kind = arena.keep(target.kind());
  const std::string description = describe(target);
  if (allows_name_change || allows_kind_change) target.store_previous_id();
  Node* merged = nullptr;
  try {
    merged = merge_strategically(target.context(), &patch.root(), &target.root());
  } catch (Failure& failure) {
    fail(
        text::cat(patch.place(), failure.where.empty() ? "" : ", ", failure.where),
        text::cat("patching ", description, ": ", failure.message)
    );
  }
  if (merged == nullptr) return target.remove();
  // A patch that replaces the whole object changes nothing: kustomize drops the tree that it would have become.
  if (yaml::is_empty(&target.root())) return;
  if (!allows_kind_change) target.set_kind(kind);
  if (!allows_name_change) target.set_name(name);
  target.set_space(space);
}

class StrategicPatches final : public Transformer {
 public:
  StrategicPatches(
      std::vector<StrategicPatch> patches, std::optional<Selector> target, std::string place, bool is_by_set
  )
      : patches_{std::move(patches)}, place_{std::move(place)}, is_by_set_{is_by_set} {
    if (target) matcher_.emplace(*target, place_);
  }

  void transform(ResourceSet& resources) override {
    if (matcher_) return transform_selected(resources);
    for (StrategicPatch& patch : patches_) {
      Resource* target = nullptr;
      try {
        target = &resources.find_patch_target(patch.resource->original_id());
      } catch (Failure& failure) {
        fail(patch.resource->place(), failure.message);
      }
      if (is_by_set_) {
        apply_copy(resources, *target, patch);
        resources.check_ids();
      } else {
        apply_strategically(*target, *patch.resource, patch.allows_name_change, patch.allows_kind_change);
        if (patch.allows_name_change || patch.allows_kind_change) resources.ids_changed();
      }
    }
  }

 private:
  void transform_selected(ResourceSet& resources) {
    if (patches_.empty()) return;
    if (patches_.size() > 1)
      fail(place_, "several strategic merge patches in one entry of patches cannot have a target; each names its own");
    const auto selected = resources.select(*matcher_);
    for (Resource* target : selected) apply_copy(resources, *target, patches_.front());
    // Here, and not where it arose, an id that a JSON patch made twice is noticed.
    resources.check_ids();
  }

  /// A patch for many resources is copied for each; its labels and annotations become texts on the way.
  void apply_copy(ResourceSet& resources, Resource& target, const StrategicPatch& patch) {
    const auto copy = patch.resource->copy();
    take_metadata(*copy, *patch.resource);
    set_field(copy->arena(), copy->root(), "apiVersion", yaml::make_scalar(copy->arena(), target.api_version()));
    copy->set_kind(patch.resource->kind());
    apply_strategically(target, *copy, patch.allows_name_change, patch.allows_kind_change);
    if (patch.allows_name_change || patch.allows_kind_change) resources.ids_changed();
  }

  std::vector<StrategicPatch> patches_;
  std::optional<Matcher> matcher_;
  std::string place_;
  bool is_by_set_;
};

/// The annotations that kustomize keeps its own notes in, which a JSON patch may not lose.
bool is_own_annotation(std::string_view key) {
  return key.starts_with("internal.config.kubernetes.io/") || key == "config.kubernetes.io/path" ||
         key == "config.kubernetes.io/index" || key == "config.k8s.io/id";
}

class JsonPatch final : public Transformer {
 public:
  JsonPatch(json::Value operations, Selector target, std::string place, bool stores_id)
      : operations_{std::move(operations)}, matcher_{target, place}, place_{std::move(place)}, stores_id_{stores_id} {}

  void transform(ResourceSet& resources) override {
    for (Resource* resource : resources.select(matcher_)) {
      if (stores_id_) resource->store_previous_id();
      Arena& arena = resource->arena();
      TextMap kept = metadata_map(resource->root(), "annotations");
      std::erase_if(kept, [](const auto& entry) { return !is_own_annotation(entry.first); });
      json::Value patched;
      try {
        patched = apply_json_patch(finish(resource->root()), operations_, place_, arena);
      } catch (Failure& failure) {
        fail(failure.where, text::cat("patching ", describe(*resource), ": ", failure.message));
      }
      if (!patched.is_object()) fail(place_, text::cat("patching ", describe(*resource), ": the result is no object"));
      Node* root = from_patched_json(patched, arena);
      root->line = resource->root().line;
      resource->replace_root(root);
      if (yaml::is_empty(root)) continue;
      TextMap annotations = metadata_map(*root, "annotations");
      for (const auto& [key, value] : kept) annotations[key] = value;
      set_metadata_map(arena, *root, "annotations", annotations);
      // The object was read anew, which a validator can tell.
      if (Node* labels = lookup(root, "metadata"); labels != nullptr && (labels = labels->find("labels")) != nullptr)
        for (Node* key : labels->content) key->line = 1;
    }
    resources.ids_changed();
  }

 private:
  json::Value operations_;
  Matcher matcher_;
  std::string place_;
  bool stores_id_;
};

/// A text that begins with "[" is JSON and nothing else: numbers stay as written, escapes may be surrogate pairs.
Result<json::Value> parse_operations(Context& context, const std::string& text, const std::string& source) {
  if (text.starts_with('[')) {
    auto value = json::parse(text, {context.options().limits.nesting});
    if (!value) return InputError{source, value.error().text()};
    return value;
  }
  auto options = context.parse_options(source);
  options.typing = yaml::Typing::kYaml11;
  options.duplicates = yaml::DuplicateKeys::kLastWins;
  return yaml::parse_document(text, options);
}

/// The operations in a text: a list, JSON or YAML, or null for
/// a text of nothing. nullopt when it is no list of objects.
std::optional<json::Value> read_operations(
    Context& context, const std::string& text, const std::string& source, std::string& problem
) {
  auto value = parse_operations(context, text, source);
  if (!value) {
    problem = value.error().text();
    return std::nullopt;
  }
  context.charge(*value);
  if (value->is_null()) return json::Value{};
  const bool is_list = value->is_array() && std::ranges::all_of(value->as_array(), [](const json::Value& entry) {
                         return entry.is_object() || entry.is_null();
                       });
  if (!is_list) {
    problem = "expected a list of operations";
    return std::nullopt;
  }
  return std::move(*value);
}

std::string_view first_line(std::string_view text) { return text.substr(0, text.find('\n')); }

}  // namespace

TransformerPointer make_patch(const Loader& loader, const Patch& patch) {
  Context& context = loader.context();
  const std::string inline_text{text::trim(patch.patch)};
  if (inline_text.empty() && patch.path.empty()) fail(patch.place, "expected one of patch and path");
  if (!inline_text.empty() && !patch.path.empty()) fail(patch.place, "expected one of patch and path, got both");
  std::string text = inline_text;
  std::string source = text::cat(patch.place, " (inline patch)");
  if (!patch.path.empty()) {
    text = loader.load(patch.path);
    source = loader.show(loader.is_directory(patch.path) ? patch.path : loader.root() + "/" + patch.path);
  }

  std::vector<ResourcePointer> resources;
  std::optional<Failure> strategic_problem;
  try {
    resources = read_resources(context, text, source, true);
  } catch (Failure& failure) {
    strategic_problem = std::move(failure);
  }
  std::string operations_problem;
  auto operations = text.empty() ? std::nullopt : read_operations(context, text, source, operations_problem);
  if (strategic_problem && !operations) {
    // The shape of the text says which of the two was meant.
    const auto start = text::trim(text);
    if (start.starts_with('[') || start.starts_with("- "))
      fail(source, text::cat("no JSON patch: ", operations_problem));
    fail(strategic_problem->where, text::cat("no strategic merge patch: ", strategic_problem->message));
  }
  if (!strategic_problem && operations && !resources.empty() && !operations->empty())
    fail(source, "is a strategic merge patch and a JSON patch at once");
  if (!strategic_problem || operations->is_null()) {
    std::vector<StrategicPatch> patches;
    for (auto& resource : resources) {
      // Options are noted in annotations, which makes texts of their values.
      if (patch.allow_name_change || patch.allow_kind_change) {
        TextMap annotations = metadata_map(resource->root(), "annotations");
        annotations["internal.config.kubernetes.io/allowNameChange"] = "enabled";
        set_metadata_map(context.arena(), resource->root(), "annotations", annotations);
      }
      patches.push_back({std::move(resource), patch.allow_name_change, patch.allow_kind_change});
    }
    return std::make_unique<StrategicPatches>(std::move(patches), patch.target, patch.place, false);
  }
  if (!patch.target)
    fail(patch.place, text::cat("target: required for the JSON patch ", text::quoted(first_line(text))));
  return std::make_unique<JsonPatch>(std::move(*operations), *patch.target, source, true);
}

TransformerPointer make_strategic_patches(
    const Loader& loader,
    const std::vector<std::string>& paths,
    const std::string& inline_patches,
    const std::string& place
) {
  Context& context = loader.context();
  if (paths.empty() && inline_patches.empty()) fail(place, "expected paths or patches");
  std::vector<StrategicPatch> patches;
  const auto add = [&patches](std::vector<ResourcePointer> resources) {
    for (auto& resource : resources) patches.push_back({std::move(resource), false, false});
  };
  for (const auto& path : paths) {
    // The text itself may be the patch.
    try {
      add(read_resources(context, path, text::cat(place, " (inline patch)"), true));
      continue;
    } catch (const Failure& failure) {
      if (path.find('\n') != path.npos) throw;
    }
    add(read_resources(context, loader.load(path), loader.show(loader.root() + "/" + path), true));
  }
  if (!inline_patches.empty()) add(read_resources(context, inline_patches, place, true));
  if (patches.empty()) fail(place, "the patches are empty");
  return std::make_unique<StrategicPatches>(std::move(patches), std::nullopt, place, true);
}

TransformerPointer make_json_patch(const Loader& loader, const Patch& patch) {
  if (!patch.target || patch.target->name.empty()) fail(patch.place, "target.name: required");
  if (patch.path.empty() && patch.patch.empty()) fail(patch.place, "expected path or patch");
  if (!patch.path.empty() && !patch.patch.empty()) fail(patch.place, "expected one of path and patch, got both");
  std::string source = text::cat(patch.place, " (inline patch)");
  std::string text = patch.patch;
  if (!patch.path.empty()) {
    text = loader.load(patch.path);
    source = loader.show(loader.root() + "/" + patch.path);
    if (text.empty()) fail(source, "the patch is empty");
  }
  std::string problem;
  auto operations = read_operations(loader.context(), text, source, problem);
  if (!operations) fail(source, text::cat("no JSON patch: ", problem));
  if (operations->empty()) fail(source, "the patch has no operation");
  return std::make_unique<JsonPatch>(std::move(*operations), *patch.target, source, false);
}

}  // namespace weir::kustomize
