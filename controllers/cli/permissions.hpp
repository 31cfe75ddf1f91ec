#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "controllers/cli/session.hpp"
#include "pkg/runtime/facts.hpp"

namespace weir::cli {

/// One thing that RBAC allows or not.
struct Permission {
  std::string_view verb;
  std::string_view group;     ///< empty: core
  std::string resource;       ///< "gitrepositories/status" for a subresource
  bool in_namespace = false;  ///< only asked for in the controllers' namespace (leases)

  /// "list gitrepositories.source.toolkit.fluxcd.io"
  std::string text() const;
};

/// What a controller must be allowed to, whatever it applies; empty for one that is not among those known.
std::vector<Permission> needs_of(std::span<const runtime::ControllerFacts> known, std::string_view controller);
/// What a person needs to install Weir.
std::vector<Permission> needs_of_installer();
/// What a person needs to look at Weir's objects.
std::vector<Permission> needs_of_viewer(std::span<const runtime::ControllerFacts> known);

/// Those that are not allowed: to `user` (a SubjectAccessReview), or to ourselves when it is empty (a
/// SelfSubjectAccessReview). @throws kube::ApiError 403 when we may not ask about others
asio::awaitable<std::vector<Permission>> missing_permissions(
    Session& session, std::string user, std::vector<Permission> needs
);

}  // namespace weir::cli
