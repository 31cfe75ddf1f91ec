#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "controllers/helm/decision.hpp"
#include "pkg/base/time.hpp"
#include "pkg/runtime/outcome.hpp"

/// What a HelmRelease says of itself.  Threads: any, pure.
namespace weir::helm_controller {

/// Why a spec is not served; nullopt: it is.
std::optional<runtime::Stall> unsupported_field(const api::helm::HelmReleaseSpec& spec);

/// The release's name: spec.releaseName, else "[targetNamespace-]name", shortened by a hash of the whole behind 53
/// bytes.
std::string release_name(const HelmRelease& object);
std::string release_namespace(const HelmRelease& object);
std::string storage_namespace(const HelmRelease& object);

/// Released, TestSuccess and Remediated after an action. What an earlier action said is taken away where it is past.
void mark_action(
    HelmRelease& object,
    std::string_view type,
    bool is_good,
    std::string_view why,
    const std::string& message,
    WallTime now
);
void mark_awaiting_tests(HelmRelease& object, const std::string& message, WallTime now);

/// What Ready has to say by those conditions.
struct Summary {
  bool is_ready = false;
  std::string reason;
  std::string message;
};
Summary summary_of(const HelmRelease& object);
/// The summary's reason as a constant.
std::string_view reason_of(const Summary& summary);

/// A new configuration has its own attempts.
void clear_failures(HelmRelease& object);

}  // namespace weir::helm_controller
