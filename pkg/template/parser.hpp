#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "pkg/base/result.hpp"
#include "pkg/template/node.hpp"

namespace weir::templates {

/// nullopt: there is no function of this name.
using FindFunction = std::function<std::optional<FunctionChoice>(std::string_view name)>;

/// Parses a text into the template of its name and those that it defines.
/// @param text           kept by the trees
/// @param find_function  the functions that the trees will call
/// @returns an error as Go words it: where = "template: NAME:LINE", message = "function \"x\" not
/// defined" Source: Go's text/template/parse.  Threads: any, pure.
Result<Trees> parse_templates(
    std::string_view name, std::shared_ptr<const std::string> text, const FindFunction& find_function
);

}  // namespace weir::templates
