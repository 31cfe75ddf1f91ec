#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "pkg/template/node.hpp"
#include "pkg/template/template.hpp"

namespace weir::templates {

/// What a set is made of: its functions and templates.  Threads: as TemplateSet.
struct Library {
  Options options;
  Trees trees;

  std::optional<FunctionChoice> find_function(std::string_view name) const;
  /// @returns as parse_templates
  Result<Trees> parse(std::string_view name, std::shared_ptr<const std::string> text) const;
};

}  // namespace weir::templates
