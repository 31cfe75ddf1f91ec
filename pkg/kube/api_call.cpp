#include "pkg/kube/api_call.hpp"

#include <vector>

#include "pkg/base/text.hpp"

namespace weir::kube {
namespace {

/// What follows the version: ["namespaces", "shop", "pods", "a"] loses its first two.
std::vector<std::string_view> resource_segments(std::string_view path) {
  if (path.starts_with('/')) path.remove_prefix(1);
  auto segments = text::split(path, '/');
  const std::size_t skipped = segments.front() == "api" ? 2 : segments.front() == "apis" ? 3 : segments.size();
  if (segments.size() <= skipped) return {};
  segments.erase(segments.begin(), segments.begin() + static_cast<std::ptrdiff_t>(skipped));
  if (segments.front() == "namespaces" && segments.size() > 2) segments.erase(segments.begin(), segments.begin() + 2);
  return segments;
}

}  // namespace

std::string resource_in_path(std::string_view path) {
  const auto segments = resource_segments(path);
  if (segments.empty()) return "";
  return segments.size() > 2 ? text::cat(segments[0], "/", segments[2]) : std::string{segments[0]};
}

std::string api_version_in_path(std::string_view path) {
  if (path.starts_with('/')) path.remove_prefix(1);
  const auto segments = text::split(path, '/');
  if (segments[0] == "api" && segments.size() > 1) return std::string{segments[1]};
  if (segments[0] == "apis" && segments.size() > 2) return text::cat(segments[1], "/", segments[2]);
  return "";
}

std::string verb_of(std::string_view method, std::string_view path, std::string_view content_type) {
  const auto segments = resource_segments(path);
  if (segments.empty()) return "discovery";
  const bool is_one = segments.size() > 1;
  if (method == "GET") return is_one ? "get" : "list";
  if (method == "POST") return "create";
  if (method == "PUT") return "update";
  if (method == "PATCH") return content_type.starts_with("application/apply-patch") ? "apply" : "patch";
  if (method == "DELETE") return is_one ? "delete" : "deletecollection";
  return text::lower(method);
}

}  // namespace weir::kube
