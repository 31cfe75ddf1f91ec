#include "api/meta/v1/inventory.hpp"

#include "pkg/base/text.hpp"

namespace weir::api {

std::string ObjectIdentity::id() const {
  return text::cat(namespace_, "_", text::replace_all(name, ":", "__"), "_", group, "_", kind);
}

Result<ObjectIdentity> ObjectIdentity::parse(std::string_view id) {
  const InputError error{"", text::cat("expected <namespace>_<name>_<group>_<kind>, got ", text::quoted(id))};
  // Namespace, group and kind never hold an underscore; the name does, doubled, where it had a colon.
  const auto first = id.find('_');
  const auto last = id.rfind('_');
  if (first == std::string_view::npos || last <= first + 1) return error;
  const auto middle = id.rfind('_', last - 1);
  if (middle == std::string_view::npos || middle <= first) return error;
  ObjectIdentity out;
  out.namespace_ = id.substr(0, first);
  out.name = text::replace_all(id.substr(first + 1, middle - first - 1), "__", ":");
  out.group = id.substr(middle + 1, last - middle - 1);
  out.kind = id.substr(last + 1);
  if (out.name.empty() || out.kind.empty()) return error;
  return out;
}

std::string ObjectIdentity::text() const {
  return namespace_.empty() ? text::cat(kind, "/", name) : text::cat(kind, "/", namespace_, "/", name);
}

}  // namespace weir::api
