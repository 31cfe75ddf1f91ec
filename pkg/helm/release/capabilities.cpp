#include "pkg/helm/release/capabilities.hpp"

#include "pkg/base/text.hpp"

namespace weir::helm {
namespace {

// Source: the groups and versions of k8s.io/client-go 0.36, in its order, and apiextensions.
constexpr std::string_view kApiVersions[] = {
    "v1",
    "admissionregistration.k8s.io/v1",
    "admissionregistration.k8s.io/v1alpha1",
    "admissionregistration.k8s.io/v1beta1",
    "internal.apiserver.k8s.io/v1alpha1",
    "apps/v1",
    "apps/v1beta1",
    "apps/v1beta2",
    "authentication.k8s.io/v1",
    "authentication.k8s.io/v1alpha1",
    "authentication.k8s.io/v1beta1",
    "authorization.k8s.io/v1",
    "authorization.k8s.io/v1beta1",
    "autoscaling/v1",
    "autoscaling/v2",
    "batch/v1",
    "batch/v1beta1",
    "certificates.k8s.io/v1",
    "certificates.k8s.io/v1beta1",
    "certificates.k8s.io/v1alpha1",
    "coordination.k8s.io/v1alpha2",
    "coordination.k8s.io/v1beta1",
    "coordination.k8s.io/v1",
    "discovery.k8s.io/v1",
    "discovery.k8s.io/v1beta1",
    "events.k8s.io/v1",
    "events.k8s.io/v1beta1",
    "extensions/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1",
    "flowcontrol.apiserver.k8s.io/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1beta2",
    "flowcontrol.apiserver.k8s.io/v1beta3",
    "networking.k8s.io/v1",
    "networking.k8s.io/v1beta1",
    "node.k8s.io/v1",
    "node.k8s.io/v1alpha1",
    "node.k8s.io/v1beta1",
    "policy/v1",
    "policy/v1beta1",
    "rbac.authorization.k8s.io/v1",
    "rbac.authorization.k8s.io/v1beta1",
    "rbac.authorization.k8s.io/v1alpha1",
    "resource.k8s.io/v1",
    "resource.k8s.io/v1beta2",
    "resource.k8s.io/v1beta1",
    "resource.k8s.io/v1alpha3",
    "scheduling.k8s.io/v1alpha2",
    "scheduling.k8s.io/v1beta1",
    "scheduling.k8s.io/v1",
    "storage.k8s.io/v1beta1",
    "storage.k8s.io/v1",
    "storage.k8s.io/v1alpha1",
    "storagemigration.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1",
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

Capabilities default_capabilities() {
  Capabilities out;
  for (const auto version : kApiVersions) out.api_versions.emplace_back(version);
  out.kube_version = out.normalized_kube_version = "v1.36.0";
  out.kube_major = "1";
  out.kube_minor = "36";
  return out;
}

Result<void> set_kube_version(Capabilities& capabilities, std::string_view version) {
  const auto refuse = [&](std::string_view why) {
    return InputError{"", text::cat("invalid kube version '", version, "': ", why)};
  };
  std::string_view rest = text::trim(version);
  if (rest.starts_with('v')) rest.remove_prefix(1);
  std::vector<std::string> parts;
  std::string_view left = rest;
  while (!left.empty() && is_digit(left[0])) {
    std::size_t end = 0;
    while (end < left.size() && is_digit(left[end])) ++end;
    parts.emplace_back(left.substr(0, end));
    left.remove_prefix(end);
    if (left.size() < 2 || left[0] != '.' || !is_digit(left[1])) break;
    left.remove_prefix(1);
  }
  if (parts.empty()) return refuse(text::cat("could not parse ", text::quoted(version), " as version"));
  if (parts.size() < 2) return refuse(text::cat("illegal version string ", text::quoted(version)));
  for (const auto& part : parts) {
    if (part.size() > 1 && part[0] == '0')
      return refuse(
          text::cat("illegal zero-prefixed version component ", text::quoted(part), " in ", text::quoted(version))
      );
  }
  capabilities.kube_version = text::cat("v", rest);
  capabilities.normalized_kube_version = text::cat("v", text::join(parts, "."));
  capabilities.kube_major = parts[0];
  capabilities.kube_minor = parts[1];
  return {};
}

}  // namespace weir::helm
