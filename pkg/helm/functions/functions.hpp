#pragma once

#include <memory>

#include "pkg/helm/functions/outside.hpp"
#include "pkg/template/functions.hpp"

namespace weir::helm {

/// The functions that charts have beyond the builtin ones of the template language: Sprig's without env and expandenv,
/// and Helm's encoders and decoders. Those that need the release (include, tpl, required, fail, lookup) are the
/// renderer's. Dear to make and cheap to copy from: make them once.
/// Source: Helm 4.2 with Sprig 3.3, by what `helm template` prints.
templates::Functions chart_functions(std::shared_ptr<Outside> outside);

}  // namespace weir::helm
