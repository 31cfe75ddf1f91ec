#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "api/kustomize/v1/kustomization.hpp"
#include "controllers/kustomize/substitute.hpp"
#include "pkg/async/asio.hpp"
#include "pkg/kube/client.hpp"

namespace weir::kustomize_controller {

/// What of a pass no message may show.
struct SecretTexts {
  std::set<std::string> names;   ///< of the variables that come from Secrets
  std::set<std::string> values;  ///< theirs, and what was made of them
};

/// The variables of spec.postBuild: what substituteFrom names, in order, then the inline ones; each source is read once
/// a pass. Line breaks are taken out of values.
/// @param secrets  receives what comes from Secrets
/// @returns nullopt when there is nothing to substitute
/// @throws runtime::ReasonedError BuildFailed naming the source or the variable, never a value
/// Source: docs/upstream-rules.md, "Variables".
asio::awaitable<std::optional<Variables>> read_variables(
    kube::Client& client, const api::kustomize::Kustomization& object, SecretTexts& secrets
);

/// A text with every one of the values replaced by "***", as it is and as Go quotes it: the API server quotes what it
/// refuses. A value of up to three characters is hidden where it stands alone in quotes or behind "value: ", since it
/// would blot out half of every message elsewhere.
std::string masked(std::string_view text, const std::set<std::string>& values);

}  // namespace weir::kustomize_controller
