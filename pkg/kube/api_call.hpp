#pragma once

#include <string>
#include <string_view>

namespace weir::kube {

/// One request to the API server and how it ended, for metrics.
struct ApiCall {
  std::string_view method;  ///< of HTTP
  std::string verb;         ///< see verb_of
  std::string resource;     ///< "kustomizations", "kustomizations/status"; empty for discovery and the like
  unsigned status = 0;      ///< 0: no answer came
};

/// The resource of a path of the API, subresource included: "/apis/apps/v1/namespaces/shop/deployments/web/status"
/// gives "deployments/status". Empty for a path that names none. Objects' names are never part of it.
std::string resource_in_path(std::string_view path);

/// "apps/v1" of "/apis/apps/v1/namespaces/shop/deployments", "v1" of "/api/v1/pods"; empty for other paths.
std::string api_version_in_path(std::string_view path);

/// What RBAC and audit logs call the request (get, list, create, update, patch, delete, deletecollection), "apply" for
/// a server-side apply and "discovery" for what names no resource. A watch is told by the caller, who knows its query.
/// Source: Kubernetes, "Authorization overview: determine the request verb".
std::string verb_of(std::string_view method, std::string_view path, std::string_view content_type);

}  // namespace weir::kube
