#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/helm/manifest/head.hpp"

namespace weir::helm {

inline constexpr std::string_view kHookAnnotation = "helm.sh/hook";
inline constexpr std::string_view kHookWeightAnnotation = "helm.sh/hook-weight";
inline constexpr std::string_view kHookDeleteAnnotation = "helm.sh/hook-delete-policy";
inline constexpr std::string_view kHookLogAnnotation = "helm.sh/hook-output-log-policy";

enum class HookEvent : std::uint8_t {
  kPreInstall,
  kPostInstall,
  kPreDelete,
  kPostDelete,
  kPreUpgrade,
  kPostUpgrade,
  kPreRollback,
  kPostRollback,
  kTest,
};

/// "pre-install", ..., "test": as the annotation and the stored release have it.
std::string_view name_of(HookEvent event);

/// An object that is applied at certain moments of a release and belongs to no manifest.
struct Hook {
  std::string name;
  std::string kind;
  std::string path;  ///< of the template: "demo/templates/job.yaml"
  std::string text;  ///< the document as rendered
  std::vector<HookEvent> events;
  std::int64_t weight = 0;
  /// As written, in lower case: before-hook-creation, hook-succeeded, hook-failed. None is before-hook-creation.
  std::vector<std::string> delete_policies;
  std::vector<std::string> log_policies;  ///< hook-succeeded, hook-failed

  bool runs_at(HookEvent event) const;
};

/// The hook that an object with this head is. @returns nullopt when the annotation names an event that there is not:
/// the object then is in no release at all
/// @param head  has the annotation kHookAnnotation
std::optional<Hook> read_hook(const Head& head, std::string_view path, std::string_view text);

/// Those of an event in the order in which they run: by weight, then by name; equal ones stay in the order of kinds.
std::vector<Hook> hooks_of(const std::vector<Hook>& hooks, HookEvent event);

}  // namespace weir::helm
