#pragma once

#include <string>
#include <string_view>

#include "api/source/v1/git_repository.hpp"
#include "pkg/base/text.hpp"
#include "pkg/base/time.hpp"
#include "pkg/runtime/conditions.hpp"
#include "pkg/runtime/kind_traits.hpp"

/// What the status of every kind of source says of its artifact.  Threads: any, pure.
namespace weir::source {

/// "stored artifact for revision '<revision>'"
inline std::string stored_message(std::string_view revision) {
  return text::cat("stored artifact for revision '", revision, "'");
}

/// The artifact is what spec and remote ask for. Ready speaks
/// of the artifact, also when SourceVerified is True beside it.
template <api::Kind T>
void mark_stored(T& object, const runtime::ConclusionRules& rules, WallTime now) {
  const auto parts = runtime::parts_of(object);
  const std::string message = stored_message(object.status.artifact->revision);
  runtime::set_condition(
      parts.conditions,
      api::source::condition::kArtifactInStorage,
      "True",
      api::reason::kSucceeded,
      message,
      object.metadata.generation,
      now
  );
  runtime::mark_ready(parts, rules, api::reason::kSucceeded, message, now);
}

/// There is none in storage.
template <api::Kind T>
void unmark_stored(T& object) {
  runtime::remove_condition(runtime::parts_of(object).conditions, api::source::condition::kArtifactInStorage);
}

}  // namespace weir::source
