#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/kustomize/edit.hpp"
#include "pkg/kustomize/gvk.hpp"

namespace weir::kustomize {

class Context;

/// Stands in the annotations of a resource that has a history; see Resource.
inline constexpr std::string_view kHistoryMarker = "internal.config.kubernetes.io/previousNames";

enum class Behavior : std::uint8_t { kUnspecified, kCreate, kReplace, kMerge };

/// One object on its way through a build: its tree, and the names that it had before.
///
/// kustomize keeps those names in annotations of the object itself, so a patch that drops the annotations drops them
/// too. Here they stand beside the tree, and a marker annotation tells whether they would still be there.
class Resource {
 public:
  Resource(Context& context, Node* root, std::string place)
      : context_{&context}, root_{root}, place_{std::move(place)} {}

  Node& root() { return *root_; }
  const Node& root() const { return *root_; }
  /// A deleted object has no tree left.
  bool is_deleted() const { return root_ == nullptr || yaml::is_empty(root_); }
  void remove() { root_ = nullptr; }
  void replace_root(Node* root) { root_ = root; }
  /// "base/web.yaml:12" or what generated it.
  const std::string& place() const { return place_; }
  void set_place(std::string place) { place_ = std::move(place); }
  Context& context() const { return *context_; }
  Arena& arena() const;

  std::string_view api_version() const { return text_at_root("apiVersion"); }
  std::string_view kind() const { return text_at_root("kind"); }
  std::string_view name() const { return metadata_text(*root_, "name"); }
  std::string_view space() const { return metadata_text(*root_, "namespace"); }
  Gvk gvk() const { return Gvk::from(api_version(), kind()); }
  ResourceId id() const;
  /// The ids that it had, oldest first. @throws Failure when one had an empty name, or a comma in it
  const std::vector<ResourceId>& previous_ids() const;
  ResourceId original_id() const;

  void set_name(std::string_view name);
  void set_kind(std::string_view kind);
  /// An empty namespace removes the field.
  void set_space(std::string_view space);
  /// Notes the current id as a previous one.
  void store_previous_id();
  void add_name_prefix(std::string_view prefix);
  void add_name_suffix(std::string_view suffix);
  const std::vector<std::string_view>& name_prefixes() const { return history().prefixes; }
  const std::vector<std::string_view>& name_suffixes() const { return history().suffixes; }

  bool needs_hash() const { return history().needs_hash; }
  void set_needs_hash(bool needs_hash);
  Behavior behavior() const { return history().behavior; }
  void set_behavior(Behavior behavior);
  /// Takes over what the other one knows about earlier names; the hash mark stays only when this one had it too.
  void take_history_from(const Resource& other, bool had_hash_mark);

  std::vector<std::string>& variable_names() { return variable_names_; }
  const std::vector<std::string>& variable_names() const { return variable_names_; }

  /// A copy that shares no node.
  std::unique_ptr<Resource> copy() const;

  /// What kustomize does to every annotation map at the end: internal ones go, values become texts, an empty map goes.
  void drop_internal_annotations();

 private:
  struct History {
    // Of previous ids, in lists of their own as kustomize keeps
    // them: an empty value is not noted, one with a comma is two.
    std::vector<std::string_view> names;
    std::vector<std::string_view> spaces;
    std::vector<std::string_view> kinds;
    std::vector<std::string_view> prefixes;
    std::vector<std::string_view> suffixes;
    Behavior behavior = Behavior::kUnspecified;
    bool needs_hash = false;
    bool is_marked = false;
  };

  std::string_view text_at_root(std::string_view key) const {
    const Node* node = root_->find(key);
    return node == nullptr ? std::string_view{} : node->value;
  }
  /// The history, emptied when the marker is gone.
  const History& history() const;
  History& marked_history();

  Context* context_;
  Node* root_;
  std::string place_;
  mutable History history_;
  mutable std::vector<ResourceId> previous_ids_;  // built from history_ and the current apiVersion
  mutable std::string_view previous_api_version_;
  mutable bool are_previous_ids_stale_ = true;
  mutable std::string_view scope_api_version_;  // the kind that is_cluster_scoped_ was looked up for
  mutable std::string_view scope_kind_;
  mutable bool is_cluster_scoped_ = false;
  std::vector<std::string> variable_names_;
};

using ResourcePointer = std::unique_ptr<Resource>;

/// True when both lists end in the same way: {a, b, c} and {b, c}. An empty one matches only an empty one.
bool has_same_ending(const std::vector<std::string_view>& left, const std::vector<std::string_view>& right);

/// Two resources in a message: their places, with what they are called now where one place gives both.
std::string describe_both(const Resource& one, const Resource& other);

}  // namespace weir::kustomize
