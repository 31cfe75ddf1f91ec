#include "controllers/cli/permissions.hpp"

#include <algorithm>

#include "pkg/base/text.hpp"

namespace weir::cli {
namespace {

void add(
    std::vector<Permission>& out,
    std::string_view group,
    std::string_view resource,
    std::initializer_list<std::string_view> verbs
) {
  for (const auto verb : verbs) out.push_back({verb, group, std::string{resource}});
}

kube::Resource review_resource(bool is_self) {
  if (is_self) return {"authorization.k8s.io", "v1", "SelfSubjectAccessReview", "selfsubjectaccessreviews", false};
  return {"authorization.k8s.io", "v1", "SubjectAccessReview", "subjectaccessreviews", false};
}

json::Value attributes(const Permission& permission, const std::string& namespace_) {
  const auto [resource, subresource] = text::cut(permission.resource, "/");
  auto out = json::Value::object({{"verb", permission.verb}, {"group", permission.group}, {"resource", resource}});
  if (!subresource.empty()) out.set("subresource", subresource);
  if (permission.in_namespace) out.set("namespace", namespace_);
  return out;
}

/// Source: Kubernetes API server, serviceaccount.MakeGroupNames.
json::Value groups_of(std::string_view user) {
  auto groups = json::Value::array({"system:authenticated"});
  constexpr std::string_view kPrefix = "system:serviceaccount:";
  if (user.starts_with(kPrefix)) {
    const auto namespace_ = text::cut(user.substr(kPrefix.size()), ":").first;
    groups.push_back("system:serviceaccounts");
    groups.push_back(text::cat("system:serviceaccounts:", namespace_));
  }
  return groups;
}

}  // namespace

std::string Permission::text() const {
  return group.empty() ? text::cat(verb, " ", resource) : text::cat(verb, " ", resource, ".", group);
}

std::vector<Permission> needs_of(std::span<const runtime::ControllerFacts> known, std::string_view controller) {
  std::vector<Permission> out;
  const auto facts = std::ranges::find(known, controller, &runtime::ControllerFacts::name);
  if (facts == known.end()) return out;
  for (const auto& right : facts->rights()) {
    for (const auto verb : right.verbs) out.push_back({verb, right.group, right.resource, right.in_own_namespace});
  }
  return out;
}

std::vector<Permission> needs_of_installer() {
  std::vector<Permission> out;
  add(out, "apiextensions.k8s.io", "customresourcedefinitions", {"get", "create", "patch"});
  add(out, "", "namespaces", {"get", "create"});
  add(out, "", "serviceaccounts", {"create", "patch"});
  add(out, "", "services", {"create", "patch"});
  add(out, "apps", "deployments", {"create", "patch"});
  add(out, "networking.k8s.io", "networkpolicies", {"create", "patch"});
  for (const auto resource : {"clusterroles", "clusterrolebindings", "roles", "rolebindings"}) {
    add(out, "rbac.authorization.k8s.io", resource, {"create", "patch"});
  }
  // Whoever grants cluster-admin must have it, or may bind it.
  add(out, "*", "*", {"*"});
  return out;
}

std::vector<Permission> needs_of_viewer(std::span<const runtime::ControllerFacts> known) {
  std::vector<Permission> out;
  for (const auto& controller : known) {
    for (const auto& kind : controller.kinds) out.push_back({"list", kind.names.group, std::string{kind.names.plural}});
  }
  return out;
}

asio::awaitable<std::vector<Permission>> missing_permissions(
    Session& session, std::string user, std::vector<Permission> needs
) {
  std::vector<Permission> missing;
  const auto resource = review_resource(user.empty());
  for (const auto& need : needs) {
    auto spec = json::Value::object({{"resourceAttributes", attributes(need, session.namespace_())}});
    if (!user.empty()) {
      spec.set("user", user);
      spec.set("groups", groups_of(user));
    }
    const kube::Object review{json::Value::object(
        {{"apiVersion", "authorization.k8s.io/v1"}, {"kind", resource.kind}, {"spec", std::move(spec)}}
    )};
    const auto answer = co_await session.client().create(resource, review);
    const auto* allowed = answer.document().find_path({"status", "allowed"});
    if (allowed == nullptr || *allowed != json::Value{true}) missing.push_back(need);
  }
  co_return missing;
}

}  // namespace weir::cli
