#pragma once

#include <string>
#include <string_view>

namespace weir::kustomize {

/// Group, version and kind of a resource as views of its tree
/// (or of a table). Empty parts of a selector match anything.
struct Gvk {
  std::string_view group;
  std::string_view version;
  std::string_view kind;

  static Gvk from(std::string_view api_version, std::string_view kind);
  friend bool operator==(const Gvk&, const Gvk&) = default;
};

/// Every part that the selector names is equal.
bool is_selected(const Gvk& gvk, const Gvk& selector);

/// The order in which kustomize applies its rules: namespaces first, webhooks last, the rest by group, version, kind.
bool is_gvk_before(const Gvk& left, const Gvk& right);

/// "Deployment.v1.apps", with [noGrp] and the like for empty parts: for messages and sorting.
std::string to_string(const Gvk& gvk);

/// -22..-1 for the kinds that come first, 1..2 for those that come last, 0 for the others.
int kind_rank(std::string_view kind);

/// Identifies a resource in a build. `is_cluster_scoped` is known for current ids only.
struct ResourceId {
  Gvk gvk;
  std::string_view name;
  std::string_view space;  ///< metadata.namespace, or what stood in for it in an earlier id
  bool is_cluster_scoped = false;

  /// The namespace that decides about equality: none and "default"
  /// are one; cluster-scoped kinds share one of their own.
  std::string_view effective_space() const;
};

inline constexpr std::string_view kNoNamespace = "_non_namespaceable_";
inline constexpr std::string_view kDefaultNamespace = "default";

bool is_same_space(const ResourceId& left, const ResourceId& right);
bool is_same(const ResourceId& left, const ResourceId& right);
std::string to_string(const ResourceId& id);

}  // namespace weir::kustomize
