#include "pkg/helm/functions/go_values.hpp"

#include "pkg/template/print.hpp"

namespace weir::helm {

using templates::Budget;
using templates::CallError;
using templates::Value;

std::string key_text(const Value& key, const templates::Map& map, Budget& budget) {
  if (key.is_string()) return key.as_string();
  if (!key.is_integer() && !key.is_unsigned()) throw CallError{"json: unsupported type: " + map.type()};
  return templates::print(key.unnamed(), budget);
}

std::optional<std::string> marshalled_text(const Value& structure, Budget& budget) {
  const auto method = templates::find_method(structure, "MarshalText");
  if (method.function == nullptr) {
    // One that shows nothing but has a text form, such as a version, is that text.
    bool shows_nothing = true;
    for_each_field(structure, [&](const std::string&, const Value&) { shows_nothing = false; });
    if (!shows_nothing || templates::find_method(structure, "String").function == nullptr) return std::nullopt;
    return templates::print(structure, budget);
  }
  templates::Call call{budget, {method.receiver}};
  return method.function->body(call).as_string();
}

}  // namespace weir::helm
