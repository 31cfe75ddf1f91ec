#pragma once

#include <string>
#include <vector>

#include "api/image/v1/image_update_automation.hpp"
#include "pkg/base/result.hpp"
#include "pkg/git/client.hpp"

namespace weir::image_automation {

/// Where an automation reads, and what it pushes to.  Threads: value.
struct PushPlan {
  git::Reference checkout;
  std::string branch;                       ///< pushed to
  bool switches = false;                    ///< the branch is not the one that was checked out
  std::vector<git::PushTarget> references;  ///< the branch first, then the refspec's destination, forced by its "+"
  std::vector<std::string> options;         ///< "key=value", by key

  /// "refs/heads/<branch>"
  const std::string& branch_reference() const { return references.front().name; }
};

/// Reads spec.git and, where it says nothing, the GitRepository's spec.ref.
/// @param source_ref  of the GitRepository; nullptr: it has none, so the branch is master
/// @returns an error that names the field: no branch to push to, a refspec whose source is not that branch
/// Source: Flux, "ImageUpdateAutomation: Git specification"; git-push(1) for refspecs.
Result<PushPlan> make_push_plan(const api::image::GitSpec& git, const api::GitRepositoryRef* source_ref);

}  // namespace weir::image_automation
