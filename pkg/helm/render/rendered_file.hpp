#pragma once

#include <string>

namespace weir::helm {

/// What a template gave.
struct RenderedFile {
  std::string name;  ///< "demo/charts/sub/templates/x.yaml"
  std::string text;
};

}  // namespace weir::helm
