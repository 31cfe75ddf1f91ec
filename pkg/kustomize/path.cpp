#include "pkg/kustomize/path.hpp"

#include <vector>

#include "pkg/base/text.hpp"

namespace weir::kustomize::path {

std::string clean(std::string_view path) {
  const bool is_rooted = is_absolute(path);
  std::vector<std::string_view> parts;
  for (const auto part : text::split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == ".." && !parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else if (part != ".." || !is_rooted) {
      parts.push_back(part);
    }
  }
  std::string out = is_rooted ? "/" : "";
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += '/';
    out += parts[i];
  }
  return out.empty() ? "." : out;
}

std::string join(std::string_view directory, std::string_view name) {
  if (directory.empty()) return name.empty() ? std::string{} : clean(name);
  if (name.empty()) return clean(directory);
  return clean(text::cat(directory, "/", name));
}

std::string directory(std::string_view path) {
  const auto slash = path.rfind('/');
  if (slash == path.npos) return ".";
  return slash == 0 ? "/" : clean(path.substr(0, slash));
}

std::string_view name(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == path.npos ? path : path.substr(slash + 1);
}

bool is_inside(std::string_view inner, std::string_view outer) {
  if (outer == "/" || inner == outer) return true;
  return inner.starts_with(outer) && inner[outer.size()] == '/';
}

}  // namespace weir::kustomize::path
