#pragma once

#include <string>
#include <string_view>

#include "pkg/helm/render/render.hpp"
#include "pkg/template/render_error.hpp"

/// How Helm words what went wrong in a template.  Threads: any, pure.
namespace weir::helm {

/// What `required` and `fail` put around their message, so that it is found in the end, whatever it passed through.
inline constexpr std::string_view kMessageBegin = "HELM_ERR_START";
inline constexpr std::string_view kMessageEnd = "HELM_ERR_END";

/// `execution error at (place): message` of required and fail; else a block for each level; else, when a level is not
/// in the form of a template's error, Go's text for all.
/// @param file  the template that was being rendered
RenderFailure execution_failure(std::string_view file, const templates::RenderError& error);

/// `parse error at (file:line): message`, the message being what follows the last ": ".
/// @param error  as TemplateSet::add gives it
RenderFailure parse_failure(std::string_view file, std::string_view text, const InputError& error);

}  // namespace weir::helm
