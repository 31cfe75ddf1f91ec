#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "pkg/base/result.hpp"
#include "pkg/template/node.hpp"

namespace weir::templates {

using Trees = std::map<std::string, std::shared_ptr<const Tree>, std::less<>>;

/// Parses a text into the template of its name and those that it defines.
/// @param has_function  whether there is a function of this name
/// @returns an error as Go words it: where = "template: NAME:LINE", message = "function \"x\" not
/// defined" Source: Go's text/template/parse.  Threads: any, pure.
Result<Trees> parse_templates(
    std::string_view name, std::string_view text, const std::function<bool(std::string_view name)>& has_function
);

}  // namespace weir::templates
