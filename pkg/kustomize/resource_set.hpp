#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "pkg/kustomize/resource.hpp"
#include "pkg/kustomize/selector.hpp"

namespace weir::kustomize {

/// The resources of a kustomization in the order in which they came, each id once. Finds them by any id they ever had.
/// Threads: one at a time.
class ResourceSet {
 public:
  ResourceSet() = default;
  ResourceSet(ResourceSet&&) noexcept = default;
  ResourceSet& operator=(ResourceSet&&) noexcept = default;

  const std::vector<ResourcePointer>& all() const { return resources_; }
  std::size_t size() const { return resources_.size(); }

  /// @throws Failure naming both places when the id is taken
  void append(ResourcePointer resource);
  void append_all(ResourceSet&& other);
  /// Appends a generated resource, or merges it into the one it names, as its behavior says. @throws Failure
  void absorb(ResourcePointer resource);

  /// Every resource with one of its ids, former or current, equal to `id`.
  std::vector<Resource*> find_by_any_id(const ResourceId& id);
  /// @throws Failure when there is none or more than one
  Resource& find_patch_target(const ResourceId& id);
  /// Every resource that ever had this name.
  const std::vector<Resource*>& find_by_any_name(std::string_view name);
  std::vector<Resource*> select(const Matcher& matcher);

  /// To be called after names, namespaces or kinds changed.
  void ids_changed() {
    are_ids_fresh_ = are_ids_distinct_ = false;
    are_names_fresh_ = false;
  }
  /// @throws Failure when two resources have the same id now
  void check_ids();

  /// Takes deleted resources out.
  void drop_deleted();
  void clear();
  std::vector<ResourcePointer> take_all();
  void reset(std::vector<ResourcePointer> resources);

 private:
  void refresh_ids();
  void refresh_names();

  std::vector<ResourcePointer> resources_;
  std::unordered_map<std::string, const Resource*> ids_;
  bool are_ids_fresh_ = true;
  bool are_ids_distinct_ = true;  // as far as check_ids() has looked
  std::unordered_map<std::string_view, std::vector<Resource*>> names_;
  bool are_names_fresh_ = true;
  std::vector<Resource*> none_;
};

/// An id as one text: equal for equal ids.
std::string id_key(const ResourceId& id);

}  // namespace weir::kustomize
