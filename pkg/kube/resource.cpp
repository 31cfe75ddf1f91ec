#include "pkg/kube/resource.hpp"

#include "pkg/base/text.hpp"
#include "pkg/http/url.hpp"

namespace weir::kube {

std::string Resource::api_version() const { return group.empty() ? version : text::cat(group, "/", version); }

std::string Resource::path(std::string_view namespace_, std::string_view name) const {
  std::string out = group.empty() ? text::cat("/api/", version) : text::cat("/apis/", group, "/", version);
  if (namespaced && !namespace_.empty()) {
    text::append(out, "/namespaces/", http::percent_encode(namespace_));
  }
  text::append(out, "/", plural);
  if (!name.empty()) text::append(out, "/", http::percent_encode(name));
  return out;
}

namespace core {

Resource secrets() { return {"", "v1", "Secret", "secrets", true}; }
Resource config_maps() { return {"", "v1", "ConfigMap", "configmaps", true}; }
Resource events() { return {"", "v1", "Event", "events", true}; }
Resource namespaces() { return {"", "v1", "Namespace", "namespaces", false}; }
Resource service_accounts() { return {"", "v1", "ServiceAccount", "serviceaccounts", true}; }
Resource leases() { return {"coordination.k8s.io", "v1", "Lease", "leases", true}; }

}  // namespace core

GroupVersion split_api_version(std::string_view api_version) {
  const auto [first, second] = text::cut(api_version, "/");
  if (second.empty()) return {"", std::string{first}};
  return {std::string{first}, std::string{second}};
}

}  // namespace weir::kube
