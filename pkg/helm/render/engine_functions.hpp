#pragma once

#include "pkg/helm/render/render.hpp"
#include "pkg/template/functions.hpp"

namespace weir::helm {

/// The functions of one rendering that need its templates or the cluster: include, tpl, required, fail, lookup. They
/// live no longer than the input.  Threads: that of the rendering.
templates::Functions engine_functions(const RenderInput& input);

/// "<no value>" is what a missing value prints as; Helm takes it out of every output, whoever wrote it.
std::string without_no_value(std::string text);

/// What templates parsed by `tpl` are called, and the root of all.
inline constexpr const char* kRootName = "gotpl";

}  // namespace weir::helm
