#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/kustomize/v1/kustomization.hpp"
#include "controllers/kustomize/substitute.hpp"
#include "pkg/async/asio.hpp"
#include "pkg/kube/client.hpp"

namespace weir::kustomize_controller {

/// The variables of spec.postBuild: what substituteFrom names, in order, then the inline ones; each source is read once a
/// pass. Line breaks are taken out of values.
/// @param secret_values  receives the values that come from Secrets and are long enough to be one, longest first
/// @returns nullopt when there is nothing to substitute
/// @throws runtime::ReasonedError BuildFailed naming the source or the variable, never a value
/// Source: Flux (flux-core, "Decryption and substitution").
asio::awaitable<std::optional<Variables>> read_variables(
    kube::Client& client, const api::kustomize::Kustomization& object, std::vector<std::string>& secret_values
);

/// A text with every one of the values replaced by "***": the API server quotes what it refuses.
std::string masked(std::string text, const std::vector<std::string>& secret_values);

}  // namespace weir::kustomize_controller
