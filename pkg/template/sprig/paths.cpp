#include <vector>

#include "pkg/base/text.hpp"
#include "pkg/template/sprig/groups.hpp"

namespace weir::templates::sprig {
namespace {

/// The shortest path that names the same: no ".", no "//", ".." resolved where a parent is known.
std::string clean(std::string_view path) {
  if (path.empty()) return ".";
  const bool is_rooted = path.front() == '/';
  std::vector<std::string> parts;
  for (const auto part : text::split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.emplace_back(part);
    } else if (!parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else if (!is_rooted) {
      parts.emplace_back(part);
    }
  }
  const std::string joined = text::join(parts, "/");
  if (is_rooted) return "/" + joined;
  return joined.empty() ? "." : joined;
}

std::string base(std::string_view path) {
  if (path.empty()) return ".";
  while (!path.empty() && path.back() == '/') path.remove_suffix(1);
  if (path.empty()) return "/";
  const auto slash = path.rfind('/');
  return std::string{slash == std::string_view::npos ? path : path.substr(slash + 1)};
}

std::string directory(std::string_view path) {
  const auto slash = path.rfind('/');
  return clean(slash == std::string_view::npos ? "" : path.substr(0, slash + 1));
}

std::string extension(std::string_view path) {
  const auto slash = path.rfind('/');
  const auto name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  const auto dot = name.rfind('.');
  return std::string{dot == std::string_view::npos ? std::string_view{} : name.substr(dot)};
}

/// Of a text to a text.
template <class Body>
void add(Functions& out, const std::string& name, Body body) {
  const auto function = make_function([body](Call&, const std::string& path) { return body(path); });
  out[name] = function;
  // The same for paths of the operating system, which is Unix here.
  std::string own = "os" + name;
  own[2] = static_cast<char>(own[2] - 'a' + 'A');
  out[own] = function;
}

}  // namespace

void add_paths(Functions& out) {
  add(out, "base", [](const std::string& path) { return base(path); });
  add(out, "dir", [](const std::string& path) { return directory(path); });
  add(out, "clean", [](const std::string& path) { return clean(path); });
  add(out, "ext", [](const std::string& path) { return extension(path); });
  add(out, "isAbs", [](const std::string& path) { return path.starts_with('/'); });
}

}  // namespace weir::templates::sprig
