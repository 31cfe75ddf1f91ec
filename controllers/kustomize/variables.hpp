#pragma once

#include <optional>

#include "api/kustomize/v1/kustomization.hpp"
#include "controllers/kustomize/substitute.hpp"
#include "pkg/async/asio.hpp"
#include "pkg/kube/client.hpp"

namespace weir::kustomize_controller {

/// The variables of spec.postBuild: what substituteFrom names, in order, then the inline ones; each source is read once a
/// pass. Line breaks are taken out of values.
/// @returns nullopt when there is nothing to substitute
/// @throws runtime::ReasonedError BuildFailed naming the source or the variable, never a value
/// Source: Flux (flux-core, "Decryption and substitution").
asio::awaitable<std::optional<Variables>> read_variables(
    kube::Client& client, const api::kustomize::Kustomization& object
);

}  // namespace weir::kustomize_controller
