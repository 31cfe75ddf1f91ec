#pragma once

#include <string>
#include <string_view>

/// Slash-separated paths as text. Pure.  Threads: any.
namespace weir::kustomize::path {

/// Without ".", "..", double and trailing slashes; "." for an empty path.
std::string clean(std::string_view path);
std::string join(std::string_view directory, std::string_view name);
/// "a/b" of "a/b/c", "/" of "/a", "." of "a".
std::string directory(std::string_view path);
/// The part after the last slash.
std::string_view name(std::string_view path);
inline bool is_absolute(std::string_view path) { return path.starts_with('/'); }
/// True when the clean path `inner` is `outer` or lies below it.
bool is_inside(std::string_view inner, std::string_view outer);

}  // namespace weir::kustomize::path
