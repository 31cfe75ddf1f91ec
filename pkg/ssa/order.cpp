#include "pkg/ssa/order.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include "pkg/base/text.hpp"

namespace weir::ssa {
namespace {

constexpr std::array<std::string_view, 23> kFirst{
    "CustomResourceDefinition",
    "Namespace",
    "ClusterRole",
    "ClusterClass",
    "RuntimeClass",
    "PriorityClass",
    "StorageClass",
    "VolumeSnapshotClass",
    "IngressClass",
    "GatewayClass",
    "ClusterRoleBinding",
    "ResourceQuota",
    "ServiceAccount",
    "Role",
    "RoleBinding",
    "ConfigMap",
    "Secret",
    "Service",
    "LimitRange",
    "Deployment",
    "StatefulSet",
    "CronJob",
    "PodDisruptionBudget"};
constexpr std::array<std::string_view, 2> kLast{"MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"};
constexpr int kMiddleRank = 100;
constexpr int kLastRank = 200;

auto sort_key(const ObjectId& id) {
  return std::tuple{
      rank_of(id.kind),
      std::string_view{id.group},
      std::string_view{id.kind},
      std::string_view{id.namespace_},
      std::string_view{id.name}};
}

}  // namespace

Stage stage_of(const ObjectId& id, const std::vector<std::string>& custom_kinds) {
  if (id.kind == "CustomResourceDefinition" || id.kind == "Namespace" || id.kind == "ClusterRole") {
    return Stage::kDefinitions;
  }
  if (id.kind.ends_with("Class")) return Stage::kClasses;
  if (std::ranges::find(custom_kinds, text::cat(id.group, "/", id.kind)) != custom_kinds.end()) {
    return Stage::kCustom;
  }
  return Stage::kRest;
}

int rank_of(std::string_view kind) {
  if (const auto at = std::ranges::find(kFirst, kind); at != kFirst.end()) {
    return static_cast<int>(at - kFirst.begin());
  }
  if (const auto at = std::ranges::find(kLast, kind); at != kLast.end()) {
    return kLastRank + static_cast<int>(at - kLast.begin());
  }
  return kMiddleRank;
}

bool applies_before(const ObjectId& left, const ObjectId& right) { return sort_key(left) < sort_key(right); }

}  // namespace weir::ssa
