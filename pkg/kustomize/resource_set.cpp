#include "pkg/kustomize/resource_set.hpp"

#include <algorithm>

#include "pkg/base/base64.hpp"
#include "pkg/base/text.hpp"
#include "pkg/kustomize/context.hpp"
#include "pkg/kustomize/failure.hpp"
#include "pkg/kustomize/generators/generator.hpp"
#include "pkg/kustomize/origin.hpp"

namespace weir::kustomize {
namespace {

std::string_view describe(Behavior behavior) {
  switch (behavior) {
    case Behavior::kCreate: return "create";
    case Behavior::kReplace: return "replace";
    case Behavior::kMerge: return "merge";
    case Behavior::kUnspecified: break;
  }
  return "unspecified";
}

std::string describe(const Resource& resource) {
  const ResourceId id = resource.id();
  return text::cat(id.gvk.kind, " ", id.space.empty() ? "" : id.space, id.space.empty() ? "" : "/", id.name);
}

TextMap data_map(const Node& root, std::string_view field) {
  TextMap out;
  const Node* data = root.find(field);
  if (data == nullptr || !data->is_mapping()) return out;
  for (std::size_t i = 0; i + 1 < data->content.size(); i += 2)
    out.try_emplace(text_of(data->content[i]), text_of(data->content[i + 1]));
  return out;
}

TextMap merged(TextMap under, const TextMap& over) {
  for (const auto& [key, value] : over) under[key] = value;
  return under;
}

/// stringData as data, the way the API server stores it.
void add_string_data(Resource& old, TextMap& data) {
  const Node* texts = old.root().find("stringData");
  if (yaml::is_missing(texts)) return;
  expect_kind(texts, Kind::kMapping);
  for (std::size_t i = 0; i + 1 < texts->content.size(); i += 2) {
    const Node* value = texts->content[i + 1];
    if (!value->is_scalar())
      fail(old.place(), text::cat("stringData.", texts->content[i]->value, ": expected a string"));
    data[text_of(texts->content[i])] = old.arena().keep(encode_secret(text_of(value)));
  }
}

/// Where the other one of two comes from; one place gives two where a base is built twice.
std::string describe_other(const Resource& other, const Resource& resource) {
  if (other.place() != resource.place()) return other.place();
  return "the same place, which is built twice";
}

}  // namespace

std::string id_key(const ResourceId& id) {
  return text::cat(
      id.gvk.group, "\x1f", id.gvk.version, "\x1f", id.gvk.kind, "\x1f", id.name, "\x1f", id.effective_space()
  );
}

void ResourceSet::refresh_ids() {
  if (are_ids_fresh_) return;
  ids_.clear();
  ids_.reserve(resources_.size());
  for (const auto& resource : resources_)
    if (!resource->is_deleted()) ids_.emplace(id_key(resource->id()), resource.get());
  are_ids_fresh_ = true;
}

void ResourceSet::check_ids() {
  if (are_ids_distinct_) return;
  ids_.clear();
  for (const auto& resource : resources_) {
    if (resource->is_deleted()) continue;
    const auto [found, is_new] = ids_.emplace(id_key(resource->id()), resource.get());
    if (!is_new)
      fail(
          resource->place(),
          text::cat("the id of ", describe(*resource), " is taken by ", describe_other(*found->second, *resource))
      );
  }
  are_ids_fresh_ = are_ids_distinct_ = true;
}

void ResourceSet::append(ResourcePointer resource) {
  refresh_ids();
  const auto [found, is_new] = ids_.emplace(id_key(resource->id()), resource.get());
  if (!is_new)
    fail(
        resource->place(),
        text::cat(
            describe(*resource),
            " is already there, from ",
            describe_other(*found->second, *resource),
            "; an id may stand once in a build"
        )
    );
  are_names_fresh_ = false;
  resources_.push_back(std::move(resource));
}

void ResourceSet::append_all(ResourceSet&& other) {
  for (auto& resource : other.resources_) append(std::move(resource));
  other.clear();
}

void ResourceSet::refresh_names() {
  if (are_names_fresh_) return;
  names_.clear();
  for (const auto& resource : resources_) {
    if (resource->is_deleted()) continue;
    const auto add = [&](std::string_view name) {
      auto& list = names_[name];
      if (list.empty() || list.back() != resource.get()) list.push_back(resource.get());
    };
    for (const auto& id : resource->previous_ids()) add(id.name);
    add(resource->name());
  }
  are_names_fresh_ = true;
}

const std::vector<Resource*>& ResourceSet::find_by_any_name(std::string_view name) {
  refresh_names();
  const auto found = names_.find(name);
  return found == names_.end() ? none_ : found->second;
}

std::vector<Resource*> ResourceSet::find_by_any_id(const ResourceId& id) {
  std::vector<Resource*> out;
  for (Resource* resource : find_by_any_name(id.name)) {
    if (resource->is_deleted()) continue;
    const auto& previous = resource->previous_ids();
    const bool is_former = std::ranges::any_of(previous, [&id](const ResourceId& one) { return is_same(id, one); });
    if (is_former || is_same(id, resource->id())) out.push_back(resource);
  }
  return out;
}

Resource& ResourceSet::find_patch_target(const ResourceId& id) {
  const auto found = find_by_any_id(id);
  if (found.size() == 1) return *found.front();
  const std::string wanted = to_string(id);
  if (found.empty()) fail("", text::cat("no resource matches the patch ", wanted));
  fail("", text::cat("more than one resource matches the patch ", wanted, ": ", describe_both(*found[0], *found[1])));
}

std::vector<Resource*> ResourceSet::select(const Matcher& matcher) {
  std::vector<Resource*> out;
  for (const auto& resource : resources_)
    if (!resource->is_deleted() && matcher.matches(*resource)) out.push_back(resource.get());
  return out;
}

void ResourceSet::absorb(ResourcePointer resource) {
  const ResourceId id = resource->id();
  const auto matches = find_by_any_id(id);
  const Behavior behavior = resource->behavior();
  if (matches.empty()) {
    if (behavior == Behavior::kMerge || behavior == Behavior::kReplace)
      fail(resource->place(), text::cat(describe(*resource), " does not exist; cannot ", describe(behavior), " it"));
    return append(std::move(resource));
  }
  if (matches.size() > 1)
    fail(
        resource->place(),
        text::cat(
            "more than one resource could take the ",
            describe(behavior),
            " of ",
            describe(*resource),
            ": ",
            describe_both(*matches[0], *matches[1])
        )
    );
  Resource& old = *matches.front();
  if (behavior != Behavior::kMerge && behavior != Behavior::kReplace)
    fail(
        resource->place(),
        text::cat(
            describe(*resource),
            " is already there, from ",
            old.place(),
            "; behavior is ",
            describe(behavior),
            ", it must be merge or replace"
        )
    );

  std::string origin;
  if (behavior == Behavior::kMerge) {
    const TextMap annotations = metadata_map(old.root(), "annotations");
    if (const auto found = annotations.find(kOriginAnnotation); found != annotations.end()) origin = found->second;
  }
  TextMap data = data_map(old.root(), "data"), binary_data = data_map(old.root(), "binaryData");
  if (behavior == Behavior::kMerge && resource->api_version() == "v1" && resource->kind() == "Secret")
    add_string_data(old, data);
  take_metadata(*resource, old);
  if (behavior == Behavior::kMerge) {
    set_config_data(*resource, "data", merged(std::move(data), data_map(resource->root(), "data")), false);
    set_config_data(
        *resource, "binaryData", merged(std::move(binary_data), data_map(resource->root(), "binaryData")), true
    );
    if (!origin.empty()) set_annotation_map_entry(*resource, kOriginAnnotation, origin);
  }

  // It stands where the old one stood; its id must be one that is there now.
  const ResourceId now = resource->id();
  std::size_t place = resources_.size(), count = 0;
  for (std::size_t i = 0; i < resources_.size(); ++i) {
    if (resources_[i]->is_deleted() || !is_same(now, resources_[i]->id())) continue;
    place = i;
    ++count;
  }
  if (count != 1 || resources_[place].get() != &old)
    fail(resource->place(), text::cat("cannot ", describe(behavior), " ", describe(*resource), " into ", old.place()));
  resources_[place] = std::move(resource);
  ids_changed();
}

void ResourceSet::drop_deleted() {
  const auto removed =
      std::erase_if(resources_, [](const ResourcePointer& resource) { return resource->is_deleted(); });
  if (removed > 0) ids_changed();
}

void ResourceSet::clear() {
  resources_.clear();
  ids_.clear();
  names_.clear();
  are_ids_fresh_ = are_names_fresh_ = true;
}

std::vector<ResourcePointer> ResourceSet::take_all() {
  auto out = std::move(resources_);
  clear();
  return out;
}

void ResourceSet::reset(std::vector<ResourcePointer> resources) {
  resources_ = std::move(resources);
  ids_changed();
}

}  // namespace weir::kustomize
