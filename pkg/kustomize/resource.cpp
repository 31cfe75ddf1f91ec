#include "pkg/kustomize/resource.hpp"

#include <algorithm>
#include <array>

#include "pkg/base/text.hpp"
#include "pkg/kustomize/context.hpp"
#include "pkg/kustomize/failure.hpp"

namespace weir::kustomize {
namespace {

/// Annotations of kustomize's own, which never reach the output.
constexpr std::array<std::string_view, 19> kInternalAnnotations{
    "internal.config.kubernetes.io/previousKinds",
    "internal.config.kubernetes.io/previousNames",
    "internal.config.kubernetes.io/prefixes",
    "internal.config.kubernetes.io/suffixes",
    "internal.config.kubernetes.io/previousNamespaces",
    "internal.config.kubernetes.io/allowNameChange",
    "internal.config.kubernetes.io/allowKindChange",
    "internal.config.kubernetes.io/refBy",
    "internal.config.kubernetes.io/generatorBehavior",
    "internal.config.kubernetes.io/needsHashSuffix",
    "internal.config.kubernetes.io/path",
    "internal.config.kubernetes.io/index",
    "internal.config.kubernetes.io/seqindent",
    "internal.config.kubernetes.io/id",
    "internal.config.kubernetes.io/annotations-migration-resource-id",
    "config.kubernetes.io/path",
    "config.kubernetes.io/index",
    "config.k8s.io/id",
    "internal.config.kubernetes.io/helm-generated",
};

/// Adds to a list that kustomize keeps as a text with commas:
/// an empty value is not noted, one with a comma counts twice.
void append(std::vector<std::string_view>& list, std::string_view value) {
  if (value.empty()) return;
  for (const auto part : text::split(value, ',')) list.push_back(part);
}

}  // namespace

Arena& Resource::arena() const { return context_->arena(); }

ResourceId Resource::id() const {
  const auto version = api_version(), own_kind = kind();
  const auto is_same_view = [](std::string_view left, std::string_view right) {
    return left.data() == right.data() && left.size() == right.size();
  };
  if (!is_same_view(version, scope_api_version_) || !is_same_view(own_kind, scope_kind_) ||
      scope_kind_.data() == nullptr) {
    scope_api_version_ = version;
    scope_kind_ = own_kind;
    is_cluster_scoped_ = context_->is_cluster_scoped(version, own_kind);
  }
  return {Gvk::from(version, own_kind), name(), space(), is_cluster_scoped_};
}

const Resource::History& Resource::history() const {
  if (history_.is_marked && root_ != nullptr) {
    const Node* metadata = root_->find("metadata");
    const Node* annotations = metadata == nullptr ? nullptr : metadata->find("annotations");
    if (annotations == nullptr || annotations->find(kHistoryMarker) == nullptr) {
      history_ = History{};
      are_previous_ids_stale_ = true;
    }
  }
  return history_;
}

Resource::History& Resource::marked_history() {
  history();
  if (!history_.is_marked) {
    set_annotation(arena(), *root_, kHistoryMarker, "");
    history_.is_marked = true;
  }
  are_previous_ids_stale_ = true;
  return history_;
}

const std::vector<ResourceId>& Resource::previous_ids() const {
  const History& known = history();
  const auto version = root_ == nullptr ? std::string_view{} : api_version();
  if (are_previous_ids_stale_ || version != previous_api_version_) {
    previous_ids_.clear();
    const std::size_t count = known.names.size();
    if (count > 0 && (known.spaces.size() != count || known.kinds.size() != count))
      fail(place_, "a former name, namespace or kind of this object was empty or had a comma");
    for (std::size_t i = 0; i < count; ++i)
      previous_ids_.push_back({Gvk::from(version, known.kinds[i]), known.names[i], known.spaces[i], false});
    previous_api_version_ = version;
    are_previous_ids_stale_ = false;
  }
  return previous_ids_;
}

ResourceId Resource::original_id() const {
  const auto& previous = previous_ids();
  return previous.empty() ? id() : previous.front();
}

void Resource::set_name(std::string_view name) { set_metadata_text(arena(), *root_, "name", name); }

void Resource::set_kind(std::string_view kind) { set_field(arena(), *root_, "kind", yaml::make_scalar(arena(), kind)); }

void Resource::set_space(std::string_view space) {
  if (!space.empty()) return set_metadata_text(arena(), *root_, "namespace", space);
  Node* metadata = lookup(root_, "metadata");
  if (yaml::is_missing(metadata)) return;
  expect_kind(metadata, Kind::kMapping);
  metadata->erase("namespace");
}

void Resource::store_previous_id() {
  const ResourceId current = id();
  History& known = marked_history();
  append(known.names, arena().keep(current.name));
  append(known.spaces, arena().keep(current.effective_space()));
  append(known.kinds, arena().keep(current.gvk.kind));
}

void Resource::add_name_prefix(std::string_view prefix) {
  if (!prefix.empty()) append(marked_history().prefixes, arena().keep(prefix));
}

void Resource::add_name_suffix(std::string_view suffix) {
  if (!suffix.empty()) append(marked_history().suffixes, arena().keep(suffix));
}

void Resource::set_needs_hash(bool needs_hash) { marked_history().needs_hash = needs_hash; }
void Resource::set_behavior(Behavior behavior) { marked_history().behavior = behavior; }

void Resource::take_history_from(const Resource& other, bool had_hash_mark) {
  const History& theirs = other.history();
  // Only what the other one has replaces what is here; what it has not is lost, as its annotations are.
  history_ = theirs;
  history_.needs_hash = theirs.needs_hash && had_hash_mark;
  history_.is_marked = false;
  are_previous_ids_stale_ = true;
  if (theirs.is_marked) marked_history();
  variable_names_ = other.variable_names_;
}

std::unique_ptr<Resource> Resource::copy() const {
  auto out = std::make_unique<Resource>(*this);
  if (root_ != nullptr) out->root_ = yaml::deep_copy(arena(), *root_);
  return out;
}

void Resource::drop_internal_annotations() {
  TextMap annotations = metadata_map(*root_, "annotations");
  for (const auto key : kInternalAnnotations) annotations.erase(key);
  set_metadata_map(arena(), *root_, "annotations", annotations);
  history_ = History{};
  are_previous_ids_stale_ = true;
}

bool has_same_ending(const std::vector<std::string_view>& left, const std::vector<std::string_view>& right) {
  const auto& shorter = left.size() <= right.size() ? left : right;
  const auto& longer = left.size() <= right.size() ? right : left;
  if (shorter.empty()) return longer.empty();
  return std::equal(shorter.rbegin(), shorter.rend(), longer.rbegin());
}

std::string describe_both(const Resource& one, const Resource& other) {
  if (one.place() != other.place()) return text::cat(one.place(), ", ", other.place());
  const auto name = [](const Resource& resource) {
    return text::cat(resource.space(), resource.space().empty() ? "" : "/", resource.name());
  };
  return text::cat(one.kind(), " ", name(one), " and ", name(other), ", both from ", one.place());
}

}  // namespace weir::kustomize
