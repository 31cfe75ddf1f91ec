#pragma once

#include <optional>
#include <string>

#include "api/source/v1/git_repository.hpp"
#include "pkg/runtime/kind_traits.hpp"

/// The condition vocabulary of a GitRepository: how the end of a pass reads.  Threads: any, pure.
namespace weir::source {

const runtime::ConclusionRules& conclusion_rules();

/// The URL for metrics, which many may read: without user and password; empty for one that is none.
std::string url_label(const std::string& url);

/// Whether the artifact was made from what the spec says now,
/// as far as the spec decides (the commit is another matter).
bool has_same_inputs(const api::source::GitRepository& object);

/// The field that this version refuses by name, or that its provider has no use for, if the spec uses one.
std::optional<runtime::Stall> unsupported_field(const api::source::GitRepositorySpec& spec);

}  // namespace weir::source
