#pragma once

#include <initializer_list>
#include <string>
#include <utility>

#include "pkg/kustomize/build.hpp"
#include "pkg/kustomize/memory_file_system.hpp"

namespace weir::kustomize {

/// Files as text: {"app/kustomization.yaml", "..."}; paths below "/".
inline MemoryFileSystem world(std::initializer_list<std::pair<std::string, std::string>> files) {
  MemoryFileSystem out;
  for (const auto& [path, content] : files) out.write("/" + path, content);
  return out;
}

/// What a build of /app prints, or "error: where: message".
inline std::string built(const FileSystem& files, BuildOptions options = {}, const std::string& directory = "/app") {
  const auto out = build_text(files, directory, options);
  return out ? out->text : "error: " + out.error().text();
}

inline constexpr const char* kConfigMap =
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  mode: dev\n";

inline constexpr const char* kDeployment =
    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n"
    "      - name: main\n        image: nginx:1.0\n        envFrom:\n        - configMapRef:\n            name: "
    "settings\n";

}  // namespace weir::kustomize
