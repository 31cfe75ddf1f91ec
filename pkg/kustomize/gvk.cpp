#include "pkg/kustomize/gvk.hpp"

#include <array>

#include "pkg/base/text.hpp"

namespace weir::kustomize {
namespace {

constexpr std::array<std::string_view, 22> kFirstKinds{
    "Namespace",
    "ResourceQuota",
    "StorageClass",
    "CustomResourceDefinition",
    "ServiceAccount",
    "PodSecurityPolicy",
    "Role",
    "ClusterRole",
    "RoleBinding",
    "ClusterRoleBinding",
    "ConfigMap",
    "Secret",
    "Endpoints",
    "Service",
    "LimitRange",
    "PriorityClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "Deployment",
    "StatefulSet",
    "CronJob",
    "PodDisruptionBudget",
};

constexpr std::array<std::string_view, 2> kLastKinds{"MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"};

std::string sort_text(const Gvk& gvk) {
  const auto part = [](std::string_view text, std::string_view otherwise) { return text.empty() ? otherwise : text; };
  return text::cat(part(gvk.group, "~G"), "_", part(gvk.version, "~V"), "_", part(gvk.kind, "~K"));
}

}  // namespace

Gvk Gvk::from(std::string_view api_version, std::string_view kind) {
  const auto slash = api_version.find('/');
  if (slash == api_version.npos) return {{}, api_version, kind};
  return {api_version.substr(0, slash), api_version.substr(slash + 1), kind};
}

bool is_selected(const Gvk& gvk, const Gvk& selector) {
  return (selector.group.empty() || selector.group == gvk.group) &&
         (selector.version.empty() || selector.version == gvk.version) &&
         (selector.kind.empty() || selector.kind == gvk.kind);
}

int kind_rank(std::string_view kind) {
  for (std::size_t i = 0; i < kFirstKinds.size(); ++i)
    if (kFirstKinds[i] == kind) return static_cast<int>(i) - static_cast<int>(kFirstKinds.size());
  for (std::size_t i = 0; i < kLastKinds.size(); ++i)
    if (kLastKinds[i] == kind) return static_cast<int>(i) + 1;
  return 0;
}

bool is_gvk_before(const Gvk& left, const Gvk& right) {
  const int left_rank = kind_rank(left.kind), right_rank = kind_rank(right.kind);
  if (left_rank != right_rank) return left_rank < right_rank;
  return sort_text(left) < sort_text(right);
}

std::string to_string(const Gvk& gvk) {
  const auto part = [](std::string_view text, std::string_view otherwise) { return text.empty() ? otherwise : text; };
  return text::cat(part(gvk.kind, "[noKind]"), ".", part(gvk.version, "[noVer]"), ".", part(gvk.group, "[noGrp]"));
}

std::string_view ResourceId::effective_space() const {
  if (is_cluster_scoped) return kNoNamespace;
  return space.empty() ? kDefaultNamespace : space;
}

bool is_same_space(const ResourceId& left, const ResourceId& right) {
  return left.effective_space() == right.effective_space();
}

bool is_same(const ResourceId& left, const ResourceId& right) {
  return left.name == right.name && left.gvk == right.gvk && is_same_space(left, right);
}

std::string to_string(const ResourceId& id) {
  return text::cat(
      to_string(id.gvk), "/", id.name.empty() ? "[noName]" : id.name, ".", id.space.empty() ? "[noNs]" : id.space
  );
}

}  // namespace weir::kustomize
